"""
Facts about a node that decide whether jobs may go on there: clock, munge, slurmd, mounts.
"""

import os
import socket
import struct
import subprocess
import threading
import time

from saltext.spillway.utils import command, munge, processes, slurm
from saltext.spillway.utils.errors import UNREACHABLE, SpillwayError

_NETWORK_FILE_SYSTEMS = {
    "nfs", "nfs4", "cifs", "smb3", "ceph", "lustre", "beegfs", "glusterfs", "fuse.glusterfs",
    "fuse.ceph", "fuse.ceph-fuse", "fuse.sshfs", "gpfs", "9p", "virtiofs", "afs",
}  # fmt: skip

# A slow node must not pile up questions that nobody waits for any more.
_answering = threading.Lock()

_SINCE_1900 = 2208988800
_NTP_PACKET = struct.Struct("!B39x2I")
_NTP_REPLY = struct.Struct("!4B28x4I")


def facts(credential=None, time_server=None, patience=2):
    """
    Return what this node can say about itself.

    credential
        A MUNGE credential made elsewhere; ``munge_to_node`` says whether it decodes here.

    time_server
        Where to ask for the time by NTP; without an answer ``offset`` is None.

    patience
        Seconds that each question may take.

    Raises ``unreachable`` while an earlier question is still being answered.

    The answer: ``began`` and ``ended`` (this clock, epoch), ``offset`` (this clock minus the
    server's, seconds), ``munge_to_node``, ``credential`` (made here, or None), ``slurmd``,
    ``mounts`` and ``wrong``, one line for each thing that is not as it should be.
    """
    if not _answering.acquire(blocking=False):
        raise SpillwayError(UNREACHABLE, "the node is still answering an earlier question")
    try:
        return _facts(credential, time_server, patience)
    finally:
        _answering.release()


def _facts(credential, time_server, patience):
    began, wrong = time.time(), []
    looking = _look_at_mounts(patience)  # these run while the rest is asked
    answer = {
        "began": began,
        "offset": ntp_offset(time_server, patience) if time_server else None,
        "munge_to_node": _decodes(credential, wrong) if credential else None,
        "credential": _own_credential(wrong),
        "slurmd": _slurmd(patience, wrong),
        "mounts": _mounts(looking, patience, wrong),
        "wrong": wrong,
    }
    answer["ended"] = time.time()
    return answer


def ntp_offset(server, timeout=2, port=123):
    """Return this clock minus the NTP server's in seconds, None if it does not answer."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(timeout)
            sock.connect((server, port))
            sent = time.time()
            stamp = int(sent + _SINCE_1900), int(sent % 1 * 2**32)
            sock.send(_NTP_PACKET.pack(0x23, *stamp))  # version 4, client
            while True:
                data = sock.recv(512)
                received = time.time()
                if len(data) < _NTP_REPLY.size:
                    return None
                reply = _NTP_REPLY.unpack_from(data)
                # an old answer may come late after an absence: ours bears our stamp
                if _origin(data) == stamp:
                    break
    except (OSError, ValueError):
        return None
    stratum = reply[1]
    if not stratum:  # kiss of death: the server will not answer
        return None
    server_received, server_sent = (
        seconds - _SINCE_1900 + fraction / 2**32 for seconds, fraction in (reply[4:6], reply[6:8])
    )
    return ((sent - server_received) + (received - server_sent)) / 2


def _origin(data):
    return struct.unpack_from("!2I", data, 24)


def _decodes(credential, wrong):
    try:
        answer = munge.decode(credential)
    except SpillwayError as exc:
        wrong.append(f"munge: {exc.message}")
        return False
    if not answer["valid"]:
        wrong.append(f"munge: controller's credential: {answer['status']}")
    return answer["valid"]


def _own_credential(wrong):
    try:
        return munge.encode()
    except SpillwayError as exc:
        wrong.append(f"munge: {exc.message}")
        return None


def slurmd_answers(patience=2):
    """Return (True, "") if slurmd here answers a question, else (False, why)."""
    if not processes.slurmd_pids():
        return False, "slurmd is not running"
    try:
        slurm.call("scontrol", "show", "slurmd", timeout=patience)
    except SpillwayError as exc:
        return False, f"slurmd does not answer: {exc.message}"
    return True, ""


def _slurmd(patience, wrong):
    answers, why = slurmd_answers(patience)
    if not answers:
        wrong.append(why)
    return answers


def network_mounts(table="/proc/self/mounts", fstab="/etc/fstab"):
    """Return ({mounted paths}, {paths that fstab wants mounted}) of network file systems."""
    mounted = mounts_of(table)
    wanted = {path for path, (_, options) in mounts_of(fstab).items() if "noauto" not in options}
    return set(mounted), wanted - set(mounted)


def mounts_of(table):
    """Return ``{path: (type, [options])}`` of a table's network file systems."""
    paths = {}
    try:
        with open(table, encoding="utf-8", errors="replace") as lines:
            rows = [line.split() for line in lines if not line.startswith("#")]
    except OSError:
        return paths
    for row in rows:
        if len(row) > 3 and row[2] in _NETWORK_FILE_SYSTEMS:  # noqa: PLR2004
            path = row[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
            paths[path] = row[2], row[3].split(",")
    return paths


def _look_at_mounts(patience):
    """Start one process for each mount: a call into a dead one may never return."""
    mounted, missing = network_mounts()
    looking = {}
    for path in sorted(mounted):
        looking[path] = subprocess.Popen(
            ["/usr/bin/stat", "--file-system", "--", path],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C"},
        )
    return looking, missing, time.monotonic() + patience


def _mounts(looked, patience, wrong):
    looking, missing, deadline = looked
    answer = []
    for path, process in looking.items():
        try:
            alive = process.wait(timeout=max(0.05, deadline - time.monotonic())) == 0
        except subprocess.TimeoutExpired:
            # not waited for: in a dead mount it may not even be killable
            process.kill()
            alive = False
        if not alive:
            wrong.append(f"mount {path} does not answer within {patience} s")
        answer.append({"path": path, "alive": alive})
    for path in sorted(missing):
        wrong.append(f"mount {path} of /etc/fstab is not mounted")
        answer.append({"path": path, "alive": False})
    return sorted(answer, key=lambda mount: mount["path"])


def stop_slurmd(timeout=30):
    """Stop slurmd by its unit, so that it does not register again. False if it was not running."""
    if not processes.slurmd_pids():
        return False
    if os.path.isdir("/run/systemd/system"):
        code, out, err = command.run(["systemctl", "stop", "slurmd"], timeout=timeout)
    else:
        code, out, err = command.run(["service", "slurmd", "stop"], timeout=timeout)
    if code:
        raise SpillwayError("failed", f"slurmd could not be stopped: {err.strip() or out}")
    return True
