import time

import pytest

from saltext.spillway.utils import door, health, probe
from saltext.spillway.utils.errors import SpillwayError

CONFIG = """Configuration data as of 2026-11-23T10:00:00
AuthInfo                = cred_expire=30
SlurmdTimeout           = 0 sec
TreeWidth               = 65533
JobCompPass             = secret

Slurmctld(primary) at ctl is UP
"""


def test_a_fact_is_known_or_tells_why_not():
    def fail(exc):
        raise exc

    assert health.fact(lambda: 3) == {"value": 3}
    assert health.fact(lambda: fail(SpillwayError("failed", "no\nway"))) == {"unknown": "no way"}
    assert health.fact(lambda: fail(OSError("gone"))) == {"unknown": "OSError: gone"}


def test_controller(slurm, monkeypatch):
    slurm.answers["scontrol show config"] = 0, CONFIG, ""
    monkeypatch.setattr(health.munge, "encode", lambda: "MUNGE:x:")
    monkeypatch.setattr(health, "_resolvable", lambda addresses, _: set(addresses))
    seen = health.controller()
    assert seen["config"] == {
        "value": {"AuthInfo": "cred_expire=30", "SlurmdTimeout": "0 sec", "TreeWidth": "65533"}
    }
    assert seen["version"]["value"].startswith(slurm.release)
    assert seen["credential"] == {"value": "MUNGE:x:"}
    assert seen["unresolved"] == {"value": []}
    assert seen["extension"]
    nodes = {node["name"]: node for node in seen["nodes"]["value"]}
    assert set(nodes) == {node["name"] for node in slurm.data["nodes"]["nodes"]}
    for node in nodes.values():
        assert set(node) == {"name", "address", "states", "reason", "dynamic", "version"}


def test_a_controller_without_slurmctld_still_answers(slurm_24, monkeypatch):
    down = 1, "", "slurm_load_node: Unable to contact slurm controller (connect failure)"
    slurm_24.answers.update({"scontrol show config": down, "scontrol show nodes": down})
    seen = health.controller()
    assert "Unable to contact" in seen["config"]["unknown"]
    assert "Unable to contact" in seen["unresolved"]["unknown"]
    assert seen["version"]["value"] == "24.11.5"


def test_names_that_do_not_resolve(monkeypatch):
    def getaddrinfo(address, _):
        if address == "slow":
            time.sleep(5)
        if address == "nobody":
            raise OSError("Name or service not known")
        return []

    monkeypatch.setattr(health.socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(health, "_PATIENCE", 0.3)
    names = ("10.0.0.1", "nobody", "slow", "dyn")
    nodes = [{"name": f"n-{name}", "address": name, "dynamic": name == "dyn"} for name in names]
    nodes.append({"name": "bare", "address": "", "dynamic": False})
    assert health._unresolved({"value": nodes}) == ["n-nobody", "n-slow"]


@pytest.mark.parametrize(
    ("line", "recover", "mount"),
    [
        ("nfs4 rw,vers=4.2,hard", "N", {"version": "4.2", "hard": True, "locks": "none"}),
        ("nfs4 rw,vers=4.2,soft", "Y", {"version": "4.2", "hard": False, "locks": "recover"}),
        ("nfs rw,vers=3,hard", "Y", {"version": "3", "hard": True, "locks": "nlm"}),
        ("nfs rw,vers=3,nolock", "N", {"version": "3", "hard": True, "locks": "local"}),
        ("nfs rw,vers=3,local_lock=none", "N", {"version": "3", "hard": True, "locks": "nlm"}),
        ("ceph rw", "N", None),
    ],
)
def test_nfs_mounts(tmp_path, line, recover, mount):
    kind, options = line.split()
    (tmp_path / "mounts").write_text(f"ctl:/export/home /home {kind} {options} 0 0\n")
    (tmp_path / "recover").write_text(recover + "\n")
    found = health.nfs_mounts(tmp_path / "mounts", tmp_path / "recover")
    assert found == ([{"path": "/home", **mount}] if mount else [])


def test_a_kernel_without_nfs(tmp_path):
    (tmp_path / "mounts").write_text("ctl:/home /home nfs4 rw,vers=4.2 0 0\n")
    found = health.nfs_mounts(tmp_path / "mounts", tmp_path / "no such file")
    assert found[0]["locks"] == "none"


@pytest.mark.parametrize(
    ("files", "yields"),
    [
        ({}, None),
        ({"machine.slice/cpu.idle": "1", "machine.slice/cpu.weight": "0"}, True),
        ({"machine.slice/cpu.idle": "0", "machine.slice/cpu.weight": "1"}, True),
        ({"machine.slice/cpu.idle": "0", "machine.slice/cpu.weight": "100"}, False),
        ({"machine.slice/cgroup.procs": ""}, False),
        ({"cpu/machine.slice/cpu.shares": "2"}, True),
        ({"cpu/machine.slice/cpu.shares": "1024"}, False),
    ],
)
def test_guests_yield(tmp_path, files, yields):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    assert health.guests_yield(tmp_path) is yields


def test_node(monkeypatch, slurm_24):
    monkeypatch.setattr(probe, "facts", lambda *_: {"began": 1, "slurmd": True})
    monkeypatch.setattr(health, "_runs", lambda unit: unit == "spillway-clockguard")
    answer = door.ask("health_of_node", {"credential": None})
    assert answer["ok"]
    assert answer["value"]["slurm"] == {"value": "24.11.5"}
    assert (answer["value"]["slurmd"], answer["value"]["clockguard"]) == (True, True)
    assert answer["value"]["salt"]


def test_decode(monkeypatch):
    def decode(credential):
        if credential == "bad":
            raise SpillwayError("bad-input", "not a MUNGE credential")
        return {"valid": True, "status": "Success"}

    monkeypatch.setattr(health.munge, "decode", decode)
    assert health.decode({"a": "good", "b": "bad"}) == {
        "a": {"value": {"valid": True, "status": "Success"}},
        "b": {"unknown": "not a MUNGE credential"},
    }
