#!/usr/bin/env python3
"""A virtual node by Salt alone: made, configured, given a job, and removed, without Spillway's own programs.

Runs on the lab (integration-tests/lab), with the commands that a sysadmin would type on the Salt master. Ends

    salt: node in, job done, node out, 0 left

Exit code 0 when all went as told, 1 otherwise with what was seen instead.

usage: demo.py [NODE]     a node of the profile htc that is not there; default vn05
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "integration-tests"))

from onlab.jobs import job, must_complete, submit  # noqa: E402
from onlab.lab import Broken, eventually, footprint, on  # noqa: E402

PROFILE = "htc"


def tell(what: str) -> None:
    print(f"[{time.monotonic() - BEGAN:4.0f} s] {what}", flush=True)


def typed(*command: str, timeout: float = 600, check: bool = True) -> str:
    """What a command on the Salt master says."""
    tell("# " + " ".join(command))
    return on("ctl", *command, timeout=timeout, check=check)


def salt(minion: str, *words: str, check: bool = True):
    """One minion's answer."""
    out = typed("salt", "--static", "--out=json", "--timeout=300", minion, *words, check=check)
    try:
        return json.loads(out)[minion]
    except (ValueError, KeyError, TypeError):
        raise Broken(f"{minion} did not answer {' '.join(words)}: {out.strip()[:200]}") from None


def changes_of_highstate(node: str) -> int:
    answer = salt(node, "state.apply", check=False)
    if not isinstance(answer, dict):
        raise Broken(f"highstate of {node}: {answer}")
    failed = [f"{one.get('__id__')}: {one.get('comment')}" for one in answer.values() if one.get("result") is False]
    if failed:
        raise Broken(f"highstate of {node}: {failed[0]}")
    return sum(1 for one in answer.values() if one.get("changes"))


def pings(node: str) -> bool:
    out = on("ctl", "salt", "--static", "--out=json", "--timeout=5", node, "test.ping", check=False)
    return '"' + node + '": true' in out


def idle(node: str) -> bool:
    return on("ctl", "sinfo", "--noheader", f"--nodes={node}", "--format=%T", check=False).strip() == "idle"


def node_in(node: str) -> None:
    typed("salt-cloud", "--out=json", "-p", PROFILE, node, timeout=600)
    eventually(f"the minion {node}", lambda: pings(node), 300)
    tell(f"{node} is a minion of this master")
    tell(f"highstate: {changes_of_highstate(node)} changes")
    again = changes_of_highstate(node)
    if again:
        raise Broken(f"a second highstate of {node} changed {again} things")
    tell("highstate again: 0 changes")
    eventually(f"{node} idle in Slurm", lambda: idle(node), 120)


def job_done(node: str) -> None:
    number = submit(f"--nodelist={node}", script="hostname; sleep 2")
    must_complete(number, 120)
    tell(f"job {number} on {job(number).get('NodeList')}: COMPLETED 0:0")


def node_out(node: str) -> None:
    salt("ctl", "slurm.drain", node, "it goes")
    salt(node, "service.stop", "slurmd", check=False)
    typed("salt-cloud", "-y", "-d", node, timeout=300)
    answer = salt("ctl", "state.single", "slurm_node.absent", node)
    if any(not one["result"] for one in answer.values()):
        raise Broken(f"Slurm still knows {node}: {answer}")


def left(before: dict[str, list[str]]) -> list[str]:
    """What is there and was not before."""
    return [f"{kind} {name}" for kind, names in footprint().items() for name in names if name not in before[kind]]


def clear(node: str) -> None:
    """After a failure: nothing of ours stays, whatever there was."""
    for words in (["salt-cloud", "-y", "-d", node], ["salt", "ctl", "slurm.delete_node", node]):
        on("ctl", *words, check=False, timeout=300)


def main() -> None:
    node = sys.argv[1] if len(sys.argv) > 1 else "vn05"
    before = footprint()
    there = [kind for kind, names in before.items() if node in names]
    if there:
        raise Broken(f"{node} is among the {there[0]} already; name another node of profile {PROFILE}")
    try:
        node_in(node)
        job_done(node)
        node_out(node)
    except BaseException:
        clear(node)
        raise
    more = left(before)
    if more:
        raise Broken("left behind: " + ", ".join(more))
    print("salt: node in, job done, node out, 0 left")


BEGAN = time.monotonic()

if __name__ == "__main__":
    try:
        main()
    except Broken as exc:
        print(f"salt: {exc}", file=sys.stderr)
        sys.exit(1)
