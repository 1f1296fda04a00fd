"""Slurm's own power saving on the lab: servers that Slurm switches on and off, and the daemon-driven way beside it."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from onlab.jobs import job, must_complete, submit
from onlab.lab import Broken, Daemon, Order, eventually, footprint, guest, on, said_by
from onlab.site import Site, apply_states

POWERED = ["vn07", "vn08"]
ASKED = "vn05"
SUSPEND_TIME = 30

STATIC = "spillway: {slurm: {node: {dynamic: false}}}\n"


def pillar(resume_timeout: int = 900) -> str:
    return f"""
spillway:
  slurm:
    power_saving:
      nodes:
        'vn[07-08]': {{CPUs: 4, RealMemory: 600, Feature: powered, NodeAddr: '10.78.0.[107-108]'}}
      parameters: {{SuspendTime: {SUSPEND_TIME}, SuspendTimeout: 60, ResumeTimeout: {resume_timeout}}}
    partitions:
      powered: {{Nodes: 'vn[07-08]', MaxTime: INFINITE, State: UP, OverSubscribe: 'NO'}}
"""


# --- what is, and when it was: all machines share one clock, and guests follow it


def now() -> float:
    return time.time()


def slurm_node(name: str) -> tuple[set[str], str]:
    """Its states in Slurm, and the reason that stands there."""
    shown = on("ctl", "scontrol", "--oneliner", "show", "node", name, check=False)
    state, reason = re.search(r" State=(\S+)", shown), re.search(r" Reason=(.*?) \[", shown)
    return set(state.group(1).split("+")) if state else set(), reason.group(1) if reason else ""


def moment(text: str) -> float:
    """Seconds of a time stamp in slurmctld's or slurmd's log; both write UTC here."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def said_by_slurmctld(pattern: str, since: float) -> float | None:
    """When slurmctld first logged such a line since then."""
    log = on("ctl", "tail", "-n", "400", "/var/log/slurm/slurmctld.log")
    times = (moment(found) for found in re.findall(rf"^\[(\S+)\] .*{pattern}", log, re.MULTILINE))
    return next((at for at in times if at >= since - 0.001), None)


def said_by_program(pattern: str, since: float) -> float | None:
    """When spillway-power first said such a line since then."""
    return said_by("spillway-power", pattern, since)


def slurmd_started(node: str) -> float:
    """When the node's slurmd was ready, by the guest's clock."""
    log = guest(node, "cat", "/var/log/slurm/slurmd.log")
    return moment(re.findall(r"^\[(\S+)\] slurmd started on", log, re.MULTILINE)[-1])


def server(node: str) -> str | None:
    """Whether there is a server of that name; its status."""
    script = "import openstack; cloud = openstack.connect(cloud='spillway'); "
    script += f"print(*[one.status for one in cloud.compute.servers() if one.name == '{node}'])"
    return on("ctl", "/opt/salt/bin/python", "-c", script).strip() or None


# --- the parts of the way, in seconds


class Stopwatch:
    """What is measured in all rounds, by name."""

    def __init__(self) -> None:
        self.seen: dict[str, list[float]] = {}

    def note(self, way: str, **seconds: float) -> None:
        for name, value in seconds.items():
            self.seen.setdefault(f"{way}: {name.replace('_', ' ')}", []).append(value)
        print(f"{way}: " + "  ".join(f"{name} {value:.1f} s" for name, value in seconds.items()), flush=True)

    def figures(self) -> Iterator[str]:
        for name, values in self.seen.items():
            low, middle, high = min(values), statistics.median(values), max(values)
            yield f"{name}: {low:.1f} / {middle:.1f} / {high:.1f} s (n={len(values)})"


def when(daemon: Daemon, pattern: str, since: float, seconds: float = 600) -> float:
    """When the daemon said such a line, after that time."""

    def said() -> float | None:
        return next((at for at, line in daemon.log.timed() if at >= since and re.search(pattern, line)), None)

    return eventually(f"the daemon says {pattern}", said, seconds)


def parts(daemon: Daemon, node: str, number: str, began: float) -> dict[str, float]:
    """The parts that both ways have, up to the running job."""
    made = when(daemon, rf"{node} to be READY: seen server ACTIVE", began)
    states = when(daemon, rf"{node} to be READY: .*step apply states", began)
    eventually(f"job {number} runs", lambda: job(number).get("JobState") in ("RUNNING", "COMPLETED"), 600)
    running = said_by_slurmctld(rf"Configuration for JobId={number} (?:is )?complete", began)
    slurmd = slurmd_started(node)
    return {
        "server": made - began,
        "boots": states - made,
        "states": slurmd - states,
        "slurmd_to_running": running - slurmd,
        "whole": running - began,
    }


def by_slurm(daemon: Daemon, watch: Stopwatch, before: dict) -> None:
    """A job asks for a node that is off; it runs and ends; the node is idle and goes."""
    node = POWERED[0]
    began = now()
    number = submit("--partition=powered", f"--nodelist={node}")
    seen = parts(daemon, node, number, began)
    program = eventually("ResumeProgram", lambda: said_by_program(f"resume {node} for job {number}: told", began))
    told = when(daemon, rf"power saving: resume {node}", began)
    watch.note("slurm", program=program - began, told=told - began, **seen)
    must_complete(number, 120)
    done = eventually("the job's end", lambda: said_by_slurmctld(rf"_job_complete: JobId={number} done", began))
    asked = eventually("SuspendProgram", lambda: said_by_program(f"suspend {node}: told", done), SUSPEND_TIME + 120)
    eventually(f"nothing is left of {node}", lambda: footprint() == before, 120)
    gone = now()
    watch.note("slurm", idle_to_program=asked - done, program_to_nothing_left=gone - asked)
    eventually(f"{node} is off", lambda: "POWERED_DOWN" in slurm_node(node)[0], 120)
    watch.note("slurm", program_to_off=now() - asked)


def by_daemon(daemon: Daemon, watch: Stopwatch, before: dict) -> None:
    """The cluster is full and a job waits; somebody asks for one more node."""
    fill = submit("--nodes=2", "--exclusive", "--nodelist=cn[01-02]", script="sleep 3600")
    eventually("the cluster is full", lambda: job(fill).get("JobState") == "RUNNING")
    number = submit("--exclusive", "--nodes=1")
    eventually("a job waits", lambda: job(number).get("Reason") not in (None, "None"))
    began = now()
    order = Order("up", ASKED)
    seen = parts(daemon, ASKED, number, began)
    watch.note("daemon", **seen)
    order.must(120)
    must_complete(number, 120)
    on("ctl", "scancel", fill)
    asked = now()
    Order("down", ASKED).must(120)
    eventually(f"nothing is left of {ASKED}", lambda: footprint() == before, 60)
    watch.note("daemon", down_to_nothing_left=now() - asked)


# --- what must hold when something is not as usual


def daemon_away(start: Callable[[], Daemon], daemon: Daemon, before: dict) -> Daemon:
    """Nobody hears the programs: the nodes come, and go, once the daemon is there again. Returns the one that runs."""
    daemon.end()
    began = now()
    jobs = [submit("--partition=powered", f"--nodelist={node}") for node in POWERED]
    eventually("ResumeProgram told nobody", lambda: said_by_program("resume .* not told", began))
    daemon = start()
    for number in jobs:
        must_complete(number, 600)
    daemon.end()
    ended = now()
    eventually("SuspendProgram told nobody", lambda: said_by_program("suspend .* not told", ended), SUSPEND_TIME + 120)
    for node in POWERED:
        eventually(f"{node} is switched off", lambda node=node: "POWERING_DOWN" in slurm_node(node)[0])
    for node in POWERED:
        if server(node) != "ACTIVE":
            raise Broken(f"{node} has no server any more, though no daemon was there")
    daemon = start()
    eventually("nothing is left", lambda: footprint() == before, 120)
    return daemon


def switching_off_missed(start: Callable[[], Daemon], daemon: Daemon, before: dict) -> Daemon:
    """Slurm counts a node as off whose server runs on: it is brought back, and switched off once more."""
    node = POWERED[0]
    must_complete(submit("--partition=powered", f"--nodelist={node}"), 600)
    daemon.end()
    eventually(f"Slurm counts {node} as off", lambda: "POWERED_DOWN" in slurm_node(node)[0], SUSPEND_TIME + 180)
    daemon = start()
    eventually("nothing is left", lambda: footprint() == before, SUSPEND_TIME + 240)
    return daemon


def checkpointed(before: dict) -> None:
    """Three times both nodes, which Slurm counts as idle, stay away for longer than SuspendTime; their jobs go on."""
    nodes = ",".join(POWERED)
    file = f"/home/alice/power-{time.time_ns()}"
    script = f"until [ -e {file} ]; do sleep 1; done"
    numbers = [submit("--partition=powered", f"--nodelist={node}", script=script) for node in POWERED]

    def they_run() -> None:
        for number in numbers:
            eventually(f"job {number} runs", lambda number=number: job(number).get("JobState") == "RUNNING", 900)

    they_run()
    for _ in range(3):
        must("checkpoint", nodes)
        end = now() + 2 * SUSPEND_TIME
        while now() < end:
            for node in POWERED:
                states, reason = slurm_node(node)
                if not {"IDLE", "DRAIN"} <= states or states & {"POWERING_DOWN", "POWERED_DOWN", "POWER_DOWN"}:
                    raise Broken(f"{node} is checkpointed, and Slurm has it {'+'.join(sorted(states))}: {reason}")
            time.sleep(5)
        for node in POWERED:
            if server(node) != "SUSPENDED":
                raise Broken(f"{node} is checkpointed, and its server is {server(node)}")
        must("restore", nodes)
        they_run()
    on("ctl", "runuser", "-u", "alice", "--", "touch", file)
    for number in numbers:
        must_complete(number, 120)
    on("ctl", "rm", file)
    eventually("nothing is left", lambda: footprint() == before, SUSPEND_TIME + 240)


def not_resumed(saving: Site, daemon: Daemon, before: dict) -> None:
    """A boot that takes longer than ResumeTimeout: what Slurm gave up goes, and the next start is a fresh one."""
    node = POWERED[1]
    saving.set(pillar(resume_timeout=20))
    apply_states()
    began = now()
    number = submit("--partition=powered", f"--nodelist={node}")
    eventually("Slurm gives it up", lambda: said_by_slurmctld(f"node {node} not resumed by ResumeTimeout", began), 180)
    eventually("ResumeFailProgram", lambda: said_by_program(f"resume-fail {node}: told", began))
    when(daemon, f"{node}: Slurm gave it up after ResumeTimeout", began, 30)
    eventually("nothing is left", lambda: footprint() == before, 180)
    if job(number)["JobState"] != "PENDING":
        raise Broken(f"job {number} is {job(number)['JobState']}, not PENDING")
    saving.set(pillar())
    apply_states()
    on("ctl", "scontrol", "update", f"nodename={node}", "state=resume")
    must_complete(number, 600, restarts="1")
    eventually("nothing is left", lambda: footprint() == before, SUSPEND_TIME + 240)


def must(*words: str) -> None:
    Order(*words).must(600)


# --- all of it


def power(only: str = "") -> str:
    """Plays it; returns the last line to say."""
    watch = Stopwatch()
    daemon: Daemon | None = None
    played = 0

    with Site(pillar(), {"vn0[78]": STATIC}) as saving:
        before = footprint()
        try:
            daemon = saving.start()
            plays: tuple[tuple[str, int, Callable[[], Daemon | None]], ...] = (
                ("by slurm", 3, lambda: by_slurm(daemon, watch, before)),
                ("by daemon", 3, lambda: by_daemon(daemon, watch, before)),
                ("daemon away", 2, lambda: daemon_away(saving.start, daemon, before)),
                ("switching off missed", 1, lambda: switching_off_missed(saving.start, daemon, before)),
                ("checkpointed", 1, lambda: checkpointed(before)),
                ("not resumed", 1, lambda: not_resumed(saving, daemon, before)),
            )
            for name, rounds, play in plays:
                for number in range(1, rounds + 1) if re.search(only, name) else ():
                    began = time.monotonic()
                    daemon = play() or daemon
                    played += 1
                    took = time.monotonic() - began
                    print(f"power: {name}, {number} of {rounds}: as it must be, {took:.0f} s", flush=True)
        except BaseException:
            if daemon:
                print("\n".join(daemon.log.seen[-20:]), flush=True)
            raise
        finally:
            on("ctl", "scancel", "--user=alice", check=False)
            if daemon:
                daemon.end()
    # their lines are gone, so they are no more than any virtual node, whatever they were in the midst of
    Order("down", ",".join([*POWERED, ASKED])).exit(300)
    print("\n".join(watch.figures()))
    return f"power: {played} plays, 0 lost"
