"""
Look at and steer Slurm
=======================

Works on the controller and on any node where Slurm's commands do. Tested with Slurm 22.05 and
24.11; answers have one shape with both. Names are checked before anything is executed, commands
run without a shell.

Functions that change something take ``test``: with ``test=True``, or where the minion's own
configuration says ``test: true``, nothing is changed, and they return what they would have done.
"""

import contextlib

import salt.utils.platform

from saltext.spillway.utils import check, hostlist, probe, processes, salt_errors
from saltext.spillway.utils import partitions as _partitions
from saltext.spillway.utils import reservations as _reservations
from saltext.spillway.utils import slurm as _slurm

__virtualname__ = "slurm"


def __virtual__():
    # Slurm's commands are looked for when they are called: a state of the same run may be what
    # installs them, and a module that was not loaded then stays away until the next refresh.
    if not salt.utils.platform.is_linux():
        return False, "The slurm module needs Linux"
    return __virtualname__


@contextlib.contextmanager
def _changing(test):
    """Salt's kind of error, and no change in a test run."""
    dry = __opts__.get("test", False) if test is None else test
    with salt_errors.command_errors(), _slurm.dry_run(dry):
        yield


def _settings(kwargs):
    """Keyword arguments without Salt's own."""
    return {key: value for key, value in kwargs.items() if not key.startswith("__")}


def nodes(names=None):
    """
    Return the nodes as Slurm sees them: name, address, hostname, states, reason, features,
    partitions, cpus, memory_mb, comment, extra, dynamic, boot_time.

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


def suspend(jobs, test=None):
    """
    Suspend jobs. Slurm answers at once; the processes stop up to two seconds later, see
    :py:func:`stopped`.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.suspend 12,13_1

    jobs
        Job ids, ``12`` or ``12_3`` for a task of an array; separated by commas, or a list, in which
        a task must be quoted (``"['12_3', 14]"``): YAML takes ``12_3`` for the number 123.

    Returns ``{"done": [ids], "skipped": {id: why}}``.
    """
    with _changing(test):
        return _slurm.suspend(jobs)


def resume(jobs, test=None):
    """
    Resume suspended jobs.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.resume 12,13_1

    jobs
        As for :py:func:`suspend`. Returns ``{"done": [ids], "skipped": {id: why}}``.
    """
    with _changing(test):
        return _slurm.resume(jobs)


def release(jobs, test=None):
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
    with _changing(test):
        return _slurm.release(jobs)


def down(names, reason, test=None):
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
    with _changing(test):
        return _slurm.down(names, reason)


def drain(names, reason, test=None):
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
    with _changing(test):
        return _slurm.drain(names, reason)


def undrain(names, prefix="", test=None):
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
    with _changing(test):
        return _slurm.undrain(names, prefix)


def create_node(name, state="CLOUD", test=None, **settings):
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
    with _changing(test):
        return _slurm.create_node(name, state, **_settings(settings))


def delete_node(name, test=None):
    """
    Remove a dynamic node. Returns False if Slurm has no such node; refused while jobs are on it.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.delete_node vn01

    name
        The node.
    """
    with _changing(test):
        return _slurm.delete_node(name)


def update_node(name, address=None, extra=None, comment=None, test=None):
    """
    Change a node's address, or its Extra or Comment text (which survive restarts of slurmctld).

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.update_node vn01 address=10.0.0.7

    name
        The node.

    address
        An IP address. A job step in flight does not survive the change of its node's address.

    extra, comment
        Any text without quotes; an empty one removes it.
    """
    with _changing(test):
        return _slurm.update_node(name, address=address, extra=extra, comment=comment)


def update_job(job, comment=None, admin_comment=None, extra=None, test=None):
    """
    Change what is noted of a job.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.update_job 12 comment='see ticket 7'

    job
        Its id, ``12`` or ``12_3``.

    comment, admin_comment, extra
        Any text without quotes; an empty one removes it. ``extra`` wants Slurm 23.02 or later.
    """
    with _changing(test):
        return _slurm.update_job(job, comment, admin_comment, extra)


def requeue(jobs, test=None):
    """
    Take jobs off their nodes, to start anew later; what they did is lost.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.requeue 12,13_1

    jobs
        As for :py:func:`suspend`. Returns ``{"done": [ids], "skipped": {id: why}}``; a suspended
        or held job is skipped: Slurm would hold it from then on.
    """
    with _changing(test):
        return _slurm.requeue_all(jobs)


def partitions(names=None):
    """
    Return the partitions: name, state, default, hidden, nodes, nodesets, cpus, max_time,
    default_time, max_nodes, min_nodes, priority_tier, oversubscribe, preempt_mode, and groups,
    accounts, qos that may use it (None: all).

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.partitions
        salt ctl slurm.partitions urgent

    names
        One or a list; default all. An unknown one is an error.

    Times are seconds, None where there is no limit.
    """
    with salt_errors.command_errors():
        return _partitions.partitions(names)


def reservations(name=None):
    """
    Return the reservations: name, state, start_time, end_time, duration, nodes, node_count, cores,
    partition, features, licenses, users, accounts, groups, flags.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.reservations
        salt ctl slurm.reservations service

    name
        Only this one; an unknown one is an error. Default all.

    Moments are seconds since 1970, ``duration`` is in seconds.
    """
    with salt_errors.command_errors():
        return _reservations.reservations(name)


def create_reservation(name, test=None, **settings):
    """
    Create a reservation; refused if there is one of this name.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.create_reservation service start=2026-12-24T08:00:00 duration=120 \\
            nodes='cn[01-02]' users=root flags=MAINT,IGNORE_JOBS

    name
        The reservation.

    settings
        ``start``, ``end`` (this machine's time, seconds since 1970, or ``now+1hour``),
        ``duration`` (minutes or ``2-00:00:00``), ``nodes``, ``node_count``, ``partition``,
        ``features``, ``users``, ``accounts``, ``groups``, ``licenses``, ``flags``. YAML takes
        ``2:00:00`` for the number 7200: quote it, on the command line twice (``"'2:00:00'"``).
    """
    with _changing(test):
        return _reservations.create(name, **_settings(settings))


def update_reservation(name, test=None, **settings):
    """
    Change a reservation where it is not as wanted.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.update_reservation service end=2026-12-24T12:00:00

    name, settings
        As for :py:func:`create_reservation`. What is not given stays; flags become those given.

    Returns ``{setting: {"old": …, "new": …}}``, empty if all was so.
    """
    with _changing(test):
        return _reservations.update(name, **_settings(settings))


def delete_reservation(name, test=None):
    """
    Remove a reservation. Returns False if there is none of this name.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.delete_reservation service

    name
        The reservation.
    """
    with _changing(test):
        return _reservations.delete(name)


def expand(names):
    """
    Return the names of a hostlist.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.expand 'vn[01-03],cn1'

    names
        A hostlist, or a list of them.
    """
    with salt_errors.command_errors():
        return check.nodes(names)


def fold(names):
    """
    Return the shortest usual hostlist of names.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.fold vn01,vn02,vn03

    names
        A list of names, or a hostlist.
    """
    with salt_errors.command_errors():
        return hostlist.fold(check.nodes(names))


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


def reconfigure(test=None):
    """
    Let all of Slurm's daemons read their configuration again.

    CLI Example:

    .. code-block:: bash

        salt ctl slurm.reconfigure

    With 22.05 a changed number of nodes makes slurmctld exit: restart it instead.
    """
    with _changing(test):
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
