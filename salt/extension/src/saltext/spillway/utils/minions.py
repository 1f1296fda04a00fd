"""
Questions from the master to one minion, with an end to the patience.
"""

import time

import salt.client
import salt.key
from salt.exceptions import SaltClientError, SaltReqTimeoutError

from saltext.spillway.utils.errors import FAILED, UNREACHABLE, SpillwayError

_STATES = {"minions": "accepted", "minions_pre": "pending", "minions_rejected": "rejected"}


class Silent(SpillwayError):
    """The minion did not answer: away, or its key is not accepted."""

    def __init__(self, minion, why):
        super().__init__(UNREACHABLE, f"minion {minion} does not answer: {why}", minion)

    def __reduce__(self):
        return SpillwayError, (self.kind, self.message, self.subject)


def call(opts, minion, function, *, arg=(), kwarg=None, timeout=20):
    """
    Run an execution module's function on one minion and return what it returned.

    What is sent into a connection that died with an absence is lost; the minion says when it has
    connected anew, and is called again then, and only then: it is not asked meanwhile whether it
    still works on it, since on a slow machine questions pile up faster than they are answered. So
    the function must be one that may be called twice.

    timeout
        Seconds to wait for the answer; default 20.

    Raises :class:`Silent` or ``failed``.
    """
    deadline = time.monotonic() + timeout
    try:
        with salt.client.get_local_client(mopts=opts) as client:
            returns = set()

            def put():
                published = client.run_job(
                    [minion], function, list(arg), tgt_type="list", kwarg=kwarg, listen=True
                )
                if not published or minion not in published.get("minions", []):
                    raise Silent(minion, "it has no accepted key")
                returns.add(f"salt/job/{published['jid']}/ret/{minion}")

            put()
            while (left := deadline - time.monotonic()) > 0:
                event = client.event.get_event(wait=min(left, 5), tag="salt/", full=True) or {}
                if event.get("tag") in returns:
                    return event["data"].get("return")
                if event.get("tag") == f"salt/minion/{minion}/start":
                    put()
    except (SaltClientError, SaltReqTimeoutError) as exc:
        raise SpillwayError(FAILED, f"the Salt master cannot be asked: {exc}", minion) from exc
    raise Silent(minion, f"no answer within {timeout:g} s")


def ask(opts, minion, question, arguments=None, *, timeout=20):
    """Put a question of ``spillway_node.ask`` as :func:`call` does; return the answer's value."""
    answer = call(
        opts, minion, "spillway_node.ask", arg=[question, arguments or {}], timeout=timeout
    )
    return _value(minion, answer)


def _value(minion, answer):
    if not isinstance(answer, dict) or "ok" not in answer:
        raise SpillwayError(FAILED, f"minion {minion} says: {answer}", minion)
    if not answer["ok"]:
        raise SpillwayError.from_dict(answer["error"])
    return answer["value"]


def ask_all(opts, names, question, arguments=None, *, timeout=20):
    """
    Put a question of ``spillway_node.ask`` to several minions at once, and only once.

    Returns ``{name: (seconds since 1970 when it answered, value or SpillwayError)}``; who does not
    answer within ``timeout`` seconds is :class:`Silent`. Raises ``failed``.
    """
    deadline = time.monotonic() + timeout
    answers = {}
    try:
        with salt.client.get_local_client(mopts=opts) as client:
            published = client.run_job(
                list(names),
                "spillway_node.ask",
                [question, arguments or {}],
                tgt_type="list",
                listen=True,
            )
            asked = set((published or {}).get("minions", []))
            while asked - set(answers) and (left := deadline - time.monotonic()) > 0:
                tag = f"salt/job/{published['jid']}/ret/"
                event = client.event.get_event(wait=min(left, 5), tag=tag, full=True)
                if event:
                    name = event["tag"][len(tag) :]
                    answers[name] = time.time(), _caught(name, event["data"].get("return"))
    except (SaltClientError, SaltReqTimeoutError) as exc:
        raise SpillwayError(FAILED, f"the Salt master cannot be asked: {exc}") from exc
    why = f"no answer within {timeout:g} s"
    silent = {name: (time.time(), Silent(name, why)) for name in names if name not in answers}
    return {**answers, **silent}


def _caught(minion, answer):
    try:
        return _value(minion, answer)
    except SpillwayError as exc:
        return exc


def minion_keys(opts, names=None):
    """Return ``{name: "accepted" | "pending" | "rejected"}`` of all minions or of ``names``."""
    with salt.key.get_key(opts) as key:
        listed = key.list_keys()
    return {
        minion: state
        for folder, state in _STATES.items()
        for minion in listed.get(folder, [])
        if names is None or minion in names
    }
