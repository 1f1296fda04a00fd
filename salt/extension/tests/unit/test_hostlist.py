import random

import pytest

from saltext.spillway.utils.errors import SpillwayError
from saltext.spillway.utils.hostlist import expand, fold


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("vn01", ["vn01"]),
        ("vn[01-03],cn1", ["vn01", "vn02", "vn03", "cn1"]),
        ("vn[1,3-4,1]", ["vn1", "vn3", "vn4"]),
        ("n[9-11]", ["n9", "n10", "n11"]),
        ("n[099-101]", ["n099", "n100", "n101"]),
        ("r[1-2]n[1-2]", ["r1n1", "r1n2", "r2n1", "r2n2"]),
        ("a[1-2]-ib", ["a1-ib", "a2-ib"]),
    ],
)
def test_expand(text, names):
    assert expand(text) == names


NO_HOSTLISTS = [
    "",
    ",",
    "a,",
    "vn[",
    "vn]",
    "vn[1",
    "vn[]",
    "vn[a]",
    "vn[3-1]",
    "vn[[1]]",
    "vn[1-٣]",
]
ODD = ["vn[1-٣]", "vn[1-99999999]", "n[1-300]m[1-300]"]


@pytest.mark.parametrize("text", [*NO_HOSTLISTS, *ODD])
def test_what_is_no_hostlist(text):
    with pytest.raises(SpillwayError) as error:
        expand(text)
    assert error.value.kind == "bad-input"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["vn01"], "vn01"),
        (["vn03", "vn01", "vn02", "cn1"], "cn1,vn[01-03]"),
        (["n9", "n10", "n11", "n99", "n100"], "n[9-11,99-100]"),
        (["n09", "n9", "n10"], "n[9,09-10]"),
        (["login", "n1"], "login,n1"),
        (["n1", "n1", "n2"], "n[1-2]"),
        (["r1n1", "r1n2", "r2n1"], "r1n[1-2],r2n1"),
    ],
)
def test_fold(names, text):
    assert fold(names) == text


def test_fold_and_expand_are_inverse():
    rng = random.Random(24)  # noqa: S311
    for _ in range(500):
        names = {
            f"{rng.choice(['vn', 'cn-', 'r1n', 'x'])}{rng.randint(0, 120):0{rng.randint(1, 3)}d}"
            for _ in range(rng.randint(1, 60))
        }
        assert set(expand(fold(names))) == names
        assert fold(expand(fold(names))) == fold(names)
