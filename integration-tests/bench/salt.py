"""Salt alone: highstate of a physical and a virtual node, servers by salt-cloud, events of Slurm through the engine."""

from __future__ import annotations

import json
import subprocess
import time
from datetime import datetime

from onlab.jobs import submit
from onlab.lab import ENTRY, Broken, eventually, footprint, on
from onlab.salt import highstate, pings

PHYSICAL = "cn01"
PROFILE = "htc"
VIRTUAL = ["vn02", "vn03", "vn04", "vn05"]
MAP = "/tmp/spillway-bench.map"
TASKS = 100
KINDS = ("submitted", "started", "ended")


def seconds(act, *words) -> float:
    began = time.monotonic()
    act(*words)
    return time.monotonic() - began


def made(names: list[str], *options: str) -> float:
    """Seconds until salt-cloud has made these servers from a map."""
    text = json.dumps({PROFILE: names})
    on("ctl", "sh", "-c", f"printf '%s' '{text}' >{MAP}")
    took = seconds(lambda: on("ctl", "salt-cloud", "-y", *options, "-m", MAP, timeout=900))
    missing = set(names) - set(footprint()["servers"])
    if missing:
        raise Broken(f"salt-cloud made no {', '.join(sorted(missing))}")
    return took


def gone(names: list[str]) -> None:
    """Nothing of them stays, whether they are there or not."""
    on("ctl", "salt-cloud", "-y", "-P", "-d", *names, timeout=600, check=False)
    on("ctl", "rm", "-f", MAP)
    for name in names:
        on("ctl", "salt", "ctl", "slurm.delete_node", name, check=False)


def events() -> tuple[float, int]:
    """Events of a job array's tasks each second, from the first to the last that the bus showed, and how many."""
    count = TASKS * len(KINDS)
    command = [str(ENTRY), "sh", "ctl", "timeout", "300", "salt-run", "state.event", "spillway/slurm/job/*"]
    with subprocess.Popen([*command, f"count={count}"], stdout=subprocess.PIPE, text=True) as listener:
        time.sleep(5)  # salt-run does not say when it listens
        submit(f"--array=1-{TASKS}", script="true")
        lines = [line.split("\t", 1)[1] for line in listener.stdout if "\t" in line]
    stamps = sorted(datetime.fromisoformat(_stamp(json.loads(line))) for line in lines)
    if len(stamps) < 2:
        raise Broken("no event of Slurm on Salt's bus: is the engine slurm_events on (pillar slurm:events)?")
    return len(stamps) / max((stamps[-1] - stamps[0]).total_seconds(), 0.001), len(stamps)


def _stamp(event: dict) -> str:
    return event.get("_stamp") or event["data"]["_stamp"]


def salt() -> list[str]:
    """Highstates, first and second; one and four servers; events. Baselines are the physical node, and serial."""
    figures = []

    def figure(name: str, value: float, unit: str, baseline: float) -> None:
        figures.append(f"figure: {name} = {value:.2f} {unit}, baseline {baseline:.2f}, ratio {value / baseline:.2f}")
        print(figures[-1], flush=True)

    there = set(VIRTUAL) & set(footprint()["servers"])
    if there:
        raise Broken(f"{', '.join(sorted(there))} are there already: the benchmark makes and removes them")
    one = VIRTUAL[:1]
    try:
        physical = [seconds(highstate, PHYSICAL) for _ in range(2)]
        single = made(one)
        eventually(f"the minion {one[0]}", lambda: pings(one[0]), 300)
        virtual = [seconds(highstate, one[0]) for _ in range(2)]
        gone(one)
        serial = made(VIRTUAL)
        gone(VIRTUAL)
        parallel = made(VIRTUAL, "-P")
    finally:
        gone(VIRTUAL)
    for at, label in enumerate(("first", "second")):
        figure(f"highstate-{label}", virtual[at], "s", physical[at])
    figure("salt-cloud-4-serial", serial, "s", 4 * single)
    figure("salt-cloud-4-parallel", parallel, "s", serial)
    rate, seen = events()
    figure("events", rate, "1/s", rate)
    figure("events-seen", seen, "events", TASKS * len(KINDS))
    return figures
