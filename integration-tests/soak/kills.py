"""kill -9 of spillwayd at every step boundary of an operation; then a new one starts, and is killed at the next."""

from __future__ import annotations

import os
import time
from pathlib import Path

from onlab.lab import STATE, Broken, Daemon, Job, Order, closed, footprint, other_host

NODE = "vn07"

# operation, whether it goes to the other host, and what the node is after it
OPERATIONS = [
    ("up", False, "READY"),
    ("checkpoint", False, "CHECKPOINTED"),
    ("restore", False, "READY"),
    ("migrate", True, "READY"),
    ("checkpoint", False, "CHECKPOINTED"),
    ("restore", True, "READY"),
    ("hold", False, "HELD"),
    ("release", False, "READY"),
    ("down", False, "ABSENT"),
]
# the way to disk and back to another host, where most can be lost: the node is made and removed undisturbed
SHORT = [OPERATIONS[0], OPERATIONS[4], OPERATIONS[5], OPERATIONS[8]]
SHORT_UNDISTURBED = ("up", "down")
MOST_STARTS = 40


class Play:
    """One operation on the node, through all the deaths of its daemons."""

    def __init__(self, operation: str, to: str | None, phase: str, met: Path) -> None:
        self.operation = operation
        self.disturbed = not short() or operation not in SHORT_UNDISTURBED
        self.to = to
        self.phase = phase
        self.met = met
        self.orders = 0
        self.daemon: Daemon | None = None
        self.host = ""

    def play(self) -> list[str]:
        """Returns the boundaries at which a daemon died."""
        self.met.write_text("", encoding="utf-8")
        for _ in range(MOST_STARTS):
            self.daemon = Daemon(self.met if self.disturbed else None)
            order = None
            try:
                if self.daemon.looked():
                    order = self.ask_if_nobody_knows()
                    if self.reaches():
                        return self.met.read_text(encoding="utf-8").split("\n")[:-1]
            finally:
                self.daemon.end()
                if order:
                    order.end()
        raise Broken(f"{self.operation}: {MOST_STARTS} daemons were not enough")

    def ask_if_nobody_knows(self) -> Order | None:
        """Gives the order, and again after a death that left no trace of it: then nobody can go on by himself."""
        seen = self.seen()
        while seen is None and self.daemon.lives():
            time.sleep(1)
            seen = self.seen()
        if seen is None or (self.is_there(seen) and self.orders):
            return None
        if self.orders and seen["goal"] == self.phase + (f" on {self.to}" if self.to else ""):
            return None
        self.orders += 1
        return Order(self.operation, NODE, *(["--host", self.to] if self.to else []))

    def reaches(self) -> bool:
        """Waits for the goal; False if the daemon dies before."""
        end = time.monotonic() + 400
        while self.daemon.lives():
            seen = self.seen()
            if seen is not None and self.orders and self.is_there(seen):
                self.host = seen["host"] or ""
                return self.rests()
            if time.monotonic() > end:
                said = "\n".join(self.daemon.log.seen[-12:])
                raise Broken(f"{self.operation}: {NODE} is {seen and seen['phase']} after 400 s\n{said}")
            time.sleep(1)
        return False

    def rests(self) -> bool:
        """There, and nothing is left to do: the last boundaries are met as well."""
        while self.daemon.lives():
            try:
                if NODE not in self.daemon.get("/v1/status")["in_motion"]:
                    return True
            except Broken:
                pass
            time.sleep(0.5)
        return False

    def seen(self) -> dict | None:
        try:
            return self.daemon.node(NODE)
        except Broken:
            return None

    def is_there(self, seen: dict) -> bool:
        return seen["phase"] == self.phase and (self.to is None or seen["host"] == self.to)


def leave_nothing(job: Job | None) -> None:
    if job:
        job.cancel()
    Order("down", NODE).exit(300)


def short() -> bool:
    return os.environ.get("SHORT") == "1"


def kills() -> tuple[list[str], int]:
    """Plays all operations; returns a line for each and the number of boundaries."""
    met = STATE / "run" / "soak.met"
    before = footprint()
    lines, boundaries = [], 0
    job: Job | None = None
    host = ""
    try:
        for operation, moves, phase in SHORT if short() else OPERATIONS:
            if operation == "down":
                job.finish()
            began = time.monotonic()
            play = Play(operation, other_host(host) if moves else None, phase, met)
            died = play.play()
            boundaries += len(died)
            lines.append(
                f"{operation + (' to the other host' if moves else ''):26} {len(died):3} kills "
                f"{time.monotonic() - began:6.1f} s, asked {play.orders}x: {', '.join(died)}"
            )
            print(lines[-1], flush=True)
            host = play.host
            if phase != "ABSENT":
                check(phase, job)
            if operation == "up":
                job = Job(NODE)
        after = footprint()
        if after != before:
            raise Broken(f"left over: before {before}, after {after}")
    except BaseException:
        leave_nothing(job)
        raise
    finally:
        met.unlink(missing_ok=True)
    return lines, boundaries


def check(phase: str, job: Job | None) -> None:
    """The job is as it should be, and nothing of ours is left in Slurm on an open node."""
    if phase == "READY" and (why := closed(NODE)):
        raise Broken(f"{NODE} is READY, but Slurm has it {why}")
    if job:
        job.must_be({"READY": "RUNNING", "HELD": "SUSPENDED", "CHECKPOINTED": "SUSPENDED"}[phase])
