"""What is called often, each alone under JMH (benchmarks/). Needs no lab.

The baselines are what one policy tick over 10,000 nodes may take, 20 ms, as a whole and as each node's share of it, and
for simulated jobs what a million may take, 60 s, as each job's share of it.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

JAR = Path(__file__).resolve().parents[2] / "benchmarks" / "target" / "spillway-benchmarks.jar"

#: of a minute in all: seconds to warm up and to measure, of each
OPTIONS = ("-f", "1", "-wi", "3", "-w", "1", "-i", "4", "-r", "1", "-foe", "true")

#: JMH's name without package and parameters: ours, the unit, the baseline in that unit
KERNELS = {
    "PolicyTick.tick": ("tick", "ms", 20),
    "NextStep.stays": ("next-stays", "us", 2),
    "NextStep.leaves": ("next-leaves", "us", 2),
    "HostlistWords.parse": ("hostlist-parse", "ms", 20),
    "HostlistWords.format": ("hostlist-format", "ms", 20),
    "WhatIfKernels.metal": ("whatif-job", "us", 60),
    "WhatIfKernels.cloud": ("whatif-job-cloud", "us", 60),
}


def figure(result: dict) -> str:
    name, unit, baseline = KERNELS[".".join(result["benchmark"].split(".")[-2:])]
    for parameter in result.get("params", {}).values():
        name += f"-{parameter.lower()}"
    value = result["primaryMetric"]["score"]
    return f"figure: {name} = {value:.3f} {unit}, baseline {baseline}, ratio {value / baseline:.3f}"


def kernels() -> list[str]:
    """Runs them short; a JMH option such as -f 5 makes it exact: java -jar benchmarks/target/spillway-benchmarks.jar"""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "jmh.json"
        subprocess.run(["java", "-jar", JAR, *OPTIONS, "-rf", "json", "-rff", answer], check=True)
        return [figure(result) for result in json.loads(answer.read_text())]
