"""
Faults put into the parsers, one at a time: each must be told by the unit tests.

``python tests/mutants.py`` where the extension is installed. What is changed is the module in the
memory of a forked process, so nothing is left of a fault.
"""

import contextlib
import importlib
import inspect
import io
import os
import sys
from pathlib import Path

import pytest
import salt.config
import salt.loader  # noqa: F401 loaded once, not in each process

import saltext.spillway.utils.door  # noqa: F401

TESTS = Path(__file__).parent / "unit"

# module of utils: its tests, and what is written in its stead
MUTANTS = {
    "hostlist": (
        ["test_hostlist.py"],
        [
            ("width = len(match[1])", 'width = len(match[2] or "")'),
            ("range(first, last + 1)", "range(first, last)"),
            ("last < first", "last <= first"),
            ("if depth not in (0, 1)", "if depth not in (0, 1, 2)"),
            ("if depth or not all(parts)", "if depth"),
            ("for name in set(names)", "for name in names"),
            ("key=lambda t: (int(t), len(t))", "key=lambda t: t"),
            ('f"{int(last) + 1:0{len(first)}d}"', "str(int(last) + 1)"),
            ("if len(runs) == 1 and runs[0][0] == runs[0][1]", "if len(runs) == 1"),
            ("int(match[2] or match[1])", "int(match[1])"),
        ],
    ),
    "slurm": (
        ["test_slurm.py", "test_slurm_tables.py"],
        [
            ("limit * _MINUTE", "limit"),
            ('if not value.get("set") or value.get("infinite")', 'if not value.get("set")'),
            ("in (_UNLIMITED, _NO_VALUE)", "in (_NO_VALUE,)"),
            ("if array and task is not None", "if array and task"),
            ("end - suspended_at + before if suspended_at", "end - suspended_at if suspended_at"),
            ("return before\n    ended", "return 0\n    ended"),
            ("status >> 8 & 0xFF", "status & 0xFF"),
            ("[word.upper() for word in words", "[word for word in words"),
            ("per_node * nodes if", "per_node if"),
            ("(per_cpu or 0) * cpus", "per_cpu or 0"),
            ("// int(step or 1) + 1", "// int(step or 1)"),
            ("max(1, min(count, int(most))", "max(1, max(count, int(most))"),
            ("least <= since - int(mark[1]) <= most", "since - int(mark[1]) <= most"),
            ('word.startswith("DYNAMIC")', 'word.startswith("CLOUD")'),
            ('"" if value in _NO_TEXT else value', "value"),
            ("lines[-1], subject)", "lines[0], subject)"),
        ],
    ),
    "partitions": (
        ["test_slurm_tables.py"],
        [
            ("days * 24 + hours", "days + hours"),
            ('if text and text != "ALL"', "if text"),
        ],
    ),
    "reservations": (
        ["test_slurm_tables.py"],
        [
            ("return value * 60", "return value"),
            ("flag not in _DERIVED or flag in new", "flag not in new"),
        ],
    ),
    "munge": (
        ["test_munge.py"],
        [
            ('status[2] == "0"', 'status[2] != "1"'),
        ],
    ),
}


def survives(module, tests, old, new):
    """Whether the tests pass all the same."""
    source = inspect.getsource(module)
    if old and source.count(old) != 1:
        sys.exit(
            f"{module.__name__} has {old!r} {source.count(old)} times, not once: mend the list"
        )
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            mutant = source.replace(old, new) if old else source
            code = compile(mutant, module.__file__, "exec")
            exec(code, module.__dict__)  # noqa: S102 our own source
            os._exit(int(pytest.main(["-xq", "-pno:cacheprovider", "--assert=plain", *tests])))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        sys.exit(f"{old!r} -> {new!r}: pytest ended with {code}, that is no verdict")
    return code == 0


def main():
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # what starts servers, and coverage
    alive, count = [], 0
    for name, (files, changes) in MUTANTS.items():
        module = importlib.import_module(f"saltext.spillway.utils.{name}")
        tests = [str(TESTS / file) for file in files]
        if not survives(module, tests, "", ""):
            sys.exit(f"{name}: the tests fail without a fault")
        for old, new in changes:
            count += 1
            if survives(module, tests, old, new):
                alive.append(f"{name}: {old!r} -> {new!r} is told by no test")
    print(*alive, f"{count - len(alive)} of {count} mutants killed", sep="\n")
    return bool(alive)


if __name__ == "__main__":
    sys.exit(main())
