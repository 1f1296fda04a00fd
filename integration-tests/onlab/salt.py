"""Minions of the lab's Salt master, as an admin sees them there."""

from __future__ import annotations

import json

from onlab.lab import Broken, on


def pings(node: str) -> bool:
    out = on("ctl", "salt", "--static", "--out=json", "--timeout=5", node, "test.ping", check=False)
    return '"' + node + '": true' in out


def highstate(node: str) -> None:
    out = on("ctl", "salt", "--static", "--out=json", "--timeout=300", node, "state.apply", timeout=900, check=False)
    try:
        failed = [one["comment"] for one in json.loads(out)[node].values() if one["result"] is False]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Broken(f"highstate of {node}: {out.strip()[-200:]}") from None
    if failed:
        raise Broken(f"highstate of {node}: {failed[0]}")


def shell(node: str, command: str, user: str = "root", seconds: float = 60) -> tuple[int, str]:
    """Exit code and output of a command that a minion runs; 124 if it took longer."""
    words = [f"timeout {seconds:.0f} {command}", f"runas={user}", "cwd=/", "python_shell=True"]
    asked = ["salt", "--static", "--out=json", f"--timeout={seconds + 60:.0f}", node, "cmd.run_all", *words]
    out = on("ctl", *asked, timeout=seconds + 120, check=False)
    try:
        answer = json.loads(out)[node]
        return answer["retcode"], f"{answer['stdout']}\n{answer['stderr']}".strip()
    except (ValueError, KeyError, TypeError):
        raise Broken(f"{node} did not run {command}: {out.strip()[-200:]}") from None
