import pytest

from saltext.spillway.utils import digest
from saltext.spillway.utils.errors import SpillwayError


@pytest.mark.parametrize(
    ("facts", "offset"),
    [
        ({"offset": -408.5004, "began": 0, "ended": 0}, -408.5),  # NTP counts
        ({"offset": None, "began": 101.0, "ended": 101.2}, 0.0),  # within the round trip
        ({"offset": None, "began": 91.0, "ended": 91.2}, -9.0),
        ({"offset": None, "began": 111.0, "ended": 111.2}, 9.2),
    ],
)
def test_clock_offset(facts, offset):
    assert digest.clock_offset(facts, sent=100.0, received=102.0) == offset


def run(number, result=True, changes=None, name="x", comment=""):
    return {"__run_num__": number, "__id__": name, "result": result, "changes": changes or {}} | {
        "comment": comment
    }


def test_states():
    result = {"a": run(0, changes={"diff": 1}), "b": run(1), "c": run(2, result=None)}
    assert digest.states("vn01", result) == {"changed": 1, "unchanged": 2}


def test_the_first_failed_state_is_named():
    result = {
        "z": run(1, False, name="munge-key", comment="no such\nfile"),
        "a": run(2, False, name="slurmd", comment="requisite failed"),
    }
    with pytest.raises(SpillwayError) as error:
        digest.states("vn01", result)
    assert error.value.as_dict() == {
        "kind": "failed",
        "message": "state munge-key on vn01: no such file",
        "subject": "vn01",
    }


def test_states_that_did_not_render():
    with pytest.raises(SpillwayError, match="could not be applied: Rendering SLS failed"):
        digest.states("vn01", ["Rendering SLS failed"])
