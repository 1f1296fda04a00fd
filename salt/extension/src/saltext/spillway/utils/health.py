"""
What a machine can say for ``spillway doctor``: facts, no judgement.

A fact is ``{"value": …}``, or ``{"unknown": why}`` where it could not be found out.
"""

import os
import queue
import socket
import threading
import time

import salt.version

import saltext.spillway
from saltext.spillway.utils import command, munge, probe, slurm
from saltext.spillway.utils.errors import SpillwayError, one_line

# Of `scontrol show config`, what some check looks at.
SETTINGS = (
    "AuthInfo",
    "CommunicationParameters",
    "InactiveLimit",
    "MaxNodeCount",
    "PreemptParameters",
    "ReturnToService",
    "SchedulerParameters",
    "SelectType",
    "SlurmctldParameters",
    "SlurmdTimeout",
    "SuspendExcNodes",
    "SuspendProgram",
    "SuspendTime",
    "TreeWidth",
)

_RECOVER = "/sys/module/nfs/parameters/recover_lost_locks"
_PATIENCE = 3


def fact(look):
    """Return what ``look`` returns as a known fact, its failure as an unknown one."""
    try:
        return {"value": look()}
    except SpillwayError as exc:
        return {"unknown": exc.message}
    except Exception as exc:  # noqa: BLE001 one thing that cannot be seen must not hide the others
        return {"unknown": one_line(f"{type(exc).__name__}: {exc}")}


def versions():
    """Return the versions of Salt and of this extension here."""
    return {"salt": salt.version.__version__, "extension": saltext.spillway.__version__}


def controller():
    """
    Return what the machine beside slurmctld knows.

    The facts ``config`` (the settings of slurm.conf that matter, as slurmctld uses them),
    ``version``, ``nodes``, ``unresolved`` (names of nodes in slurm.conf that are no address) and
    ``credential`` (a MUNGE credential for the nodes), and the versions of Salt and the extension.
    """
    nodes = fact(_nodes)
    return {
        **versions(),
        "config": fact(_settings),
        "version": fact(slurm.version),
        "nodes": nodes,
        "unresolved": fact(lambda: _unresolved(nodes)),
        "credential": fact(munge.encode),
    }


def _settings():
    config = slurm.config()
    return {name: config[name] for name in SETTINGS if name in config}


def _nodes():
    kept = ("name", "address", "states", "reason", "dynamic")
    return [
        {**{key: node[key] for key in kept}, "version": record.get("version") or ""}
        for record in slurm.query("nodes")
        for node in (slurm.parse_node(record),)
    ]


def _unresolved(nodes):
    if "value" not in nodes:
        raise SpillwayError("failed", nodes["unknown"])
    addresses = {
        node["address"] or node["name"]: node["name"]
        for node in nodes["value"]
        if not node["dynamic"]
    }
    resolved = _resolvable(addresses, _PATIENCE)
    return sorted(name for address, name in addresses.items() if address not in resolved)


def _resolvable(addresses, patience):
    """Those that a name service knows; one that takes longer than ``patience`` s is none."""
    answers, found = queue.SimpleQueue(), set()

    def resolve(address):
        try:
            socket.getaddrinfo(address, None)
            answers.put(address)
        except OSError:
            answers.put(None)

    for address in addresses:
        threading.Thread(target=resolve, args=(address,), daemon=True).start()
    deadline = time.monotonic() + patience
    try:
        for _ in addresses:
            found.add(answers.get(timeout=max(0.01, deadline - time.monotonic())))
    except queue.Empty:
        pass
    return found


def node(credential=None, time_server=None, patience=2):
    """
    Return what :func:`saltext.spillway.utils.probe.facts` does, and beside it ``nfs``,
    ``clockguard`` (whether that service runs; None without systemd), ``guests_yield`` (see
    :func:`guests_yield`), the fact ``slurm`` (the version) and the versions of Salt and the
    extension.
    """
    return {
        **probe.facts(credential, time_server, patience),
        **versions(),
        "slurm": fact(slurm.version),
        "nfs": nfs_mounts(),
        "clockguard": _runs("spillway-clockguard"),
        "guests_yield": guests_yield(),
    }


def guests_yield(groups="/sys/fs/cgroup"):
    """
    Return whether libvirt's virtual machines get only the CPU time that nobody else wants (their
    slice is idle, or has the least weight there is); None where there are none.
    """
    for file, least in (
        ("machine.slice/cpu.idle", "1"),
        ("machine.slice/cpu.weight", "1"),
        ("cpu/machine.slice/cpu.shares", "2"),
    ):
        seen = _first_line(os.path.join(groups, file))
        if seen == least:
            return True
    there = ("machine.slice", "cpu/machine.slice")
    return False if any(os.path.isdir(os.path.join(groups, at)) for at in there) else None


def nfs_mounts(table="/proc/self/mounts", recover=_RECOVER):
    """
    Return ``[{"path", "version", "hard", "locks"}]`` of the NFS mounts.

    What becomes of ``locks`` when the node is away longer than the server's lease: ``none`` (they
    are lost), ``recover`` (lost and silently taken again), ``nlm`` (the server keeps them),
    ``local`` (the server never knew of them).
    """
    recovers = _first_line(recover) == "Y"
    return [
        _nfs_mount(path, set(options), recovers)
        for path, (kind, options) in probe.mounts_of(table).items()
        if kind in ("nfs", "nfs4")
    ]


def _nfs_mount(path, options, recovers):
    version = next((word[5:] for word in options if word.startswith("vers=")), "")
    if version.startswith("4"):
        locks = "recover" if recovers else "none"
    else:
        local = {"nolock", "local_lock=all", "local_lock=posix", "local_lock=flock"}
        locks = "local" if options & local else "nlm"
    return {"path": path, "version": version, "hard": "soft" not in options, "locks": locks}


def _first_line(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.readline().strip()
    except OSError:
        return ""


def _runs(unit):
    if not os.path.isdir("/run/systemd/system"):
        return None
    code, _, _ = command.run(["systemctl", "is-active", "--quiet", unit], timeout=5)
    return code == 0


def decode(credentials):
    """Decode nodes' MUNGE credentials: ``{name: fact of munge.decode}``."""
    return {name: fact(lambda one=one: munge.decode(one)) for name, one in credentials.items()}
