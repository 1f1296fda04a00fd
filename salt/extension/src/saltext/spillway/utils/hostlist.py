"""
Hostlists as Slurm writes them: ``vn[01-04,7],cn1`` and back.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from saltext.spillway.utils.errors import BAD_INPUT, SpillwayError

# Slurm's own limit for one expression (MAX_HOSTLIST_EXPANSION).
LONGEST = 65536

_RANGE = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,18}))?")
_INDEXED = re.compile(r"(.*?)([0-9]{1,18})")


def expand(text: str) -> list[str]:
    """
    Return the names of a hostlist in the order written, each once.

    ``vn[01-03],cn1`` gives ``["vn01", "vn02", "vn03", "cn1"]``; the width of a range's first
    number is kept. Raises ``bad-input`` for anything that is not a hostlist or that names more
    than 65536 nodes.
    """
    names: dict[str, None] = {}
    for part in _split(text):
        for name in _expand_part(part, text):
            names[name] = None
            if len(names) > LONGEST:
                raise SpillwayError(BAD_INPUT, f"hostlist {text!r} names more than {LONGEST} nodes")
    return list(names)


def fold(names: Iterable[str]) -> str:
    """
    Return the shortest usual hostlist of ``names``: sorted, each once, ranges in brackets.

    ``["vn03", "vn01", "vn02", "cn1"]`` gives ``cn1,vn[01-03]``.
    """
    plain: list[tuple[str, str]] = []
    groups: dict[str, list[str]] = {}
    for name in set(names):
        match = _INDEXED.fullmatch(name)
        if match:
            groups.setdefault(match[1], []).append(match[2])
        else:
            plain.append((name, name))
    folded = plain + [(prefix, prefix + _ranges(tails)) for prefix, tails in groups.items()]
    return ",".join(text for _, text in sorted(folded))


def _split(text: str) -> list[str]:
    """Split at the commas outside brackets."""
    parts, start, depth = [], 0, 0
    for i, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if depth not in (0, 1):
            raise _bad(text)
        if char == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    if depth or not all(parts):
        raise _bad(text)
    return parts


def _expand_part(part: str, text: str) -> Iterator[str]:
    pieces = re.split(r"\[([^\[\]]*)\]", part)
    # split() puts literal text at even places and the insides of brackets at odd ones
    choices = [
        _numbers(piece, text) if place % 2 else [piece] for place, piece in enumerate(pieces)
    ]
    size = 1
    for choice in choices:
        size *= len(choice)
    if size > LONGEST:
        raise SpillwayError(BAD_INPUT, f"hostlist {text!r} names more than {LONGEST} nodes")
    return ("".join(parts) for parts in itertools.product(*choices))


def _numbers(inside: str, text: str) -> list[str]:
    numbers: list[str] = []
    for item in inside.split(","):
        match = _RANGE.fullmatch(item)
        if not match:
            raise _bad(text)
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first >= LONGEST:
            raise _bad(text)
        width = len(match[1])
        numbers.extend(f"{number:0{width}d}" for number in range(first, last + 1))
    return numbers


def _ranges(tails: list[str]) -> str:
    runs: list[list[str]] = []  # [first, last] as written
    for tail in sorted(tails, key=lambda t: (int(t), len(t))):
        if runs:
            first, last = runs[-1]
            if tail == f"{int(last) + 1:0{len(first)}d}":
                runs[-1][1] = tail
                continue
        runs.append([tail, tail])
    if len(runs) == 1 and runs[0][0] == runs[0][1]:
        return runs[0][0]
    return "[" + ",".join(a if a == b else f"{a}-{b}" for a, b in runs) + "]"


def _bad(text: str) -> SpillwayError:
    return SpillwayError(BAD_INPUT, f"{text!r} is not a hostlist; write for example vn[01-04],cn1")
