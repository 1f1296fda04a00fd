import pytest

from saltext.spillway.utils import check
from saltext.spillway.utils.errors import SpillwayError, one_line

BAD = [
    (check.name, v)
    for v in ("", "a b", "vn01\n", "vn'1", 'vn"1', "-x", "../x", "a..b", "x" * 64, 1, None, "ü")
]
BAD += [(check.nodes, v) for v in ("vn[01-02", "", [], ["a b"], [1], None, {"a": 1}, "vn01\nx")]
BAD += [
    (check.jobs, v) for v in ("a", "0", "12_", "12;id", ["-1"], [True], {}, None, "1_2_3", [""])
]
BAD += [(check.reason, v) for v in ("", "a\nb", "it's", 'a"b', "a\\b", "x" * 201, None)]
BAD += [(check.uuid, v) for v in ("", "vn01", 12, None)]
BAD += [(check.address, v) for v in ("", "10.0.0.300", "vn01", None)]
BAD += [(check.seconds, v) for v in (0, -1, 1e9, "x", None, True, float("nan"))]
BAD += [(check.metadata, v) for v in ("x", {"k": 1}, {"k": "x" * 256}, {1: "x"}, {"a\nb": "x"})]


@pytest.mark.parametrize(("function", "value"), BAD)
def test_bad_input_is_refused_in_one_line(function, value):
    with pytest.raises(SpillwayError) as error:
        function(value)
    assert error.value.kind == "bad-input"
    assert "\n" not in error.value.message


def test_good_input_comes_through():
    assert check.nodes("vn[01-02],cn1") == ["vn01", "vn02", "cn1"]
    assert check.nodes(["vn[01-02]", "vn01"]) == ["vn01", "vn02"]
    assert check.jobs(["12", "12_3", 13]) == ["12", "12_3", "13"]
    assert check.jobs("12,13_0") == ["12", "13_0"]
    assert check.jobs(12) == ["12"]
    assert check.jobs([]) == []
    assert check.uuid("8D3FBB6A31CC4D5A9A2C0A3D5F0F4A11") == "8d3fbb6a-31cc-4d5a-9a2c-0a3d5f0f4a11"
    assert check.seconds("5") == 5
    assert check.metadata(None) == {}
    assert check.metadata({"spillway:goal": "READY"}) == {"spillway:goal": "READY"}


def test_our_reason_must_begin_with_our_name():
    assert check.reason("spillway: checkpoint", ours=True)
    with pytest.raises(SpillwayError, match="must begin"):
        check.reason("checkpoint", ours=True)


def test_one_line():
    assert one_line("a\n  b\x00c\u2028d") == "a b c d"
    assert len(one_line("x" * 1000)) == 500
