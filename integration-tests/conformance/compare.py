"""The facts of a physical and of a virtual node beside each other, and the differences that may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# A job's variables that say which job it is, and when.
_OF_THE_JOB = re.compile(r"SLURM_JOB_?ID|SLURM_JOB_(START|END)_TIME|SLURM_TASK_PID|_")


def _without(*patterns: str) -> Callable[[object], object]:
    """A value's text without what a pattern meets, of the values of a list too."""

    def rest(value: object) -> object:
        if isinstance(value, list):
            return [one for one in map(rest, value) if one != ""]
        text = str(value)
        for pattern in patterns:
            text = re.sub(pattern, "", text)
        return text

    return rest


def _anything(_: object) -> object:
    return None


@dataclass(frozen=True)
class Allowed:
    """A difference that may be: of which facts (a pattern of whole names), why, and what must be the same even so."""

    what: str
    reason: str
    facts: str
    alike: Callable[[object], object] = field(default=_anything, repr=False)

    def explains(self, name: str, physical: object, virtual: object) -> bool:
        return re.fullmatch(self.facts, name) is not None and self.alike(physical) == self.alike(virtual)


# The table of docs/salt-states.md is this list.
ALLOWED = (
    Allowed(
        "slurmd's own options: `-N NAME`, and `-Z --conf` on the virtual node",
        "a physical node has a line in nodes.conf; a virtual one registers itself, for it comes and goes",
        r"(file|unit slurmd\.service) /etc/systemd/system/slurmd\.service\.d/spillway\.conf",
        _without(r" -N \S+", r' -Z --conf "[^"]*"'),
    ),
    Allowed(
        "Slurm's view: the feature, and `DYNAMIC_NORM` in the state",
        "partitions and jobs tell the two kinds apart by their feature; one that registered itself is called dynamic",
        r"slurm (State|AvailableFeatures|ActiveFeatures)",
        _without(r"\+DYNAMIC_NORM", r"^(physical|virtual)$"),
    ),
    Allowed(
        "`spillway-clockguard`: program, unit, service",
        "only a node that is suspended needs it; a physical machine's RTC drifts, chrony is the one to believe there",
        r"(file|owner and mode|unit|enabled) .*spillway-clockguard\b.*",
    ),
    Allowed(
        "the client's address among the options of an NFS mount",
        "each machine has its own",
        r"mount \S+ options",
        _without(r"^clientaddr=.*"),
    ),
    Allowed(
        "hardware in `slurmd -C` and in Slurm's view: CPUs, sockets, cores, threads, memory",
        "what the machine has, or what its line or its registration declares",
        r"slurmd -C (CPUs|Boards|SocketsPerBoard|CoresPerSocket|ThreadsPerCore|RealMemory)"
        r"|slurm (CPUTot|Sockets|CoresPerSocket|ThreadsPerCore|RealMemory)",
    ),
    Allowed(
        "limits of processes and of pending signals",
        "the kernel counts them from the machine's memory",
        r"limit \w+ Max (processes|pending signals)",
    ),
)


@dataclass(frozen=True)
class Comparison:
    """How many facts are equal, and those that are not: by name, what the physical and what the virtual node has."""

    equal: int
    allowed: Mapping[str, tuple[Allowed, object, object]]
    others: Mapping[str, tuple[object, object]]

    def lines(self) -> list[str]:
        """A line for each difference, the allowed ones with their reason, and the last line of all."""
        said = [
            f"allowed: {name}: {short(one)} / {short(two)}: {why.reason}"
            for name, (why, one, two) in self.allowed.items()
        ]
        said += [f"different: {name}: {short(one)} / {short(two)}" for name, (one, two) in self.others.items()]
        said.append(
            f"conformance: {self.equal} facts equal, {len(self.allowed)} allowed differences, {len(self.others)} others"
        )
        return said


def short(value: object) -> str:
    text = "-" if value is None else " ".join(str(value).split())
    return text if len(text) <= 60 else text[:57] + "…"


def compare(physical: Mapping[str, object], virtual: Mapping[str, object]) -> Comparison:
    """Each fact of either node; one that is missing has the value None."""
    equal, allowed, others = 0, {}, {}
    for name in sorted({*physical, *virtual}):
        one, two = physical.get(name), virtual.get(name)
        if one == two:
            equal += 1
            continue
        why = next((entry for entry in ALLOWED if entry.explains(name, one, two)), None)
        if why is None:
            others[name] = (one, two)
        else:
            allowed[name] = (why, one, two)
    return Comparison(equal, allowed, others)


def environment(text: str, node: str) -> dict[str, str]:
    """Facts of what `env -0` printed in a job: its node's name as @NODE@, without what says which job it was."""
    found = {}
    for line in text.split("\0"):
        name, is_one, value = line.partition("=")
        if is_one and not _OF_THE_JOB.fullmatch(name):
            found[f"job env {name}"] = re.sub(rf"\b{re.escape(node)}\b", "@NODE@", value)
    return found


def limits(text: str) -> dict[str, list[str]]:
    """Facts of a job's /proc/self/limits."""
    return {f"limit job {line[:26].strip()}": line[26:].split()[:2] for line in text.splitlines()[1:]}


def slurms_view(text: str) -> dict[str, str]:
    """Facts of what `scontrol --oneliner show node` printed: those that do not change from minute to minute."""
    kept = ("Arch", "OS", "Version", "Partitions", "State", "AvailableFeatures", "ActiveFeatures", "Weight")
    kept += ("CPUTot", "Sockets", "CoresPerSocket", "ThreadsPerCore", "RealMemory", "TmpDisk", "Owner", "CfgTRES")
    # a value goes on to the next name: OS= holds spaces
    pairs = re.findall(r"(\w+)=(.*?)(?= \w+=|\s*$)", text.strip())
    return {f"slurm {name}": value for name, value in pairs if name in kept}


def to_look_at(*low: list[dict]) -> dict[str, list[str]]:
    """What nodes with these states (`state.show_lowstate`) are to be asked for: facts.py says how."""
    chunks = [chunk for chunks in low for chunk in chunks]
    files = {chunk["name"] for chunk in chunks if chunk["state"] == "file"}
    secrets = {chunk["name"] for chunk in chunks if chunk["state"] == "file" and "contents_pillar" in chunk}
    services = {chunk["name"] for chunk in chunks if chunk["state"] == "service"}
    mounts = {"/" + name.removesuffix(".mount").replace("-", "/") for name in services if name.endswith(".mount")}
    units = {name if "." in name else name + ".service" for name in services} | {"salt-minion.service", "ssh.service"}
    return {
        "files": sorted(files),
        "secrets": sorted(secrets),
        "units": sorted(units),
        "mounts": sorted(mounts),
    }
