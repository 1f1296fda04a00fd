"""
Spillway's one door
===================

The functions through which Spillway, by salt-api, reaches Slurm, the nodes and salt-cloud. Each
checks its arguments, never raises, and returns

.. code-block:: python

    {"ok": True, "value": ...}
    {"ok": False, "error": {"kind": "refused", "message": "one line", "subject": "vn01"}}

Kinds: ``bad-input``, ``not-found``, ``refused`` (the state forbids it), ``unreachable`` (a minion
is silent, slurmctld is down), ``unavailable`` (the cloud does not answer or says 5xx),
``no-capacity`` (no valid host, a quota), ``failed`` (all else).

With ``look=True`` a function that changes something answers, beside its value's other parts, with
``site``: what :py:func:`site` would say right after.

Options in the master's configuration: ``spillway.controller``, the id of the minion beside
slurmctld (default ``ctl``).
"""

import functools
import inspect
import logging
import time

import salt.version

import saltext.spillway
from saltext.spillway.utils import check, digest, errors, minions
from saltext.spillway.utils import doctor as _doctor
from saltext.spillway.utils.errors import (
    BAD_INPUT,
    FAILED,
    REFUSED,
    UNREACHABLE,
    SpillwayError,
)

log = logging.getLogger(__name__)

__virtualname__ = "spillway"

# A clock that is further off than this is told as wrong; munge forgives 300 s.
_CLOCK_TOLERANCE = 1.0

# Seconds for answers that wait for a daemon: slurmctld's, or a slurmd that is to end.
_PATIENCE = 45

# Seconds between two questions to a node that is not well yet.
_PAUSE = 0.5

_ON_NODE = (
    "RUNNING",
    "SUSPENDED",
    "COMPLETING",
    "CONFIGURING",
    "STAGE_OUT",
    "SIGNALING",
    "STOPPED",
)


def __virtual__():
    return __virtualname__


def _door(function):
    """Make a function answer with ``ok`` or ``error``, whatever happens in it."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def answering(*args, **kwargs):
        kwargs = {key: value for key, value in kwargs.items() if not key.startswith("__")}
        try:
            try:
                signature.bind(*args, **kwargs)
            except TypeError as exc:
                raise SpillwayError(BAD_INPUT, f"{function.__name__}{signature}: {exc}") from None
            return {"ok": True, "value": function(*args, **kwargs)}
        except SpillwayError as exc:
            return {"ok": False, "error": exc.as_dict()}
        except (Exception, SystemExit) as exc:
            log.exception("spillway.%s", function.__name__)
            message = errors.one_line(f"{type(exc).__name__}: {exc}")
            return {"ok": False, "error": {"kind": FAILED, "message": message, "subject": None}}

    # Salt would refuse arguments that do not fit this signature with its own text or a traceback;
    # without it everything comes through and is answered above.
    del answering.__wrapped__
    return answering


def _provisioning():
    # salt-cloud and openstacksdk cost 0.6 s of CPU, which questions about Slurm need not pay
    from saltext.spillway.utils import provisioning

    return provisioning


def _controller():
    return __opts__.get("spillway.controller") or "ctl"


def _ask_controller(question, /, **arguments):
    return minions.ask(__opts__, _controller(), question, arguments, timeout=_PATIENCE)


def _change(look, question, /, **arguments):
    """Put a question to the controller that changes something; with ``look`` as :func:`_looked`."""
    if not look:
        return _ask_controller(question, **arguments)
    answer = _ask_controller("and_site", question=question, arguments=arguments)
    return {**answer, "site": _with_keys(answer["site"])}


def _looked(look, answer):
    """With ``look`` the answer has the ``site`` as it is after the work."""
    if not look:
        return answer
    try:
        return {**answer, "site": _with_keys(_ask_controller("site", names=None))}
    except SpillwayError as exc:
        log.info("no look at Slurm after the work: %s", exc.message)
        return answer


def _with_keys(seen, names=None):
    return {**seen, "minions": minions.minion_keys(__opts__, names)}


@_door
def version():
    """
    Return the versions: ``{"extension": "0.1.0", "salt": "3008.3", "slurm": "24.11.5"}``.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.version
    """
    return {
        "extension": saltext.spillway.__version__,
        "salt": salt.version.__version__,
        "slurm": _ask_controller("version"),
    }


@_door
def site(nodes=None):
    """
    Return the controller's time, nodes, jobs and minion keys in one answer.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.site 'vn[01-04]'

    nodes
        Hostlist or list of names; default all. Nodes that Slurm does not know are left out.

    Returns ``{"time": s, "nodes": [...], "jobs": [...], "minions": {name: "accepted"}}``. Jobs are
    those on these nodes that slurmctld still knows, and all pending ones, but none that has been
    over for ten minutes; ``ours`` says of a suspended one that :py:func:`suspend_jobs` did it.
    """
    names = None if nodes is None else check.nodes(nodes)
    return _with_keys(_ask_controller("site", names=names), names)


@_door
def probe(node, timeout=20, wait=0, look=False):
    """
    Ask a node how it is. A silent one is an answer, not an error.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.probe vn01

    node
        Its name.

    timeout
        Seconds, default 20, after which a node that has not answered counts as silent. Do not ask
        again before: questions pile up in a slow node.

    wait
        Seconds, default 0, for which a node that answers, and on which no job may run yet, is asked
        again: after an absence its clock is right within a few.

    look
        With ``site``, as it is after.

    Returns ``answered``, ``clock_offset`` (seconds, node minus controller, or None),
    ``munge_to_node``, ``munge_from_node``, ``slurmd``, ``mounts`` and ``wrong``, one line for each
    thing that is not as it should be.
    """
    check.name(node)
    timeout = check.seconds(timeout, most=300)
    patience = check.seconds(wait, least=0, most=60, what="wait")
    began = time.monotonic()
    answer = _probed(node, timeout)
    while answer["answered"] and not _well(answer) and time.monotonic() - began < patience:
        time.sleep(_PAUSE)
        answer = _probed(node, timeout)
    return _looked(look, answer)


def _well(answer):
    """Whether jobs may run there."""
    return (
        abs(answer["clock_offset"]) <= _CLOCK_TOLERANCE
        and all(answer[key] for key in ("munge_to_node", "munge_from_node", "slurmd"))
        and all(mount["alive"] for mount in answer["mounts"])
    )


def _probed(node, timeout):
    answer: dict = {
        "answered": False,
        "clock_offset": None,
        "munge_to_node": False,
        "munge_from_node": False,
        "slurmd": False,
        "mounts": [],
        "wrong": [],
    }
    credential = None
    try:
        credential = _ask_controller("munge_encode")
    except minions.Silent:
        raise
    except SpillwayError as exc:
        answer["wrong"].append(f"munge on the controller: {exc.message}")

    sent = time.time()
    try:
        facts = minions.ask(__opts__, node, "facts", {"credential": credential}, timeout=timeout)
    except SpillwayError as exc:
        if exc.kind != UNREACHABLE:
            raise
        answer["wrong"].append(exc.message)
        return answer
    received = time.time()

    answer["answered"] = True
    answer["wrong"] += facts["wrong"]
    answer["clock_offset"] = offset = digest.clock_offset(facts, sent, received)
    if abs(offset) > _CLOCK_TOLERANCE:
        direction = "behind" if offset < 0 else "ahead"
        answer["wrong"].append(f"the clock is {abs(offset):.1f} s {direction}")
    answer["munge_to_node"] = bool(facts["munge_to_node"])
    answer["slurmd"] = facts["slurmd"]
    answer["mounts"] = facts["mounts"]
    if facts["credential"]:
        decoded = _ask_controller("munge_decode", credential=facts["credential"])
        answer["munge_from_node"] = decoded["valid"]
        if not decoded["valid"]:
            answer["wrong"].append(f"munge: the node's credential: {decoded['status']}")
    return answer


@_door
def stopped(node, jobs, look=False):
    """
    Count the processes of jobs on a node that are, and are not, stopped.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.stopped vn01 '["12", "13_1"]'

    node
        Its name.

    jobs
        Job ids.

    look
        With ``site``, as it is just before the count.

    Returns ``{"answered": bool, "running": n, "stopped": n}``.
    """
    check.name(node)
    ids = check.jobs(jobs)
    before = _looked(look, {})
    # Processes bear Slurm's raw ids; those of array tasks are known to the controller.
    tasks = [job for job in ids if "_" in job]
    raw = _ask_controller("raw_ids", ids=tasks) if tasks else {}
    raw_ids = [str(raw.get(job, "")) if "_" in job else job for job in ids]
    try:
        count = minions.ask(__opts__, node, "stopped", {"jobs": [job for job in raw_ids if job]})
    except minions.Silent:
        return {"answered": False, "running": 0, "stopped": 0, **before}
    return {"answered": True, **count, **before}


@_door
def drain(nodes, reason, look=False):
    """
    Drain nodes.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.drain 'vn[01-02]' 'spillway: checkpoint'

    nodes
        Hostlist or list of names.

    reason
        Must begin ``spillway:``.

    Returns ``{"drained": [names], "already": {name: reason}}``: an admin's drain is left as it is.
    """
    names, reason = check.nodes(nodes), check.reason(reason, ours=True)
    return _change(look, "drain", names=names, reason=reason)


@_door
def down(nodes, reason, look=False):
    """
    Set nodes DOWN whose machine is dead, and drain them: Slurm requeues their jobs.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.down vn01 'spillway: its server died'

    nodes
        Hostlist or list of names.

    reason
        Must begin ``spillway:``.

    Returns ``{"down": [names], "already": {name: reason}}``: an admin's DOWN is left as it is, an
    admin's drain keeps its reason.
    """
    names, reason = check.nodes(nodes), check.reason(reason, ours=True)
    return _change(look, "down", names=names, reason=reason)


@_door
def undrain(nodes, asked=False, look=False):
    """
    End our drain of nodes, and our DOWN.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.undrain 'vn[01-02]'

    nodes
        Hostlist or list of names.

    asked
        True ends the drain, too, that a person asked Spillway for; its reason begins
        ``spillway: drain``.

    Returns ``{"undrained": [names], "left": {name: reason}}``: only reasons that begin
    ``spillway:`` are ours. With ``look`` a node that Slurm has not heard from of late is made to
    register, as :py:func:`wake` does.
    """
    names, prefix = check.nodes(nodes), check.OUR_REASON
    answer = _change(look, "undrain", names=names, prefix=prefix, asked=bool(asked))
    silent = [
        node["name"]
        for node in answer.get("site", {}).get("nodes", [])
        if node["name"] in names and "NOT_RESPONDING" in node["states"]
    ]
    for name in silent:
        try:
            minions.ask(__opts__, name, "wake")
        except SpillwayError as exc:
            log.info("%s is not woken: %s", name, exc.message)
    return _looked(bool(silent), answer)


@_door
def suspend_jobs(jobs, look=False):
    """
    Suspend jobs, marked as suspended by Spillway. Their processes stop up to two seconds later: ask
    :py:func:`stopped`.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.suspend_jobs '["12", "13_1"]'

    jobs
        Job ids.

    Returns ``{"done": [ids], "skipped": {id: why}}``.
    """
    return _change(look, "suspend", ids=check.jobs(jobs), ours=True)


@_door
def resume_jobs(jobs, look=False):
    """
    Resume suspended jobs.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.resume_jobs '["12", "13_1"]'

    jobs
        Job ids.

    Returns ``{"done": [ids], "skipped": {id: why}}``.
    """
    return _change(look, "resume", ids=check.jobs(jobs))


@_door
def release_jobs(jobs, look=False):
    """
    Release jobs that were suspended when they lost their node: Slurm holds them.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.release_jobs '["12", "13_1"]'

    jobs
        Job ids.

    Returns ``{"done": [ids], "skipped": {id: why}}``: those that are not held, or held by their
    user, are skipped.
    """
    return _change(look, "release", ids=check.jobs(jobs))


@_door
def requeue(job, user=None, nodes=None, started=None, look=False):
    """
    Take a job off its nodes, to start anew later; what it did is lost. The job must be the one that
    was meant: ids are used again, and a job may have begun anew elsewhere.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.requeue 12 user=alice nodes='vn[01-02]' started=1800000000

    job
        Its id.

    user
        Whose it must be; default anybody's.

    nodes
        Hostlist or list of all the nodes it must be on; default any.

    started
        The second since 1970 when it must have begun; default any.

    Returns ``{"ended": id}`` when Slurm has accepted. ``not-found``: it is on no node any more.
    ``refused``: it is another one, somebody holds it, it is suspended, or it may not start anew.
    """
    return _change(look, "requeue", **_meant(job, user, nodes, started))


@_door
def cancel(job, user=None, nodes=None, started=None, look=False):
    """
    End a job for good. It must be the one that was meant, as for :py:func:`requeue`.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.cancel 12 user=alice nodes='vn[01-02]' started=1800000000

    job
        Its id.

    user
        Whose it must be; default anybody's.

    nodes
        Hostlist or list of all the nodes it must be on; default any.

    started
        The second since 1970 when it must have begun; default any.

    Returns ``{"ended": id}`` when Slurm has accepted. ``not-found``: it is on no node any more.
    ``refused``: it is another one, or somebody holds or has suspended it; a job that
    :py:func:`suspend_jobs` has suspended is ended.
    """
    return _change(look, "cancel", **_meant(job, user, nodes, started))


def _meant(job, user, nodes, started):
    return {
        "job": check.job(job),
        "user": None if user is None else check.user(user),
        "nodes": None if nodes is None else check.nodes(nodes),
        "started": None if started is None else check.epoch(started),
    }


@_door
def wake(node, look=False):
    """
    Make a node's slurmd register, unless Slurm hears it by itself within 3 s. Returns ``{}``.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.wake vn01

    node
        Its name.
    """
    name = check.name(node)
    if not _ask_controller("heard", names=[name]):
        minions.ask(__opts__, name, "wake")
    return _looked(look, {})


@_door
def create(name, profile, metadata=None, host=None, look=False):
    """
    Create a server by its salt-cloud profile; wait until Nova has made it ACTIVE.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.create vn01 htc metadata='{"spillway:goal": "READY"}'

    name
        One of the names among the profile's addresses.

    profile
        The profile.

    metadata
        Texts for the server, beside those of the profile.

    host
        The hypervisor to make it on. Default, and where Nova does not let us name one: its choice.

    Returns ``{"uuid": id, "address": ip}``. Refused, with its id, if the server exists. After any
    error nothing is left of the attempt.
    """
    check.name(name)
    check.name(profile, "profile name")
    if host is not None:
        check.name(host, "host name")
    made = _provisioning().create(__opts__, name, profile, check.metadata(metadata), host)
    return _looked(look, made)


@_door
def destroy(name, uuid=None, look=False):
    """
    Remove a server, its port and its minion key. Doing it again is no error.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.destroy vn01 8d3fbb6a-31cc-4d5a-9a2c-0a3d5f0f4a11

    name
        The server's name.

    uuid
        Its id; refused if the server with this id has another name. None: only a port and a key
        that are left over, refused if a server of this name exists.

    Returns ``{"deleted": [what was there, of "server", "port", "key"]}``.
    """
    check.name(name)
    uuid = None if uuid is None else check.uuid(uuid)
    return _looked(look, _provisioning().destroy(__opts__, name, uuid))


@_door
def highstate(node, timeout=300, look=False):
    """
    Apply a node's states.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.highstate vn01 timeout=600

    node
        Its name.

    timeout
        Seconds, default 300.

    Returns ``{"changed": n, "unchanged": n, "seconds": s}``; if a state failed: an error with the
    first such state's id and comment.
    """
    check.name(node)
    longest = check.seconds(timeout, most=7200)
    began = time.monotonic()
    # a run that is under way (a start-up highstate, say) is waited for
    result = minions.call(__opts__, node, "state.apply", kwarg={"queue": True}, timeout=longest)
    took = round(time.monotonic() - began, 1)
    return _looked(look, {**digest.states(node, result), "seconds": took})


@_door
def delete_node(node, look=False):
    """
    Remove a dynamic node from Slurm; its slurmd is stopped first if the node answers.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.delete_node vn01

    node
        Its name. Refused while jobs are on it or if it stands in slurm.conf.

    Returns ``{"deleted": bool}``: False if Slurm has no such node.
    """
    check.name(node)
    seen = _ask_controller("site", names=[node])
    if not seen["nodes"]:
        return _looked(look, {"deleted": False})
    if not seen["nodes"][0]["dynamic"]:
        raise SpillwayError(REFUSED, f"node {node} is not dynamic: its place is slurm.conf", node)
    busy = [
        job["id"]
        for job in seen["jobs"]
        if node in job["nodes"] and any(state in _ON_NODE for state in job["states"])
    ]
    if busy:
        raise SpillwayError(REFUSED, f"jobs are on node {node}: {', '.join(busy)}", node)
    try:
        minions.ask(__opts__, node, "stop_slurmd", timeout=_PATIENCE)
    except SpillwayError as exc:
        if exc.kind != UNREACHABLE:
            raise
    return _change(look, "delete_node", name=node)


@_door
def profiles():
    """
    Return the salt-cloud profiles: provider, image, size, network and the names they are for.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.profiles
    """
    return _provisioning().profiles(__opts__)


@_door
def doctor(leave=None, timeout=20):
    """
    Return the facts by which ``spillway doctor`` judges a site. Changes nothing.

    CLI Example:

    .. code-block:: bash

        salt-run spillway.doctor leave='vn[01-02]'

    leave
        Nodes not to be asked, as a hostlist or list of names; nodes that Slurm does not hear are
        left anyhow, and those that Spillway has drained.

    timeout
        Seconds, default 20, that the controller and all nodes together may take, each.

    Returns ``controller``, ``master``, ``profiles``, ``minions``, ``nodes`` and ``left``. Each fact
    is ``{"value": …}`` or ``{"unknown": why}``.
    """
    names = set() if leave is None else set(check.nodes(leave))
    longest = check.seconds(timeout, most=45)
    return _doctor.examine(__opts__, _controller(), names, longest, _profiles)


def _profiles():
    return _provisioning().profiles(__opts__)
