import pytest
from salt.exceptions import SaltClientError

from saltext.spillway.utils import door, minions
from saltext.spillway.utils.errors import SpillwayError


class Client:
    """A LocalClient: each event comes when it is waited for."""

    def __init__(self, *events, found=("vn01",)):
        self.events, self.found, self.event = list(events), list(found), self
        self.asked = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def run_job(self, *args, **_):
        if self.found == ["no master"]:
            raise SaltClientError("The salt master could not be contacted.")
        self.asked.append(args[1])
        return {"jid": str(len(self.asked)), "minions": self.found} if self.found else {}

    def get_event(self, **_):
        return self.events.pop(0) if self.events else None


def returned(value, jid=1):
    return {"tag": f"salt/job/{jid}/ret/vn01", "data": {"return": value}}


START = {"tag": "salt/minion/vn01/start", "data": {}}


@pytest.fixture
def client(monkeypatch):
    def use(*events, **more):
        one = Client(*events, **more)
        monkeypatch.setattr(minions.salt.client, "get_local_client", lambda mopts: one)
        return one

    return use


def test_ask(client):
    one = client(None, {}, returned("another's", jid=9), returned({"ok": True, "value": 7}))
    assert minions.ask({}, "vn01", "facts") == 7
    assert one.asked == ["spillway_node.ask"]


def test_a_typed_error_comes_through(client):
    error = {"kind": "unreachable", "message": "Slurm: down", "subject": None}
    client(returned({"ok": False, "error": error}))
    with pytest.raises(SpillwayError) as caught:
        minions.ask({}, "vn01", "site")
    assert caught.value.as_dict() == error
    assert not isinstance(caught.value, minions.Silent)


@pytest.mark.parametrize("found", [["vn01"], []])
def test_silence(client, found):
    client(found=found)
    with pytest.raises(minions.Silent) as caught:
        minions.ask({}, "vn01", "facts", timeout=0.01)
    assert (caught.value.kind, caught.value.subject) == ("unreachable", "vn01")


def test_a_minion_without_the_extension(client):
    client(returned("'spillway_node.ask' is not available."))
    with pytest.raises(SpillwayError, match="is not available") as caught:
        minions.ask({}, "vn01", "facts")
    assert caught.value.kind == "failed"


def test_a_returning_minion_is_asked_again_only_when_it_has_connected_anew(client):
    one = client(START, returned({"ok": True, "value": 5}, jid=2))
    assert minions.ask({}, "vn01", "facts") == 5
    assert len(one.asked) == 2


def test_several_are_asked_at_once_and_only_once(client):
    def said(name, value):
        return {"tag": f"salt/job/1/ret/{name}", "data": {"return": value}}

    error = {"kind": "unreachable", "message": "busy", "subject": None}
    one = client(
        said("vn02", {"ok": False, "error": error}),
        None,
        said("vn01", {"ok": True, "value": 7}),
        found=("vn01", "vn02", "vn03"),
    )
    answers = minions.ask_all({}, ["vn01", "vn02", "vn03", "vn04"], "facts", timeout=0.2)
    assert len(one.asked) == 1
    assert answers["vn01"][1] == 7
    assert answers["vn02"][1].as_dict() == error
    for silent in ("vn03", "vn04"):
        assert isinstance(answers[silent][1], minions.Silent)
    assert min(when for when, _ in answers.values()) > 0


def test_nobody_who_could_be_asked(client):
    client(found=[])
    assert isinstance(minions.ask_all({}, ["vn01"], "facts")["vn01"][1], minions.Silent)


def test_no_master(client):
    client(found=["no master"])
    with pytest.raises(SpillwayError, match="master cannot be asked"):
        minions.ask({}, "vn01", "facts")
    with pytest.raises(SpillwayError, match="master cannot be asked"):
        minions.ask_all({}, ["vn01"], "facts")


def test_the_door_answers_always(monkeypatch):
    assert door.ask("nix")["error"]["kind"] == "bad-input"
    assert door.ask("nodes", {"nix": 1})["error"]["kind"] == "failed"

    def broken():
        raise RuntimeError("a\nb")

    monkeypatch.setitem(door.QUESTIONS, "wake", broken)
    assert door.ask("wake")["error"]["message"] == "RuntimeError: a b"
