"""
Put what happens in Slurm on Salt's event bus
=============================================

Runs in the controller's minion, or in the master where that is the same machine.

.. code-block:: yaml

    # /etc/salt/minion.d/slurm-events.conf
    engines:
      - slurm_events:
          interval: 30

Events, from a minion with the data below ``data`` (as each minion's event):

- ``spillway/slurm/job/submitted``, ``started``, ``suspended``, ``resumed``, ``ended``:
  ``{"id": "6_1", "job_id": 9, "states": ["RUNNING"], "nodes": ["vn01"]}``
- ``spillway/slurm/node/STATE``, such as ``idle``, ``drained``, ``down``, ``gone``:
  ``{"node": "vn01", "states": ["IDLE", "DRAIN"], "before": ["IDLE"], "reason": "bad fan"}``

Slurm's hooks say when a job is submitted, starts or ends, within milliseconds;
``docs/salt-states.md`` of Spillway says how the states set them. All else is found by looking: soon
after each hook, and every ``interval`` seconds. What was told is kept in the minion's cache, so
what happens while Salt or Slurm is away is told afterwards.

.. code-block:: bash

    salt-run state.event 'spillway/slurm/*' pretty=True
"""

import contextlib
import logging
import os
import socket as sockets
import time

import salt.minion
import salt.utils.event
import salt.utils.platform

from saltext.spillway.utils import slurm_events

log = logging.getLogger(__name__)

__virtualname__ = "slurm_events"


def __virtual__():
    # scontrol is looked for at each look: a state of the minion's first run may bring it
    if not salt.utils.platform.is_linux():
        return False, "The slurm_events engine needs Linux"
    return __virtualname__


def start(
    interval=30,
    socket="/run/spillway-slurm-events",
    user="slurm",
    file="/run/spillway-slurm-submitted",
):
    """
    Tell what happens in Slurm, as long as the daemon lives.

    CLI Example:

    .. code-block:: bash

        # what a hook does
        logger -d -u /run/spillway-slurm-events --socket-errors=off -t spillway-slurm look

    interval
        Seconds between two looks while no hook says anything; default 30, at least 1. Looks are
        rarer where they would cost more than a hundredth of a core.

    socket
        The Unix socket for hooks.

    user
        Who may write there besides root: Slurm's ``SlurmUser``; default ``slurm``.

    file
        The file whose time of change is what slurmctld's own hook for submissions says.
    """
    memory = slurm_events.Memory(
        os.path.join(__opts__["cachedir"], "spillway", "slurm_events.json")
    )
    with contextlib.closing(slurm_events.Inbox(socket, user, file)) as inbox:
        slurm_events.run(inbox, slurm_events.Watch(_Bus().tell, memory), max(1, interval))


class _Bus:
    """The master's event bus, from the master itself or through the minion."""

    _FRESH = 0.5

    def __init__(self):
        self._event = None
        self._asked, self._there = -self._FRESH, False

    def tell(self, tag, data):
        """Return whether the event was taken."""
        try:
            if __opts__["__role"] == "master":
                return self._open("master").fire_event(data, tag)
            # a minion takes any event, and drops it when its master does not answer
            return self._master_listens() and self._open("minion").fire_master(data, tag)
        except Exception as exc:  # noqa: BLE001 each release's transport has its own
            log.debug("the event bus took no %s: %s", tag, exc)
            if self._event is not None:
                self._event.destroy()
                self._event = None
            return False

    def _master_listens(self):
        if time.monotonic() - self._asked >= self._FRESH:
            masters = __opts__["master"]
            masters = [masters] if isinstance(masters, str) else masters
            self._there = any(_listens(master) for master in masters)
            self._asked = time.monotonic()
        return self._there

    def _open(self, node):
        if self._event is None:
            self._event = salt.utils.event.get_event(node, opts=__opts__, listen=False)
        return self._event


def _listens(master):
    address = {**__opts__, **salt.minion.prep_ip_port({**__opts__, "master": master})}
    try:
        where = (str(address["master"]), address["master_port"])
        with sockets.create_connection(where, timeout=1):
            return True
    except OSError:
        return False
