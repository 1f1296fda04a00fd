"""From what happens in Slurm to the step that it causes."""

from __future__ import annotations

import re
import statistics
import time

from onlab.lab import Broken, closed, eventually, on, served, spillway

NODE = "vn04"
ROUNDS = 10

# Without events a node is looked at each 30 s: half of that on average.
FULL_LOOK = 15.0


def react() -> list[str]:
    """A READY node is drained with a reason that begins as ours do, which the daemon takes away.

    Timed by the machine's own clock from just before slurmctld is asked to the daemon's line of its step `undrain`;
    between them lie the extension's engine, Salt's bus, the look, and the proof that jobs may run there.
    """
    seconds = []
    with served(NODE) as daemon:
        spillway("up", NODE)
        step = re.compile(rf"{NODE} to be READY: .*step undrain")
        for _ in range(ROUNDS):
            time.sleep(3)  # the way before is over, and the daemon's second of calm
            ask = f"date +%s.%N; scontrol update nodename={NODE} state=drain reason='spillway: bench'"
            before = float(on("ctl", "sh", "-c", ask).split()[0])

            def told(since: float = before) -> list[float]:
                return [when for when, line in daemon.log.timed() if when >= since and step.search(line)]

            seconds.append(eventually("the step that takes the drain away", told)[0] - before)
            print(f"event to step: {seconds[-1]:.2f} s", flush=True)
            eventually(f"{NODE} takes jobs again", lambda: not closed(NODE))
        if not daemon.lives():
            raise Broken("the daemon has ended")
    middle = statistics.median(seconds)
    return [
        f"figure: event-to-step = {middle:.2f} s, baseline {FULL_LOOK:.2f}, ratio {middle / FULL_LOOK:.3f}",
        f"figure: event-to-step-longest = {max(seconds):.2f} s, baseline {FULL_LOOK:.2f},"
        f" ratio {max(seconds) / FULL_LOOK:.3f}",
    ]
