import pytest
from salt.exceptions import SaltClientError

from saltext.spillway.utils import door, minions
from saltext.spillway.utils.errors import SpillwayError


class Client:
    """A LocalClient whose minion answers ``answers``."""

    def __init__(self, answers, minions_found=("vn01",)):
        self.answers, self.found = answers, list(minions_found)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def run_job(self, *args, **kwargs):
        self.asked = args, kwargs
        if self.answers == "no master":
            raise SaltClientError("The salt master could not be contacted.")
        return {"jid": "1", "minions": self.found} if self.found else {}

    def get_iter_returns(self, *_, **__):
        yield from self.answers


@pytest.fixture
def client(monkeypatch):
    def use(*args):
        one = Client(*args)
        monkeypatch.setattr(minions.salt.client, "get_local_client", lambda mopts: one)
        return one

    return use


def test_ask(client):
    client([None, {}, {"vn01": {"ret": {"ok": True, "value": 7}}}])
    assert minions.ask({}, "vn01", "facts") == 7


def test_a_typed_error_comes_through(client):
    error = {"kind": "unreachable", "message": "Slurm: down", "subject": None}
    client([{"vn01": {"ret": {"ok": False, "error": error}}}])
    with pytest.raises(SpillwayError) as caught:
        minions.ask({}, "vn01", "site")
    assert caught.value.as_dict() == error
    assert not isinstance(caught.value, minions.Silent)


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ([None, None], ["vn01"]),
        ([], []),
        ([{"vn01": {"out": "no_return", "ret": "Minion did not return. [No response]"}}], ["vn01"]),
    ],
)
def test_silence(client, answers, found):
    client(answers, found)
    with pytest.raises(minions.Silent) as caught:
        minions.ask({}, "vn01", "facts")
    assert (caught.value.kind, caught.value.subject) == ("unreachable", "vn01")


def test_a_minion_without_the_extension(client):
    client([{"vn01": {"ret": "'spillway_node.ask' is not available.", "retcode": 254}}])
    with pytest.raises(SpillwayError, match="is not available") as caught:
        minions.ask({}, "vn01", "facts")
    assert caught.value.kind == "failed"


def test_patience_ends(client, monkeypatch):
    times = iter(range(0, 1000, 10))
    monkeypatch.setattr(minions.time, "monotonic", lambda: next(times))
    monkeypatch.setattr(minions.time, "sleep", lambda _: None)
    client([None] * 50)
    with pytest.raises(SpillwayError, match="has not ended in 60 s") as caught:
        minions.ask({}, "vn01", "facts")
    assert caught.value.kind == "failed"


def test_no_master(client):
    client("no master")
    with pytest.raises(SpillwayError, match="master cannot be asked"):
        minions.ask({}, "vn01", "facts")


def test_the_door_answers_always(monkeypatch):
    assert door.ask("nix")["error"]["kind"] == "bad-input"
    assert door.ask("nodes", {"nix": 1})["error"]["kind"] == "failed"

    def broken():
        raise RuntimeError("a\nb")

    monkeypatch.setitem(door.QUESTIONS, "wake", broken)
    assert door.ask("wake")["error"]["message"] == "RuntimeError: a b"


class Bus:
    def __init__(self, events):
        self.events = list(events)

    def get_event(self, **_):
        return self.events.pop(0) if self.events else None


def test_a_returning_minion_is_asked_again_only_when_it_has_connected_anew(client):
    one = client([])
    jids = iter("12")
    asked = []
    one.run_job = lambda *args, **kwargs: (
        asked.append(args[1]) or {"jid": next(jids), "minions": ["vn01"]}
    )
    one.event = Bus(
        [
            {"tag": "salt/job/7/ret/vn01", "data": {"return": "another's"}},
            {"tag": "salt/minion/vn01/start", "data": {}},
            {"tag": "salt/job/2/ret/vn01", "data": {"return": {"ok": True, "value": 5}}},
        ]
    )
    assert minions.ask_returning({}, "vn01", "facts") == 5
    assert len(asked) == 2


def test_a_minion_that_does_not_return_is_silent(client):
    client([]).event = Bus([])
    with pytest.raises(minions.Silent):
        minions.ask_returning({}, "vn01", "facts", timeout=0.01)
