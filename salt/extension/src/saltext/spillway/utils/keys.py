"""
Minion keys that are made and accepted before their minion exists.

A note of each key that was accepted here is kept, so that a key which somebody else accepted
(a physical node of the same name, say) is neither replaced nor removed.
"""

import contextlib
import fcntl
import hashlib
import os
from pathlib import Path

import salt.utils.cloud

from saltext.spillway.utils.errors import FAILED, REFUSED, SpillwayError


@contextlib.contextmanager
def lock(opts, name):
    """Hold the right to create or destroy the server ``name``; refused if somebody else has it."""
    folder = _folder(opts)
    with open(folder / f"{name}.lock", "w", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SpillwayError(
                REFUSED, f"{name} is being created or destroyed by another call", name
            ) from None
        yield


def make(keysize=2048):
    """Return a new pair (private, public)."""
    return salt.utils.cloud.gen_keys(keysize)


def accept(opts, minion, public):
    """Accept the public key; refused if another key of this name was accepted by somebody else."""
    accepted = _accepted(opts, minion)
    if accepted is not None and accepted.split() != public.split() and not ours(opts, minion):
        raise SpillwayError(
            REFUSED,
            f"a minion key {minion} is accepted already; if it is left over: salt-key -d {minion}",
            minion,
        )
    _note(opts, minion).write_text(_digest(public), encoding="ascii")
    try:
        salt.utils.cloud.accept_key(opts["pki_dir"], public, minion)
    except OSError as exc:
        raise SpillwayError(FAILED, f"the key of {minion} cannot be accepted: {exc}") from None


def remove(opts, minion, anyhow=False):
    """Remove the accepted key if it is one of ours (or ``anyhow``); return True if it was there."""
    there = _accepted(opts, minion) is not None and (anyhow or ours(opts, minion))
    if there:
        salt.utils.cloud.remove_key(opts["pki_dir"], minion)
    with contextlib.suppress(OSError):
        os.remove(_note(opts, minion))
    return there


def ours(opts, minion):
    """Return True if the accepted key of this name is one that was accepted here."""
    accepted = _accepted(opts, minion)
    try:
        noted = _note(opts, minion).read_text(encoding="ascii")
    except OSError:
        return False
    return accepted is not None and _digest(accepted) == noted


def master_key(opts):
    """Return the master's public key, empty if it cannot be read."""
    try:
        return Path(opts["pki_dir"], "master.pub").read_text(encoding="ascii")
    except OSError:
        return ""


def _accepted(opts, minion):
    try:
        return Path(opts["pki_dir"], "minions", minion).read_text(encoding="utf-8")
    except OSError:
        return None


def _folder(opts):
    folder = Path(opts["cachedir"], "spillway")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _note(opts, minion):
    return _folder(opts) / f"{minion}.key"


def _digest(public):
    return hashlib.sha256("".join(public.split()).encode()).hexdigest()
