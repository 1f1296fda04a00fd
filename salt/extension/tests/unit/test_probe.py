import socket
import struct
import threading
import time

import pytest

from saltext.spillway.utils import probe
from saltext.spillway.utils.errors import SpillwayError


@pytest.fixture
def ntp_server():
    """An NTP server on loopback that is ``ahead`` seconds ahead; first it sends a stale answer."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    server = {"ahead": 0.0, "stratum": 3, "port": sock.getsockname()[1]}

    def serve():
        data, client = sock.recvfrom(512)
        now = time.time() + server["ahead"] + 2208988800
        stamp = int(now), int(now % 1 * 2**32)
        head = struct.pack("!4B20x", 0x24, server["stratum"], 0, 0)
        sock.sendto(head + b"old quest" + struct.pack("!4I", 1, 0, 1, 0), client)
        sock.sendto(head + data[40:48] + struct.pack("!4I", *stamp, *stamp), client)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server
    sock.close()


@pytest.mark.parametrize("ahead", [0.0, 408.5, -3600.0])
def test_ntp_offset(ntp_server, ahead):
    ntp_server["ahead"] = ahead
    offset = probe.ntp_offset("127.0.0.1", 2, ntp_server["port"])
    assert offset == pytest.approx(-ahead, abs=0.2)


def test_a_server_that_will_not_tell(ntp_server):
    ntp_server["stratum"] = 0
    assert probe.ntp_offset("127.0.0.1", 2, ntp_server["port"]) is None


def test_no_ntp_server():
    assert probe.ntp_offset("127.0.0.1", 0.2, 9) is None
    assert probe.ntp_offset("no such host\n", 0.2) is None


def test_network_mounts(tmp_path):
    table, fstab = tmp_path / "mounts", tmp_path / "fstab"
    table.write_text(
        "/dev/vda1 / ext4 rw 0 0\n"
        "10.0.0.10:/home /home nfs4 rw,vers=4.2 0 0\n"
        "10.0.0.10:/a /with\\040blank nfs ro 0 0\n"
    )
    fstab.write_text(
        "# nfs\n"
        "10.0.0.10:/home /home nfs4 defaults 0 0\n"
        "10.0.0.10:/sw /software nfs4 _netdev 0 0\n"
        "10.0.0.10:/x /sometimes nfs4 noauto 0 0\n"
    )
    mounted, missing = probe.network_mounts(table, fstab)
    assert mounted == {"/home", "/with blank"}
    assert missing == {"/software"}


def test_mounts_alive_and_dead(tmp_path, monkeypatch):
    gone = str(tmp_path / "gone")
    found = ({str(tmp_path), gone}, {"/software"})
    monkeypatch.setattr(probe, "network_mounts", lambda: found)
    wrong = []
    mounts = probe._mounts(probe._look_at_mounts(2), 2, wrong)
    assert {mount["path"]: mount["alive"] for mount in mounts} == {
        str(tmp_path): True,
        gone: False,
        "/software": False,
    }
    assert len(wrong) == 2


def test_facts_of_a_machine_without_slurm(monkeypatch):
    monkeypatch.setattr(probe.command, "_PATH", "/nonexistent")
    monkeypatch.setattr(probe.processes, "slurmd_pids", list)
    facts = probe.facts(credential="MUNGE:" + "A" * 40 + ":")
    assert facts["began"] <= facts["ended"]
    assert (facts["munge_to_node"], facts["credential"], facts["slurmd"]) == (False, None, False)
    assert facts["offset"] is None
    assert "slurmd is not running" in facts["wrong"]
    assert all("\n" not in line for line in facts["wrong"])


def test_one_question_at_a_time():
    with probe._answering, pytest.raises(SpillwayError) as caught:
        probe.facts()
    assert caught.value.kind == "unreachable"
