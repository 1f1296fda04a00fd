"""
The one exception of this extension's utilities.

Modules turn it into ``CommandExecutionError``, the driver into ``SaltCloudSystemExit``,
the runner into ``{"ok": false, "error": {...}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BAD_INPUT = "bad-input"  # the caller asked for something that cannot be meant
NOT_FOUND = "not-found"
REFUSED = "refused"  # the state of things forbids it
UNREACHABLE = "unreachable"  # a minion is silent or slurmctld does not answer
UNAVAILABLE = "unavailable"  # the cloud's API does not answer or says 5xx
NO_CAPACITY = "no-capacity"  # no valid host, or a quota is used up
FAILED = "failed"  # everything else

KINDS = (BAD_INPUT, NOT_FOUND, REFUSED, UNREACHABLE, UNAVAILABLE, NO_CAPACITY, FAILED)

_LONGEST = 500


def one_line(text: object) -> str:
    """Return ``text`` on one line, without control characters, at most 500 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


class SpillwayError(Exception):
    """
    Something did not work.

    kind
        One of ``KINDS``.

    message
        One line that says what is wrong and, for bad input, what would be right.

    subject
        The node, job or server concerned, or None.
    """

    def __init__(self, kind: str | None, message: str, subject: str | None = None) -> None:
        super().__init__(one_line(message))
        self.kind: str = kind if kind in KINDS else FAILED
        self.subject = subject

    def __reduce__(self) -> tuple:  # salt-cloud asks its providers in other processes
        return type(self), (self.kind, self.message, self.subject)

    @property
    def message(self) -> str:
        return self.args[0]

    def as_dict(self) -> dict[str, str | None]:
        return {"kind": self.kind, "message": self.message, "subject": self.subject}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SpillwayError:
        """The inverse of :meth:`as_dict`; tolerates missing keys."""
        return cls(data.get("kind"), data.get("message") or "unknown error", data.get("subject"))
