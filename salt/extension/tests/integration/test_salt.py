"""A real master and minion on loopback; Slurm's commands are played by a script."""

import base64
import subprocess
import time
from pathlib import Path

import pytest

from saltext.spillway.utils import minions

from .conftest import frozen


@pytest.fixture
def event(event_listener, master):
    """event(tag, after): the first such event on the master's bus since then."""

    def wait(tag, after):
        found = event_listener.wait_for_events([(master.id, tag)], timeout=60, after_time=after)
        assert found.found_all_events, tag
        return min(found, key=lambda one: one.stamp)

    return wait


@pytest.fixture
def engine(minion):
    """The engine has looked: what comes after that, it tells."""
    noted = Path(minion.config["cachedir"], "spillway", "slurm_events.json")
    end = time.monotonic() + 60
    while not noted.exists():
        assert time.monotonic() < end, "the engine does not look"
        time.sleep(0.1)


@pytest.mark.usefixtures("engine")
def test_a_hook_of_slurm_reaches_the_masters_bus(hooks, event):
    hook = ["logger", "-d", "-u", str(hooks), "--socket-errors=off", "-t", "spillway-slurm"]
    asked = time.time()
    subprocess.run([*hook, "ended 900 0 0 COMPLETED vn01"], check=True, timeout=10)
    data = event("spillway/slurm/job/ended", asked).data
    assert data["id"] == "ctl"
    assert (data["data"]["job_id"], data["data"]["nodes"]) == (900, ["vn01"])


def test_the_whole_way(runner):
    assert runner["spillway.version"]()["value"]["slurm"] == "24.11.5"
    seen = runner["spillway.site"](nodes="vn[01-02],ctl")["value"]
    assert [node["name"] for node in seen["nodes"]] == ["vn01"]
    assert {job["id"] for job in seen["jobs"]} >= {"6_1", "7", "8"}
    assert seen["minions"] == {"ctl": "accepted"}
    assert abs(seen["time"] - time.time()) < 60
    assert runner["spillway.suspend_jobs"](["7"])["value"] == {"done": ["7"], "skipped": {}}
    assert runner["spillway.stopped"]("ctl", ["6_1"])["value"]["answered"] is True


def test_the_runner_from_the_shell(salt_run_cli):
    asked = salt_run_cli.run("spillway.version")
    assert (asked.returncode, asked.data["value"]["slurm"]) == (0, "24.11.5")
    asked = salt_run_cli.run("spillway.drain", nodes="cn01;id", reason="x")
    assert asked.data["error"]["kind"] == "bad-input"


def test_the_doctors_facts(runner):
    value = runner["spillway.doctor"](timeout=30)["value"]
    assert "value" in value["controller"], value
    head = value["controller"]["value"]
    assert head["version"] == {"value": "24.11.5"}
    assert "Unable to contact slurm controller" in head["config"]["unknown"]
    assert value["minions"] == {"value": {"ctl": "accepted"}}
    assert (value["nodes"], head["salt"]) == ({}, value["master"]["salt"])
    assert {node["name"] for node in head["nodes"]["value"]} == set(value["left"])


def test_several_minions_at_once(opts, minion):
    answers = minions.ask_all(opts, ["ctl", "vn09"], "health_of_node", timeout=30)
    assert isinstance(answers["ctl"][1], dict), answers
    assert answers["ctl"][1]["extension"]
    assert isinstance(answers["vn09"][1], minions.Silent)


def test_errors_keep_their_kind_on_the_way(runner):
    error = runner["spillway.resume_jobs"](["7"])["error"]
    assert error["kind"] == "unreachable"
    assert "Unable to contact slurm controller" in error["message"]


def test_a_minion_nobody_knows(runner):
    error = runner["spillway.highstate"]("vn09")["error"]
    assert (error["kind"], error["subject"]) == ("unreachable", "vn09")


def test_a_minion_that_is_frozen(runner, minion, monkeypatch):
    monkeypatch.setitem(runner["spillway.version"].__globals__, "_PATIENCE", 3)
    with frozen(minion):
        error = runner["spillway.version"]()["error"]
    assert (error["kind"], error["subject"]) == ("unreachable", "ctl")


KEY = base64.b64encode(bytes(range(128))).decode()

STATES = """\
vn09:
  slurm_node.present:
    - settings: {{CPUs: 2, RealMemory: 700}}
    - comment: ours

cn01:
  slurm_node.drained:
    - reason: new disks

service window:
  slurm_reservation.present:
    - name: window
    - start: 2096-12-24T08:00:00
    - duration: 120
    - nodes: cn[01-02]
    - users: root

{key}:
  munge.key:
    - user: {user}
"""


@pytest.fixture
def apply(salt_cli, master, minion, tmp_path):
    """apply(test): the four states, as ``salt ctl state.apply`` has them done; by their names."""
    key = tmp_path / "munge.key"
    pillar = f"spillway: {{munge: {{key: '{KEY}'}}}}\n"
    states = STATES.format(key=key, user=master.config["user"])
    with (
        master.pillar_tree.base.temp_file("top.sls", "base: {'*': [secret]}\n"),
        master.pillar_tree.base.temp_file("secret.sls", pillar),
        master.state_tree.base.temp_file("cluster.sls", states),
    ):

        def run(**arguments):
            answer = salt_cli.run("state.apply", "cluster", minion_tgt="ctl", **arguments)
            assert isinstance(answer.data, dict), answer
            found = {one["__id__"]: one for one in answer.data.values()}
            assert len(found) == len(answer.data), answer
            return {name.replace(str(key), "key"): one for name, one in found.items()}

        run.key = key
        yield run


@pytest.mark.usefixtures("engine")
def test_the_states(apply, slurm_site, event):
    foretold = apply(test=True)
    assert all(one["result"] is None for one in foretold.values()), foretold
    assert (slurm_site.said, apply.key.exists()) == ([], False)

    begin = time.time()
    done = apply()
    assert all(one["result"] is True for one in done.values()), done
    for name, one in done.items():
        assert one["changes"] == foretold[name]["changes"] != {}
    assert slurm_site.said == [
        "create NodeName=vn09 State=CLOUD CPUs=2 RealMemory=700",
        "update NodeName=vn09 Comment=ours",
        "update NodeName=cn01 State=DRAIN Reason=new disks",
        "create reservation ReservationName=window StartTime=2096-12-24T08:00:00 Duration=120"
        " Nodes=cn[01-02] Users=root",
    ]
    assert apply.key.read_bytes() == base64.b64decode(KEY)

    for test in (True, False):
        again = apply(test=test)
        assert list(again) == list(done)
        assert all((one["result"], one["changes"]) == (True, {}) for one in again.values())
    assert slurm_site.said == []

    data = event("spillway/slurm/node/drained", begin).data["data"]
    assert (data["node"], data["reason"]) == ("cn01", "new disks")


def test_the_key_stands_nowhere_but_in_its_file(apply, slurm_site, event_listener, master, minion):
    answer = apply()
    assert answer["key"]["changes"]
    logs = [Path(one.config["log_file"]).read_text("utf-8") for one in (master, minion)]
    assert "munge.key" in logs[1]
    for text in [str(answer), str(event_listener.store), *logs]:
        assert KEY not in text
        assert repr(base64.b64decode(KEY)) not in text
