"""`spillway simulate` against AccaSim (C. Galleguillos and others), and how its time grows. Needs no lab."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parent
TREE = BENCH.parents[1]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "spillway"


def measured(*command: object, **more: str) -> tuple[dict, float, float]:
    """What a command printed as JSON, its seconds from start to end, and its peak memory in MiB."""
    began = time.monotonic()
    run = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, env={**os.environ, **more})
    with run.stdout:
        printed = run.stdout.read()
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode != 0:
        raise SystemExit(f"bench: {' '.join(map(str, command))} ended with exit code {run.returncode}")
    return json.loads(printed), time.monotonic() - began, usage.ru_maxrss / 1024


def archived() -> None:
    """Leaves the command as daemon/bin/install does: with an archive of its classes."""
    jar = TREE / "daemon" / "target" / "spillway-daemon.jar"
    archive = jar.with_suffix(".jsa")
    if not archive.exists() or archive.stat().st_mtime < jar.stat().st_mtime:
        subprocess.run([TREE / "daemon" / "bin" / "share-classes", jar], check=True)


def simulate(*words: object) -> tuple[dict, float, float]:
    """`spillway simulate` without a cloud, in a heap of half a gigabyte."""
    command = [TREE / "daemon" / "bin" / "spillway", "simulate", "--policies", "no-cloud", "--json", *words]
    return measured(*command, SPILLWAY_JAVA_OPTS="-Xmx512m")


def accasim() -> Path:
    """The Python that has AccaSim: made on first need, outside the tree."""
    home = CACHE / "accasim-1.1.3"
    if not (home / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", "-r", BENCH / "accasim.txt"], check=True)
        (home / "ready").touch()
    return home / "bin" / "python"


def starts(table: Path, policy: bool) -> dict[str, int]:
    """When each job started, by a table of ours or of AccaSim's."""
    rows = [line.split(",") for line in table.read_text().splitlines()]
    return {row[1]: int(row[2]) for row in rows[1:]} if policy else {row[0]: int(row[1]) for row in rows}


def against_accasim(label: str, jobs: int, load: float) -> list[str]:
    """The same trace through both; both write when each job started.

    Two ratios: of our whole process, Java's start and all, to AccaSim's whole call, which leaves Python's start and
    imports out; and of what each counts as its simulation alone.

    What AccaSim calls EASY keeps no reservation, so starts are compared in the order `accasim`, which does as it does,
    and the time is that of the true EASY.
    """
    figures = []
    hosts, cores = 125, 8
    site = f"{hosts}x{cores}"
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.swf"
        simulate("--generate", jobs, "--load", load, "--site", site, "--save", trace)
        for order, same in (("fifo", "fifo"), ("easy", "accasim")):
            command = (accasim(), BENCH / "run-accasim", order, trace, hosts, cores, folder)
            theirs, _, their_memory = measured(*command)
            table = Path(folder) / "ours.csv"
            simulate(trace, "--site", site, "--order", same, "--jobs", table)
            compare(order, starts(table, True), starts(Path(folder) / "starts.csv", False))
            document, ours, memory = simulate(trace, "--site", site, "--order", order, "--jobs", table)
            own = document["reports"][0]["seconds"]
            print(
                f"{label}: {jobs} jobs on {site} at a load of {load}, {order}; all start as AccaSim's ({same}). "
                f"{ours:.2f} s, {own:.2f} of it the simulation, {memory:.0f} MiB; AccaSim {theirs['seconds']:.2f} s, "
                f"{theirs['own']:.2f} of it the simulation, {their_memory:.0f} MiB",
                flush=True,
            )
            figures.append(
                f"figure: {label}-{order} = {jobs / ours:.0f} jobs/s, baseline {jobs / theirs['seconds']:.0f}, "
                f"ratio {theirs['seconds'] / ours:.1f}"
            )
            figures.append(
                f"figure: {label}-{order}-alone = {jobs / own:.0f} jobs/s, baseline {jobs / theirs['own']:.0f}, "
                f"ratio {theirs['own'] / own:.1f}"
            )
    return figures


def compare(order: str, ours: dict[str, int], theirs: dict[str, int]) -> None:
    other = [job for job in ours if ours[job] != theirs.get(job)]
    if other:
        raise SystemExit(f"bench: {order}: {len(other)} of {len(ours)} jobs start at another second than AccaSim's")


def simulation() -> list[str]:
    """Jobs simulated a second and peak memory, against AccaSim, and how they grow with jobs and hosts."""
    archived()
    figures = against_accasim("simulation", 100_000, 0.6)
    figures += against_accasim("simulation-with-a-queue", 20_000, 0.9)
    own = {}
    for jobs, hosts in ((10_000, 1000), (100_000, 1000), (1_000_000, 1000), (100_000, 100), (100_000, 10_000)):
        document, whole, memory = simulate("--generate", jobs, "--site", f"{hosts}x8")
        own[jobs, hosts] = document["reports"][0]["seconds"]
        print(
            f"easy: {jobs} jobs on {hosts} hosts: {whole:.2f} s, {jobs / whole:.0f} jobs/s, {memory:.0f} MiB; "
            f"{own[jobs, hosts]:.2f} s of it the simulation",
            flush=True,
        )
        if jobs == 1_000_000:
            figures.append(f"figure: simulation-million = {whole:.1f} s, baseline 60, ratio {whole / 60:.3f}")
            figures.append(f"figure: simulation-memory = {memory:.0f} MiB, baseline 1024, ratio {memory / 1024:.2f}")

    def slope(few: tuple[int, int], many: tuple[int, int], factor: int) -> float:
        return math.log(own[many] / own[few]) / math.log(factor)

    hosts = slope((100_000, 100), (100_000, 10_000), 100)
    late = slope((100_000, 1000), (1_000_000, 1000), 10)
    growth = slope((10_000, 1000), (1_000_000, 1000), 100)
    figures.append(f"figure: simulation-growth-hosts = {hosts:.2f} slope, baseline 1.00, ratio {hosts:.2f}")
    figures.append(f"figure: simulation-growth-late = {late:.2f} slope, baseline 1.00, ratio {late:.2f}")
    figures.append(f"figure: simulation-growth = {growth:.2f} slope, baseline 1.00, ratio {growth:.2f}")
    for place, name in ((0, "little to wait for"), (4, "a long queue")):
        fifo, fifo_alone, easy, easy_alone = (figure.rsplit(" ", 1)[1] for figure in figures[place : place + 4])
        figures.append(
            f"{name}: {fifo} (fifo) and {easy} (easy) times as fast as AccaSim, process to call; "
            f"{fifo_alone} and {easy_alone} the simulation alone"
        )
    figures.append(f"slope {growth:.2f} from 10^4 to 10^6 jobs, {hosts:.2f} from 10^2 to 10^4 hosts")
    return figures
