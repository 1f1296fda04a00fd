"""
What a node says about itself
=============================

Clock, munge, slurmd and network mounts: whether jobs may go on here.
"""

import salt.utils.platform

from saltext.spillway.utils import door, probe, salt_errors

__virtualname__ = "spillway_node"


def __virtual__():
    if not salt.utils.platform.is_linux():
        return False, "The spillway_node module needs Linux"
    return __virtualname__


def facts(credential=None, time_server=None, patience=2):
    """
    Return the facts that decide whether jobs may run here.

    CLI Example:

    .. code-block:: bash

        salt vn01 spillway_node.facts time_server=10.0.0.10

    credential
        A MUNGE credential made on another machine, to be decoded here.

    time_server
        Address of an NTP server to compare the clock with; default this minion's master.

    patience
        Seconds that each question may take; default 2.
    """
    with salt_errors.command_errors():
        return probe.facts(credential, time_server or _master(), patience)


def ask(question, arguments=None):
    """
    Answer one of the runner's questions with ``{"ok": …}``; see the runner ``spillway``.

    CLI Example:

    .. code-block:: bash

        salt ctl spillway_node.ask nodes '{names: [vn01]}'

    question
        Its name.

    arguments
        Its arguments by name.
    """
    arguments = dict(arguments or {})
    if question in ("facts", "health_of_node"):
        arguments["time_server"] = arguments.get("time_server") or _master()
    return door.ask(question, arguments)


def _master():
    """The address of the master this minion is connected to."""
    return __opts__.get("master_ip") or __opts__.get("master")
