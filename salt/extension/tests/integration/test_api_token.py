"""What a stolen token can do and cannot: the grant of docs/salt-extension.md at a real salt-api."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import salt.utils.event

from .conftest import PASSWORD

LOGIN = {"username": "spillway", "password": PASSWORD, "eauth": "file"}
PING = {"tgt": "ctl", "fun": "test.ping"}


def ask(api, path, body=None, token=None, timeout=60):
    """Return status and text; ``body`` is posted as JSON."""
    request = urllib.request.Request(
        f"{api}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Accept": "application/json",
            "Content-Type": "application/json",
            **({"X-Auth-Token": token} if token else {}),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(scope="session")
def token(api):
    status, text = ask(api, "/login", LOGIN)
    assert status == 200, text
    return json.loads(text)["return"][0]["token"]


@pytest.fixture
def canary(tmp_path):
    """A file that a command would make; nobody may."""
    path = tmp_path / "stolen"
    yield path
    assert not path.exists()


def call(api, token, **low):
    return ask(api, "/", [low], token)


def test_it_calls_the_runner(api, token):
    status, text = call(api, token, client="runner", fun="spillway.version")
    assert status == 200
    assert json.loads(text)["return"][0]["value"]["slurm"] == "24.11.5"
    status, text = call(api, token, client="runner_async", fun="spillway.version")
    assert status == 200 and "jid" in text


@pytest.mark.parametrize(
    "fun",
    [
        "salt.cmd",
        "salt.execute",
        "state.orchestrate",
        "cloud.create",
        "manage.up",
        "jobs.list_jobs",
        "pillar.show_pillar",
        "config.get",
        "fileserver.file_list",
        "spillway",
        "spillway.version.x",
        "spillwayx.version",
        "xspillway.version",
        "*",
        ["salt.cmd"],
        ["spillway.version", "salt.cmd"],
        ["salt.cmd", "spillway.version"],
    ],
)
@pytest.mark.parametrize("client", ["runner", "runner_async"])
def test_it_calls_no_other_runner(api, token, canary, client, fun):
    arg = ["cmd.run", f"touch {canary}"]
    args = {"arg": [[], arg] if isinstance(fun, list) and len(fun) > 1 else arg}
    status, text = call(api, token, client=client, fun=fun, **args)
    assert status in (401, 500), text  # a list is no function's name at all
    assert "jid" not in text and "24.11.5" not in text


@pytest.mark.parametrize(
    "low",
    [
        {"client": "local", **PING},
        {"client": "local", "tgt": "ctl", "fun": ["test.ping", "cmd.run"], "arg": [[], ["id"]]},
        {"client": "local_async", **PING},
        {"client": "local_batch", **PING},
        {"client": "local_subset", "subset": 1, **PING},
        {"client": "wheel", "fun": "key.list_all"},
        {"client": "wheel_async", "fun": "key.list_all"},
        {"client": "ssh", **PING},
        {"client": "caller", "fun": "test.ping"},
        {"client": "", **PING},
    ],
    ids=lambda low: f"{low['client']} {low['fun']}",
)
def test_it_has_no_other_client(api, token, low):
    status, text = call(api, token, **low)
    assert status == 400, text
    # nor has the password, without a token
    status, text = ask(api, "/run", [{**low, **LOGIN}])
    assert status in (400, 401), text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/minions", [PING]),
        ("/minions", None),
        ("/minions/ctl", None),
        ("/keys", None),
        ("/keys/ctl", None),
        ("/keys", {"mid": "mine"}),
        ("/jobs", None),
        ("/jobs/20260101000000000000", None),
    ],
)
def test_it_reaches_no_minion_no_key_and_no_other_job(api, opts, token, path, body):
    status, text = ask(api, path, body, token)
    # salt-api stumbles over its own refusal of a key that was to be made
    assert status in (400, 401) or (path, status) == ("/keys", 500), text
    assert "BEGIN" not in text and "True" not in text
    assert not list(Path(opts["pki_dir"]).glob("minions*/mine"))


@pytest.mark.parametrize(
    ("fun", "kwarg"),
    [
        ("probe", {"node": "ctl; id"}),
        ("highstate", {"node": "*"}),
        ("highstate", {"node": "ctl", "mods": "evil"}),
        ("highstate", {"node": "ctl", "pillar": {"a": "b"}}),
        ("requeue", {"job": "$(id)"}),
        ("create", {"name": "../../x", "profile": "htc"}),
        ("drain", {"nodes": "ctl", "reason": "x\ny"}),
    ],
)
def test_no_argument_is_more_than_it_says(api, token, fun, kwarg):
    status, text = call(api, token, client="runner", fun=f"spillway.{fun}", kwarg=kwarg)
    assert status == 200, text
    answer = json.loads(text)["return"][0]
    if isinstance(answer, dict):
        assert answer["error"]["kind"] == "bad-input"
    else:
        assert "unexpected keyword argument" in answer


def test_it_sees_the_bus(api, opts, token):
    # as documented: Salt asks only whether the token lives
    request = urllib.request.Request(f"{api}/events", headers={"X-Auth-Token": token})
    with urllib.request.urlopen(request, timeout=30) as stream:
        with salt.utils.event.get_event("master", opts=opts) as bus:
            assert bus.fire_event({"secret": "of another"}, "salt/job/of/another")
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if b"of another" in stream.readline():
                break
        else:
            pytest.fail("the event was not seen")


def test_it_puts_events_below_the_hooks_tag_only(api, event_listener, master, token):
    asked = time.time()
    assert ask(api, "/hook/salt/minion/vn01/start", {"a": 1}, token)[0] == 200
    events = event_listener.wait_for_events(
        [(master.id, "*salt/minion/vn01/start")], after_time=asked
    )
    assert [event.tag for event in events] == ["salt/netapi/hook/salt/minion/vn01/start"]


def test_a_wrong_token_is_nobody(api):
    for token in (None, "0" * 64):
        assert call(api, token, client="runner", fun="spillway.version")[0] == 401
    assert ask(api, "/login", {**LOGIN, "password": "wrong"})[0] == 401
    assert ask(api, "/jobs")[0] == 401
