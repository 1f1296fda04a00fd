"""
Slurm's reservations.
"""

import re
import time

from saltext.spillway.utils import check, hostlist, slurm
from saltext.spillway.utils.errors import BAD_INPUT, NOT_FOUND, REFUSED, SpillwayError
from saltext.spillway.utils.partitions import seconds

# What a reservation may be given, by Slurm's names.
_SETTINGS = {
    "start": "StartTime",
    "end": "EndTime",
    "duration": "Duration",
    "nodes": "Nodes",
    "node_count": "NodeCnt",
    "partition": "PartitionName",
    "features": "Features",
    "users": "Users",
    "accounts": "Accounts",
    "groups": "Groups",
    "licenses": "Licenses",
    "flags": "Flags",
}
_LISTS = ("users", "accounts", "groups", "flags")

# Slurm sets these by itself, from how the nodes were named.
_DERIVED = {"SPEC_NODES", "ALL_NODES", "PART_NODES"}

_WORD = re.compile(r"[^\s'\"\\=\x00-\x1f\x7f]{1,1000}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


def parse(fields):
    """One reservation in our shape; moments are seconds since 1970."""
    nodes = fields.get("Nodes")
    return {
        "name": fields["ReservationName"],
        "state": fields.get("State", ""),
        "start_time": int(fields["StartTime"]),
        "end_time": int(fields["EndTime"]),
        "duration": seconds(fields.get("Duration", "")),
        "nodes": hostlist.expand(nodes) if nodes else [],
        "node_count": int(fields.get("NodeCnt") or 0),
        "cores": int(fields.get("CoreCnt") or 0),
        "partition": fields.get("PartitionName", ""),
        "features": fields.get("Features", ""),
        "licenses": fields.get("Licenses", ""),
        **{key: _words(fields.get(_SETTINGS[key], "")) for key in _LISTS},
    }


def _words(text):
    return sorted(word for word in text.split(",") if word)


def reservations(name=None):
    """Return all reservations, or the one of this name in a list; an unknown one: not-found."""
    found = [parse(fields) for fields in slurm.lines("reservation")]
    if name is None:
        return found
    found = [one for one in found if one["name"] == name]
    if not found:
        raise SpillwayError(NOT_FOUND, f"Slurm knows no reservation {name}", subject=name)
    return found


def _one(name):
    check.name(name, "reservation's name")
    return next((one for one in reservations() if one["name"] == name), None)


def moment(value):
    """
    Return seconds since 1970 of ``2026-12-24T08:00:00`` (this machine's local time) or of a number
    of such seconds; None for what Slurm reckons from now, such as ``now+1hour``.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return check.epoch(value)
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    text = value if value.count(":") > 1 else value + ":00"
    try:
        return int(time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        raise SpillwayError(BAD_INPUT, f"{value!r} is no moment of the calendar") from None


def duration(value):
    """Return seconds of minutes (``90``), ``1:30:00`` or ``2-00:00:00``; None: any else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value * 60
    text = str(value)
    return int(text) * 60 if text.isdigit() else seconds(text)


def wanted(settings):
    """
    Return settings as a reservation shows them: only what is given and can be compared.

    Raises ``bad-input`` for an unknown one.
    """
    shown = {}
    for key, value in _given(settings).items():
        if key == "start":
            shown["start_time"] = moment(value)
        elif key == "end":
            shown["end_time"] = moment(value)
        elif key == "duration":
            shown["duration"] = duration(value)
        elif key == "nodes":
            shown["nodes"] = None if value == "ALL" else check.nodes(value)
        elif key in _LISTS:
            shown[key] = _words(_text(key, value))
        elif key == "node_count":
            shown[key] = int(value) if str(value).isdigit() else None
        else:
            shown[key] = _text(key, value)
    return {key: value for key, value in shown.items() if value is not None}


def _given(settings):
    unknown = [key for key in settings if key not in _SETTINGS]
    if unknown:
        known = ", ".join(_SETTINGS)
        raise SpillwayError(BAD_INPUT, f"a reservation has no {unknown[0]!r}; known are: {known}")
    return {key: value for key, value in settings.items() if value is not None}


def differences(found, settings):
    """Return ``{key: {"old": …, "new": …}}`` of what a reservation has not as wanted."""
    changes = {}
    for key, new in wanted(settings).items():
        old = found[key]
        if key == "flags":
            old = [flag for flag in old if flag not in _DERIVED or flag in new]
        if sorted(old) != sorted(new) if isinstance(new, list) else old != new:
            changes[key] = {"old": old, "new": new}
    return changes


def create(name, **settings):
    """Create a reservation; refused if there is one of this name."""
    words = _command(settings)
    if _one(name):
        raise SpillwayError(REFUSED, f"reservation {name} exists already", subject=name)
    slurm.tell("scontrol", "create", "reservation", f"ReservationName={name}", *words, subject=name)
    return True


def update(name, **settings):
    """
    Change a reservation where it is not as wanted; return what changed, as :func:`differences`.

    Flags are made exactly those given, but for the ones that Slurm sets by itself.
    """
    found = _one(name)
    if found is None:
        raise SpillwayError(NOT_FOUND, f"Slurm knows no reservation {name}", subject=name)
    changes = differences(found, settings)
    shown = {"start": "start_time", "end": "end_time"}
    changed = {
        key: value
        for key, value in _given(settings).items()
        if shown.get(key, key) in changes and key != "flags"
    }
    if "start" in changed and settings.get("end") is not None:
        changed["end"] = settings["end"]  # Slurm moves the end with the start
    orders = [_command(changed)] if changed else []
    flags = changes.get("flags", {"old": [], "new": []})
    for sign, some, others in (("-", "old", "new"), ("+", "new", "old")):
        words = [flag for flag in flags[some] if flag not in flags[others]]
        if words:
            orders.append([f"Flags={sign}{','.join(words)}"])
    for words in orders:
        slurm.tell("scontrol", "update", f"ReservationName={name}", *words, subject=name)
    return changes


def delete(name):
    """Remove a reservation. Returns False if there is none of this name."""
    if _one(name) is None:
        return False
    slurm.tell("scontrol", "delete", f"ReservationName={name}", subject=name)
    return True


def _command(settings):
    """The settings as ``scontrol`` takes them."""
    words = []
    for key, value in _given(settings).items():
        at = moment(value) if key in ("start", "end") else None
        if at is not None:
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(at))
        elif key == "nodes" and value != "ALL":
            text = hostlist.fold(check.nodes(value))
        else:
            text = _text(key, value)
        words.append(f"{_SETTINGS[key]}={text}")
    return words


def _text(key, value):
    text = ",".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
    if text and not _WORD.fullmatch(text):
        raise SpillwayError(BAD_INPUT, f"{key} {value!r} must have no spaces, quotes or '='")
    return text
