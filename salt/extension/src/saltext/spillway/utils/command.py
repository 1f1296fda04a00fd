"""
Run a program without a shell.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

from saltext.spillway.utils.errors import FAILED, UNREACHABLE, SpillwayError

_PATH = os.pathsep.join(
    [os.environ.get("PATH", ""), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
)


def _environment() -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("SLURM_")}
    # Salt's own bundles set this for their own libraries; Slurm's tools must not see it.
    env.pop("LD_LIBRARY_PATH", None)
    if "SLURM_CONF" in os.environ:
        env["SLURM_CONF"] = os.environ["SLURM_CONF"]
    # 0: a job array's task ids are told in full
    return {**env, "LC_ALL": "C.UTF-8", "PATH": _PATH, "SLURM_BITSTR_LEN": "0"}


def run(
    argv: list[str],
    timeout: float = 10,
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
    **popen: Any,
) -> tuple[int, str, str]:
    """
    Return ``(exit code, stdout, stderr)`` of a command.

    Raises ``failed`` if the program is not there and ``unreachable`` if it has not ended after
    ``timeout`` seconds (it is killed then). ``environment`` is added to the usual one;
    further keywords go to ``subprocess.run``.
    """
    program = shutil.which(argv[0], path=_PATH)
    if program is None:
        raise SpillwayError(FAILED, f"the program {argv[0]} is not installed here")
    try:
        done = subprocess.run(
            [program, *argv[1:]],
            input=stdin,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            env={**_environment(), **(environment or {})},
            timeout=timeout,
            **popen,
        )
    except subprocess.TimeoutExpired:
        raise SpillwayError(UNREACHABLE, f"{argv[0]} did not end within {timeout} s") from None
    except OSError as exc:
        raise SpillwayError(FAILED, f"{argv[0]} could not be started: {exc}") from None
    return done.returncode, done.stdout, done.stderr
