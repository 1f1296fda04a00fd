import inspect
import time
import types

import pytest

from saltext.spillway.runners import spillway
from saltext.spillway.utils import minions
from saltext.spillway.utils.errors import KINDS, SpillwayError

FUNCTIONS = {
    name: function
    for name, function in inspect.getmembers(spillway, inspect.isfunction)
    if not name.startswith("_")
}

NODE = {"name": "vn01", "dynamic": True, "states": ["IDLE"]}
FACTS = {
    "began": 0,
    "ended": 0,
    "offset": 0.01,
    "munge_to_node": True,
    "credential": "MUNGE:x:",
    "slurmd": True,
    "mounts": [{"path": "/home", "alive": True}],
    "wrong": [],
}


@pytest.fixture
def asked(monkeypatch):
    """Minions that answer what the test says: ``answers[(minion, question)]``."""
    log, answers = [], {}

    def ask(opts, minion, question, arguments=None, **_):
        log.append((minion, question, arguments or {}))
        answer = answers.get((minion, question))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(minions, "ask", ask)
    monkeypatch.setattr(spillway, "__opts__", {}, raising=False)
    monkeypatch.setattr(minions, "minion_keys", lambda opts, names: {"vn01": "accepted"})
    ask.log, ask.answers = log, answers
    return ask


def kind(answer):
    assert answer["ok"] is False
    error = answer["error"]
    assert set(error) == {"kind", "message", "subject"}
    assert error["kind"] in KINDS
    assert "\n" not in error["message"]
    return error["kind"]


def test_the_table():
    assert set(FUNCTIONS) == {
        *("version", "site", "probe", "stopped", "down", "drain", "undrain", "suspend_jobs"),
        *("resume_jobs", "release_jobs", "wake", "create", "destroy", "highstate", "delete_node"),
        *("profiles", "doctor", "requeue", "cancel"),
    }


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("site", {"nodes": "vn01\n"}),
        ("site", {"nodes": 'vn"1'}),
        ("site", {"nix": 1}),
        ("probe", {"node": "vn[01-02]"}),
        ("probe", {"node": "vn01", "timeout": "soon"}),
        ("probe", {"node": "vn01", "wait": 600}),
        ("probe", {}),
        ("stopped", {"node": "vn01", "jobs": ["x"]}),
        ("drain", {"nodes": "vn01", "reason": "checkpoint"}),
        ("drain", {"nodes": [], "reason": "spillway: x"}),
        ("down", {"nodes": "vn01", "reason": "power is gone"}),
        ("down", {"nodes": "vn01;id", "reason": "spillway: x"}),
        ("undrain", {"nodes": None}),
        ("suspend_jobs", {"jobs": "12;id"}),
        ("resume_jobs", {"jobs": None}),
        ("release_jobs", {"jobs": ["12", "all"]}),
        ("requeue", {}),
        ("requeue", {"job": "12,13"}),
        ("requeue", {"job": ["12"]}),
        ("requeue", {"job": "12", "user": "alice\nroot"}),
        ("requeue", {"job": "12", "nodes": []}),
        ("cancel", {"job": "12;id"}),
        ("cancel", {"job": True}),
        ("cancel", {"job": "12", "nodes": "vn01;id"}),
        ("cancel", {"job": "12", "started": "yesterday"}),
        ("cancel", {"job": "12", "started": 0}),
        ("wake", {"node": "../vn01"}),
        ("create", {"name": "vn01\n", "profile": "htc"}),
        ("create", {"name": "vn01", "profile": "h'c"}),
        ("create", {"name": "vn01", "profile": "htc", "host": "a b"}),
        ("create", {"name": "vn01", "profile": "htc", "metadata": {"k": 1}}),
        ("destroy", {"name": "vn01", "uuid": "vn01"}),
        ("highstate", {"node": "*"}),
        ("highstate", {"node": "vn01", "timeout": 0}),
        ("delete_node", {"node": ""}),
        ("profiles", {"x": 1}),
        ("doctor", {"leave": "vn["}),
        ("doctor", {"timeout": 600}),
    ],
)
def test_bad_input_reaches_nobody(asked, name, kwargs):
    assert kind(FUNCTIONS[name](**kwargs)) == "bad-input"
    assert asked.log == []


def test_what_salt_adds_to_the_arguments_is_ignored(asked):
    asked.answers["ctl", "site"] = {"time": 1.0, "nodes": [], "jobs": []}
    assert spillway.site(nodes="vn01", __pub_user="spillway", __pub_jid="1")["ok"]


def test_a_bug_is_an_answer_too(asked):
    asked.answers["ctl", "site"] = RuntimeError("a\nb")
    assert kind(spillway.site()) == "failed"


def test_site(asked):
    seen = {"time": 1.5, "nodes": [NODE], "jobs": []}
    asked.answers["ctl", "site"] = seen
    answer = spillway.site(nodes="vn[01-02]")
    assert answer == {"ok": True, "value": {**seen, "minions": {"vn01": "accepted"}}}
    assert asked.log == [("ctl", "site", {"names": ["vn01", "vn02"]})]


def test_another_controller(asked):
    spillway.__opts__["spillway.controller"] = "head"
    asked.answers["head", "site"] = SpillwayError("unreachable", "Slurm: down")
    assert kind(spillway.site()) == "unreachable"


def test_probe(asked):
    asked.answers["ctl", "munge_encode"] = "MUNGE:c:"
    asked.answers["vn01", "facts"] = FACTS
    asked.answers["ctl", "munge_decode"] = {"valid": True, "status": "Success"}
    assert spillway.probe("vn01")["value"] == {
        "answered": True,
        "clock_offset": 0.01,
        "munge_to_node": True,
        "munge_from_node": True,
        "slurmd": True,
        "mounts": [{"path": "/home", "alive": True}],
        "wrong": [],
    }
    assert asked.log[1][2]["credential"] == "MUNGE:c:"


def test_probe_of_a_node_that_was_away(asked):
    asked.answers["ctl", "munge_encode"] = "MUNGE:c:"
    asked.answers["vn01", "facts"] = {**FACTS, "offset": -408.5, "munge_to_node": False}
    asked.answers["ctl", "munge_decode"] = {"valid": False, "status": "Expired credential"}
    value = spillway.probe("vn01")["value"]
    assert (value["clock_offset"], value["munge_from_node"]) == (-408.5, False)
    assert value["wrong"] == [
        "the clock is 408.5 s behind",
        "munge: the node's credential: Expired credential",
    ]


def test_probe_of_a_silent_node_is_an_answer(asked):
    asked.answers["vn01", "facts"] = minions.Silent("vn01", "no answer within 7 s")
    value = spillway.probe("vn01")["value"]
    assert value["answered"] is False
    assert value["clock_offset"] is None


def test_probe_without_the_controller_is_an_error(asked):
    asked.answers["ctl", "munge_encode"] = minions.Silent("ctl", "no answer")
    answer = spillway.probe("vn01")
    assert kind(answer) == "unreachable"
    assert answer["error"]["subject"] == "ctl"


def _site(*states):
    return {"time": 1.0, "nodes": [{**NODE, "states": list(states)}], "jobs": []}


@pytest.mark.parametrize("seconds, questions", [(5, 2), (0, 1)])
def test_probe_waits_for_a_node_that_is_soon_well(asked, monkeypatch, seconds, questions):
    def steps(_):
        asked.answers["vn01", "facts"] = FACTS

    clock = types.SimpleNamespace(time=time.time, monotonic=time.monotonic, sleep=steps)
    monkeypatch.setattr(spillway, "time", clock)
    asked.answers["ctl", "munge_decode"] = {"valid": True, "status": "Success"}
    asked.answers["ctl", "site"] = _site("IDLE")
    asked.answers["vn01", "facts"] = {**FACTS, "offset": -408.5}
    value = spillway.probe("vn01", wait=seconds, look=True)["value"]
    assert [entry[1] for entry in asked.log].count("facts") == questions
    assert asked.log[-1][1] == "site"
    assert value["site"]["minions"] == {"vn01": "accepted"}


def test_stopped_looks_before_it_counts(asked):
    asked.answers["ctl", "site"] = _site("IDLE")
    asked.answers["vn01", "stopped"] = {"running": 0, "stopped": 4}
    value = spillway.stopped("vn01", ["7"], look=True)["value"]
    assert [entry[1] for entry in asked.log] == ["site", "stopped"]
    assert value["site"]["time"] == 1.0


@pytest.mark.parametrize("state, woken", [("NOT_RESPONDING", True), ("IDLE", False)])
def test_undrain_wakes_who_is_silent(asked, state, woken):
    asked.answers["ctl", "and_site"] = {"undrained": ["vn01"], "left": {}, "site": _site(state)}
    asked.answers["ctl", "site"] = _site("IDLE")
    value = spillway.undrain("vn01", look=True)["value"]
    assert (("vn01", "wake", {}) in asked.log) is woken
    assert value["site"]["nodes"][0]["states"] == ["IDLE"]


def test_stopped_translates_array_tasks(asked):
    asked.answers["ctl", "raw_ids"] = {"6_1": 9}
    asked.answers["vn01", "stopped"] = {"running": 0, "stopped": 4}
    value = spillway.stopped("vn01", ["6_1", "7", "8_2"])["value"]
    assert value == {"answered": True, "running": 0, "stopped": 4}
    assert asked.log == [
        ("ctl", "raw_ids", {"ids": ["6_1", "8_2"]}),
        ("vn01", "stopped", {"jobs": ["9", "7"]}),
    ]


def test_stopped_on_a_silent_node(asked):
    asked.answers["vn01", "stopped"] = minions.Silent("vn01", "no answer")
    assert spillway.stopped("vn01", ["7"])["value"]["answered"] is False


def test_drain_and_undrain(asked):
    spillway.drain("vn[01-02]", "spillway: checkpoint")
    spillway.undrain("vn01")
    assert asked.log == [
        ("ctl", "drain", {"names": ["vn01", "vn02"], "reason": "spillway: checkpoint"}),
        ("ctl", "undrain", {"names": ["vn01"], "prefix": "spillway:", "asked": False}),
    ]


def test_a_dead_node(asked):
    spillway.down("vn01", "spillway: its server died")
    spillway.release_jobs(["12", "13_1"])
    assert asked.log == [
        ("ctl", "down", {"names": ["vn01"], "reason": "spillway: its server died"}),
        ("ctl", "release", {"ids": ["12", "13_1"]}),
    ]


def test_a_node_that_slurm_hears_is_not_woken(asked):
    asked.answers["ctl", "heard"] = True
    assert spillway.wake("vn01") == {"ok": True, "value": {}}
    assert asked.log == [("ctl", "heard", {"names": ["vn01"]})]


def test_the_end_of_a_job_names_the_one_that_is_meant(asked):
    spillway.requeue("12_3", user="alice", nodes="vn[01-02]", started=1800000000)
    spillway.cancel(12)
    meant = {"user": "alice", "nodes": ["vn01", "vn02"], "started": 1800000000}
    anyone = {"user": None, "nodes": None, "started": None}
    assert asked.log == [
        ("ctl", "requeue", {"job": "12_3", **meant}),
        ("ctl", "cancel", {"job": "12", **anyone}),
    ]


def test_wake(asked):
    assert spillway.wake("vn01") == {"ok": True, "value": {}}
    assert [entry[:2] for entry in asked.log] == [("ctl", "heard"), ("vn01", "wake")]
    asked.answers["vn01", "wake"] = minions.Silent("vn01", "no answer")
    assert kind(spillway.wake("vn01")) == "unreachable"


def site(nodes=(NODE,), jobs=()):
    return {"time": 1.0, "nodes": list(nodes), "jobs": list(jobs)}


SITE_WITH_KEYS = {**site(), "minions": {"vn01": "accepted"}}


@pytest.mark.parametrize(
    ("name", "arguments", "asked_as"),
    [
        ("drain", {"nodes": "vn01", "reason": "spillway: x"}, "drain"),
        ("undrain", {"nodes": "vn01"}, "undrain"),
        ("suspend_jobs", {"jobs": "12"}, "suspend"),
        ("resume_jobs", {"jobs": "12"}, "resume"),
        ("release_jobs", {"jobs": "12"}, "release"),
        ("down", {"nodes": "vn01", "reason": "spillway: x"}, "down"),
        ("requeue", {"job": "12"}, "requeue"),
        ("cancel", {"job": 12}, "cancel"),
    ],
)
def test_a_change_and_the_look_after_it_are_one_question(asked, name, arguments, asked_as):
    asked.answers["ctl", "and_site"] = {"done": ["x"], "site": site()}
    answer = FUNCTIONS[name](**arguments, look=True)
    assert answer["value"] == {"done": ["x"], "site": SITE_WITH_KEYS}
    [(minion, question, put)] = asked.log
    assert (minion, question, put["question"]) == ("ctl", "and_site", asked_as)


def test_a_removal_and_the_look_after_it(asked):
    asked.answers["ctl", "site"] = site()
    asked.answers["ctl", "and_site"] = {"deleted": True, "site": site(nodes=[])}
    seen = {**site(nodes=[]), "minions": {"vn01": "accepted"}}
    assert spillway.delete_node("vn01", look=True)["value"] == {"deleted": True, "site": seen}
    assert [entry[1] for entry in asked.log] == ["site", "stop_slurmd", "and_site"]


def test_who_cannot_look_after_the_work_has_done_the_work(asked):
    asked.answers["ctl", "site"] = site()
    assert spillway.wake("vn01", look=True)["value"] == {"site": SITE_WITH_KEYS}
    asked.answers["ctl", "site"] = SpillwayError("unreachable", "Slurm: down")
    assert spillway.wake("vn01", look=True) == {"ok": True, "value": {}}


def test_delete_node(asked):
    asked.answers["ctl", "site"] = site()
    asked.answers["ctl", "delete_node"] = {"deleted": True}
    assert spillway.delete_node("vn01")["value"] == {"deleted": True}
    assert [entry[1] for entry in asked.log] == ["site", "stop_slurmd", "delete_node"]


def test_delete_node_that_is_away(asked):
    asked.answers["ctl", "site"] = site()
    asked.answers["ctl", "delete_node"] = {"deleted": True}
    asked.answers["vn01", "stop_slurmd"] = minions.Silent("vn01", "no answer")
    assert spillway.delete_node("vn01")["value"] == {"deleted": True}


@pytest.mark.parametrize(
    ("seen", "result"),
    [
        (site(nodes=[]), {"deleted": False}),
        (site(nodes=[{**NODE, "dynamic": False}]), "refused"),
        (site(jobs=[{"id": "7", "nodes": ["vn01"], "states": ["SUSPENDED"]}]), "refused"),
        (site(jobs=[{"id": "7", "nodes": ["vn01"], "states": ["COMPLETED"]}]), {"deleted": True}),
        (site(jobs=[{"id": "7", "nodes": [], "states": ["PENDING"]}]), {"deleted": True}),
    ],
)
def test_delete_node_looks_first(asked, seen, result):
    asked.answers["ctl", "site"] = seen
    asked.answers["ctl", "delete_node"] = {"deleted": True}
    answer = spillway.delete_node("vn01")
    if result == "refused":
        assert kind(answer) == "refused"
    else:
        assert answer["value"] == result
    stopped = any(entry[1] == "stop_slurmd" for entry in asked.log)
    assert stopped is (result == {"deleted": True})


def test_highstate(monkeypatch, asked):
    run = {"__run_num__": 0, "result": True, "changes": {"x": 1}}
    ran = {"a": run, "b": {**run, "changes": {}}}
    monkeypatch.setattr(minions, "call", lambda *_, **__: ran)
    value = spillway.highstate("vn01", timeout=20)["value"]
    assert (value["changed"], value["unchanged"]) == (1, 1)
    assert value["seconds"] >= 0


def test_highstate_with_a_failed_state(monkeypatch, asked):
    run = {"__id__": "key", "result": False, "comment": "no\nfile"}
    monkeypatch.setattr(minions, "call", lambda *_, **__: {"a": run})
    answer = spillway.highstate("vn01")
    assert kind(answer) == "failed"
    assert answer["error"]["message"] == "state key on vn01: no file"
