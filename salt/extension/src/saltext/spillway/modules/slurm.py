"""
Look at and steer Slurm
=======================

Works on the controller and on any node where Slurm's commands do. Tested with Slurm 22.05 and
24.11; answers have one shape with both. Names are checked before anything is executed, commands
run without a shell.
"""

import salt.utils.platform

from saltext.spillway.utils import check, probe, processes, salt_errors
from saltext.spillway.utils import slurm as _slurm

__virtualname__ = "slurm"


def __virtual__():
    # Slurm's commands are looked for when they are called: a state of the same run may be what
    # installs them, and a module that was not loaded then stays away until the next refresh.
    if not salt.utils.platform.is_linux():
        return False, "The slurm module needs Linux"
    return __virtualname__


def nodes(names=None):
    """
    Return the nodes as Slurm sees them: name, address, hostname, states, reason, features,
    partitions, cpus, memory_mb, extra, dynamic, boot_time.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.nodes
        salt ctl slurm.nodes 'vn[01-04]'

    names
        Hostlist or list of names; default all. An unknown one is an error.
    """
    with salt_errors.command_errors():
        return _slurm.nodes(None if names is None else check.nodes(names))


def jobs(names=None):
    """
    Return the jobs that slurmctld still knows.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.jobs
        salt ctl slurm.jobs 'vn[01-04]'

    names
        Hostlist or list of nodes: only jobs on these, and all pending ones. Default all.

    Times are seconds since 1970 or None, ``run_time`` and ``time_limit`` are seconds.
    """
    with salt_errors.command_errors():
        return _slurm.jobs(None if names is None else check.nodes(names))


def suspend(jobs):
    """
    Suspend jobs. Slurm answers at once; the processes stop up to two seconds later, see
    :py:func:`stopped`.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.suspend 12,13_1

    jobs
        Job ids, ``12`` or ``12_3`` for a task of an array; a list or separated by commas.

    Returns ``{"done": [ids], "skipped": {id: why}}``.
    """
    with salt_errors.command_errors():
        return _slurm.suspend(jobs)


def resume(jobs):
    """
    Resume suspended jobs.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.resume 12,13_1

    jobs
        As for :py:func:`suspend`. Returns ``{"done": [ids], "skipped": {id: why}}``.
    """
    with salt_errors.command_errors():
        return _slurm.resume(jobs)


def release(jobs):
    """
    Release jobs that wait with priority 0, as those do that were suspended when they lost their
    node.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.release 12,13_1

    jobs
        As for :py:func:`suspend`. Returns ``{"done": [ids], "skipped": {id: why}}``; a job that
        is not held, or that its user holds, is skipped.
    """
    with salt_errors.command_errors():
        return _slurm.release(jobs)


def down(names, reason):
    """
    Set nodes DOWN and drain them: Slurm takes the jobs off them, and requeues those that may be.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.down 'vn[01-02]' 'power is gone'

    names
        Hostlist or list of names.

    reason
        Why, at most 200 characters without quotes.

    A node that somebody else has drained goes down with the reason it has; one that somebody else
    has set DOWN is left as it is.

    Returns ``{"down": [names], "already": {name: reason}}``.
    """
    with salt_errors.command_errors():
        return _slurm.down(names, reason)


def drain(names, reason):
    """
    Drain nodes: no new job starts there.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.drain 'vn[01-02]' 'bad fan'

    names
        Hostlist or list of names.

    reason
        Why, at most 200 characters without quotes.

    A node that is drained already with another reason is left as it is (reasons that begin
    ``spillway:`` give way to each other).

    Returns ``{"drained": [names], "already": {name: reason}}``.
    """
    with salt_errors.command_errors():
        return _slurm.drain(names, reason)


def undrain(names, prefix=""):
    """
    End the drain of nodes.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.undrain 'vn[01-02]' prefix=spillway:

    names
        Hostlist or list of names.

    prefix
        Only nodes whose reason begins so, and then their DOWN as well; default all of them.

    Returns ``{"undrained": [names], "left": {name: reason}}``.
    """
    with salt_errors.command_errors():
        return _slurm.undrain(names, prefix)


def create_node(name, state="CLOUD", **settings):
    """
    Create a dynamic node, to be filled by ``slurmd -Z -N NAME``.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.create_node vn01 CPUs=2 RealMemory=700 Feature=virtual

    name
        The node.

    state
        ``CLOUD`` or ``FUTURE``.

    settings
        As on a NodeName line of slurm.conf.
    """
    with salt_errors.command_errors():
        return _slurm.create_node(
            name, state, **{k: v for k, v in settings.items() if not k.startswith("__")}
        )


def delete_node(name):
    """
    Remove a dynamic node. Returns False if Slurm has no such node; refused while jobs are on it.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.delete_node vn01

    name
        The node.
    """
    with salt_errors.command_errors():
        return _slurm.delete_node(name)


def update_node(name, address=None, extra=None):
    """
    Change a node's address or its Extra text (which survives restarts of slurmctld).

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.update_node vn01 address=10.0.0.7

    name
        The node.

    address
        An IP address. A job step in flight does not survive the change of its node's address.

    extra
        Any text without quotes; an empty one removes it.
    """
    with salt_errors.command_errors():
        return _slurm.update_node(name, address=address, extra=extra)


def ping():
    """
    Return True if slurmctld answers.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.ping
    """
    with salt_errors.command_errors():
        return _slurm.ping()


def config():
    """
    Return slurm.conf as slurmctld uses it.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.config
    """
    with salt_errors.command_errors():
        return _slurm.config()


def reconfigure():
    """
    Let all of Slurm's daemons read their configuration again.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.reconfigure

    With 22.05 a changed number of nodes makes slurmctld exit: restart it instead.
    """
    with salt_errors.command_errors():
        return _slurm.reconfigure()


def version():
    """
    Return the version of Slurm's commands on this minion.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.version
    """
    with salt_errors.command_errors():
        return _slurm.version()


def stopped(jobs):
    """
    Count the processes of jobs on this node.

    CLI Example:

    .. code-block:: bash

        salt vn01 slurm.stopped 12,13

    jobs
        Slurm's raw job ids (``job_id`` of :py:func:`jobs`, not ``12_3``).

    Returns ``{"running": n, "stopped": n}``. A node may be frozen when ``running`` is 0.
    """
    with salt_errors.command_errors():
        return processes.stopped(jobs)


def wake():
    """
    Make this node's slurmd register with the controller at once (SIGHUP).

    CLI Example:

    .. code-block:: bash

        salt vn01 slurm.wake
    """
    with salt_errors.command_errors():
        return processes.wake()


def slurmd_running():
    """
    Return True if this node's slurmd runs and answers.

    CLI Example:

    .. code-block:: bash

        salt vn01 slurm.slurmd_running
    """
    with salt_errors.command_errors():
        return probe.slurmd_answers()[0]
