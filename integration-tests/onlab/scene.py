"""What the scenes share: nodes of one CPU, jobs that count, what is told line by line, the decisions, the picture."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from onlab.jobs import job, must_complete, submit
from onlab.lab import ENTRY, HOME, TREE, Broken, Daemon, Order, eventually, on, run
from onlab.site import TLS_CONFIG, Site

# What a virtual node's minion has beside the site's pillar: one CPU, so that a node is full with one job.
ONE_CPU = "spillway: {slurm: {node: {conf: {CPUs: 1, RealMemory: 600, Feature: virtual}}}}\n"

# Partitions that only virtual nodes are in, as the pillar has them.
LOW, URGENT = (
    f"{name}: {{Nodes: virtual, PriorityTier: {tier}, MaxTime: INFINITE, State: UP, OverSubscribe: 'NO'}}"
    for name, tier in (("low", 1), ("urgent", 10))
)


class Work:
    """A job that counts, a line each second, until it is told to finish."""

    def __init__(self, name: str, *words: str) -> None:
        self.name = name
        self.file = f"{HOME}/{name}-{time.time_ns()}"
        script = f"n=0; until [ -e {self.file}.finish ]; do n=$((n+1)); echo $n >>{self.file}; sleep 1; done"
        self.submitted = time.monotonic()
        self.number = submit(f"--job-name={name}", *words, script=script)

    def state(self) -> str:
        return job(self.number).get("JobState", "unknown")

    def waited(self) -> float:
        """Seconds since it was submitted."""
        return time.monotonic() - self.submitted

    def numbers(self) -> list[int]:
        return [int(line) for line in on("ctl", "cat", self.file, check=False).split()]

    def first_line(self, seconds: float) -> float:
        """Waits for it; how long it took from sbatch on."""
        eventually(f"the first line of job {self.number} ({self.name})", self.numbers, seconds)
        return self.waited()

    def finish(self) -> None:
        on("ctl", "runuser", "-u", "alice", "--", "touch", f"{self.file}.finish")
        must_complete(self.number, 120)
        numbers = self.numbers()
        if numbers != list(range(1, len(numbers) + 1)):
            raise Broken(f"job {self.number} ({self.name}) has a gap in its lines")


class Scene:
    """What is told, line by line, and what the daemon says of it."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.began = time.monotonic()
        self.told: list[str] = []

    def tell(self, what: str) -> None:
        self.told.append(f"[{time.monotonic() - self.began:4.0f} s] {what}")
        print(self.told[-1], flush=True)

    def until(self, what: str, test: Callable[[], object], seconds: float) -> None:
        eventually(what, test, seconds)
        self.tell(what)

    def is_on(self, node: str, host: str, phase: str = "READY") -> bool:
        seen = self.daemon.node(node)
        return (seen["phase"], seen["host"]) == (phase, host)

    def decisions(self, since: datetime) -> list[dict]:
        """What was decided since then; said again before it was seen to be under way, it is still one decision."""
        told = reversed(self.daemon.get("/v1/decisions")["decisions"])
        once = {(one["what"], one["why"]): one for one in told if datetime.fromisoformat(one["time"]) >= since}
        return sorted(once.values(), key=lambda one: one["time"])


def pool_terms(text: str, terms: str) -> str:
    """The lab's configuration with terms for its pool, without which no policy uses it."""
    return re.sub(r"(\n    maximum: \d+)\n", rf"\1\n    terms: {terms}\n", text)


def room_for_one() -> str:
    """What policies keep free of each host, so that it has room for one node of one CPU."""
    return f"reserve: {{cpus: {int(on('hyp01', 'nproc')) - 1}, memory: 0}}"  # what Nova says of each host


def draw(picture: Path, began: datetime) -> None:
    """Draws what the daemon saw since then, as SVG and as PNG."""
    command = [str(ENTRY), "exec", str(TREE / "daemon" / "bin" / "spillway"), "--config", str(TLS_CONFIG)]
    since = f"{int((datetime.now(UTC) - began).total_seconds())}s"
    for file in (picture, picture.with_suffix(".png")):
        run(*command, "timeline", "-o", str(file), "--since", since)


def played(
    name: str,
    usage: str,
    words: list[str],
    site: Site,
    play: Callable[[Scene, Path], list[str]],
    after: Callable[[Site], list[str]] = lambda site: [],
    clear: Callable[[], None] = lambda: None,
) -> int:
    """A demo: plays a scene on a site, then what else there is without the daemon; clears, draws and says all.

    The scene is told where the picture goes. Both return lines to be said before the last. Returns the exit code: 0
    when the scene went as told and nobody typed anything, 1 otherwise, 2 when the words are wrong.
    """
    if len(words) > 1 or words[:1] in (["-h"], ["--help"]):
        print(usage, file=sys.stderr)
        return 2
    picture = Path(words[0] if words else TREE / "target" / f"{name}.svg").resolve()
    picture.parent.mkdir(parents=True, exist_ok=True)
    on("ctl", "runuser", "-u", "alice", "--", "mkdir", "-p", HOME)
    try:
        clear()  # what one that was killed here may have left
        with site:
            try:
                began = datetime.now(UTC)
                with site.served() as daemon:
                    scene = Scene(daemon)
                    said = play(scene, picture)
                    decisions = scene.decisions(began)
                    draw(picture, began)
                said += after(site)
            finally:
                on("ctl", "scancel", "--user=alice", check=False)
                clear()
                Order("down", "vn[01-04]").exit(300)
    except Broken as cause:
        print(f"{name}: broken: {cause}")
        return 1
    for one in decisions:
        print(f"{one['time'][11:19]}  {one['what']}: {one['why']}")
    by_hand = [one for one in decisions if "by hand" in one["why"]]
    print("\n".join(said))
    print(f"picture: {picture} and {picture.with_suffix('.png').name}")
    print(f"{name}: {len(decisions) - len(by_hand)} of {len(decisions)} moves by policy, jobs COMPLETED 0:0")
    return 1 if by_hand else 0
