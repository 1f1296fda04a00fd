"""
Checks of arguments. Nothing is executed before its arguments have passed here.
"""

from __future__ import annotations

import ipaddress
import re
import uuid as _uuid
from typing import Any

from saltext.spillway.utils import hostlist
from saltext.spillway.utils.errors import BAD_INPUT, SpillwayError

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_JOB = re.compile(r"[1-9][0-9]{0,9}(?:_[0-9]{1,10})?")
_USER = re.compile(r"[^\x00-\x1f\x7f]{1,100}")  # only compared, so a domain's \ may be in it
_TEXT = re.compile(r"[^\x00-\x1f\x7f'\"\\]{1,200}")
_METADATA_KEY = re.compile(r"[A-Za-z0-9_.: -]{1,255}")

OUR_REASON = "spillway:"


def _text(value: object) -> str | None:
    # bool is an int; a caller who sends one means something else
    return value if isinstance(value, str) else None


def name(value: Any, what: str = "node name") -> str:
    """Return ``value`` if it is a plain name: letters, digits, ``. _ -``, at most 63 of them."""
    if not _text(value) or not _NAME.fullmatch(value) or ".." in value:
        raise SpillwayError(
            BAD_INPUT,
            f"{value!r} is not a {what}: use letters, digits, '.', '_' and '-', at most 63",
        )
    return value


def nodes(value: Any, what: str = "nodes") -> list[str]:
    """Return the list of names in a hostlist or in a list of hostlists; at least one."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, (list, tuple)) or not value:
        raise SpillwayError(BAD_INPUT, f"{what} must be a hostlist or a list of names: {value!r}")
    names: dict[str, None] = {}
    for item in value:
        if not _text(item):
            raise SpillwayError(BAD_INPUT, f"{item!r} in {what} is not a hostlist")
        for one in hostlist.expand(item):
            names[name(one)] = None
    return list(names)


def jobs(value: Any) -> list[str]:
    """Return a list of job ids as strings: ``12`` or, for a task of an array, ``12_3``."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        value = str(value).split(",")
    if not isinstance(value, (list, tuple)):
        raise SpillwayError(BAD_INPUT, f"jobs must be a list of job ids: {value!r}")
    ids: dict[str, None] = {}
    for item in value:
        text = str(item)
        if isinstance(item, bool) or not _JOB.fullmatch(text):
            raise SpillwayError(BAD_INPUT, f"{item!r} is not a job id; write 12 or 12_3")
        ids[text] = None
    return list(ids)


def job(value: Any) -> str:
    """Return one job id as a string."""
    ids = jobs([value])
    return ids[0]


def user(value: Any) -> str:
    """Return ``value`` if it can be a user's name, or the number of one that has none."""
    if not _text(value) or not _USER.fullmatch(value):
        raise SpillwayError(BAD_INPUT, f"{value!r} is not a user's name")
    return value


def epoch(value: Any) -> int:
    """Return ``value`` as whole seconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SpillwayError(BAD_INPUT, f"{value!r} is not a time in whole seconds since 1970")
    return value


def reason(value: Any, ours: bool = False) -> str:
    """Return ``value`` if it can be a reason in Slurm; ``ours``: it must begin ``spillway:``."""
    if not _text(value) or not _TEXT.fullmatch(value):
        raise SpillwayError(
            BAD_INPUT,
            f"reason {value!r} must be 1 to 200 characters without quotes, backslashes, newlines",
        )
    if ours and not value.startswith(OUR_REASON):
        raise SpillwayError(BAD_INPUT, f"reason {value!r} must begin with {OUR_REASON!r}")
    return value


def uuid(value: Any) -> str:
    """Return ``value`` as a canonical UUID."""
    try:
        return str(_uuid.UUID(value))
    except (ValueError, TypeError, AttributeError):
        raise SpillwayError(BAD_INPUT, f"{value!r} is not a server's UUID") from None


def address(value: Any) -> str:
    """Return ``value`` as an IP address in its usual spelling."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise SpillwayError(BAD_INPUT, f"{value!r} is not an IP address") from None


def seconds(value: Any, least: float = 1, most: float = 3600, what: str = "timeout") -> float:
    """Return ``value`` as a number of seconds between ``least`` and ``most``."""
    try:
        number = float(value) if not isinstance(value, bool) else -1
    except (TypeError, ValueError):
        number = -1
    if not least <= number <= most:
        raise SpillwayError(BAD_INPUT, f"{what} {value!r} must be {least} to {most} seconds")
    return number


def metadata(value: Any) -> dict[str, str]:
    """Return ``value`` if Nova can hold it: text of at most 255 characters by text keys."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SpillwayError(BAD_INPUT, f"metadata must be a mapping of text to text: {value!r}")
    for key, text in value.items():
        if not _text(key) or not _METADATA_KEY.fullmatch(key):
            raise SpillwayError(BAD_INPUT, f"{key!r} is not a metadata key")
        if not isinstance(text, str) or len(text) > 255:  # noqa: PLR2004 Nova's own limit
            raise SpillwayError(BAD_INPUT, f"metadata {key} must be text of at most 255 characters")
    return dict(value)
