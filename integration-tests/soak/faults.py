"""Each fault during each operation: how it ends, what was said, and whether another node was hurt."""

from __future__ import annotations

import contextlib
import os
import re
import time
from dataclasses import dataclass

from onlab.lab import TREE, Broken, Daemon, Job, Order, closed, other_host
from parts import ALL, ASTRAY, FOUND, Fault, Place, faults_by_weight

NODE = "vn05"
ADDRESS = "10.78.0.105"
BYSTANDER = "vn06"
PAGE = TREE / "docs" / "faults.md"
BEGIN, END = "<!-- drawn by `make soak`: begin -->", "<!-- drawn by `make soak`: end -->"

# operation: what the node must be before it, and what it is after it
FROM_TO = {
    "checkpoint": ("READY", "CHECKPOINTED"),
    "restore": ("CHECKPOINTED", "READY"),
    "migrate": ("READY", "READY"),
    "down": ("READY", "ABSENT"),
    "up": ("ABSENT", "READY"),
}

# one cell for each part, chosen so that each state of the node serves the next cell
SHORT = [
    ("salt-api killed", "checkpoint"),
    ("slurmctld killed", "restore"),
    ("salt-master frozen", "checkpoint"),
    ("munged in the guest killed", "restore"),
    ("Nova answers 503", "checkpoint"),
    ("minion in the guest frozen", "restore"),
    ("live migration fails half-way", "migrate"),
    ("nova-compute of its host killed", "checkpoint"),
    ("guest's clock an hour behind", "restore"),
]

ALONE, REFUSED, ASKED, LOST = "by itself", "refused", "asked again", "LOST"
NOT_PLAYED = "not played"


class NotPlayed(Broken):
    """The fault could not be made, or nobody could be asked where the node is: that tells nothing of Spillway."""


@dataclass(frozen=True)
class Cell:
    """How one fault during one operation ended."""

    fault: str
    operation: str
    end: str
    seconds: float
    said: str
    others: str

    def row(self) -> str:
        said = self.said.replace("|", "/").replace("<", "&lt;")
        return f"| {self.fault} | {self.operation} | {self.end} | {self.seconds:.0f} s | {said} | {self.others} |"


class Stage:
    """One daemon, the node under test, and a node beside it whose job must not notice anything."""

    def __init__(self) -> None:
        self.daemon = Daemon()
        self.job: Job | None = None
        self.bystander: Job | None = None

    def set_up(self) -> None:
        if not self.daemon.looked():
            raise Broken("spillwayd has no first look: " + " / ".join(self.daemon.log.seen[-3:]))
        self.order("up", f"{NODE},{BYSTANDER}")
        self.job = Job(NODE)
        self.bystander = Job(BYSTANDER)

    def order(self, *words: str) -> None:
        """An order without a fault: Broken unless it is carried out."""
        Order(*words).must(600)

    def clear(self) -> None:
        for job in (self.job, self.bystander):
            with contextlib.suppress(Broken):
                if job:
                    job.cancel()
        Order("down", f"{NODE},{BYSTANDER}").exit(300)
        self.daemon.end()

    def now(self) -> dict:
        """The node as it is; a part that gives no answer is asked again for a while."""
        end = time.monotonic() + 60
        while True:
            try:
                return self.daemon.node(NODE)
            except Broken as cause:
                if time.monotonic() > end:
                    raise NotPlayed(cause) from cause
                time.sleep(1)

    def prepare(self, operation: str) -> Place:
        """Brings the node to where the operation begins."""
        wanted = FROM_TO[operation][0]
        phase = self.now()["phase"]
        if wanted == "ABSENT":
            self._finish_job()
            self.order("down", NODE)
        elif phase != wanted:
            self.order("restore" if phase == "CHECKPOINTED" else "up", NODE)
        if wanted != "ABSENT" and operation != "down" and self.job is None:
            self.job = Job(NODE)
        if wanted == "CHECKPOINTED" != phase:
            self.order("checkpoint", NODE)
        if operation == "down":
            self._finish_job()
        host = self.now()["host"] or "cn01"
        return Place(NODE, host, other_host(host), ADDRESS)

    def _finish_job(self) -> None:
        if self.job:
            self.job.finish()
            self.job = None

    def play(self, fault: Fault, operation: str) -> Cell:
        """One cell. Whatever happens in it, the next one finds a node that is well."""
        began = time.monotonic()
        order: Order | None = None
        try:
            try:
                place = self.prepare(operation)
            except Broken as cause:
                raise NotPlayed(cause) from cause
            began = time.monotonic()
            order, end = self._with_fault(fault, operation, place)
            self._look_at_jobs(FROM_TO[operation][1] if end != REFUSED else FROM_TO[operation][0])
        except Broken as cause:
            end = NOT_PLAYED if isinstance(cause, NotPlayed) else LOST
            cell = Cell(fault.name, operation, end, time.monotonic() - began, str(cause), self._others())
            self._begin_anew()
            return cell
        return Cell(fault.name, operation, end, time.monotonic() - began, order.reason() or "nothing", self._others())

    def _with_fault(self, fault: Fault, operation: str, place: Place) -> tuple[Order, str]:
        words = [operation, NODE, *(["--host", place.other] if operation == "migrate" else [])]
        order = None
        try:
            if fault.before:
                fault.make(place)
                order = Order(*words)
            else:
                order = Order(*words)
                order.said.until(rf"^{NODE}  [a-z].*: ", 60)
                self._make(fault, place, order)
            order.exit(fault.seconds)
        finally:
            fault.lift(place)
        return order, self._end(fault, operation, order, place, words)

    @staticmethod
    def _make(fault: Fault, place: Place, order: Order) -> None:
        try:
            fault.make(place)
        except Broken as cause:
            if not order.over():  # else the operation was quicker than the fault
                raise NotPlayed(cause) from cause

    def _end(self, fault: Fault, operation: str, order: Order, place: Place, words: list[str]) -> str:
        code = order.exit(400)
        if code is None:
            order.end()
        if code == 0:
            return ALONE
        if fault.refused:
            phase = self.now()["phase"]
            if phase != FROM_TO[operation][0]:
                raise Broken(f"refused, and yet {NODE} is {phase}: {order.reason()}")
            return REFUSED
        mend = FOUND if ASTRAY in order.reason() else fault.mend
        if mend:
            mend.act(place)
        if self._arrives(operation, place, 240):
            return f"after {mend.words}" if mend else ALONE
        self.order(*words)
        return ASKED

    def _arrives(self, operation: str, place: Place, seconds: float) -> bool:
        """Whether the daemon brings the node to its goal without being asked again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(Broken):
                now = self.now()
                there = now["phase"] == FROM_TO[operation][1]
                if there and (operation != "migrate" or now["host"] == place.other):
                    return True
                if operation == "up" and now["phase"] == "ABSENT":
                    return False  # nothing is there in which the goal could stand
            time.sleep(1)
        return False

    def _look_at_jobs(self, phase: str) -> None:
        if phase == "READY" and (why := closed(NODE)):
            raise Broken(f"{NODE} is READY, but Slurm has it {why}")
        if self.job and phase != "ABSENT":
            self.job.must_be("RUNNING" if phase == "READY" else "SUSPENDED")

    def _others(self) -> str:
        try:
            self.bystander.must_be("RUNNING")
            why = closed(BYSTANDER)
            return f"HURT: {why}" if why else "well"
        except Broken as cause:
            return f"HURT: {cause}"

    def _begin_anew(self) -> None:
        with contextlib.suppress(Broken):
            if self.job:
                self.job.cancel()
            self.job = None
            self.order("down", NODE)


def chosen(only: str) -> list[tuple[Fault, str]]:
    """The cells to play, each fault's in the order in which the node's states follow each other."""
    all_faults = list(faults_by_weight())
    if os.environ.get("SHORT") == "1" and not only:
        by_name = {fault.name: fault for fault in all_faults}
        return [(by_name[name], operation) for name, operation in SHORT]
    order = ["checkpoint", "restore", "migrate", "down", "up"]
    return [
        (fault, operation)
        for fault in all_faults
        for operation in order
        if operation in fault.operations and re.search(only, f"{fault.name} {operation}")
    ]


def faults(only: str = "") -> tuple[str, int]:
    """Plays the cells; returns the last line to say, and how many nodes or jobs were lost or hurt."""
    cells: list[Cell] = []
    stage = Stage()
    try:
        stage.set_up()
        for fault, operation in chosen(only):
            cells.append(stage.play(fault, operation))
            print(cells[-1].row(), flush=True)
            if os.environ.get("SHORT") != "1":
                keep(cells)  # each as it comes: whoever ends a soak of hours keeps what was played
    finally:
        stage.clear()
    alone = sum(cell.end == ALONE for cell in cells)
    lost = sum(cell.end == LOST or cell.others.startswith("HURT") for cell in cells)
    refused = sum(cell.end == REFUSED for cell in cells)
    unplayed = sum(cell.end == NOT_PLAYED for cell in cells)
    more = (f", {refused} rightly refused" if refused else "") + (f", {unplayed} not played" if unplayed else "")
    return f"faults: {len(cells)} cells, {alone} recovered alone{more}, {lost} lost", lost


def keep(cells: list[Cell]) -> None:
    """Writes the cells into the page, over those that stand there of the same fault and operation."""
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    table, tail = rest.split(END)
    rows = {}
    for row in table.strip().splitlines()[2:]:
        words = [word.strip() for word in row.strip("|").split("|")]
        rows[words[0], words[1]] = row
    rows.update({(cell.fault, cell.operation): cell.row() for cell in cells if cell.end != NOT_PLAYED})
    known = [(fault.name, operation) for fault in faults_by_weight() for operation in ALL]
    drawn = [rows[cell] for cell in known if cell in rows]
    title = "| fault | during | the operation ended | after | what was said | the node beside it |"
    PAGE.write_text(
        "\n".join([head + BEGIN, "", title, "|---|---|---|---|---|---|", *drawn, "", END + tail.rstrip(), ""]),
        encoding="utf-8",
    )
