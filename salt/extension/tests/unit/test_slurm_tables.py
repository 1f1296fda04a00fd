"""Partitions and reservations, from the lines that 22.05 and 24.11 printed of one site."""

import pytest

from saltext.spillway.utils import partitions, reservations
from saltext.spillway.utils import slurm as api
from saltext.spillway.utils.errors import SpillwayError

SERVICE = {
    "name": "service",
    "state": "INACTIVE",
    "start_time": 1798099200,
    "end_time": 1798106400,
    "duration": 7200,
    "nodes": ["cn01", "cn02"],
    "node_count": 2,
    "cores": 4,
    "partition": "",
    "features": "",
    "licenses": "",
    "users": ["alice", "root"],
    "accounts": [],
    "groups": [],
    "flags": ["IGNORE_JOBS", "MAINT", "SPEC_NODES"],
}


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    reservations.time.tzset()
    yield
    monkeypatch.undo()
    reservations.time.tzset()


def test_partitions(slurm):
    default, urgent = partitions.partitions()
    assert default == {
        "name": "all",
        "state": "UP",
        "default": True,
        "hidden": False,
        "nodes": ["cn01", "cn02", "cn03"],
        "nodesets": ["virtual"],
        "cpus": 6,
        "max_time": None,
        "default_time": None,
        "max_nodes": None,
        "min_nodes": 0,
        "priority_tier": 1,
        "oversubscribe": "NO",
        "preempt_mode": "OFF",
        "groups": None,
        "accounts": None,
        "qos": None,
    }
    assert (urgent["default"], urgent["state"], urgent["groups"]) == (False, "DRAIN", ["alice"])
    assert (urgent["max_time"], urgent["default_time"]) == (2 * 86400 + 3600, 1800)
    assert (urgent["max_nodes"], urgent["priority_tier"]) == (2, 10)
    assert urgent["oversubscribe"] == "FORCE:2"
    assert partitions.partitions("urgent") == [urgent]


def test_an_unknown_partition(slurm):
    with pytest.raises(SpillwayError, match="no partition nix") as error:
        partitions.partitions("all,nix")
    assert (error.value.kind, error.value.subject) == ("not-found", "nix")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1:02:03", 3723), ("2-01:00:00", 176400), ("UNLIMITED", None), ("", None), ("NONE", None)],
)
def test_durations(text, seconds):
    assert partitions.seconds(text) == seconds


def test_reservations(slurm):
    found = {one["name"]: one for one in reservations.reservations()}
    assert found["service"] == SERVICE
    assert (found["part"]["partition"], found["part"]["duration"]) == ("urgent", 7 * 86400 + 57600)
    assert reservations.reservations("service") == [SERVICE]
    with pytest.raises(SpillwayError, match="no reservation nix") as error:
        reservations.reservations("nix")
    assert error.value.kind == "not-found"


def test_no_reservations(slurm):
    slurm.lines["reservation"] = "No reservations in the system\n"
    assert reservations.reservations() == []


def test_a_text_with_spaces_stays_in_one_piece():
    line = "ReservationName=a Comment=new disks, all Users=alice BurstBuffer=(null)"
    assert api._fields(line) == {
        "ReservationName": "a",
        "Comment": "new disks, all",
        "Users": "alice",
        "BurstBuffer": "",
    }


def test_moments_are_asked_for_in_seconds(monkeypatch):
    asked = []

    def run(argv, environment=None, **_):
        asked.append((argv, environment))
        return 0, "", ""

    monkeypatch.setattr(api.command, "run", run)
    reservations.reservations()
    assert asked == [
        (["scontrol", "--oneliner", "show", "reservation"], {"SLURM_TIME_FORMAT": "%s"})
    ]


def test_create(slurm):
    reservations.create(
        "disks",
        start=1798099200,
        duration="2:00:00",
        nodes=["cn02", "cn01"],
        users=["root", "alice"],
        flags="MAINT",
    )
    assert slurm.said == [
        [
            "scontrol",
            "create",
            "reservation",
            "ReservationName=disks",
            "StartTime=2026-12-24T08:00:00",
            "Duration=2:00:00",
            "Nodes=cn[01-02]",
            "Users=root,alice",
            "Flags=MAINT",
        ]
    ]


def test_create_of_one_that_exists(slurm):
    with pytest.raises(SpillwayError, match="service exists already") as error:
        reservations.create("service", start="now", nodes="ALL", users="root")
    assert error.value.kind == "refused"
    assert slurm.said == []


@pytest.mark.parametrize(
    "settings",
    [
        {"start": "2026-12-24T08:00"},
        {"start": 1798099200, "end": "2026-12-24T10:00:00"},
        {"duration": 120},
        {"duration": "120"},
        {"duration": "2:00:00"},
        {"duration": "UNLIMITED"},  # not to be compared
        {"nodes": "cn02,cn01"},
        {"nodes": "ALL"},
        {"node_count": "2"},
        {"users": "alice,root"},
        {"flags": ["MAINT", "IGNORE_JOBS"]},
        {"flags": ["MAINT", "IGNORE_JOBS", "SPEC_NODES"]},
        {"partition": "", "licenses": None},
    ],
)
def test_what_is_so_already(slurm, settings):
    assert reservations.update("service", **settings) == {}
    assert slurm.said == []


@pytest.mark.parametrize(
    ("settings", "words", "changed"),
    [
        ({"start": "2026-12-24T09:00:00"}, [["StartTime=2026-12-24T09:00:00"]], {"start_time"}),
        (
            {"start": "2026-12-24T09:00:00", "end": "2026-12-24T10:00:00"},
            [["StartTime=2026-12-24T09:00:00", "EndTime=2026-12-24T10:00:00"]],
            {"start_time"},
        ),
        ({"end": 1798106401}, [["EndTime=2026-12-24T10:00:01"]], {"end_time"}),
        ({"nodes": "cn01"}, [["Nodes=cn01"]], {"nodes"}),
        ({"users": "bob", "duration": 60}, [["Duration=60", "Users=bob"]], {"users", "duration"}),
        (
            {"flags": "MAINT,DAILY", "users": "bob"},
            [["Users=bob"], ["Flags=-IGNORE_JOBS"], ["Flags=+DAILY"]],
            {"flags", "users"},
        ),
        ({"flags": []}, [["Flags=-IGNORE_JOBS,MAINT"]], {"flags"}),
    ],
)
def test_update_says_only_what_differs(slurm, settings, words, changed):
    if words == [["Duration=60", "Users=bob"]]:
        settings = {"duration": 60, "users": "bob"}
    assert set(reservations.update("service", **settings)) == changed
    assert [command[2:] for command in slurm.said] == [
        ["ReservationName=service", *some] for some in words
    ]


def test_what_changes_is_told_old_and_new(slurm):
    assert reservations.update("service", flags="MAINT", users="alice") == {
        "users": {"old": ["alice", "root"], "new": ["alice"]},
        "flags": {"old": ["IGNORE_JOBS", "MAINT"], "new": ["MAINT"]},
    }


def test_delete(slurm):
    assert reservations.delete("nix") is False
    assert slurm.said == []
    assert reservations.delete("service") is True
    assert slurm.said == [["scontrol", "delete", "ReservationName=service"]]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"colour": "red"}, "no 'colour'"),
        ({"users": "a b"}, "no spaces"),
        ({"users": "a=b"}, "no spaces"),
        ({"nodes": "cn[1"}, "hostlist"),
        ({"start": "2026-13-24T08:00:00"}, "moment"),
    ],
)
def test_what_cannot_be_meant(slurm, settings, said):
    for act in (reservations.create, reservations.update):
        with pytest.raises(SpillwayError, match=said) as error:
            act("service", **settings)
        assert error.value.kind == "bad-input"
    assert slurm.said == []


def test_update_of_an_unknown_one(slurm):
    with pytest.raises(SpillwayError, match="no reservation nix") as error:
        reservations.update("nix", users="root")
    assert error.value.kind == "not-found"


def test_a_dry_run_changes_nothing(slurm):
    slurm.data["jobs"]["jobs"] = [
        job for job in slurm.data["jobs"]["jobs"] if "vn01" not in (job["nodes"] or "")
    ]
    with api.dry_run():
        assert api.drain("cn01", "bad fan") == {"drained": ["cn01"], "already": {}}
        assert api.undrain("vn01") == {"undrained": ["vn01"], "left": {}}
        assert api.down("cn01", "bad fan")["down"] == ["cn01"]
        assert api.create_node("vn02") is True
        assert api.delete_node("vn01") is True
        assert api.update_node("cn01", comment="x") is True
        assert api.update_job(12, comment="x") is True
        assert api.reconfigure() is True
        assert reservations.delete("service") is True
        with pytest.raises(SpillwayError, match="exists already"):
            api.create_node("vn01")
    assert slurm.said == []
    api.drain("cn01", "bad fan")
    assert slurm.said


def test_a_dry_run_says_which_jobs_it_could(slurm):
    running = next(job["id"] for job in api.jobs() if "SUSPENDED" in job["states"])
    with api.dry_run():
        assert api.resume([running]) == {"done": [running], "skipped": {}}
        assert api.suspend([running, "999"]) == {
            "done": [],
            "skipped": {
                running: "it is SUSPENDED, not RUNNING",
                "999": "Slurm knows no such job",
            },
        }
    assert slurm.said == []


def test_requeue_of_many(slurm_24):
    ours, theirs = (
        next(job for job in slurm_24.data["jobs"]["jobs"] if job["job_id"] == raw) for raw in (7, 9)
    )
    ours["job_state"] = ["RUNNING"]
    ours["priority"] = {"set": True, "infinite": False, "number": 7}
    answer = api.requeue_all([7, "6_1", 99])
    assert answer["done"] == ["7"]
    assert "somebody else has suspended" in answer["skipped"]["6_1"]
    assert "on no node" in answer["skipped"]["99"]
    assert slurm_24.said == [["scontrol", "requeue", "7"]]
    assert theirs["job_state"] == ["SUSPENDED"]


def test_what_is_noted_of_nodes_and_jobs(slurm):
    api.update_node("vn01", extra="a b", comment="")
    api.update_job("12_3", comment="x", admin_comment="", extra="y")
    assert slurm.said == [
        ["scontrol", "update", "NodeName=vn01", "Extra=a b", "Comment="],
        ["scontrol", "update", "JobId=12_3", "Comment=x", "AdminComment=", "Extra=y"],
    ]
    with pytest.raises(SpillwayError, match="nothing to change"):
        api.update_job(12)
    with pytest.raises(SpillwayError, match="quotes"):
        api.update_job(12, comment="it's")
