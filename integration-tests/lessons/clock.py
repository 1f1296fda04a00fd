"""The clock: a guest that comes back an hour off is right within 5 s of its return; as Debian has chrony it is not."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import time

from onlab.jobs import must_complete, submit
from onlab.lab import Broken, as_admin, eventually, guest, on, spillway

NODE = "vn04"
SOON = 5.0  # seconds
AWAY = 15  # seconds
WATCHED = 90  # seconds after its return
FILE = "/run/lesson-clock"

# Debian's own: the clock is stepped in the first three updates after chronyd's start only
AS_DEBIAN = "sed -i 's/^makestep .*/makestep 1 3/' /etc/chrony/chrony.conf && systemctl restart chrony"

# Runs in the guest through its absence. At its return (the RTC has gone on, the monotonic clock has not) it sets the
# clock an hour back, as if the guest had been away for so long, and measures by the monotonic clock how long it stays.
WATCH = f"""
import json, os, time

def rtc():
    with open("/sys/class/rtc/rtc0/since_epoch") as file:
        return int(file.read())

def off():
    clock, now = time.time(), rtc()
    return clock - now if clock < now else max(0.0, clock - now - 1)

before = rtc(), time.monotonic()
open("{FILE}.ready", "w").close()
while True:
    time.sleep(0.1)
    now = rtc(), time.monotonic()
    if now[0] - before[0] - (now[1] - before[1]) > 5:
        break
    before = now
returned = time.monotonic()
time.clock_settime(time.CLOCK_REALTIME, time.time() - 3600)
worst = off()
while abs(off()) > 1 and time.monotonic() - returned < {WATCHED}:
    time.sleep(0.1)
with open("{FILE}.new", "w") as file:
    json.dump({{"worst": worst, "seconds": time.monotonic() - returned, "off": off()}}, file)
os.rename("{FILE}.new", "{FILE}")
"""

# what Slurm's daemons log of a credential whose time is wrong
REFUSED = "Munge decode failed|Protocol authentication error|Expired credential|Rewound credential"


def refused() -> int:
    """How often a daemon of Slurm has refused a credential so far, on either side."""
    ctl = on("ctl", "grep", "-cE", REFUSED, "/var/log/slurm/slurmctld.log", check=False)
    node = guest(NODE, f"grep -cE {shlex.quote(REFUSED)} /var/log/slurm/slurmd.log", check=False)
    return int(ctl.strip() or 0) + int(node.strip() or 0)


def server(status: str) -> bool:
    ours = f"[one.status for one in cloud.compute.servers(all_projects=True) if one.name == '{NODE}']"
    return as_admin(f"print(*{ours})").strip() == status


def order(verb: str) -> None:
    ours = f"cloud.compute.servers(all_projects=True) if one.name == '{NODE}'"
    as_admin(f"[cloud.compute.{verb}_server(one) for one in {ours}]")


def asked(command: str) -> str:
    """What the guest says; nothing while it is away."""
    try:
        return guest(NODE, command, check=False, timeout=30).strip()
    except subprocess.TimeoutExpired:
        return ""


def samples() -> int:
    """How often chronyd has heard from its server since it began."""
    lines = asked("chronyc -c sourcestats").splitlines()
    return max((int(line.split(",")[1]) for line in lines), default=0)


def returns() -> tuple[dict, str]:
    """The guest is away for a short while and comes back an hour off; what it measured, and what munge says early."""
    unit = "systemd-run --quiet --collect --unit=lesson-clock python3 -c"
    guest(NODE, f"rm -f {FILE} {FILE}.ready; {unit} {shlex.quote(WATCH)}")
    eventually("the guest watches its clock", lambda: asked(f"ls {FILE}.ready"), 60)
    order("suspend")
    eventually(f"{NODE} is suspended", lambda: server("SUSPENDED"), 120)
    time.sleep(AWAY)
    order("resume")
    credential = eventually("the guest answers", lambda: asked("munge -n"), 120)
    said = on("ctl", "unmunge", stdin=credential, check=False)
    status = next((line.split(":", 1)[1].strip() for line in said.splitlines() if line.startswith("STATUS")), "nothing")
    seen = json.loads(eventually("the guest says how long it was wrong", lambda: asked(f"cat {FILE}"), 300))
    if seen["worst"] > -3590:
        raise Broken(f"{NODE} came back {seen['worst']:+.0f} s off, not an hour: nothing is shown")
    return seen, status


def clock() -> str:
    spillway("up", NODE)
    try:
        guest(NODE, "chronyc -n waitsync 60 0 0 1 >/dev/null", timeout=120)
        before = refused()
        guarded, _ = returns()
        must_complete(submit(f"--nodelist={NODE}", script="true"), 120)
        heard = refused() - before
        journal = guest(NODE, "journalctl -u spillway-clockguard --no-pager --output=cat")
        if not re.search(r"the clock was off by -3[56]\d\d", journal):
            raise Broken("spillway-clockguard's journal has no step of an hour: " + journal.strip()[-200:])
        guest(NODE, f"systemctl stop spillway-clockguard && {AS_DEBIAN}")
        eventually("chronyd has had more updates than three", lambda: samples() > 4, 120)
        alone, status = returns()
    finally:
        spillway("down", NODE)
    with_it, without = guarded["seconds"], alone["seconds"]
    if with_it > SOON or abs(guarded["off"]) > 1:
        raise Broken(
            f"with spillway-clockguard the clock was right {with_it:.1f} s after the return, not within {SOON:.0f}"
        )
    if without <= SOON:
        raise Broken(f"as Debian has chrony the clock was right after {without:.1f} s: no failure without the cure")
    return (
        f"an hour off, right {with_it:.1f} s after the return, {heard} credentials refused, the next job ends well; "
        f"as Debian has chrony it is {'still wrong' if alone['off'] < -1 else 'right'} after {without:.0f} s, "
        f"and munge said: {status}"
    )
