"""
MUNGE credentials, to prove that two machines share a key and agree about the time.
"""

from __future__ import annotations

import os
import pwd
import re
from typing import Any

from saltext.spillway.utils import command
from saltext.spillway.utils.errors import BAD_INPUT, FAILED, SpillwayError

_CREDENTIAL = re.compile(r"MUNGE:[A-Za-z0-9+/=]{16,4096}:")
_STATUS = re.compile(r"^STATUS:\s*(.+?)\s*\((\d+)\)", re.MULTILINE)
_FIELD = re.compile(r"^([A-Z_]+):\s*(.*)$", re.MULTILINE)


def encode(ttl: int = 60) -> str:
    """
    Return a credential without payload that only root may decode, valid ``ttl`` seconds.

    It is made in the name of ``nobody``: it travels through Salt, and a credential of root would
    let its reader speak to Slurm as root.
    """
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    code, out, err = command.run(
        ["munge", "--no-input", f"--ttl={int(ttl)}", "--restrict-uid=0"], timeout=5, **identity
    )
    if code or not _CREDENTIAL.fullmatch(out.strip()):
        raise SpillwayError(FAILED, err.strip() or "munge made no credential")
    return out.strip()


def decode(credential: Any) -> dict[str, Any]:
    """
    Return ``{"valid": bool, "code": n, "status": text, "encode_time": s, "decode_time": s}``.

    A credential that munge rejects (expired, rewound, wrong key) is an answer, not an error;
    times are seconds since 1970 or None. Raises ``failed`` if munged does not answer.
    """
    if not isinstance(credential, str) or not _CREDENTIAL.fullmatch(credential):
        raise SpillwayError(BAD_INPUT, "not a MUNGE credential")
    _, out, err = command.run(["unmunge"], timeout=5, stdin=credential)
    status = _STATUS.search(out)
    if not status:
        raise SpillwayError(FAILED, err.strip() or "unmunge gave no status")
    fields = dict(_FIELD.findall(out))
    return {
        "valid": status[2] == "0",
        "code": int(status[2]),
        "status": status[1],
        "encode_time": _time(fields.get("ENCODE_TIME")),
        "decode_time": _time(fields.get("DECODE_TIME")),
    }


def _time(text: str | None) -> int | None:
    seconds = re.search(r"\((\d+)\)", text or "")
    return int(seconds[1]) if seconds else None
