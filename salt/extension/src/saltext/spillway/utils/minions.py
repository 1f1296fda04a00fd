"""
Questions from the master to one minion, with an end to the patience.
"""

import time

import salt.client
from salt.exceptions import SaltClientError, SaltReqTimeoutError

from saltext.spillway.utils.errors import FAILED, UNREACHABLE, SpillwayError

# Seconds in which a minion that works on a job must confirm so when it is asked.
_GATHER = 2


class Silent(SpillwayError):
    """The minion did not answer: away, or its key is not accepted."""

    def __init__(self, minion, why):
        super().__init__(UNREACHABLE, f"minion {minion} does not answer: {why}", minion)

    def __reduce__(self):
        return SpillwayError, (self.kind, self.message, self.subject)


def call(opts, minion, function, *, arg=(), kwarg=None, timeout=5, longest=30):
    """
    Run an execution module's function on one minion and return what it returned.

    timeout
        Seconds until a minion that has not answered is asked whether it works on it at all.

    longest
        Seconds to wait for one that says it does.

    Raises :class:`Silent` or ``failed``.
    """
    deadline = time.monotonic() + max(longest, timeout + _GATHER)
    try:
        with salt.client.get_local_client(mopts=opts) as client:
            published = client.run_job(
                [minion], function, list(arg), tgt_type="list", kwarg=kwarg, listen=True
            )
            if not published or minion not in published.get("minions", []):
                raise Silent(minion, "it has no accepted key")
            returns = client.get_iter_returns(
                published["jid"],
                published["minions"],
                timeout=timeout,
                tgt=[minion],
                tgt_type="list",
                gather_job_timeout=_GATHER,
                block=False,
            )
            for returned in returns:
                answer = (returned or {}).get(minion)
                if answer and answer.get("out") == "no_return":
                    break
                if answer:
                    return answer["ret"]
                if time.monotonic() > deadline:
                    raise SpillwayError(
                        FAILED, f"{function} on {minion} has not ended in {longest:g} s", minion
                    )
                if not returned:
                    time.sleep(0.01)
    except (SaltClientError, SaltReqTimeoutError) as exc:
        raise SpillwayError(FAILED, f"the Salt master cannot be asked: {exc}", minion) from exc
    raise Silent(minion, f"no answer within {timeout + _GATHER:g} s")


def ask(opts, minion, question, arguments=None, *, timeout=5, longest=30):
    """Put a question of ``spillway_node.ask`` to a minion and return the answer's value."""
    answer = call(
        opts,
        minion,
        "spillway_node.ask",
        arg=[question, arguments or {}],
        timeout=timeout,
        longest=longest,
    )
    if not isinstance(answer, dict) or "ok" not in answer:
        raise SpillwayError(FAILED, f"minion {minion} says: {answer}", minion)
    if not answer["ok"]:
        raise SpillwayError.from_dict(answer["error"])
    return answer["value"]
