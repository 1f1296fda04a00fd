"""The tide's gate on the lab, with parts away, killed or frozen in the midst: no line of the low work is lost."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator

from onlab.jobs import job, must_complete, submit
from onlab.lab import Broken, Daemon, Job, Order, closed, eventually, on, other_host, said_by
from onlab.site import TLS_CONFIG, Site, apply_states, starts_at_once
from parts import Fault, Place, service
from power import now, server, slurm_node

NODE = "vn01"
BOX = "cn01"
LONG = 90  # seconds of an urgent job that is to be seen beside paused nodes

_NOVA = service("nova-api", lambda _: "cloud", "nova-api")[1]
_NUDGE = service("nudge", lambda _: "ctl", "spillway-nudge")[1]
_PLACE = Place(NODE, BOX, other_host(BOX), "")

POLICIES = """
policies:
  reserve: {{cpus: 0, memory: {reserve}}}
  classes:
    low: {{partitions: [all], ladder: [{ladder}], run: 0, times: 100, away: 86400}}
  tide: {{after: 5}}
"""


def pillar(start: str = "when_clear", timeout: int = 10, on_timeout: str = "start", nudge: str = "[]") -> str:
    gate = f"{{hosts: 'cn[01-02]', start: {start}, timeout: {timeout}, on_timeout: {on_timeout}}}"
    return f"spillway: {{slurm: {{gate: {gate}, nudge: {nudge}}}}}\n"


class Stage:
    """The site, its daemon, and a virtual node on the box with a job that counts."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.daemon: Daemon | None = None
        self._pillar = pillar()

    def set_up(self) -> None:
        self.start()
        Order("up", NODE, "--host", BOX).must(600)
        self.low = Job(NODE)

    def gate(self, **how) -> None:
        """The gate as a play wants it."""
        if pillar(**how) != self._pillar:
            self._pillar = pillar(**how)
            self.site.set(self._pillar)
            apply_states()
            eventually("slurmctld answers", lambda: "is UP" in on("ctl", "scontrol", "ping", check=False), 60)

    def start(self) -> None:
        self.daemon = self.site.start()

    def kill(self) -> None:
        """SIGKILL, as all ends of it."""
        if self.daemon:
            self.daemon.end()
        self.daemon = None

    def urgent(self, seconds: int, *words: str) -> str:
        return submit(f"--nodelist={BOX}", "--cpus-per-task=4", *words, script=f"sleep {seconds}")

    def begun(self, number: str) -> float:
        """Waits until the job runs; its moment."""
        eventually(f"job {number} runs", lambda: job(number).get("JobState") in ("RUNNING", "COMPLETED"), 180)
        return now()

    def stands(self) -> bool:
        return server(NODE) == "PAUSED" and self.low.shown().get("JobState") == "SUSPENDED"

    def must_go_on(self) -> None:
        """The low work runs on, on an open node, and nothing is left of the tide."""
        eventually(f"job {self.low.number} goes on", lambda: self.low.shown().get("JobState") == "RUNNING", 240)
        self.low.must_be("RUNNING")
        eventually(f"Slurm gives {NODE} jobs", lambda: not closed(NODE), 60)
        eventually(f"{NODE}'s server is ACTIVE", lambda: server(NODE) == "ACTIVE", 60)

    def end(self) -> None:
        if self.daemon is None:
            self.start()
        self.low.finish()

    def clear(self) -> None:
        on("ctl", "scancel", "--user=alice", check=False)
        Order("down", NODE).exit(300)
        self.kill()


def said(pattern: str, since: float, seconds: float = 60) -> float:
    return eventually(f"the gate says {pattern}", lambda: said_by("spillway-gate", pattern, since), seconds)


def held(stage: Stage, number: str, since: float) -> None:
    """Waits until the gate is at work: the node is closed, and the job does not run yet."""

    def drained() -> bool:
        states, reason = slurm_node(NODE)
        return "DRAIN" in states and reason == "spillway: tide"  # the reason alone may be that of the play before

    eventually("the gate has closed the node", drained, 30)
    if job(number).get("JobState") not in ("CONFIGURING", "RUNNING"):
        raise Broken(f"job {number} is {job(number).get('JobState')} at the closed gate")


@contextlib.contextmanager
def frozen(part: Fault) -> Iterator[None]:
    """It says nothing, as long as this lasts."""
    part.make(_PLACE)
    try:
        yield
    finally:
        part.lift(_PLACE)


# --- the plays; each says what was seen


def undisturbed(stage: Stage) -> str:
    stage.gate()
    began = now()
    number = stage.urgent(5)
    ran = stage.begun(number)
    if not stage.stands():
        raise Broken(f"job {number} runs, and {NODE} does not stand still")
    must_complete(number, 60)
    return f"the job ran after {ran - began:.1f} s, and the node stood still"


def at_once(stage: Stage) -> str:
    stage.gate(start="at_once")
    starts_at_once(BOX)
    began = now()
    number = stage.urgent(20)
    ran = stage.begun(number)
    eventually(f"{NODE} stands still beside it", stage.stands, 20)
    stood = now()
    must_complete(number, 60)
    return f"the job ran after {ran - began:.1f} s, the node stood still {stood - ran:.1f} s later"


def at_once_daemon_away(stage: Stage) -> str:
    stage.gate(start="at_once")
    starts_at_once(BOX)
    stage.kill()
    began = now()
    number = stage.urgent(LONG)
    ran = stage.begun(number)
    said(f"job {number} has {BOX}, and virtual nodes run beside it", began)
    stage.start()
    eventually(f"{NODE} stands still beside it", stage.stands, 60)
    must_complete(number, LONG + 60)
    return f"the job ran after {ran - began:.1f} s; the node stood still as soon as the daemon was back"


def at_once_service_killed(stage: Stage) -> str:
    stage.gate(start="at_once")
    starts_at_once(BOX)
    with frozen(_NOVA):
        number = stage.urgent(LONG)
        stage.begun(number)
        on("ctl", "systemctl", "kill", "--signal=KILL", "spillway-gate")
        killed = now()
        time.sleep(5)
    said(f"job {number} started at once on {BOX}", killed, 60)
    if not stage.stands():
        raise Broken(f"{NODE} does not stand still beside job {number}")
    must_complete(number, LONG + 60)
    return "the new service found the job, and brought the node to a stand"


def nudge_frozen(stage: Stage) -> str:
    stage.gate(start="at_once", nudge="[all]")
    starts_at_once(BOX)
    with frozen(_NUDGE):
        number = stage.urgent(5)
        stage.begun(number)
    must_complete(number, 60)
    restarted = now()
    on("ctl", "systemctl", "restart", "slurmctld")
    ready = "slurmctld looks at its queue as soon as a job is submitted"
    eventually("the nudge is at work again", lambda: said_by("spillway-nudge", ready, restarted), 60)
    must_complete(stage.urgent(5), 60)
    return "the job started all the same; with slurmctld the nudge began anew"


def daemon_away_start(stage: Stage) -> str:
    stage.gate(timeout=3)
    stage.kill()
    began = now()
    number = stage.urgent(5)
    said(f"job {number} starts all the same on {BOX}", began)
    must_complete(number, 60)
    stage.low.must_be("RUNNING")
    stage.start()
    return "the job started after its 3 s, the low work ran on beside it"


def daemon_away_requeue(stage: Stage) -> str:
    stage.gate(timeout=3, on_timeout="requeue")
    stage.kill()
    began = now()
    number = stage.urgent(5)
    said(f"job {number} is requeued on {BOX}", began)
    stage.start()
    said(f"job {number} may start on {BOX}", began, 240)
    must_complete(number, 120, restarts="1")
    return f"the job was requeued, and ran after {now() - began:.0f} s, by itself"


def daemon_killed_in_the_midst(stage: Stage) -> str:
    stage.gate(timeout=30)
    began = now()
    with frozen(_NOVA):
        number = stage.urgent(5)
        held(stage, number, began)
        stage.kill()
    stage.start()
    said(f"job {number} (may start|starts all the same) on {BOX}", began, 90)
    must_complete(number, 120)
    return f"the job ended {now() - began:.0f} s after its submission"


def slurmctld_ends_the_gate(stage: Stage, *words: str) -> str:
    stage.gate(timeout=30)
    began = now()
    with frozen(_NOVA):
        number = stage.urgent(5)
        held(stage, number, began)
        on("ctl", *words)
        time.sleep(3)
    said(f"job {number} may start on {BOX}", began, 90)
    must_complete(number, 120)
    return "the gate began anew, and let the job through"


def cancelled_at_the_gate(stage: Stage) -> str:
    stage.gate(timeout=20)
    began = now()
    with frozen(_NOVA):
        number = stage.urgent(60)
        held(stage, number, began)
        on("ctl", "scancel", number)
        eventually(f"job {number} is cancelled", lambda: job(number).get("JobState") == "CANCELLED", 60)
    return "the job is CANCELLED, the node came back"


def nova_frozen(stage: Stage) -> str:
    stage.gate(timeout=4)
    began = now()
    with frozen(_NOVA):
        number = stage.urgent(10)
        said(f"job {number} starts all the same on {BOX}", began)
        must_complete(number, 60)
    return "the job started after its 4 s"


def policies(stage: Stage, ladder: str, seen: Callable[[], bool], what: str, reserve: int = 0) -> str:
    """With the policy tide on, by a daemon of its own configuration."""
    stage.gate()
    text = TLS_CONFIG.read_text(encoding="utf-8")
    stage.kill()
    TLS_CONFIG.write_text(text + POLICIES.format(reserve=reserve, ladder=ladder), encoding="utf-8")
    try:
        stage.start()
        began = now()
        number = stage.urgent(LONG)
        stage.begun(number)
        eventually(what, seen, LONG)
        took = now() - began
        if job(number).get("JobState") != "RUNNING":
            raise Broken(f"{what}, but job {number} is {job(number).get('JobState')}")
        must_complete(number, LONG + 60)
        stage.must_go_on()
    finally:
        stage.kill()
        TLS_CONFIG.write_text(text, encoding="utf-8")
        stage.start()
    return f"{what} {took:.0f} s after the submission, while the urgent job ran"


def goes_where_room_is(stage: Stage) -> str:
    there = other_host(BOX)

    def on_the_other() -> bool:
        return stage.daemon.node(NODE)["host"] == there and stage.low.shown().get("JobState") == "RUNNING"

    line = policies(stage, "migrate", on_the_other, f"the low work ran on {there}")
    Order("migrate", NODE, "--host", BOX).must(300)
    return line


def goes_to_disk(stage: Stage) -> str:
    # what libvirt says of the host, and so Nova: a machine's kernel may say another number
    total = int(re.search(r"Memory size:\s+(\d+) KiB", on("hyp01", "virsh", "nodeinfo"))[1]) // 1024
    # room for the node alone, not for it and a job that has all of the box's 2000 MiB
    return policies(
        stage, "checkpoint", lambda: server(NODE) == "SUSPENDED", "the low work was on disk", reserve=total - 1500
    )


PLAYS: tuple[tuple[str, Callable[[Stage], str]], ...] = (
    ("undisturbed", undisturbed),
    ("daemon away, start", daemon_away_start),
    ("daemon away, requeue", daemon_away_requeue),
    ("daemon killed in the midst", daemon_killed_in_the_midst),
    ("slurmctld restarted", lambda stage: slurmctld_ends_the_gate(stage, "systemctl", "restart", "slurmctld")),
    ("slurmctld reconfigured", lambda stage: slurmctld_ends_the_gate(stage, "scontrol", "reconfigure")),
    ("cancelled at the gate", cancelled_at_the_gate),
    ("Nova frozen", nova_frozen),
    ("policy: goes where room is", goes_where_room_is),
    ("policy: goes to disk", goes_to_disk),
    ("at once", at_once),
    ("at once, daemon away", at_once_daemon_away),
    ("at once, service killed", at_once_service_killed),
    ("at once, nudge frozen", nudge_frozen),
)


def gate(only: str = "") -> str:
    """Plays it; returns the last line to say."""
    played, lost = 0, []
    with Site(pillar()) as site:
        stage = Stage(site)
        try:
            stage.set_up()
            for name, play in PLAYS:
                if not re.search(only, name):
                    continue
                began = time.monotonic()
                try:
                    line = play(stage)
                    stage.must_go_on()
                except Broken as cause:
                    lost.append(name)
                    line = f"LOST: {cause}"
                    if stage.daemon:
                        print("\n".join(stage.daemon.log.seen[-20:]), flush=True)
                    recover(stage)
                played += 1
                print(f"gate: {name}: {line}; {time.monotonic() - began:.0f} s", flush=True)
            stage.end()
        finally:
            stage.clear()
    if lost:
        raise Broken(f"{len(lost)} of {played} plays lost: {', '.join(lost)}")
    return f"gate: {played} plays, 0 lost"


def recover(stage: Stage) -> None:
    """So that the next play tells something of itself: no urgent job, a daemon, the low work at its work."""
    on("ctl", "scancel", "--user=alice", f"--nodelist={BOX}", check=False)
    if stage.daemon is None:
        stage.start()
    stage.must_go_on()
