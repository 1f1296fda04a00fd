"""How long things took on the lab, from what spillwayd's log says of its ways: a calibration for the simulated site.

One word for each duration, as ``io.spillway.simulation.Durations`` reads them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from statistics import median

MEMORY = 768  # MiB of a server of the lab's flavor

_LINE = re.compile(r"(?P<node>vn\d+) to be .*?; (?P<kind>step|wait|done) (?P<what>[^:]*)")
_SALT = {"drain", "undrain", "suspend jobs", "resume jobs"}
_NOVA = {"write goal", "write held jobs"}


def durations(log: list[tuple[float, str]], source: str) -> dict[str, object]:
    """A calibration from lines with the moment at which each was read; what the log does not show is left out.

    A line stands there when its step begins, so a step took until the next line of the same node; in it are the
    step itself, a look at Nova, and for what Nova does in its own time some waiting.

    >>> lines = [(0, "create server"), (15, "wait"), (75, "apply states"), (100, "write goal"), (101, "drain")]
    >>> lines.append((103.5, "nothing"))
    >>> told = [(at, "vn01 to be READY: seen x; " + ("wait GUEST" if what == "wait" else f"step {what}") + ": so")
    ...         for at, what in lines]
    >>> durations(told, "a test")
    {'source': 'a test', 'nova': 0.5, 'salt': 2.0, 'create': 12.5, 'boot': 60, 'states': 22.5}
    """
    nodes: dict[str, list[tuple[float, str, str]]] = defaultdict(list)
    for at, line in log:
        seen = _LINE.search(line)
        if seen:
            nodes[seen["node"]].append((at, seen["kind"], seen["what"]))
    took: dict[str, list[float]] = defaultdict(list)
    for way in nodes.values():
        for i, (at, kind, what) in enumerate(way[:-1]):
            if kind == "step":
                after = next((one for one in way[i + 1 :] if not one[2].startswith("NOVA")), None)
                if after:
                    took[what].append(after[0] - at)
            elif what == "GUEST" and way[i + 1][2] == "apply states":
                took["boot"].append(way[i + 1][0] - at)
    return {"source": source} | {word: round(seconds, 4) for word, seconds in _words(took).items() if seconds > 0}


def _words(took: dict[str, list[float]]) -> dict[str, float]:
    nova = _median(took, _NOVA) / 2  # the request, and the look after it
    salt = max(0.0, _median(took, _SALT) - nova)
    moves = {what for what in took if what.startswith("live-migrate")}
    steps = {
        "create": _median(took, {"create server"}) - salt - nova,
        "boot": _median(took, {"boot"}),
        "states": _median(took, {"apply states"}) - salt - nova,
        "suspend": _median(took, {"suspend server"}) - 2 * nova,
        "resume": _median(took, {"resume server"}) - 2 * nova,
        "migrate-mib": (_median(took, moves) - 2 * nova) / MEMORY,
    }
    return {"nova": nova, "salt": salt} | steps


def _median(took: dict[str, list[float]], steps: set[str]) -> float:
    all_of_them = [seconds for step in steps for seconds in took.get(step, [])]
    return median(all_of_them) if all_of_them else 0.0
