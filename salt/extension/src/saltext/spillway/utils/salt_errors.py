"""
Turn this extension's exception into Salt's own.
"""

import contextlib

from salt.exceptions import CommandExecutionError

from saltext.spillway.utils.errors import SpillwayError


@contextlib.contextmanager
def command_errors():
    """Raise SpillwayError as CommandExecutionError with the same one line."""
    try:
        yield
    except SpillwayError as exc:
        raise CommandExecutionError(exc.message) from exc
