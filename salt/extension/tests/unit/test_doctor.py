from types import SimpleNamespace

import pytest

from saltext.spillway.runners import spillway
from saltext.spillway.utils import doctor, minions
from saltext.spillway.utils.errors import SpillwayError

SAID = {
    "began": 0,
    "ended": 0,
    "offset": -1.5,
    "munge_to_node": True,
    "credential": "MUNGE:n:",
    "slurmd": True,
    "mounts": [],
    "wrong": [],
    "salt": "3008.3",
    "extension": "0.1.0",
    "slurm": {"value": "24.11.5"},
    "nfs": [],
    "clockguard": True,
}


def listed(name, *states, reason=""):
    return {"name": name, "states": list(states), "reason": reason, "dynamic": True}


@pytest.fixture
def site(monkeypatch):
    """A master with a controller and some minions, and what they were asked."""

    our_rules = [{"@runner": ["spillway.*"]}]
    one = SimpleNamespace(
        opts={
            "netapi_enable_clients": ["runner", "runner_async"],
            "external_auth": {"file": {"^filename": "/x", "spillway": our_rules}},
            "rest_cherrypy": {"host": "127.0.0.1", "port": 8001, "disable_ssl": True},
        },
        head={
            "salt": "3008.3",
            "extension": "0.1.0",
            "config": {"value": {"SlurmdTimeout": "0 sec"}},
            "version": {"value": "24.11.5"},
            "nodes": {"value": [listed("vn01", "IDLE"), listed("vn02", "MIXED")]},
            "unresolved": {"value": []},
            "credential": {"value": "MUNGE:c:"},
        },
        keys={"vn01": "accepted", "vn02": "accepted"},
        answers={"vn01": SAID, "vn02": minions.Silent("vn02", "no answer within 20 s")},
        decoded={"vn01": {"value": {"valid": True, "status": "Success"}}},
        asked=[],
    )

    def ask(opts, minion, question, arguments=None, *, timeout):
        one.asked.append((minion, question))
        answer = one.head if question == "health_of_controller" else one.decoded
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    def ask_all(opts, names, question, arguments, *, timeout):
        one.asked.append((tuple(names), question))
        assert arguments == {"credential": "MUNGE:c:"}
        return {name: (1.0, one.answers[name]) for name in names}

    monkeypatch.setattr(minions, "ask", ask)
    monkeypatch.setattr(minions, "ask_all", ask_all)
    monkeypatch.setattr(minions, "minion_keys", lambda opts: one.keys)
    monkeypatch.setattr(spillway, "__opts__", one.opts, raising=False)
    monkeypatch.setattr(spillway, "_profiles", lambda: {"htc": {"size": "small"}})
    return one


def test_all_facts(site):
    answer = spillway.doctor()
    assert answer["ok"], answer
    value = answer["value"]
    assert value["controller"]["value"]["config"] == {"value": {"SlurmdTimeout": "0 sec"}}
    assert "credential" not in value["controller"]["value"]
    assert value["master"]["clients"] == {"value": ["runner", "runner_async"]}
    assert value["master"]["permissions"] == {
        "value": {"file": {"spillway": [["@runner", "spillway.*"]]}}
    }
    assert value["master"]["api"] == {"value": {"host": "127.0.0.1", "tls": False}}
    assert value["profiles"] == {"value": {"htc": {"size": "small"}}}
    assert value["minions"] == {"value": site.keys}
    vn01 = value["nodes"]["vn01"]["value"]
    assert (vn01["clock_offset"], vn01["munge_to_node"], vn01["munge_from_node"]) == (
        -1.5,
        True,
        True,
    )
    assert "credential" not in vn01
    assert value["nodes"]["vn02"] == {"unknown": str(site.answers["vn02"])}
    assert value["left"] == {}
    assert site.asked == [
        ("ctl", "health_of_controller"),
        (("vn01", "vn02"), "health_of_node"),
        ("ctl", "munge_decode_all"),
    ]


@pytest.mark.parametrize(
    ("node", "why"),
    [
        (listed("vn02", "IDLE", "NOT_RESPONDING"), "Slurm says NOT_RESPONDING"),
        (listed("vn02", "DOWN"), "Slurm says DOWN"),
        (listed("vn02", "IDLE", "POWERED_DOWN"), "Slurm says POWERED_DOWN"),
        (listed("vn02", "IDLE", "DRAIN", reason="spillway: checkpoint"), "spillway: checkpoint"),
        (listed("vn03", "IDLE"), "key is not there"),
        (listed("vn04", "IDLE"), "away or in motion"),
    ],
)
def test_who_is_away_or_in_motion_is_not_asked(site, node, why):
    site.head = {**site.head, "nodes": {"value": [listed("vn01", "IDLE"), node]}}
    value = spillway.doctor(leave="vn04")["value"]
    assert list(value["nodes"]) == ["vn01"]
    assert why in value["left"][node["name"]]
    assert (("vn01",), "health_of_node") in site.asked


def test_an_admins_drain_is_no_reason_not_to_ask(site):
    drained = listed("vn01", "IDLE", "DRAIN", reason="fan")
    site.head = {**site.head, "nodes": {"value": [drained]}}
    assert list(spillway.doctor()["value"]["nodes"]) == ["vn01"]


def test_without_the_controller_nobody_is_asked(site):
    site.head = minions.Silent("ctl", "no answer within 20 s")
    value = spillway.doctor()["value"]
    assert "ctl does not answer" in value["controller"]["unknown"]
    assert value["nodes"] == {}
    assert value["master"]["salt"]
    assert site.asked == [("ctl", "health_of_controller")]


def test_munge_that_nobody_could_judge_is_not_wrong(site):
    site.decoded = SpillwayError("unreachable", "slurmctld")
    vn01 = spillway.doctor()["value"]["nodes"]["vn01"]["value"]
    assert vn01["munge_from_node"] is None


def test_one_fact_that_fails_hides_no_other(site, monkeypatch):
    def fail():
        raise SpillwayError("failed", "salt-cloud's configuration: no")

    monkeypatch.setattr(spillway, "_profiles", fail)
    monkeypatch.setattr(spillway, "__opts__", {"external_auth": {"pam": "nonsense"}})
    value = spillway.doctor()["value"]
    assert value["profiles"] == {"unknown": "salt-cloud's configuration: no"}
    assert "netapi_enable_clients" in value["master"]["clients"]["unknown"]
    assert value["master"]["permissions"] == {"value": {}}
    assert "rest_cherrypy" in value["master"]["api"]["unknown"]
    assert "value" in value["nodes"]["vn01"]


def test_salt_api_listens_everywhere_with_tls_unless_told_otherwise(site):
    site.opts["rest_cherrypy"] = {"port": 8000, "ssl_crt": "/x.crt", "ssl_key": "/x.key"}
    told = spillway.doctor()["value"]["master"]["api"]["value"]
    assert told == {"host": "0.0.0.0", "tls": True}  # noqa: S104


def test_permissions_in_all_their_forms():
    rules = [
        "test.*",
        "@wheel",
        {"vn*": ["test.ping", {"cmd.run": {"args": ["id"]}}]},
        {"@runner": "spillway.*"},
    ]
    assert doctor.permissions({"pam": {"alice": rules, "admins%": ["@jobs"]}}) == {
        "pam": {
            "alice": [
                ["*", "test.*"],
                ["@wheel", ".*"],
                ["vn*", "test.ping"],
                ["vn*", "cmd.run"],
                ["@runner", "spillway.*"],
            ],
            "admins%": [["@jobs", ".*"]],
        }
    }
