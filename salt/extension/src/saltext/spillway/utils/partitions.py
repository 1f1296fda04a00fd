"""
Slurm's partitions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from saltext.spillway.utils import check, hostlist, slurm
from saltext.spillway.utils.errors import NOT_FOUND, SpillwayError

_TIME = re.compile(r"(?:(\d+)-)?(\d+):(\d+):(\d+)")


def seconds(text: str) -> int | None:
    """Return a duration as Slurm prints it (``2-01:00:00``) in seconds; None: there is no limit."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def _count(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def parse(fields: Mapping[str, str]) -> dict[str, Any]:
    """One partition in our shape."""
    nodes = fields.get("Nodes")
    return {
        "name": fields["PartitionName"],
        "state": fields.get("State", ""),
        "default": fields.get("Default") == "YES",
        "hidden": fields.get("Hidden") == "YES",
        "nodes": hostlist.expand(nodes) if nodes else [],
        "nodesets": [word for word in fields.get("NodeSets", "").split(",") if word],
        "cpus": _count(fields.get("TotalCPUs", "")),
        "max_time": seconds(fields.get("MaxTime", "")),
        "default_time": seconds(fields.get("DefaultTime", "")),
        "max_nodes": _count(fields.get("MaxNodes", "")),
        "min_nodes": _count(fields.get("MinNodes", "")),
        "priority_tier": _count(fields.get("PriorityTier", "")),
        "oversubscribe": fields.get("OverSubscribe", ""),
        "preempt_mode": fields.get("PreemptMode", ""),
        "groups": _allowed(fields.get("AllowGroups")),
        "accounts": _allowed(fields.get("AllowAccounts")),
        "qos": _allowed(fields.get("AllowQos")),
    }


def _allowed(text: str | None) -> list[str] | None:
    """None: all are."""
    return text.split(",") if text and text != "ALL" else None


def partitions(names: str | list[str] | None = None) -> list[dict[str, Any]]:
    """Return all partitions, or those of ``names``; an unknown one: not-found."""
    found = [parse(fields) for fields in slurm.lines("partition")]
    if names is None:
        return found
    wanted = check.nodes(names, "partitions")
    missing = set(wanted) - {one["name"] for one in found}
    if missing:
        one = min(missing)
        raise SpillwayError(NOT_FOUND, f"Slurm knows no partition {one}", subject=one)
    return [one for one in found if one["name"] in wanted]
