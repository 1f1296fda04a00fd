"""How long a guest stands still while it is moved alive: once with its job running, once with its job held.

The guest counts every 10 ms and tells each number by UDP, with what its own clock says. At the other end two things are
seen: the longest silence, in which the network's own delay is, and what the guest's clock has lost (the raw one, which
nobody sets, some ms of drift are in it): the time that it did not run.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from onlab.lab import ENTRY, Broken, Job, guest, other_host, served, spillway
from onlab.site import ADDRESS

NODE = "vn01"
PORT = 8797
ROUNDS = 4  # there and back twice
QUIET = 10  # seconds before and after

# "NUMBER CLOCK" in ns, each 10 ms by the clock that nobody sets; what is late is not made up for
COUNTER = f"""
import socket, time
to = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
number = 0
while True:
    number += 1
    said = str(number) + " " + str(time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW))
    try:
        to.sendto(said.encode(), ("{ADDRESS}", {PORT}))
    except OSError:
        pass
    time.sleep(0.01)
"""

# "ARRIVAL NUMBER CLOCK", a line each
RECEIVER = f"""
import socket, time
at = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
at.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
at.bind(("{ADDRESS}", {PORT}))
while True:
    said = at.recv(100)
    print(time.clock_gettime_ns(time.CLOCK_MONOTONIC), said.decode(), flush=True)
"""


class Counts:
    """What has arrived so far."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def between(self, began: float, ended: float) -> list[tuple[float, int, float]]:
        """Arrival in s, number, the guest's clock in s: of those that arrived between two moments of this machine."""
        lines = self._file.read_text(encoding="ascii").splitlines()
        rows = [tuple(map(int, line.split())) for line in lines[:-1]]
        seen = [(arrival / 1e9, number, clock / 1e9) for arrival, number, clock in rows]
        return [row for row in seen if began <= row[0] <= ended]

    def silence(self, began: float, ended: float) -> float:
        """The longest time without a number, in ms."""
        arrivals = [began, *(arrival for arrival, _, _ in self.between(began, ended)), ended]
        return 1000 * max(later - earlier for earlier, later in itertools.pairwise(arrivals))

    def offset(self, began: float, ended: float) -> float:
        """This machine's clock minus the guest's, in ms; by the one that was under way for the shortest time."""
        seen = self.between(began, ended)
        if not seen:
            raise Broken(f"{NODE} told no number for {ended - began:.0f} s")
        return 1000 * min(arrival - clock for arrival, _, clock in seen)


@contextlib.contextmanager
def counting() -> Iterator[Counts]:
    """The counter in the guest, and who hears it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counts"
        with file.open("wb") as out:
            command = [str(ENTRY), "exec", "python3", "-c", RECEIVER]
            receiver = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, start_new_session=True)
        try:
            python = "/opt/salt/bin/python"
            quoted = "'" + COUNTER.replace("'", "'\\''") + "'"
            guest(NODE, f"systemd-run --quiet --collect --unit=bench-counter {python} -c {quoted}")
            try:
                yield Counts(file)
            finally:
                with contextlib.suppress(Broken):
                    guest(NODE, "systemctl", "stop", "bench-counter")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(receiver.pid, signal.SIGKILL)
            receiver.wait()


def moved(counts: Counts, label: str) -> tuple[float, float, float]:
    """One live migration: ms of the longest silence, ms that the guest's clock lost, ms of silence before."""
    quiet = time.monotonic()
    time.sleep(QUIET)
    host = next(one["host"] for one in spillway("nodes")["nodes"] if one["name"] == NODE)
    began = time.monotonic()
    spillway("migrate", NODE, "--host", other_host(host))
    ended = time.monotonic()
    time.sleep(QUIET)
    after = time.monotonic()
    silence = counts.silence(began, after)
    lost = counts.offset(ended, after) - counts.offset(quiet, began)
    noise = counts.silence(quiet, quiet + QUIET)
    print(
        f"{label}: longest silence {silence:.0f} ms, the guest's clock lost {lost:.0f} ms, the order took "
        f"{ended - began:.1f} s; longest silence in the {QUIET} s before {noise:.0f} ms",
        flush=True,
    )
    return silence, lost, noise


def stun() -> list[str]:
    """Plays all of it; returns the figures."""
    seen: dict[str, list[tuple[float, float, float]]] = {"running": [], "held": []}
    with served(NODE):
        spillway("up", NODE)
        work = Job(NODE)
        with counting() as counts:
            time.sleep(2)
            counts.offset(0, time.monotonic())  # it is heard at all
            for at in range(1, ROUNDS + 1):
                seen["running"].append(moved(counts, f"running {at} of {ROUNDS}"))
            work.must_be("RUNNING")
            spillway("hold", NODE)
            for at in range(1, ROUNDS + 1):
                seen["held"].append(moved(counts, f"held {at} of {ROUNDS}"))
            spillway("release", NODE)
        work.must_be("RUNNING")
        work.finish()
    figures = []
    for label, rounds in seen.items():
        silences, lost, noises = zip(*rounds, strict=True)
        noise = statistics.median(noises)
        for name, values in ((f"stun-{label}", silences), (f"stun-{label}-by-its-clock", lost)):
            ours = statistics.median(values)
            print(f"{name}: at worst {max(values):.0f} ms of {ROUNDS}")
            figures.append(f"figure: {name} = {ours:.0f} ms, baseline {noise:.0f}, ratio {ours / noise:.2f}")
    return figures
