"""Salt alone: highstate of a physical and a virtual node, servers by salt-cloud, events of Slurm through the engine.

Sixteen servers are asked of Nova's fake driver, the others are real ones. The baseline is one POST for as many.
"""

from __future__ import annotations

import json
import subprocess
import time
from datetime import datetime

from fake import ZONE, fake_host
from onlab.jobs import submit
from onlab.lab import ENTRY, Broken, eventually, footprint, on
from onlab.salt import highstate, pings

PHYSICAL = "cn01"
PROFILE = "htc"
VIRTUAL = ["vn02", "vn03", "vn04", "vn05"]
MAP = "/tmp/spillway-bench.map"
TASKS = 100
FAKE_PROFILE = "fake"
FAKE = [f"fake{number:02}" for number in range(1, 17)]
FAKE_FILE = "/etc/salt/cloud.profiles.d/spillway-bench.conf"
KINDS = ("submitted", "started", "ended")


def seconds(act, *words) -> float:
    began = time.monotonic()
    act(*words)
    return time.monotonic() - began


# Run by Salt's Python on ctl, with the account that salt-cloud itself uses: seconds until all are ACTIVE.
BULK = """
import sys, time, openstack
count, zone = int(sys.argv[1]), sys.argv[2]
cloud = openstack.connect(cloud="spillway")
image, flavor = cloud.image.find_image("spillway-node"), cloud.compute.find_flavor("spillway.small")
wanted = {"name": "bench-bulk", "imageRef": image.id, "flavorRef": flavor.id, "min_count": count, "max_count": count,
          "networks": [{"uuid": cloud.network.find_network("cluster").id}]}
if zone:
    wanted["availability_zone"] = zone

def ours():
    return [one for one in cloud.compute.servers() if one.name.startswith("bench-bulk")]

try:
    began = time.monotonic()
    answer = cloud.compute.post("/servers", json={"server": wanted})
    answer.raise_for_status()
    while (states := [one.status for one in ours()]) != ["ACTIVE"] * count:
        if "ERROR" in states or time.monotonic() - began > 600:
            sys.exit(f"{count} servers by one POST: {states}")
        time.sleep(1)
    print(time.monotonic() - began)
finally:
    for one in ours():
        cloud.compute.delete_server(one)
    while ours():
        time.sleep(1)
"""


def made(profile: str, names: list[str], *options: str) -> float:
    """Seconds until salt-cloud has made these servers from a map."""
    text = json.dumps({profile: names})
    on("ctl", "sh", "-c", f"cat >{MAP}", stdin=text)
    took = seconds(lambda: on("ctl", "salt-cloud", "-y", *options, "-m", MAP, timeout=900))
    missing = set(names) - set(footprint()["servers"])
    if missing:
        raise Broken(f"salt-cloud made no {', '.join(sorted(missing))}")
    return took


def gone(names: list[str]) -> None:
    """Nothing of them stays, whether they are there or not."""
    on("ctl", "salt-cloud", "-y", "-P", "-d", *names, timeout=600, check=False)
    on("ctl", "rm", "-f", MAP)
    left = set(names) & set(footprint()["servers"])
    if left:
        raise Broken(f"salt-cloud left {', '.join(sorted(left))}")


def forgotten(names: list[str]) -> None:
    """Slurm knows none of them any more."""
    for name in set(names) & set(footprint()["Slurm nodes"]):
        on("ctl", "salt", "ctl", "slurm.delete_node", name, check=False)


def bulk(count: int, zone: str = "") -> float:
    return float(on("ctl", "/opt/salt/bin/python", "-c", BULK, str(count), zone, timeout=900))


def servers(profile: str, names: list[str], zone: str = "") -> tuple[float, float, float]:
    """Seconds to make them one by one, side by side, and by one POST; nothing of them stays."""
    try:
        serial = made(profile, names)
        gone(names)
        parallel = made(profile, names, "-P")
    finally:
        gone(names)
    return serial, parallel, bulk(len(names), zone)


def fakes() -> tuple[float, float, float]:
    profile = {
        "provider": "lab",
        "image": "spillway-node",
        "size": "spillway.small",
        "network": "cluster",
        "availability_zone": ZONE,
        "minion": {"master": "10.78.0.10"},
    }
    with fake_host():
        on("ctl", "sh", "-c", f"cat >{FAKE_FILE}", stdin=json.dumps({FAKE_PROFILE: profile}))
        try:
            return servers(FAKE_PROFILE, FAKE, ZONE)
        finally:
            on("ctl", "rm", "-f", FAKE_FILE)


def events() -> tuple[float, int]:
    """Events of a job array's tasks each second, from the first to the last that the bus showed, and how many."""
    count = TASKS * len(KINDS)
    command = [str(ENTRY), "sh", "ctl", "timeout", "300", "salt-run", "state.event", "spillway/slurm/job/*"]
    with subprocess.Popen([*command, f"count={count}"], stdout=subprocess.PIPE, text=True) as listener:
        time.sleep(15)  # salt-run does not say when it listens
        submit(f"--array=1-{TASKS}", script="true")
        lines = [line.split("\t", 1)[1] for line in listener.stdout if "\t" in line]
    stamps = sorted(datetime.fromisoformat(_stamp(json.loads(line))) for line in lines)
    if len(stamps) < 2:
        raise Broken("no event of Slurm on Salt's bus: is the engine slurm_events on (pillar slurm:events)?")
    return len(stamps) / max((stamps[-1] - stamps[0]).total_seconds(), 0.001), len(stamps)


def _stamp(event: dict) -> str:
    return event.get("_stamp") or event["data"]["_stamp"]


def salt() -> list[str]:
    """Highstates, first and second; one, four and sixteen servers; events. Baselines: the physical node, one POST."""
    figures = []

    def figure(name: str, value: float, unit: str, baseline: float) -> None:
        figures.append(f"figure: {name} = {value:.2f} {unit}, baseline {baseline:.2f}, ratio {value / baseline:.2f}")
        print(figures[-1], flush=True)

    there = footprint()["servers"]
    if there:
        raise Broken(f"{', '.join(there)} are there: the benchmark wants the cloud for itself")
    one = VIRTUAL[:1]
    try:
        physical = [seconds(highstate, PHYSICAL) for _ in range(2)]
        made(PROFILE, one)
        eventually(f"the minion {one[0]}", lambda: pings(one[0]), 300)
        virtual = [seconds(highstate, one[0]) for _ in range(2)]
    finally:
        gone(one)
        forgotten(one)
    for at, label in enumerate(("first", "second")):
        figure(f"highstate-{label}", virtual[at], "s", physical[at])
    asked = {1: lambda: servers(PROFILE, one), 4: lambda: servers(PROFILE, VIRTUAL), len(FAKE): fakes}
    for count, ask in asked.items():
        serial, parallel, base = ask()
        figure(f"salt-cloud-{count}-serial", serial, "s", base)
        figure(f"salt-cloud-{count}-parallel", parallel, "s", base)
    rate, seen = events()
    figure("events", rate, "1/s", rate)
    figure("events-seen", seen, "events", TASKS * len(KINDS))
    return figures
