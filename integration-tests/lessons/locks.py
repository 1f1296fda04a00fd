"""NFS: the mount outlives an absence that is longer than the server's lease; a lock only on a server with courtesy."""

from __future__ import annotations

import shlex
import time

from onlab.jobs import job, must_complete, submit
from onlab.lab import HOME, Broken, Job, eventually, guest, on, spillway
from onlab.site import Site, apply_states

NODE, OTHER = "vn04", "vn03"
AWAY = 100  # seconds; the lease is 60, and the server looks every 10
OVER = ("COMPLETED", "FAILED", "CANCELLED", "NODE_FAIL")

PILLAR = "spillway: {{nfs: {{courtesy: {{clients: {clients}}}}}}}\n"

WRITER = """
import fcntl, os, sys, time
file = open("{file}", "a")
fcntl.flock(file, fcntl.LOCK_EX)
number = 0
while not os.path.exists("{file}.finish"):
    number += 1
    try:
        file.write(str(number) + chr(10))
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        os._exit(error.errno)
    time.sleep(1)
"""
EIO = "5:0"


def numbers(file: str) -> list[int]:
    return [int(line) for line in on("ctl", "cat", file, check=False).split()]


# Takes the lock if it is free, and tells of it.
RIVAL = """
import fcntl
file = open("{file}", "a")
try:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    print("got it")
except OSError as error:
    print(error)
"""


def absence(recover: bool = False, wanted: bool = False) -> str:
    """A job with a lock and one without, through an absence; how the first ended, the second must go on.

    If its lock is wanted, another node must get it meanwhile.
    """
    guest(NODE, f"echo {int(recover)} >/sys/module/nfs/parameters/recover_lost_locks")
    plain = Job(NODE)
    file = f"{HOME}/locked-{time.time_ns()}"
    number = submit(f"--nodelist={NODE}", script="exec python3 -c " + shlex.quote(WRITER.format(file=file)))
    eventually(f"job {number} writes under its lock", lambda: len(numbers(file)) >= 2, 60)
    rival = f"runuser -u alice -- python3 -c {shlex.quote(RIVAL.format(file=file))}"
    said = guest(OTHER, rival).strip()
    if said == "got it":
        raise Broken(f"{OTHER} got the lock of a job that runs: nothing is shown")
    spillway("checkpoint", NODE)
    time.sleep(AWAY)
    if wanted and (said := guest(OTHER, rival).strip()) != "got it":
        raise Broken(f"{OTHER} did not get the lock of a node that is away for {AWAY} s: {said}")
    spillway("restore", NODE)
    guest(NODE, "ls /home/alice >/dev/null", timeout=60)
    plain.must_be("RUNNING")
    before = len(numbers(file))
    eventually(
        f"job {number} writes or ends", lambda: len(numbers(file)) > before or job(number).get("JobState") in OVER, 120
    )
    on("ctl", "runuser", "-u", "alice", "--", "touch", f"{file}.finish")
    eventually(f"the end of job {number}", lambda: job(number).get("JobState") in OVER, 180)
    plain.finish()
    end = job(number)
    if end["JobState"] == "COMPLETED":
        must_complete(number, 10)
        if numbers(file) != list(range(1, len(numbers(file)) + 1)):
            raise Broken(f"job {number} left a gap in its numbers")
    on("ctl", "rm", "-f", file, f"{file}.finish")
    return f"{end['JobState']} {end['ExitCode']}"


def expect(ended: str, right: str, how: str) -> None:
    print(f"locks: {how}: {ended}", flush=True)
    if ended != right:
        raise Broken(f"{how} the writer ended {ended}, not {right}")


def locks() -> str:
    failed, completed = f"FAILED {EIO}", "COMPLETED 0:0"
    with Site(PILLAR.format(clients=0)) as site:
        spillway("up", f"{NODE},{OTHER}")
        try:
            expect(absence(), failed, "without courtesy")
            lost = guest(NODE, "dmesg | grep -i 'lost .* locks' | tail -n 1", check=False).strip()
            expect(absence(recover=True), completed, "without courtesy, with recover_lost_locks")
            site.set(PILLAR.format(clients=256))
            apply_states()
            expect(absence(), completed, "with courtesy")
            expect(absence(wanted=True), failed, "with courtesy, the lock taken by another node meanwhile")
        finally:
            on("ctl", "scancel", f"--nodelist={NODE}", check=False)
            spillway("down", f"{NODE},{OTHER}")
    return (
        f"away {AWAY} s the mount holds; on a server without courtesy the writer under a lock ends {failed}"
        f" ({lost.split('] ')[-1] or 'no word'}), with recover_lost_locks {completed}; with courtesy {completed},"
        f" and {failed} where another node took the lock meanwhile"
    )
