"""A real master and minion on loopback; Slurm's commands are played by a script."""

import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import salt.config
import salt.loader
import salt.utils.event

from saltext.spillway.utils import minions

FIXTURES = Path(__file__).parents[1] / "fixtures" / "slurm-24.11"

SCONTROL = f"""#!/bin/sh
case "$*" in
--version) echo slurm-wlm 24.11.5 ;;
"show nodes --json=v0.0.40") cat {FIXTURES}/nodes.json ;;
"show jobs --json=v0.0.40") cat {FIXTURES}/jobs.json ;;
"update JobId=7 "*|"suspend 7") ;;
*) echo "Unable to contact slurm controller (connect failure)" >&2; exit 1 ;;
esac
"""


def free_ports():
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A Salt site; ``site["minion"]`` is the process of the minion ctl."""
    # short: Salt's sockets lie below, and their names are limited
    root = Path(tmp_path_factory.mktemp("s"))
    publish, request = free_ports()
    user = pwd.getpwuid(os.geteuid()).pw_name
    common = f"root_dir: {root}\nuser: {user}\nlog_level: error\npublish_port: {publish}\n"
    (root / "master").write_text(
        f"{common}interface: 127.0.0.1\nret_port: {request}\nauto_accept: true\n"
        "worker_threads: 2\ntimeout: 5\ngather_job_timeout: 5\n"
    )
    (root / "minion").write_text(
        f"{common}id: ctl\nmaster: 127.0.0.1\nmaster_port: {request}\n"
        "acceptance_wait_time: 1\ngrains: {os: Debian}\nenable_fqdns_grains: false\n"
        f"engines:\n- slurm_events: {{socket: {root}/hooks, interval: 5}}\n"
    )
    tools = root / "bin"
    tools.mkdir()
    scontrol = tools / "scontrol"
    scontrol.write_text(SCONTROL)
    scontrol.chmod(scontrol.stat().st_mode | stat.S_IXUSR)

    programs = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}

    def start(name):
        with open(root / f"{name}.out", "wb") as out:
            return subprocess.Popen(
                [str(programs / f"salt-{name}"), "-c", str(root)],
                env=env,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    daemons = {}
    try:
        daemons["master"] = start("master")
        daemons["minion"] = start("minion")
        opts = salt.config.master_config(str(root / "master"))
        runner = salt.loader.runner(opts)
        deadline = time.monotonic() + 90
        while not runner["spillway.version"]()["ok"]:
            if time.monotonic() > deadline:
                pytest.fail((root / "minion.out").read_text()[-2000:])
        yield {**daemons, "runner": runner, "opts": opts, "hooks": root / "hooks"}
    finally:
        for daemon in daemons.values():
            os.killpg(daemon.pid, signal.SIGKILL)
            daemon.wait()


def test_a_hook_of_slurm_reaches_the_masters_bus(site):
    hook = ["logger", "-d", "-u", str(site["hooks"]), "--socket-errors=off", "-t", "spillway-slurm"]
    with salt.utils.event.get_event("master", opts=site["opts"], listen=True) as bus:
        bus.get_event(wait=1, tag="spillway/slurm/")  # subscribed, and the engine has looked
        for job in range(900, 1000):  # until the engine is there
            subprocess.run([*hook, f"ended {job} 0 0 COMPLETED vn01"], check=True, timeout=10)
            event = bus.get_event(wait=1, tag="spillway/slurm/job/ended", full=True)
            if event:
                break
    assert event["tag"] == "spillway/slurm/job/ended"
    assert event["data"]["id"] == "ctl"
    assert event["data"]["data"]["nodes"] == ["vn01"]
    assert 900 <= event["data"]["data"]["job_id"] < 1000


def test_the_whole_way(site):
    runner = site["runner"]
    assert runner["spillway.version"]()["value"]["slurm"] == "24.11.5"
    seen = runner["spillway.site"](nodes="vn[01-02],ctl")["value"]
    assert [node["name"] for node in seen["nodes"]] == ["vn01"]
    assert {job["id"] for job in seen["jobs"]} >= {"6_1", "7", "8"}
    assert seen["minions"] == {"ctl": "accepted"}
    assert abs(seen["time"] - time.time()) < 60
    assert runner["spillway.suspend_jobs"](["7"])["value"] == {"done": ["7"], "skipped": {}}
    assert runner["spillway.stopped"]("ctl", ["6_1"])["value"]["answered"] is True


def test_the_doctors_facts(site):
    value = site["runner"]["spillway.doctor"](timeout=30)["value"]
    assert "value" in value["controller"], value
    head = value["controller"]["value"]
    assert head["version"] == {"value": "24.11.5"}
    assert "Unable to contact slurm controller" in head["config"]["unknown"]
    assert value["minions"] == {"value": {"ctl": "accepted"}}
    assert (value["nodes"], head["salt"]) == ({}, value["master"]["salt"])
    assert {node["name"] for node in head["nodes"]["value"]} == set(value["left"])


def test_several_minions_at_once(site):
    answers = minions.ask_all(site["opts"], ["ctl", "vn09"], "health_of_node", timeout=30)
    assert isinstance(answers["ctl"][1], dict), answers
    assert answers["ctl"][1]["extension"]
    assert isinstance(answers["vn09"][1], minions.Silent)


def test_errors_keep_their_kind_on_the_way(site):
    error = site["runner"]["spillway.resume_jobs"](["7"])["error"]
    assert error["kind"] == "unreachable"
    assert "Unable to contact slurm controller" in error["message"]


def test_a_minion_nobody_knows(site):
    error = site["runner"]["spillway.highstate"]("vn09")["error"]
    assert (error["kind"], error["subject"]) == ("unreachable", "vn09")


def test_a_minion_that_is_frozen(site):
    os.killpg(site["minion"].pid, signal.SIGSTOP)
    try:
        error = site["runner"]["spillway.version"]()["error"]
        assert (error["kind"], error["subject"]) == ("unreachable", "ctl")
    finally:
        os.killpg(site["minion"].pid, signal.SIGCONT)
