"""
The questions that the runner may ask a minion, with typed answers.

Salt carries an exception from a minion only as text; here it travels as data, so that the
runner can tell "slurmctld is down" from "no such node".
"""

from collections.abc import Callable

from saltext.spillway.utils import health, munge, probe, processes, slurm
from saltext.spillway.utils.errors import BAD_INPUT, FAILED, SpillwayError, one_line

QUESTIONS: dict[str, Callable] = {
    "cancel": slurm.cancel,
    "delete_node": lambda name: {"deleted": slurm.delete_node(name)},
    "down": slurm.down,
    "drain": slurm.drain,
    "facts": probe.facts,
    "health_of_controller": health.controller,
    "health_of_node": health.node,
    "heard": slurm.heard,
    "jobs_on": slurm.jobs_on,
    "munge_decode": munge.decode,
    "munge_decode_all": health.decode,
    "munge_encode": munge.encode,
    "nodes": slurm.nodes,
    "raw_ids": slurm.raw_ids,
    "release": slurm.release,
    "requeue": slurm.requeue,
    "resume": slurm.resume,
    "site": slurm.site,
    "stop_slurmd": probe.stop_slurmd,
    "stopped": processes.stopped,
    "suspend": slurm.suspend,
    "undrain": slurm.undrain,
    "version": slurm.version,
    "wake": processes.wake,
}


def _answer(question, arguments):
    if question not in QUESTIONS:
        raise SpillwayError(BAD_INPUT, f"unknown question {question!r}")
    return QUESTIONS[question](**arguments)


def _and_site(question, arguments):
    """Answer what changes something in Slurm, with the ``site`` as it is right after."""
    return {**_answer(question, arguments), "site": slurm.site()}


QUESTIONS["and_site"] = _and_site


def ask(question, arguments=None):
    """Return ``{"ok": true, "value": …}`` or ``{"ok": false, "error": {…}}``; never raises."""
    try:
        return {"ok": True, "value": _answer(question, arguments or {})}
    except SpillwayError as exc:
        return {"ok": False, "error": exc.as_dict()}
    except Exception as exc:  # noqa: BLE001 whatever it is, the runner must get an answer
        message = one_line(f"{type(exc).__name__}: {exc}")
        return {"ok": False, "error": {"kind": FAILED, "message": message, "subject": None}}
