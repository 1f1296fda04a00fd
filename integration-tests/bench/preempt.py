"""An urgent job comes to a box on which low-priority work runs: how soon it begins, and how fast it is.

From sbatch to its first instruction, and what it gets done in its first ten seconds: by the tide (the low work in
virtual nodes on that box), where the job starts at once and where it waits until the nodes stand still, slurmctld being
nudged at the submission; beside Slurm's own SUSPEND,GANG (the low work on the box itself), with Slurm's default timers,
with the quickest, and with these and the nudge; by the policy `backfill` (the urgent job waits for a virtual node, and
low ones step aside); and on an empty box with the tide's gate and the nudge.
Without a nudge slurmctld looks at its queue at each full second, so all ways are asked at the same moments, spread
evenly over one. No way has the hook `started`, which would be a PrologSlurmctld of its own. The controller and the
cloud's services, which on a real site are other machines, leave the boxes the CPUs for as long as this runs.
"""

from __future__ import annotations

import math
import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace

from onlab.jobs import job, must_complete, submit
from onlab.lab import HOME, Job, Order, eventually, on
from onlab.scene import LOW, ONE_CPU, URGENT, Work, pool_terms, room_for_one
from onlab.site import Site, apply_states, starts_at_once
from onlab.yielding import Used, elsewhere, guests, yielding

NODES = ["vn01", "vn02"]
BOX = "cn01"
ROUNDS = 20
WORKS = 10  # seconds

# its first instruction tells the time; then it counts what it gets done, and by how much CPU time
SCRIPT = (
    'date +%s.%N; perl -e \'$SIG{{ALRM}} = sub {{ print "$n ", (times)[0] + (times)[1], "\\n"; exit }}; alarm {works};'
    " while (1) {{ $x += $_ for 1..10000; $n++ }}'"
)

# waits for its moment of the second, then tells the time and submits
ASK = "sleep $(( (1000000000 + {moment} - $(date +%s%N) % 1000000000) % 1000000000 ))e-9; date +%s.%N; {sbatch}"

TIDE = """
spillway:
  slurm:
    events: {{hooks: [ended]}}
    gate: {{hosts: 'cn[01-02]', start: {start}, timeout: 10, on_timeout: start}}
    nudge: [all]
"""

GANG = """
spillway:
  slurm:
    events: {{hooks: [ended]}}
    nudge: {nudge}
    parameters:
      PreemptType: preempt/partition_prio
      PreemptMode: 'SUSPEND,GANG'
      {timers}
    partitions:
      low: {{Nodes: 'cn01', PriorityTier: 1, MaxTime: INFINITE, State: UP, OverSubscribe: 'FORCE:1'}}
      high: {{Nodes: 'cn01', PriorityTier: 10, MaxTime: INFINITE, State: UP, OverSubscribe: 'FORCE:1'}}
"""
# Each host has room for one node of one CPU; one of the warm reserve takes the place of the one that steps aside.
BACKFILL = f"""
spillway:
  slurm:
    events: {{hooks: [ended, started, submitted]}}
    partitions:
      {LOW}
      {URGENT}
"""
TERMS = "{cpus: 1, memory: 768, partitions: [low, urgent], features: [virtual], minimum: 1, warm: 1}"
POLICIES = """
policies:
  {reserve}
  classes:
    urgent: {{partitions: [urgent], urgent: true}}
    low: {{partitions: [low], ladder: [checkpoint], run: 1, times: 1000}}
  queue: {{idle: 5, remove: 86400}}
  backfill: {{}}
"""
DEFAULT = "SchedulerParameters: null"
# beside the states' own batch_sched_delay=0,sched_min_interval=0, which hold for the tide as well
TUNED = "SchedulerTimeSlice: 5"
GANGS = (
    ("gang-default", "default", DEFAULT, "[]"),
    ("gang-tuned", "quickest", TUNED, "[]"),
    ("gang-nudged", "nudged", TUNED, "[high]"),
)


@dataclass(frozen=True)
class Seen:
    """One urgent job: its first instruction, seconds after sbatch; what it did in ten seconds, by how much CPU time."""

    began: float
    wait: float
    work: float
    cpu: float
    guests: float = 0.0  # CPU time that virtual machines on its box had in the same ten seconds

    @property
    def speed(self) -> float:
        """Work for each second of CPU time."""
        return self.work / self.cpu


@dataclass(frozen=True)
class Way:
    """What was seen in all rounds of one way."""

    label: str
    rounds: list[Seen]

    def and_then(self, later: Way) -> Way:
        """Both together: what was asked before and after others, so that a machine that drifts does so for all."""
        return Way(self.label, self.rounds + later.rounds)

    def percentile(self, percent: float) -> float:
        """The smallest wait that so many percent do not exceed."""
        ordered = sorted(seen.wait for seen in self.rounds)
        return ordered[math.ceil(len(ordered) * percent / 100) - 1]

    def median(self, field: str) -> float:
        return statistics.median(getattr(seen, field) for seen in self.rounds)

    def row(self) -> str:
        waits = [seen.wait for seen in self.rounds]
        return (
            f"{self.label:26} p50 {self.percentile(50):6.3f} s  p95 {self.percentile(95):6.3f} s"
            f"  {min(waits):6.3f} to {max(waits):6.3f} s  work {self.median('work'):7.0f}"
            f" by {self.median('cpu'):5.2f} s of CPU, guests {self.median('guests'):5.2f} s  (n={len(waits)})"
        )


def urgent(moment: float, *words: str, cpus: int = 4, seconds: float = 120) -> Seen:
    """Submits one in that moment of the second and waits for its end."""
    wrap = SCRIPT.format(works=WORKS).replace("'", "'\\''")
    options = f"--parsable --chdir={HOME} --cpus-per-task={cpus} --output={HOME}/urgent-%j {' '.join(words)}"
    command = ASK.format(moment=int(moment * 1e9), sbatch=f"sbatch {options} --wrap='{wrap}'")
    asked, number = on("ctl", "runuser", "-u", "alice", "--", "bash", "-c", command).split()
    must_complete(number, seconds)
    file = f"{HOME}/urgent-{number}"
    said = eventually(f"what job {number} said", lambda: on("ctl", "cat", file).split()[:3], 10)
    began, work, cpu = (float(word) for word in said)
    return Seen(began, began - float(asked), work, cpu)


def rounds(label: str, play: Callable[[float], Seen], number: int, moments: range | None = None) -> Way:
    way = Way(label, [])
    for at in moments or range(number):
        seen = play((at + 0.5) / number)
        way.rounds.append(seen)
        print(
            f"{label} {at + 1} of {number}: first instruction after {seen.wait:.3f} s, work {seen.work:.0f}"
            f" by {seen.cpu:.2f} s of CPU, guests {seen.guests:.2f} s",
            flush=True,
        )
    return way


def alone(moments: range, number: int) -> Way:
    """On the box with nothing else on it, at so many of all moments."""
    return rounds("empty box, same gate", lambda moment: urgent(moment, f"--nodelist={BOX}"), number, moments)


def tide(label: str, number: int, low: list[Job]) -> Way:
    """Virtual nodes on the box, each with a job that counts and uses a CPU."""

    def play(moment: float) -> Seen:
        with Used(guests(BOX)) as used:
            seen = urgent(moment, f"--nodelist={BOX}")
        seen = replace(seen, guests=used.between(seen.began, seen.began + WORKS))
        for one in low:
            eventually(f"job {one.number} goes on", lambda one=one: one.shown().get("JobState") == "RUNNING", 120)
            one.must_be("RUNNING")
        return seen

    return rounds(label, play, number)


def gang(label: str, number: int) -> Way:
    """Slurm suspends the low job on the box itself."""
    script = "for cpu in 1 2; do while :; do :; done & done; wait"
    low = submit("--partition=low", "--cpus-per-task=4", f"--nodelist={BOX}", script=script)
    eventually(f"job {low} runs", lambda: job(low).get("JobState") == "RUNNING", 60)

    def play(moment: float) -> Seen:
        seen = urgent(moment, "--partition=high", f"--nodelist={BOX}")
        eventually(f"job {low} goes on", lambda: job(low).get("JobState") == "RUNNING", 60)
        return seen

    try:
        return rounds(label, play, number)
    finally:
        on("ctl", "scancel", low)


def in_nodes(site: Site, number: int) -> tuple[Way, Way, Way]:
    """The empty box, half of it before and half of it after the tide in both its ways."""
    with site.served():
        starts_at_once(BOX)
        before = alone(range(0, number, 2), number)
        Order("up", ",".join(NODES), "--host", BOX).must(900)
        low = [Job(node, busy=True) for node in NODES]
        starts_at_once(BOX)
        with yielding(BOX):
            at_once = tide("tide, at once", number, low)
            site.set(TIDE.format(start="when_clear"))
            apply_states()
            waiting = tide("tide, waiting", number, low)
        for one in low:
            one.finish()
        Order("down", ",".join(NODES)).must(900)
        site.set(TIDE.format(start="at_once"))
        apply_states()
        starts_at_once(BOX)
        after = alone(range(1, number, 2), number)
    return before.and_then(after), at_once, waiting


def configuration(text: str) -> str:
    return pool_terms(text, TERMS) + POLICIES.format(reserve=room_for_one())


def backfill(number: int) -> Way:
    """An urgent job waits for a virtual node, the only host is taken by one with low work; from the warm reserve on."""
    with Site(BACKFILL, {"vn0*": ONE_CPU}, configuration) as site, site.served():
        blocker = submit("--partition=all", "--nodelist=cn02", "--cpus-per-task=4", script="sleep 86400")
        eventually("cn02 is busy", lambda: job(blocker).get("JobState") == "RUNNING", 60)
        # Slurm takes no job for a partition without any node
        eventually("the pool's first node", lambda: on("ctl", "sinfo", "--Node", "--noheader", "--partition=low"), 600)
        low = Work("low", "--partition=low")
        eventually(f"job {low.number} counts", low.numbers, 600)

        def play(moment: float) -> Seen:
            seen = urgent(moment, "--partition=urgent", cpus=1, seconds=900)
            eventually(f"job {low.number} goes on", lambda: low.state() == "RUNNING", 300)
            done = len(low.numbers())
            eventually(f"job {low.number} counts on", lambda: len(low.numbers()) > done + 2, 60)
            return seen

        rounds("backfill, a new node", play, 1)
        way = rounds("backfill, warm", play, number)
        low.finish()
    return way


def figures(ways: dict[str, Way]) -> list[str]:
    said = [way.row() for way in ways.values()]
    for ours in ("at-once", "waiting", "backfill") if "backfill" in ways else ("at-once", "waiting"):
        for percent in (50, 95):
            for other in ("gang-tuned", "gang-nudged", "gang-default", "empty-box"):
                seen, base = ways[ours].percentile(percent), ways[other].percentile(percent)
                said.append(
                    f"figure: preempt-p{percent}-{ours}-to-{other} = {seen:.3f} s,"
                    f" baseline {base:.3f}, ratio {seen / base:.2f}"
                )
    for name, way in ways.items():
        if name not in ("empty-box", "backfill"):  # a node under emulation is no faster for being alone
            # the time that the same work would take: in all, and by as much CPU time as the job had
            for field in ("work", "speed"):
                seen, base = way.median(field), ways["empty-box"].median(field)
                said.append(f"figure: urgent-{field}-{name} = {seen:.0f}, baseline {base:.0f}, ratio {base / seen:.3f}")
            took, all_of_it = way.median("guests"), WORKS * (os.cpu_count() or 1)
            said.append(
                f"figure: guests-beside-urgent-{name} = {took:.2f} s of CPU,"
                f" baseline {all_of_it}, ratio {took / all_of_it:.3f}"
            )
    return said


def preempt(number: int = int(os.environ.get("PREEMPT_ROUNDS", ROUNDS))) -> list[str]:
    """Plays all of it, or PREEMPT_BACKFILL alone (only) or not at all (0); returns the figures."""
    backfills = os.environ.get("PREEMPT_BACKFILL", "1")
    on("ctl", "runuser", "-u", "alice", "--", "mkdir", "-p", HOME)
    try:
        if backfills == "only":
            return [backfill(number).row()]
        with elsewhere("ctl", "cloud"), Site(TIDE.format(start="at_once")) as site:
            empty, at_once, waiting = in_nodes(site, number)
            ways = {"at-once": at_once, "waiting": waiting}
            for name, label, timers, nudge in GANGS:
                site.set(GANG.format(timers=timers, nudge=nudge))
                apply_states()
                ways[name] = gang(f"SUSPEND,GANG, {label}", number)
            ways["empty-box"] = empty
        if backfills != "0":
            ways["backfill"] = backfill(number)
    finally:
        Order("down", "vn[01-04]").exit(300)
    return figures(ways)
