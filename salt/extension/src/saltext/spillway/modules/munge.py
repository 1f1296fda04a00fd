"""
MUNGE credentials
=================

Prove that two machines share a key and agree about the time.
"""

import salt.utils.platform

from saltext.spillway.utils import munge as _munge
from saltext.spillway.utils import salt_errors

__virtualname__ = "munge"


def __virtual__():
    # munge itself is looked for at each call, see the slurm module
    if not salt.utils.platform.is_linux():
        return False, "The munge module needs Linux"
    return __virtualname__


def encode(ttl=60):
    """
    Return a credential without payload, made in the name of ``nobody``, for root to decode.

    CLI Example:

    .. code-block:: bash

        salt ctl munge.encode

    ttl
        Seconds that it is valid; default 60.
    """
    with salt_errors.command_errors():
        return _munge.encode(ttl)


def decode(credential):
    """
    Decode a credential.

    CLI Example:

    .. code-block:: bash

        salt vn01 munge.decode MUNGE:AwQDAAB…:

    credential
        What :py:func:`encode` gave elsewhere.

    Returns ``{"valid": bool, "code": n, "status": text, "encode_time": s, "decode_time": s}``.
    """
    with salt_errors.command_errors():
        return _munge.decode(credential)
