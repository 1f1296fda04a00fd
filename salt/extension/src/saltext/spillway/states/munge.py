"""
MUNGE's key
===========

.. code-block:: yaml

    /etc/munge/munge.key:
      munge.key:
        - contents_pillar: spillway:munge:key
"""

import base64
import binascii
import hashlib
import os
import pwd
import stat
import tempfile
from pathlib import Path

import salt.utils.platform
import salt.version

from saltext.spillway.utils import state as _state
from saltext.spillway.utils.errors import BAD_INPUT, FAILED, SpillwayError

__virtualname__ = "munge"

_SHORTEST, _LONGEST = 32, 1024  # munged's own limits
_MODE = 0o400
_MASKS = 3008  # the first Salt that masks


def __virtual__():
    if not salt.utils.platform.is_linux():
        return False, "The munge states need Linux"
    return __virtualname__


def key(name="/etc/munge/munge.key", contents_pillar="spillway:munge:key", user="munge"):
    """
    The key's file has the content that stands in the pillar, its owner, and mode 0400.

    CLI Example:

    .. code-block:: bash

        salt vn01 state.single munge.key /etc/munge/munge.key

    name
        The file. Its folder must exist (munge's package brings it).

    contents_pillar
        Where in the pillar the key stands, as base64 of 32 to 1024 bytes. It is not an argument
        itself: those appear in logs and on the bus.

    user
        Owner of the file; its group becomes the user's own.

    The file is replaced at one stroke and never readable by others. What changed is told by
    digests, the key is never told. Watch this state from munge's service.
    """

    def work():
        wanted = _decoded(_secret(contents_pillar), contents_pillar)
        changes = {}
        owner = _owner(user, __opts__["test"])
        there = _seen(Path(name))
        if there["content"] != wanted:
            changes["key"] = {"old": _digest(there["content"]), "new": _digest(wanted)}
        if there["content"] is not None:
            if owner and there["owner"] != owner:
                changes["owner"] = {"old": there["owner"], "new": owner}
            if there["mode"] != _MODE:
                changes["mode"] = {"old": oct(there["mode"]), "new": oct(_MODE)}
        if changes and not __opts__["test"]:
            _write(Path(name), wanted, owner)
        would = "would be" if __opts__["test"] else "was"
        said = f"{name} {would} written" if changes else f"{name} is as wanted"
        return _state.answer(name, changes, said, __opts__["test"])

    return _state.run(name, work)


def _secret(pillar):
    # Salt 3008 gives states asterisks in the place of a pillar's texts, unless asked
    unmask = {"unmask": True} if salt.version.__saltstack_version__.major >= _MASKS else {}
    return __salt__["pillar.get"](pillar, **unmask)


def _decoded(text, pillar):
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (AttributeError, binascii.Error, ValueError):
        raise SpillwayError(BAD_INPUT, f"pillar {pillar} must be munge's key as base64") from None
    if not _SHORTEST <= len(content) <= _LONGEST:
        raise SpillwayError(
            BAD_INPUT,
            f"pillar {pillar} has {len(content)} bytes; a key has {_SHORTEST} to {_LONGEST}",
        )
    return content


def _owner(user, test):
    """(uid, gid); None in a test run before munge's package has brought its user."""
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        if test:
            return None
        raise SpillwayError(FAILED, f"user {user} does not exist; install munge first") from None
    return entry.pw_uid, entry.pw_gid


def _seen(path):
    try:
        seen = path.stat()
        content = path.read_bytes()
    except FileNotFoundError:
        return {"content": None}
    except OSError as exc:
        raise SpillwayError(FAILED, f"{path} cannot be read: {exc.strerror}") from None
    mode, owner = stat.S_IMODE(seen.st_mode), (seen.st_uid, seen.st_gid)
    return {"content": content, "owner": owner, "mode": mode}


def _write(path, content, owner):
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as exc:
        raise SpillwayError(FAILED, f"{path} cannot be written: {exc.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
            os.fchmod(handle, _MODE)
            os.fchown(handle, *owner)
        os.replace(temporary, path)
    except OSError as exc:
        os.unlink(temporary)
        raise SpillwayError(FAILED, f"{path} cannot be written: {exc.strerror}") from None


def _digest(content):
    return "absent" if content is None else "sha256:" + hashlib.sha256(content).hexdigest()[:16]
