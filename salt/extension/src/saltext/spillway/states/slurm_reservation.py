"""
Reservations of Slurm
=====================

Apply them on the controller, or wherever Slurm's commands may change reservations.

.. code-block:: yaml

    service:
      slurm_reservation.present:
        - start: 2026-12-24T08:00:00
        - duration: '2:00:00'
        - nodes: cn[01-02]
        - users: [root]
        - flags: [MAINT, IGNORE_JOBS]
"""

import time

from saltext.spillway.utils import reservations
from saltext.spillway.utils import slurm as _slurm
from saltext.spillway.utils import state as _state

__virtualname__ = "slurm_reservation"


def __virtual__():
    if "slurm.reservations" not in __salt__:
        return False, "The slurm_reservation states need the execution module slurm"
    return __virtualname__


def present(
    name,
    start="now",
    end=None,
    duration=None,
    nodes=None,
    node_count=None,
    partition=None,
    features=None,
    users=None,
    accounts=None,
    groups=None,
    licenses=None,
    flags=None,
):
    """
    There is such a reservation. Only what is given is compared.

    CLI Example:

    .. code-block:: bash

        salt ctl state.single slurm_reservation.present service start=2026-12-24T08:00:00 \\
            duration=120 nodes='cn[01-02]' users=root

    name
        The reservation.

    start, end
        ``2026-12-24T08:00:00`` in this machine's time, or seconds since 1970. What Slurm reckons
        from now (``now+1hour``) counts when the reservation is made, and is not compared.
        Of a reservation whose time is over nothing is asked.

    duration
        Minutes, ``2:00:00`` or ``7-00:00:00``, or ``UNLIMITED``. Quote it: YAML takes ``2:00:00``
        for the number 7200.

    nodes
        A hostlist, a list of names, or ``ALL``.

    node_count, partition, features, licenses
        As for ``scontrol create reservation``.

    users, accounts, groups, flags
        A list, or separated by commas. Flags that Slurm sets by itself (``SPEC_NODES``) need not
        be named; a daily reservation is compared by all but its times.
    """
    settings = {
        "start": start,
        "end": end,
        "duration": duration,
        "nodes": nodes,
        "node_count": node_count,
        "partition": partition,
        "features": features,
        "users": users,
        "accounts": accounts,
        "groups": groups,
        "licenses": licenses,
        "flags": flags,
    }
    settings = {key: value for key, value in settings.items() if value is not None}

    def work():
        test = __opts__["test"]
        there = [one for one in reservations.reservations() if one["name"] == name]
        if not there and _over(settings):
            return _state.answer(name, {}, f"the time of reservation {name} is over", test)
        with _slurm.dry_run(test):
            if there:
                changes = reservations.update(name, **_lasting(settings, there[0]))
            else:
                reservations.create(name, **settings)
                changes = {name: {"old": "absent", "new": "present"}}
        said = _state.said(f"reservation {name}", changes, "present", test)
        return _state.answer(name, changes, said, test)

    return _state.run(name, work)


def _lasting(settings, found):
    """What is compared and changed of a reservation that is there."""
    moved = {"DAILY", "WEEKLY", "HOURLY", "WEEKDAY", "WEEKEND"}.intersection(found["flags"])
    dropped = {
        key
        for key in ("start", "end")
        if key in settings and (moved or reservations.moment(settings[key]) is None)
    }
    return {key: value for key, value in settings.items() if key not in dropped}


def _over(settings):
    start, end = (reservations.moment(settings.get(key)) for key in ("start", "end"))
    length = reservations.duration(settings.get("duration"))
    if end is None and start is not None and length is not None:
        end = start + length
    recurring = {"DAILY", "WEEKLY", "HOURLY", "WEEKDAY", "WEEKEND"}
    flags = str(settings.get("flags", "")).upper()
    return end is not None and end < time.time() and not any(flag in flags for flag in recurring)


def absent(name):
    """
    There is no such reservation.

    CLI Example:

    .. code-block:: bash

        salt ctl state.single slurm_reservation.absent service

    name
        The reservation.
    """

    def work():
        with _slurm.dry_run(__opts__["test"]):
            gone = reservations.delete(name)
        changes = {name: {"old": "present", "new": "absent"}} if gone else {}
        said = _state.said(f"reservation {name}", changes, "absent", __opts__["test"])
        return _state.answer(name, changes, said, __opts__["test"])

    return _state.run(name, work)
