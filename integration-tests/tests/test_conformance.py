"""The comparison of a physical with a virtual node, on facts as they were recorded; and its table in the docs."""

import json
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(HERE / "conformance"))

from compare import ALLOWED, compare, environment, limits, slurms_view, to_look_at  # noqa: E402

DROP_IN = "file /etc/systemd/system/slurmd.service.d/spillway.conf"
START = "ExecStart=/usr/sbin/slurmd --systemd -N {} --conf-server ctl:6817{}\nRestart=on-failure\n"
SHOWN = (
    "NodeName=vn04 Arch=x86_64 CoresPerSocket=1 CPUAlloc=0 CPUEfctv=4 CPUTot=4 CPULoad=0.31 "
    "AvailableFeatures=virtual ActiveFeatures=virtual Gres=(null) NodeAddr=10.78.0.104 NodeHostName=vn04 "
    "Version=24.11.5 OS=Linux 6.12.48+deb13-cloud-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2025-09-20)  "
    "RealMemory=600 AllocMem=0 FreeMem=401 Sockets=4 Boards=1 State=IDLE+DYNAMIC_NORM ThreadsPerCore=1 TmpDisk=0 "
    "Weight=1 Owner=N/A MCS_label=N/A Partitions=all  BootTime=2026-11-28T21:50:00 CfgTRES=cpu=4,mem=600M,billing=4\n"
)


def differences(physical, virtual):
    seen = compare(physical, virtual)
    return seen.equal, sorted(seen.allowed), sorted(seen.others)


def test_equal_facts_are_counted():
    assert differences({"package bash": "5.2"}, {"package bash": "5.2"}) == (1, [], [])


def test_what_one_node_lacks_is_a_difference():
    assert differences({"package bash": "5.2"}, {}) == (0, [], ["package bash"])
    assert differences({}, {"user alice": "3001:3001 /home/alice /bin/bash"}) == (0, [], ["user alice"])


def test_slurmds_own_options_may_differ_and_nothing_else_of_that_file():
    physical = {DROP_IN: START.format("cn03", "")}
    joins = ' -Z --conf "CPUs=4 Feature=virtual RealMemory=600"'
    assert differences(physical, {DROP_IN: START.format("vn04", joins)}) == (0, [DROP_IN], [])
    other = START.format("vn04", joins).replace("on-failure", "always")
    assert differences(physical, {DROP_IN: other}) == (0, [], [DROP_IN])


def test_a_dynamic_node_is_called_so_and_must_be_idle_all_the_same():
    name = "slurm State"
    assert differences({name: "IDLE"}, {name: "IDLE+DYNAMIC_NORM"}) == (0, [name], [])
    assert differences({name: "IDLE"}, {name: "DOWN+DYNAMIC_NORM"}) == (0, [], [name])


def test_of_the_mount_only_the_clients_address_may_differ():
    name = "mount /home options"
    physical = {name: ["clientaddr=10.78.0.13", "hard", "vers=4.2"]}
    assert differences(physical, {name: ["clientaddr=10.78.0.104", "hard", "vers=4.2"]}) == (0, [name], [])
    assert differences(physical, {name: ["clientaddr=10.78.0.104", "soft", "vers=4.2"]}) == (0, [], [name])


def test_the_guard_of_the_clock_is_the_virtual_nodes():
    facts = {
        "file /usr/local/sbin/spillway-clockguard": "#!/usr/bin/python3 -I\n",
        "owner and mode /etc/systemd/system/spillway-clockguard.service": "root:root 0644",
        "unit spillway-clockguard.service ActiveState": "active",
        "enabled spillway-clockguard.service": True,
    }
    assert differences({}, facts) == (0, sorted(facts), [])


@pytest.mark.parametrize("name", ["package slurmd", "mount /home type", "limit job Max open files", "slurm Version"])
def test_what_nodes_have_in_common_may_not_differ(name):
    assert differences({name: "one"}, {name: "two"}) == (0, [], [name])


def test_the_last_line():
    seen = compare({"a": 1, "slurmd -C CPUs": "1", "b": 1}, {"a": 1, "slurmd -C CPUs": "2", "b": 2})
    assert seen.lines()[-1] == "conformance: 1 facts equal, 1 allowed differences, 1 others"
    assert seen.lines()[0].startswith("allowed: slurmd -C CPUs: 1 / 2: ")
    assert seen.lines()[1] == "different: b: 1 / 2"


def test_a_jobs_environment_without_what_says_which_job_it_is():
    said = "PATH=/usr/bin\0SLURM_JOB_ID=17\0SLURM_JOB_NODELIST=vn04\0SLURM_JOB_START_TIME=1764368412\0"
    said += "SLURM_TASK_PID=812\0SLURM_CONF=/run/slurm/conf/slurm.conf\0MULTI=a\nb\0_=/usr/bin/env\0"
    assert environment(said, "vn04") == {
        "job env PATH": "/usr/bin",
        "job env SLURM_JOB_NODELIST": "@NODE@",
        "job env SLURM_CONF": "/run/slurm/conf/slurm.conf",
        "job env MULTI": "a\nb",
    }


def test_a_jobs_limits():
    said = (
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max cpu time              unlimited            unlimited            seconds   \n"
        "Max open files            131072               131072               files     \n"
    )
    assert limits(said) == {
        "limit job Max cpu time": ["unlimited", "unlimited"],
        "limit job Max open files": ["131072", "131072"],
    }


def test_slurms_view_is_read_whole_and_without_what_changes():
    seen = slurms_view(SHOWN)
    assert seen["slurm OS"] == "Linux 6.12.48+deb13-cloud-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2025-09-20) "
    assert seen["slurm State"] == "IDLE+DYNAMIC_NORM"
    assert seen["slurm Partitions"].strip() == "all"
    assert seen["slurm CfgTRES"] == "cpu=4,mem=600M,billing=4"
    assert not {"slurm FreeMem", "slurm CPULoad", "slurm NodeAddr", "slurm BootTime"} & set(seen)


def test_the_states_say_what_is_looked_at():
    low = [
        {"state": "file", "fun": "decode", "name": "/etc/munge/munge.key", "contents_pillar": "spillway:munge:key"},
        {"state": "file", "fun": "managed", "name": "/etc/systemd/system/home.mount"},
        {"state": "service", "fun": "running", "name": "home.mount"},
        {"state": "service", "fun": "running", "name": "munge"},
        {"state": "cmd", "fun": "run", "name": "modprobe nfs"},
    ]
    asked = to_look_at(low, [{"state": "service", "fun": "running", "name": "spillway-clockguard"}])
    assert asked["files"] == ["/etc/munge/munge.key", "/etc/systemd/system/home.mount"]
    assert asked["secrets"] == ["/etc/munge/munge.key"]
    assert asked["mounts"] == ["/home"]
    assert {"home.mount", "munge.service", "spillway-clockguard.service", "ssh.service"} <= set(asked["units"])


def test_the_table_in_the_docs_is_the_list():
    page = (HERE.parent / "docs" / "salt-states.md").read_text(encoding="utf-8")
    section = page.split("## A physical and a virtual node\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    assert rows[0] == ("may differ", "why")
    assert rows[2:] == [(one.what, one.reason) for one in ALLOWED]


def test_a_secrets_content_is_told_by_its_hash_only(tmp_path):
    for name in ("key", "open"):
        (tmp_path / name).write_text("not to be told", encoding="ascii")
    key, other, missing = (str(tmp_path / name) for name in ("key", "open", "missing"))
    asked = {"files": [key, other, missing], "secrets": [key], "units": [], "mounts": ["/"]}
    script = HERE / "conformance" / "facts.py"
    done = subprocess.run(
        [sys.executable, "-I", "-", json.dumps(asked)],
        input=script.read_text(encoding="utf-8"),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found[f"file {key}"].startswith("sha256 ")
    assert found[f"file {other}"] == "not to be told"
    assert found[f"file {missing}"] is None
    assert found["mount / type"]
