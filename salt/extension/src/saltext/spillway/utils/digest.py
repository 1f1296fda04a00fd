"""
Short answers from long ones.
"""

from saltext.spillway.utils.errors import FAILED, SpillwayError


def clock_offset(facts, sent, received):
    """
    Return a node's clock minus ours in seconds.

    What the node learnt by NTP counts. Without it, all that is known is that the node answered
    between ``sent`` and ``received``: the least offset that this leaves possible is returned.
    """
    if facts["offset"] is not None:
        return round(facts["offset"], 3)
    most, least = facts["began"] - sent, facts["ended"] - received
    return round(min(max(0.0, least), max(most, least)), 3)


def states(node, result):
    """
    Return ``{"changed": n, "unchanged": n}`` of a state run; raise ``failed`` if one failed.
    """
    if not isinstance(result, dict):
        lines = result if isinstance(result, list) else [result]
        said = "; ".join(str(line) for line in lines)
        raise SpillwayError(FAILED, f"states of {node} could not be applied: {said}", node)
    runs = sorted(result.values(), key=lambda run: run.get("__run_num__", 0))
    for run in runs:
        if run.get("result") is False:
            name = run.get("__id__") or run.get("name")
            raise SpillwayError(FAILED, f"state {name} on {node}: {run.get('comment')}", node)
    changed = sum(1 for run in runs if run.get("changes"))
    return {"changed": changed, "unchanged": len(runs) - changed}
