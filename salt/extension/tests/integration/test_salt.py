"""A real master and minion on loopback; Slurm's commands are played by a script."""

import os
import signal
import subprocess
import time

import salt.utils.event

from saltext.spillway.utils import minions


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
