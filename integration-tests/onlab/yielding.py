"""Who of the lab gets CPU time first, where all of it shares one machine's CPUs.

Virtual machines that get only what nobody else wants: on a real site that is the role hypervisor (systemd's
machine.slice). And machines that a real site has elsewhere, the controller and the cloud's: they leave the boxes
theirs. The lab's machines are containers that no cpu controller is given to; so it is done from outside, and only for
as long as something is measured, for otherwise the guests would starve beside whatever else this machine does.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from onlab.lab import HYPERVISOR, Broken

ELSEWHERE = 100  # of 1024, the weight of any process of a box


def _processes(machine: str) -> Iterator[tuple[int, str]]:
    """Number and name of all that runs in a machine of the lab."""
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            name, groups = ((place / file).read_text() for file in ("comm", "cgroup"))
            if f"/spillway-lab/machines/{machine}/" in groups:
                yield int(place.name), name


def guests(host: str) -> list[int]:
    """The processes of the virtual machines on a host."""
    return [number for number, name in _processes(HYPERVISOR[host]) if name.startswith("qemu-system")]


class Used:
    """The CPU time of processes, looked at twenty times a second while this is open."""

    def __init__(self, processes: list[int]) -> None:
        self._files = [Path(f"/proc/{number}/stat") for number in processes]
        self._seen: list[tuple[float, float]] = []  # this machine's clock, seconds of CPU time
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Used:
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()

    def between(self, begin: float, end: float) -> float:
        """Seconds of CPU time that they used between two moments, by this machine's clock."""
        return self._by(end) - self._by(begin)

    def _by(self, moment: float) -> float:
        return next((used for when, used in self._seen if when >= moment), self._seen[-1][1])

    def _look(self) -> None:
        tick = os.sysconf("SC_CLK_TCK")
        while not self._over.wait(0.05):
            used = 0
            for file in self._files:
                with contextlib.suppress(OSError):
                    # the name in brackets may hold blanks; user and system time are the 14th and 15th field
                    used += sum(map(int, file.read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]))
            self._seen.append((time.time(), used / tick))


def _controller() -> Path | None:
    """Where the cpu controller of control groups v1 is mounted."""
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, where, kind, options = line.split()[:4]
        if kind == "cgroup" and "cpu" in options.split(","):
            return Path(where)
    return None


@contextlib.contextmanager
def yielding(host: str) -> Iterator[None]:
    """The guests that are on a host now yield, until this ends."""
    there = guests(host)
    if not there:
        raise Broken(f"no virtual machine runs on {host}")
    top = _controller()
    with _group(top, "guests", {"cpu.idle": 1}, there) if top else _idle_processes(there):
        yield


@contextlib.contextmanager
def elsewhere(*machines: str) -> Iterator[None]:
    """These machines, this process and what they start leave the others their CPUs, until this ends.

    Where control groups v1 have no cpu controller they do not, and what is measured is that much slower.
    """
    there = [number for machine in machines for number, _ in _processes(machine)]
    if top := _controller():
        with _group(top, "elsewhere", {"cpu.shares": ELSEWHERE}, [*there, os.getpid()]):
            yield
    else:
        yield


@contextlib.contextmanager
def _group(top: Path, name: str, settings: dict[str, int], there: list[int]) -> Iterator[None]:
    group = top / f"spillway-lab-{name}"
    group.mkdir(exist_ok=True)
    try:
        for file, value in settings.items():
            (group / file).write_text(f"{value}\n", encoding="ascii")
        for number in there:
            with contextlib.suppress(ProcessLookupError):
                (group / "cgroup.procs").write_text(f"{number}\n", encoding="ascii")
        yield
    finally:
        while left := (group / "cgroup.procs").read_text(encoding="ascii").split():
            for number in left:
                with contextlib.suppress(OSError):  # it has ended meanwhile
                    (top / "cgroup.procs").write_text(f"{number}\n", encoding="ascii")
        group.rmdir()


@contextlib.contextmanager
def _idle_processes(there: list[int]) -> Iterator[None]:
    try:
        for number in there:
            _schedule(number, os.SCHED_IDLE, 19)
        yield
    finally:
        for number in there:
            with contextlib.suppress(OSError):
                _schedule(number, os.SCHED_OTHER, 0)


def _schedule(number: int, policy: int, nice: int) -> None:
    for thread in Path(f"/proc/{number}/task").iterdir():
        os.sched_setscheduler(int(thread.name), policy, os.sched_param(0))
    with contextlib.suppress(FileNotFoundError):  # a kernel without groups by session
        Path(f"/proc/{number}/autogroup").write_text(f"{nice}\n", encoding="ascii")
