"""
Dynamic nodes and drains of Slurm
=================================

Apply them on the controller, or wherever Slurm's commands may change nodes.

.. code-block:: yaml

    vn01:
      slurm_node.present:
        - settings: {CPUs: 2, RealMemory: 700, Feature: virtual}
        - address: 10.0.0.101

    cn[01-04]:
      slurm_node.drained:
        - reason: new disks
"""

from saltext.spillway.utils import check, hostlist, slurm
from saltext.spillway.utils import state as _state

__virtualname__ = "slurm_node"


def __virtual__():
    if "slurm.nodes" not in __salt__:
        return False, "The slurm_node states need the execution module slurm"
    return __virtualname__


def present(name, settings=None, node_state="CLOUD", address=None, comment=None, extra=None):
    """
    Each of these nodes is known to Slurm.

    CLI Example:

    .. code-block:: bash

        salt ctl state.single slurm_node.present vn01 settings='{CPUs: 2, RealMemory: 700}'

    name
        A node, or a hostlist of them.

    settings
        As on a NodeName line of slurm.conf. They count when the node is made: a node that is
        there keeps its own, since Slurm changes none of them later.

    node_state
        ``CLOUD`` or ``FUTURE``, for a node that is made. (``state`` is a word of Salt's own.)

    address
        Its IP address. A job step in flight does not survive the change of its node's address.

    comment, extra
        What stands in these two texts of the node; an empty one removes it.
    """

    def work():
        names = check.nodes(name)
        marks = {"address": address, "comment": comment, "extra": extra}
        marks = {key: value for key, value in marks.items() if value is not None}
        if address is not None:
            marks["address"] = check.address(address)
        found = {node["name"]: node for node in slurm.nodes()}
        changes = {}
        with slurm.dry_run(__opts__["test"]):
            for one in names:
                change = _present(one, found.get(one), node_state, settings or {}, marks)
                if change:
                    changes[one] = change
        return _state.answer(name, changes, _said(changes, names, "present"), __opts__["test"])

    return _state.run(name, work)


def _present(name, found, node_state, settings, marks):
    old = found or {"address": name, "comment": "", "extra": ""}
    change = {key: {"old": old[key], "new": new} for key, new in marks.items() if old[key] != new}
    if found is None:
        slurm.create_node(name, node_state, **settings)
    if change:
        slurm.update_node(name, **{key: marks[key] for key in change})
    return {"old": "absent", "new": "present"} if found is None else change


def absent(name):
    """
    Slurm knows none of these nodes. Fails while jobs are on one, suspended ones too, and for a node
    of slurm.conf.

    CLI Example:

    .. code-block:: bash

        salt ctl state.single slurm_node.absent vn01

    name
        A node, or a hostlist of them.
    """

    def work():
        names = check.nodes(name)
        known = {node["name"] for node in slurm.nodes()}
        changes = {}
        with slurm.dry_run(__opts__["test"]):
            for one in names:
                if one in known and slurm.delete_node(one):
                    changes[one] = {"old": "present", "new": "absent"}
        return _state.answer(name, changes, _said(changes, names, "absent"), __opts__["test"])

    return _state.run(name, work)


def drained(name, reason):
    """
    No new job starts on these nodes. One that somebody drained for another reason keeps it.

    CLI Example:

    .. code-block:: bash

        salt ctl state.single slurm_node.drained 'cn[01-04]' reason='new disks'

    name
        A node, or a hostlist of them. An unknown one is a failure.

    reason
        Why, at most 200 characters without quotes.
    """

    def work():
        names = check.nodes(name)
        found = {node["name"]: node for node in slurm.nodes(names)}
        # one whose drain has this reason already is drained by nobody again
        todo = [
            one
            for one in names
            if "DRAIN" not in found[one]["states"] or found[one]["reason"] != reason
        ]
        with slurm.dry_run(__opts__["test"]):
            done = slurm.drain(todo, reason) if todo else {"drained": [], "already": {}}
        changes = {one: {"old": found[one]["reason"], "new": reason} for one in done["drained"]}
        said = _said(changes, names, "drained")
        if done["already"]:
            kept = "; ".join(f"{one}: {why}" for one, why in done["already"].items())
            said += f" (another's drain is kept: {kept})"
        return _state.answer(name, changes, said, __opts__["test"])

    return _state.run(name, work)


def undrained(name, reason=""):
    """
    These nodes are not drained, or for another reason.

    CLI Example:

    .. code-block:: bash

        salt ctl state.single slurm_node.undrained 'cn[01-04]' reason='new disks'

    name
        A node, or a hostlist of them. An unknown one is a failure.

    reason
        End only drains whose reason begins so; default all.
    """

    def work():
        names = check.nodes(name)
        found = {node["name"]: node for node in slurm.nodes(names)}
        todo = [
            one
            for one in names
            if "DRAIN" in found[one]["states"] and found[one]["reason"].startswith(reason)
        ]
        if todo:
            with slurm.dry_run(__opts__["test"]):
                slurm.undrain(todo)
        changes = {one: {"old": found[one]["reason"], "new": ""} for one in todo}
        return _state.answer(name, changes, _said(changes, names, "undrained"), __opts__["test"])

    return _state.run(name, work)


def _said(changes, names, state):
    return _state.said(hostlist.fold(list(changes) or names), changes, state, __opts__["test"])
