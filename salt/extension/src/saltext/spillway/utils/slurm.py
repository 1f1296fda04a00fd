"""
Slurm's own tools: asked with ``--json``, told with ``scontrol``.

What they print differs between releases (22.05 writes plain numbers and lower-case states,
24.11 writes ``{"set": …, "number": …}`` and lists); everything above this module sees one shape.
"""

import contextlib
import contextvars
import json
import re
import time

from saltext.spillway.utils import check, command, hostlist
from saltext.spillway.utils.errors import (
    FAILED,
    NOT_FOUND,
    REFUSED,
    UNREACHABLE,
    SpillwayError,
)

# How to ask each release, the newest first: (from release, data_parser). 25.11 no longer has
# v0.0.40; before 23.11 the shape is the release's own, before 23.02 scontrol knows no --json.
_PARSERS = (((25, 11), "=v0.0.42"), ((23, 11), "=v0.0.40"), ((23, 2), ""))
_QUESTIONS = {"nodes": ["scontrol", "show", "nodes"], "jobs": ["scontrol", "show", "jobs"]}
_OLD_QUESTIONS = {"nodes": ["sinfo"], "jobs": ["squeue", "--states=all"]}

# What Slurm says, and what it means. The first match counts.
_ERRORS = (
    ("Unable to contact slurm controller", UNREACHABLE),
    ("Unable to establish control machine address", UNREACHABLE),
    ("Socket timed out", UNREACHABLE),
    ("Zero Bytes were transmitted", UNREACHABLE),
    ("Connection refused", UNREACHABLE),
    ("Transport endpoint", UNREACHABLE),
    ("Protocol authentication error", UNREACHABLE),
    ("Invalid authentication credential", UNREACHABLE),
    ("Unable to establish configuration source", UNREACHABLE),
    ("Invalid node name", NOT_FOUND),
    ("Invalid job id", NOT_FOUND),
    ("Unexpected message received for job", NOT_FOUND),  # 24.11's way to say that
    ("Node not found", NOT_FOUND),
    ("Requested reservation is invalid", NOT_FOUND),
    ("overlaps with another reservation", REFUSED),
    ("Requested nodes are busy", REFUSED),
    ("Invalid node state", REFUSED),
    ("already exists", REFUSED),
    ("Job is pending execution", REFUSED),
    ("already completing or completed", REFUSED),
    ("Requested operation is presently disabled", REFUSED),
    ("Only batch jobs are accepted", REFUSED),
    ("Job is no longer suspended", REFUSED),
    ("Transition between states", REFUSED),
)

# So begins our reason for a drain that a person asked for: it is theirs.
_ASKED = check.OUR_REASON + " drain"

# So a job's AdminComment says that we suspend it, and in which second: Slurm tells nobody who did.
_MARK = re.compile(r" ?\bspillway:suspended@([0-9]+)")

# Seconds from the mark to the suspension it tells of: scontrol's patience and a little, and less
# than none where the minion and slurmctld are on two machines with two clocks.
_SUSPENDED_AFTER = (-2, 15)

_ACTIVE = {"RUNNING", "SUSPENDED", "COMPLETING", "CONFIGURING", "STAGE_OUT", "SIGNALING", "STOPPED"}
_GIVEN_UP = {"DOWN", "POWERED_DOWN"}
_UNHEARD = _GIVEN_UP | {"NOT_RESPONDING"}
_MINUTE = 60
# So long, in seconds, the site tells of a job that is over: for whoever looks now and then. Slurm's
# MinJobAge may be days, and all their jobs would be in every answer.
_NEWS = 10 * _MINUTE
# One part of an array's task ids.
_TASKS = re.compile(r"(\d+)(?:-(\d+)(?::(\d+))?)?")

# What a job's field has when it says nothing; 0 counts as False.
_EMPTY = (None, "", False)
_NOTHING = {"exit_code": "0:0", "node_count": 1, "tasks": 1}

_UNLIMITED = 0xFFFFFFFF
_NO_VALUE = 0xFFFFFFFE


def error(text, subject=None):
    """Return the SpillwayError that fits what one of Slurm's tools printed."""
    kind = next((kind for sign, kind in _ERRORS if sign.lower() in text.lower()), FAILED)
    # scontrol often says the same in several lines; the last one names the cause
    lines = [line for line in text.splitlines() if line.strip()] or ["no message"]
    return SpillwayError(kind, "Slurm: " + lines[-1], subject)


def call(*argv, timeout=10, subject=None, **environment):
    """Run one of Slurm's tools, with more in its environment, and return its standard output."""
    code, out, err = command.run(list(argv), timeout=timeout, environment=environment)
    if code:
        raise error(err.strip() or out, subject)
    return out


_dry = contextvars.ContextVar("dry", default=False)


@contextlib.contextmanager
def dry_run(dry=True):
    """Within it nothing is changed in Slurm: what a function returns is what it would do."""
    token = _dry.set(bool(dry))
    try:
        yield
    finally:
        _dry.reset(token)


def tell(*argv, timeout=10, subject=None):
    """Run one of Slurm's tools that changes something; not in a dry run."""
    if not _dry.get():
        call(*argv, timeout=timeout, subject=subject)


def query(what, timeout=20):
    """Return the records of all ``nodes`` or ``jobs`` as Slurm's JSON has them."""
    release = tuple(int(part) for part in version().split(".")[:2] if part.isdigit())
    parser = next((parser for since, parser in _PARSERS if release >= since), None)
    if parser is None:
        argv = [*_OLD_QUESTIONS[what], "--json"]
    else:
        argv = [*_QUESTIONS[what], f"--json{parser}"]
    code, out, err = command.run(argv, timeout=timeout)
    try:
        data = json.loads(out) if out.strip() else {}
    except ValueError:
        data = {}
    # 22.05 answers with exit code 0 and an error inside when slurmctld is away
    said = "\n".join(
        str(item.get("error") or item.get("description")) for item in data.get("errors") or []
    )
    if code or said or not isinstance(data.get(what), list):
        raise error(err.strip() or said or f"{argv[0]} gave no {what}")
    return data[what]


_FIELD = re.compile(r"(?:^| )([A-Z][A-Za-z:/]*)=")
_NO_TEXT = ("(null)", "N/A", "n/a", "NONE")


def lines(what):
    """
    Return what ``scontrol --oneliner show`` says of ``partition`` or ``reservation``, a dict each.

    22.05 has no JSON for these, and that of 24.11 leaves out which partition is the default; the
    lines are the same in both. Moments are whole seconds since 1970.
    """
    out = call("scontrol", "--oneliner", "show", what, SLURM_TIME_FORMAT="%s")
    return [_fields(line) for line in out.splitlines() if "=" in line]


def _fields(line):
    marks = list(_FIELD.finditer(line))
    ends = [mark.start() for mark in marks[1:]] + [len(line)]
    values = {m[1]: line[m.end() : end].strip() for m, end in zip(marks, ends)}
    return {key: "" if value in _NO_TEXT else value for key, value in values.items()}


def number(value):
    """Return a JSON number of either shape as int, None if it is unset or infinite."""
    if isinstance(value, dict):
        if not value.get("set") or value.get("infinite"):
            return None
        value = value.get("number")
    if value is None or value in (_UNLIMITED, _NO_VALUE):
        return None
    return int(value)


def _words(value):
    """A list from a list or from a comma separated text."""
    if isinstance(value, str):
        value = value.split(",")
    return [word for word in value or [] if word and word != "(null)"]


def _states(record, state, flags):
    value = record.get(state) or []
    words = [value] if isinstance(value, str) else list(value)
    return [word.upper() for word in words + list(record.get(flags) or [])]


def parse_node(record):
    """One node of ``scontrol show nodes --json`` in our shape."""
    states = _states(record, "state", "state_flags")
    return {
        "name": record.get("name") or "",
        "address": record.get("address") or "",
        "hostname": record.get("hostname") or "",
        "states": states,
        "reason": record.get("reason") or "",
        "features": _words(record.get("features")),
        "partitions": _words(record.get("partitions")),
        "cpus": number(record.get("cpus")),
        "memory_mb": number(record.get("real_memory")),
        "comment": record.get("comment") or "",
        "extra": record.get("extra") or "",
        "dynamic": any(word.startswith("DYNAMIC") for word in states),
        "boot_time": number(record.get("boot_time")) or None,
    }


def parse_job(record, now):
    """One job of ``scontrol show jobs --json`` in our shape; ``now`` is the controller's time."""
    job_id = number(record.get("job_id"))
    array, task = number(record.get("array_job_id")), number(record.get("array_task_id"))
    states = _states(record, "job_state", "job_state_flags")
    limit = number(record.get("time_limit"))
    nodes = record.get("nodes") or ""
    return {
        "id": f"{array}_{task}" if array and task is not None else str(job_id),
        "job_id": job_id,
        "name": record.get("name") or "",
        "user": record.get("user_name") or str(record.get("user_id") or ""),
        "partition": record.get("partition") or "",
        "states": states,
        "nodes": hostlist.expand(nodes) if nodes and nodes != "(null)" else [],
        "run_time": _run_time(record, states, now),
        "time_limit": None if limit is None else limit * _MINUTE,
        "suspend_time": number(record.get("suspend_time")) or None,
        "submit_time": number(record.get("submit_time")) or None,
        "start_time": number(record.get("start_time")) or None,
        "end_time": number(record.get("end_time")) or None,
        "exit_code": _exit_code(record.get("exit_code")),
        "reason": _reason(record.get("state_reason")),
        "priority": number(record.get("priority")),
        "ours": _ours(record, states),
        **_request(record),
    }


def _tasks(record):
    """
    How many tasks of a job array, that may run at once, one pending record stands for.

    ``2-9:2,12%3``: tasks 2, 4, 6, 8 and 12, at most three at once.
    """
    text, _, most = str(record.get("array_task_string") or "").partition("%")
    count = 0
    for part in text.split(","):
        match = _TASKS.fullmatch(part)
        if match:
            first, last, step = match.groups()
            count += (int(last or first) - int(first)) // int(step or 1) + 1
    return max(1, min(count, int(most)) if most.isdigit() and int(most) else count)


def _request(record):
    """What the job asked for."""
    nodes = number(record.get("node_count")) or 1
    cpus = number(record.get("cpus")) or 1
    per_node = number(record.get("memory_per_node"))
    per_cpu = number(record.get("memory_per_cpu"))
    return {
        "account": record.get("account") or "",
        "qos": record.get("qos") or "",
        "node_count": nodes,
        "cpus": cpus,
        "memory_mb": per_node * nodes if per_node is not None else (per_cpu or 0) * cpus,
        "features": record.get("features") or "",
        "requeue": bool(record.get("requeue")),
        "tasks": _tasks(record),
    }


def _ours(record, states):
    """Whether it is suspended, and that began just after we left our mark."""
    mark = _MARK.search(record.get("admin_comment") or "")
    since = number(record.get("suspend_time"))
    if not mark or not since or "SUSPENDED" not in states:
        return False
    least, most = _SUSPENDED_AFTER
    return least <= since - int(mark[1]) <= most


def _run_time(record, states, now):
    """Seconds run so far without the time suspended, as squeue counts them."""
    start = number(record.get("start_time")) or 0
    suspended_at = number(record.get("suspend_time")) or 0
    before = number(record.get("pre_sus_time")) or 0
    if "PENDING" in states or not start:
        return 0
    if "SUSPENDED" in states:
        return before
    ended = None if "RUNNING" in states else number(record.get("end_time"))
    end = ended or now
    # pre_sus_time is what ran up to the last change, suspend_time is when that was
    return max(0, int(end - suspended_at + before if suspended_at else end - start))


def _exit_code(value):
    """``status:signal``, as squeue and sacct print it."""
    if isinstance(value, dict):
        signal = value.get("signal") or {}
        # 23.02 and before call them differently
        signal_number = number(signal.get("id", signal.get("signal_id")))
        return f"{number(value.get('return_code')) or 0}:{signal_number or 0}"
    status = number(value) or 0  # 22.05: the raw status of wait(2)
    return f"{status >> 8 & 0xFF}:{status & 0x7F}"


def _reason(value):
    return "" if value in (None, "None") else str(value)


def nodes(names=None):
    """Return all nodes, or those of ``names``, in Slurm's order; an unknown name: not-found."""
    found = [parse_node(record) for record in query("nodes")]
    if names is None:
        return found
    _must_exist(names, found)
    return [node for node in found if node["name"] in names]


def _must_exist(names, found):
    known = {node["name"] for node in found}
    missing = [name for name in names if name not in known]
    if missing:
        raise SpillwayError(
            NOT_FOUND, f"Slurm knows no node {hostlist.fold(missing)}", subject=missing[0]
        )


def jobs(names=None):
    """Return all jobs that slurmctld still knows, or those on ``names`` and all pending ones."""
    now = time.time()
    records = query("jobs")
    parsed = [parse_job(record, now) for record in records]
    if names is None:
        return parsed
    wanted = set(names)
    return [job for job in parsed if "PENDING" in job["states"] or wanted & set(job["nodes"])]


def site(names=None):
    """
    Return time, nodes and jobs in one answer; nodes that Slurm does not know are left out.

    So are jobs that have been over for ten minutes. A job has no field that says nothing: thousands
    of them may wait.
    """
    found = nodes()
    if names is not None:
        found = [node for node in found if node["name"] in names]
    seconds = time.time()
    told = [_short(job) for job in jobs(names) if not _long_over(job, seconds)]
    return {"time": seconds, "nodes": found, "jobs": told}


def _long_over(job, now):
    over = not (_ACTIVE | {"PENDING"}) & set(job["states"])
    return over and now - (job["end_time"] or now) > _NEWS


def _short(job):
    return {
        key: value
        for key, value in job.items()
        if value not in _EMPTY and value != _NOTHING.get(key, _EMPTY)
    }


def suspend(ids, ours=False):
    """
    Suspend jobs, not in the moment in which one starts a step; see :func:`_each`. ``ours``: each
    is marked before as suspended by Spillway.
    """
    if not _dry.get():
        _let_steps_start(check.jobs(ids))
    return _each("suspend", ids, _marker() if ours else None)


# A step that is this young may still be on its way to its nodes; for so long is that waited for.
_YOUNG, _PATIENCE, _GLANCE = 2, 4, 0.2
# 12.0 and 14_1.0, not 12.batch, which starts with its job
_STEP = re.compile(r"^[0-9_+]+\.[0-9]+ ([0-9]+)$", re.MULTILINE)


def _let_steps_start(ids):
    """
    Wait until none of these jobs has a step that may just be starting.

    An ``srun`` that Slurm stops in the midst of it goes on a minute after its job (slurmd waits
    for its answer), or ends its job: what the step is to show is valid for seconds (cred_expire).
    A suspended job gets no new one, so one that waits for its step is safe. A job that starts step
    after step is suspended all the same, when the patience is over.
    """
    end = time.monotonic() + _PATIENCE
    argv = ["squeue", "--steps", "--noheader", f"--jobs={','.join(ids)}", "--format=%i %S"]
    while time.monotonic() < end:
        try:
            out = call(*argv, SLURM_TIME_FORMAT="%s")
        except SpillwayError:
            return  # who suspends them is told what is wrong, if it concerns that
        if not any(time.time() - int(since) < _YOUNG for since in _STEP.findall(out)):
            return
        time.sleep(_GLANCE)


def _marker():
    """Return a function that marks one job, if it runs, and keeps what else is said of it."""
    comments = {}
    for record in query("jobs"):
        job = parse_job(record, 0)
        if "RUNNING" in job["states"]:
            comments[job["id"]] = _MARK.sub("", record.get("admin_comment") or "")

    def mark(job):
        if job in comments:
            comment = f"{comments[job]} spillway:suspended@{int(time.time())}".lstrip()
            tell("scontrol", "update", f"JobId={job}", f"AdminComment={comment}", subject=job)

    return mark


def resume(ids):
    """Resume suspended jobs; see :func:`_each`."""
    return _each("resume", ids)


def _each(verb, ids, before=None):
    """
    Do it to each job, after ``before`` has been called with its id.

    Return ``{"done": [ids], "skipped": {id: why}}``.

    A job that Slurm refuses is skipped with Slurm's reason; a controller that does not answer
    is an error.
    """
    ids = check.jobs(ids)
    if _dry.get():
        return _foreseen(verb, ids)
    done, skipped = [], {}
    for job in ids:
        try:
            if before:
                before(job)
            tell("scontrol", verb, job, subject=job)
            done.append(job)
        except SpillwayError as exc:
            if exc.kind == UNREACHABLE:
                raise
            skipped[job] = exc.message
    return {"done": done, "skipped": skipped}


def _foreseen(verb, ids):
    """What :func:`_each` would return, as far as the jobs' states tell."""
    needed = {"suspend": "RUNNING", "resume": "SUSPENDED"}[verb]
    known = {job["id"]: job["states"] for job in jobs()}
    done, skipped = [], {}
    for job in ids:
        if job not in known:
            skipped[job] = "Slurm knows no such job"
        elif needed not in known[job]:
            skipped[job] = f"it is {known[job][0]}, not {needed}"
        else:
            done.append(job)
    return {"done": done, "skipped": skipped}


def requeue_all(ids):
    """Requeue jobs; returns ``{"done": [ids], "skipped": {id: why}}``. See :func:`requeue`."""
    done, skipped = [], {}
    for job in check.jobs(ids):
        try:
            requeue(job)
            done.append(job)
        except SpillwayError as exc:
            if exc.kind == UNREACHABLE:
                raise
            skipped[job] = exc.message
    return {"done": done, "skipped": skipped}


def requeue(job, user=None, nodes=None, started=None):
    """
    Take a job off its nodes, to start anew later; what it did is lost. See :func:`_end`.

    Refused if it is suspended: Slurm would hold it from then on.
    """
    return _end(["scontrol", "requeue"], job, user, nodes, started)


def cancel(job, user=None, nodes=None, started=None):
    """End a job for good. See :func:`_end`; one that Spillway has suspended may be ended, too."""
    return _end(["scancel"], job, user, nodes, started)


def _end(tool, job, user, nodes, started):
    """
    Take the job that is meant off its nodes: its id may be another's by now, or it may have begun
    anew elsewhere. ``user``, ``nodes`` and ``started`` (seconds) are how it was when it was meant;
    None leaves one out.

    Returns ``{"ended": id}`` when Slurm has accepted, also if the job is just ending; its processes
    may take Slurm's KillWait. Raises ``not-found`` if it is on no node any more, ``refused`` if it
    is another one, or somebody holds or has suspended it.
    """
    job = check.job(job)
    names = None if nodes is None else check.nodes(nodes)
    found = next((one for one in jobs() if one["id"] == job), None)
    if found is None or not _ACTIVE.intersection(found["states"]):
        raise SpillwayError(NOT_FOUND, f"job {job} is on no node any more", subject=job)
    _must_be_meant(found, user, names, started)
    if "COMPLETING" in found["states"]:
        return {"ended": job}
    if "SUSPENDED" in found["states"]:
        if not found["ours"]:
            raise SpillwayError(REFUSED, f"somebody else has suspended job {job}", subject=job)
        if "requeue" in tool:
            raise SpillwayError(
                REFUSED,
                f"job {job} is suspended: once requeued Slurm would hold it; resume it before",
                subject=job,
            )
    elif found["priority"] == 0:
        # a job that runs has no such priority by itself, only by `scontrol hold`
        raise SpillwayError(REFUSED, f"somebody holds job {job}", subject=job)
    tell(*tool, job, subject=job)
    return {"ended": job}


def _must_be_meant(found, user, names, started):
    differences = []
    if user is not None and found["user"] != user:
        differences.append(f"it is of {found['user']}, not of {user}")
    if names is not None and set(found["nodes"]) != set(names):
        where = hostlist.fold(found["nodes"])
        differences.append(f"it is on {where}, not on {hostlist.fold(names)}")
    if started is not None and found["start_time"] != started:
        differences.append(f"it began at {found['start_time']}, not at {started}")
    if differences:
        raise SpillwayError(
            REFUSED,
            f"job {found['id']} is not the one that was meant: {'; '.join(differences)}",
            subject=found["id"],
        )


def release(ids):
    """
    Release jobs that wait with priority 0, as those do that were suspended when they lost their
    node.

    Returns ``{"done": [ids], "skipped": {id: why}}``: a job that is not held, or that its user
    holds, is skipped; one that Slurm refuses is an error.
    """
    ids = check.jobs(ids)
    known = {job["id"]: job for job in jobs()}
    done, skipped = [], {}
    for job in ids:
        if job not in known:
            skipped[job] = "Slurm knows no such job"
        elif "PENDING" not in known[job]["states"] or known[job]["priority"] != 0:
            skipped[job] = "it is not held"
        elif known[job]["reason"] == "JobHeldUser":
            skipped[job] = "its user holds it"
        else:
            tell("scontrol", "release", job, subject=job)
            done.append(job)
    return {"done": done, "skipped": skipped}


def down(names, reason):
    """
    Set nodes DOWN with ``reason``: Slurm takes the jobs off them, and requeues those that may be.

    They are drained as well, so that none takes jobs before somebody says so, whatever
    ReturnToService is. Returns ``{"down": [names], "already": {name: reason}}``. A node that
    somebody else has drained goes down with the reason it has; one that somebody else has set
    DOWN, or that is DOWN and drained, stands in ``already``.
    """
    names, reason = check.nodes(names), check.reason(reason)
    already, reasons = {}, {}
    for node in nodes(names):
        theirs = _theirs(node, reason)
        if "DOWN" in node["states"] and ("DRAIN" in node["states"] or theirs):
            already[node["name"]] = node["reason"]
        else:
            reasons[node["name"]] = node["reason"] if theirs else reason
    for name, why in reasons.items():
        _update([name], "State=DRAIN", f"Reason={why}")
        _update([name], "State=DOWN", f"Reason={why}")
    return {"down": list(reasons), "already": already}


def _theirs(node, reason):
    """Whether a node is closed for a reason that is neither ours nor slurmctld's own."""
    if not {"DRAIN", "DOWN"}.intersection(node["states"]):
        return False
    old = node["reason"]
    if not old or old.startswith("Not responding"):
        return False
    return old.startswith(_ASKED) or not _may_change(old, reason)


def drain(names, reason):
    """
    Drain nodes with ``reason``.

    Returns ``{"drained": [names], "already": {name: reason}}``. A node that somebody else has
    drained keeps its reason and stands in ``already``; for a reason of ours one that somebody else
    has set DOWN does, too, and one that a person has asked us to drain.
    """
    names, reason = check.nodes(names), check.reason(reason)
    ours = reason.startswith(check.OUR_REASON) and not reason.startswith(_ASKED)
    already = {
        node["name"]: node["reason"]
        for node in nodes(names)
        if (ours and _theirs(node, reason))
        or ("DRAIN" in node["states"] and not _may_change(node["reason"], reason))
    }
    todo = [name for name in names if name not in already]
    if todo:
        _update(todo, "State=DRAIN", f"Reason={reason}")
    return {"drained": todo, "already": already}


def _may_change(old, new):
    if new.startswith(check.OUR_REASON):
        return old.startswith(check.OUR_REASON)
    return old == new


def undrain(names, prefix="", asked=True):
    """
    End the drain of nodes whose reason begins with ``prefix``; with a prefix their DOWN as well.
    Unless ``asked`` a drain stays that a person asked Spillway for.

    Slurm asks a node that it opens to register, and gives it no job before; this waits for it, 3 s
    at most, since the signal to slurmd that is quicker loses a job that just starts (see
    :func:`heard`).

    Returns ``{"undrained": [names], "left": {name: reason}}``; nodes that are not drained count
    as undrained.
    """
    names = check.nodes(names)
    found = nodes(names)
    drained = {n["name"]: n["reason"] for n in found if "DRAIN" in n["states"]}

    def may_end(why):
        return why.startswith(prefix) and (asked or not why.startswith(_ASKED))

    left = {name: why for name, why in drained.items() if not may_end(why)}
    ours_down = [
        n["name"] for n in found if prefix and "DOWN" in n["states"] and may_end(n["reason"])
    ]
    todo = [name for name in drained if name not in left and name not in ours_down]
    if todo:
        _update(todo, "State=UNDRAIN")
    if ours_down:
        _update(ours_down, "State=RESUME")  # Slurm has no word that ends a DOWN alone
    if (todo or ours_down) and not _dry.get():
        heard(todo + ours_down)
    return {"undrained": [name for name in names if name not in left], "left": left}


def heard(names, timeout=3):
    """
    Return whether Slurm hears these nodes, or does so within ``timeout`` seconds.

    A slurmd that gets SIGHUP starts itself anew: a batch job that slurmctld sends it meanwhile is
    requeued, and held (measured with Slurm 24.11). So a node that Slurm hears needs no signal. One
    that is DOWN or powered down gets no job, and is not waited for.
    """
    names = check.nodes(names)
    end = time.monotonic() + timeout
    while True:
        states = set().union(*(node["states"] for node in nodes(names)))
        if not states.intersection(_UNHEARD):
            return True
        if states.intersection(_GIVEN_UP) or time.monotonic() > end:
            return False
        time.sleep(0.1)


def _update(names, *settings):
    tell("scontrol", "update", f"NodeName={hostlist.fold(names)}", *settings, subject=names[0])


def create_node(name, state="CLOUD", **settings):
    """
    Create a dynamic node record; ``settings`` as on a NodeName line, e.g. ``CPUs=2``.

    Refused if the node exists: Slurm 24.11 answers "already exists" and *removes* the node.
    """
    check.name(name)
    if state not in ("CLOUD", "FUTURE"):
        raise SpillwayError("bad-input", f"state {state!r} must be CLOUD or FUTURE")
    words = [f"{check.name(key, 'setting')}={check.reason(str(v))}" for key, v in settings.items()]
    if any(node["name"] == name for node in nodes()):
        raise SpillwayError(REFUSED, f"node {name} exists already", subject=name)
    tell("scontrol", "create", f"NodeName={name}", f"State={state}", *words, subject=name)
    return True


def delete_node(name):
    """
    Remove a dynamic node from Slurm. Returns False if there is none of this name.

    Raises ``refused`` if jobs are on it or if it stands in slurm.conf. Suspended jobs count: Slurm
    24.11 itself removes a node under them.
    """
    check.name(name)
    found = [node for node in nodes() if node["name"] == name]
    if not found:
        return False
    if not found[0]["dynamic"]:
        raise SpillwayError(
            REFUSED, f"node {name} is not dynamic: its place is slurm.conf", subject=name
        )
    busy = jobs_on(name)
    if busy:
        raise SpillwayError(REFUSED, f"jobs are on node {name}: {', '.join(busy)}", subject=name)
    tell("scontrol", "delete", f"NodeName={name}", subject=name)
    return True


def jobs_on(name):
    """Return the ids of the jobs that are on a node (running, suspended, completing, …)."""
    return [
        job["id"]
        for job in jobs([name])
        if name in job["nodes"] and _ACTIVE.intersection(job["states"])
    ]


def update_node(name, address=None, extra=None, comment=None):
    """Change a node's address, its Extra text or its Comment."""
    check.name(name)
    settings = [] if address is None else [f"NodeAddr={check.address(address)}"]
    settings += _texts(Extra=extra, Comment=comment)
    if not settings:
        raise SpillwayError(
            "bad-input", "nothing to change: give an address, an extra or a comment"
        )
    _update([name], *settings)
    return True


def update_job(job, comment=None, admin_comment=None, extra=None):
    """Change what is noted of a job: Comment, AdminComment or Extra (Slurm 23.02 and later)."""
    job = check.job(job)
    settings = _texts(Comment=comment, AdminComment=admin_comment, Extra=extra)
    if not settings:
        raise SpillwayError(
            "bad-input", "nothing to change: give a comment, an admin_comment or an extra"
        )
    tell("scontrol", "update", f"JobId={job}", *settings, subject=job)
    return True


def _texts(**texts):
    return [
        f"{key}={check.reason(text) if text else ''}"
        for key, text in texts.items()
        if text is not None
    ]


def raw_ids(ids):
    """Return ``{"12_3": 15, …}``, Slurm's raw id of each of these jobs it still knows."""
    wanted = set(check.jobs(ids))
    return {job["id"]: job["job_id"] for job in jobs() if job["id"] in wanted}


def ping():
    """Return True if slurmctld answers."""
    try:
        return "UP" in call("scontrol", "ping")
    except SpillwayError:
        return False


def config():
    """Return slurm.conf as slurmctld uses it: ``{"SlurmctldTimeout": "120 sec", …}``."""
    pairs = (line.split("=", 1) for line in call("scontrol", "show", "config").splitlines())
    return {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) > 1}


def reconfigure():
    """Let slurmctld and all slurmd read their configuration again."""
    tell("scontrol", "reconfigure", timeout=60)
    return True


def version():
    """Return the version of Slurm's tools here, e.g. ``24.11.5``."""
    words = call("scontrol", "--version").split()
    return words[-1] if words else ""
