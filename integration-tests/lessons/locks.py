"""NFS: the mount outlives an absence that is longer than the server's lease; a lock only with recover_lost_locks."""

from __future__ import annotations

import shlex
import time

from onlab.jobs import job, must_complete, submit
from onlab.lab import HOME, Broken, Job, eventually, guest, on, spillway

NODE = "vn04"
AWAY = 210  # seconds; the lease is 60, and the server takes up to 180 to notice
OVER = ("COMPLETED", "FAILED", "CANCELLED", "NODE_FAIL")

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


def absence(recover: bool) -> str:
    """A job with a lock and one without, through an absence; how the first ended, the second must go on."""
    guest(NODE, f"echo {int(recover)} >/sys/module/nfs/parameters/recover_lost_locks")
    plain = Job(NODE)
    file = f"{HOME}/locked-{time.time_ns()}"
    number = submit(f"--nodelist={NODE}", script="exec python3 -c " + shlex.quote(WRITER.format(file=file)))
    eventually(f"job {number} writes under its lock", lambda: len(numbers(file)) >= 2, 60)
    spillway("checkpoint", NODE)
    time.sleep(AWAY)
    spillway("restore", NODE)
    guest(NODE, "ls /home/alice >/dev/null", timeout=60)
    plain.must_be("RUNNING")
    before = len(numbers(file))
    written = eventually(
        f"job {number} writes or ends", lambda: len(numbers(file)) > before or job(number).get("JobState") in OVER, 120
    )
    on("ctl", "runuser", "-u", "alice", "--", "touch", f"{file}.finish")
    eventually(f"the end of job {number}", lambda: job(number).get("JobState") in OVER, 180)
    plain.finish()
    end = job(number)
    if recover and written:
        must_complete(number, 10)
        if numbers(file) != list(range(1, len(numbers(file)) + 1)):
            raise Broken(f"job {number} left a gap in its numbers")
    on("ctl", "rm", "-f", file, f"{file}.finish")
    return f"{end['JobState']} {end['ExitCode']}"


def locks() -> str:
    spillway("up", NODE)
    try:
        without = absence(recover=False)
        if without != f"FAILED {EIO}":
            raise Broken(f"without recover_lost_locks the writer ended {without}: not FAILED {EIO} by EIO")
        lost = guest(NODE, "dmesg | grep -i 'lost .* locks' | tail -n 1", check=False).strip()
        cured = absence(recover=True)
        if cured != "COMPLETED 0:0":
            raise Broken(f"with recover_lost_locks the writer ended {cured}")
    finally:
        on("ctl", "scancel", "--user=alice", check=False)
        spillway("down", NODE)
    return (
        f"away {AWAY} s the mount holds, the writer under a lock ends {without} ({lost.split('] ')[-1] or 'no word'}); "
        f"with recover_lost_locks {cured}"
    )
