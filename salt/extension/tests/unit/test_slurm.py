import pytest

from saltext.spillway.utils import door
from saltext.spillway.utils import slurm as api
from saltext.spillway.utils.errors import SpillwayError


def test_jobs_are_what_squeue_shows(slurm, monkeypatch):
    monkeypatch.setattr(api.time, "time", lambda: slurm.now)
    jobs = {str(job["job_id"]): job for job in api.jobs()}
    for shown_id, raw, state, elapsed in slurm.squeue():
        job = jobs[raw]
        # squeue shows the rest of an array as 6_[2-3%1], we by its raw id
        assert job["id"] == (raw if "[" in shown_id else shown_id)
        assert job["states"] == [state]
        minutes, seconds = elapsed.split(":")
        assert job["run_time"] == int(minutes) * 60 + int(seconds)
        assert job["user"] == "alice"
    assert len(jobs) == len(slurm.squeue())


def test_a_suspended_job(slurm):
    job = next(job for job in api.jobs() if "SUSPENDED" in job["states"])
    assert job["nodes"] == ["vn01"]
    assert job["time_limit"] is None
    assert slurm.now - 60 < job["suspend_time"] < slurm.now
    assert job["exit_code"] == "0:0"
    assert job["reason"] == ""


def test_what_a_job_asked_for(slurm):
    job = next(
        job
        for job in api.jobs()
        if job["reason"] in ("Resources", "ReqNodeNotAvail") and job["states"] == ["PENDING"]
    )
    asked = {key: job[key] for key in (
        "account", "qos", "node_count", "cpus", "memory_mb", "features", "requeue", "tasks"
    )}  # fmt: skip
    assert asked == {
        "account": "",
        "qos": "",
        "node_count": 1,
        "cpus": 1,
        "memory_mb": 1,
        "features": "",
        "requeue": True,
        "tasks": 1,
    }
    assert job["priority"] > 0


def test_what_a_job_on_several_nodes_asked_for(slurm):
    record = slurm.job(8 if slurm.release.startswith("24") else 3)
    record |= {"account": "physics", "qos": "low", "features": "virtual&ssd", "requeue": False}
    counts = {"node_count": 3, "cpus": 12, "memory_per_node": 500}
    for key, count in counts.items():
        plain = not isinstance(record[key], dict)
        record[key] = count if plain else {"set": True, "infinite": False, "number": count}
    job = next(job for job in api.jobs() if job["account"])
    assert (job["qos"], job["features"], job["requeue"]) == ("low", "virtual&ssd", False)
    assert (job["node_count"], job["cpus"], job["memory_mb"]) == (3, 12, 1500)


def test_the_rest_of_an_array_stands_for_what_may_run_at_once(slurm):
    rest = next(job for job in api.jobs() if job["reason"] == "JobArrayTaskLimit"
                and job["states"] == ["PENDING"])  # fmt: skip
    assert rest["tasks"] == 1  # 2-3%1


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("", 1),
        (None, 1),
        ("7", 1),
        ("0-999", 1000),
        ("0-999%50", 50),
        ("1-5%50", 5),
        ("1-9:2,12,20-21", 8),
        ("3,4%0", 2),
        ("odd", 1),
    ],
)
def test_tasks_of_an_array(text, tasks):
    assert api._tasks({"array_task_string": text}) == tasks


def test_a_job_in_the_site_has_no_field_that_says_nothing(slurm, monkeypatch):
    monkeypatch.setattr(api.time, "time", lambda: slurm.now)
    whole = {job["job_id"]: job for job in api.jobs()}
    for job in api.site()["jobs"]:
        assert {"id", "job_id", "states", "nodes", "cpus"} <= job.keys()
        assert not {"account", "qos", "features", "node_count"} & job.keys()
        assert all(whole[job["job_id"]][key] == value for key, value in job.items())


def test_a_job_that_is_long_over_is_not_in_the_site(slurm, monkeypatch):
    def told(seconds):
        monkeypatch.setattr(api.time, "time", lambda: slurm.now + seconds)
        return {job["job_id"]: job["states"] for job in api.site()["jobs"]}

    monkeypatch.setattr(api.time, "time", lambda: slurm.now)
    states = {job["job_id"]: job["states"] for job in api.jobs()}
    ends = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT"}
    over = {job for job, words in states.items() if ends & set(words)}
    assert over < states.keys()
    assert told(60) == states
    assert told(3600) == {job: words for job, words in states.items() if job not in over}


def test_exit_code_of_a_killed_job(slurm_24):
    assert {job["exit_code"] for job in api.jobs() if job["id"] == "1_1"} == {"0:9"}
    assert api._exit_code(0x0300) == "3:0"  # 22.05 gives the raw status
    assert api._exit_code(9) == "0:9"


def test_jobs_of_a_node_and_all_pending(slurm):
    on_other_node = api.jobs(["cn01"])
    assert on_other_node
    assert all("PENDING" in job["states"] for job in on_other_node)
    assert any("SUSPENDED" in job["states"] for job in api.jobs(["vn01"]))


def test_nodes(slurm):
    metal, virtual = api.nodes()
    assert (metal["name"], metal["dynamic"], metal["features"]) == ("cn01", False, ["metal"])
    assert virtual["name"] == "vn01"
    assert virtual["dynamic"]
    assert {"DRAIN", "DYNAMIC_NORM"} <= set(virtual["states"])
    assert virtual["features"][0] == "virtual"
    assert virtual["partitions"] == ["all"]
    assert (virtual["cpus"], virtual["memory_mb"]) == (2, 700)
    assert virtual["reason"] == "spillway: checkpoint"
    assert virtual["boot_time"] > 1_700_000_000
    assert metal["boot_time"] is None


def test_unknown_node(slurm):
    with pytest.raises(SpillwayError) as error:
        api.nodes(["vn01", "vn08", "vn09"])
    assert (error.value.kind, error.value.subject) == ("not-found", "vn08")
    assert "vn[08-09]" in error.value.message
    assert api.site(["vn08"])["nodes"] == []


def test_our_drain_is_idempotent(slurm):
    assert api.drain("vn01", "spillway: again") == {"drained": ["vn01"], "already": {}}
    assert slurm.said == [
        ["scontrol", "update", "NodeName=vn01", "State=DRAIN", "Reason=spillway: again"]
    ]


def test_an_admins_drain_is_left_alone(slurm):
    slurm.node("vn01")["reason"] = "bad fan"
    assert api.drain("vn01,cn01", "spillway: x") == {
        "drained": ["cn01"],
        "already": {"vn01": "bad fan"},
    }
    assert slurm.said[0][2] == "NodeName=cn01"
    assert api.undrain("vn01", "spillway:") == {"undrained": [], "left": {"vn01": "bad fan"}}
    assert len(slurm.said) == 1


@pytest.mark.parametrize(
    ("states", "reason"),
    [(["DOWN"], "bad fan"), (["IDLE", "DRAIN"], "spillway: drain: bad fan")],
)
def test_what_a_person_closed_keeps_its_reason(slurm, states, reason):
    slurm.node("vn01").update(state=states, reason=reason)
    assert api.drain("vn01", "spillway: checkpoint")["already"] == {"vn01": reason}
    assert slurm.said == []


def test_an_admin_does_not_take_over_our_drain(slurm):
    assert api.drain("vn01", "bad fan")["already"] == {"vn01": "spillway: checkpoint"}
    assert slurm.said == []


def test_undrain(slurm):
    assert api.undrain(["vn01", "cn01"], "spillway:") == {"undrained": ["vn01", "cn01"], "left": {}}
    assert slurm.said == [["scontrol", "update", "NodeName=vn01", "State=UNDRAIN"]]


def test_a_drain_that_a_person_asked_us_for_ends_only_when_asked(slurm):
    slurm.node("vn01")["reason"] = "spillway: drain: bad fan"
    left = {"vn01": "spillway: drain: bad fan"}
    assert api.undrain("vn01", "spillway:", asked=False) == {"undrained": [], "left": left}
    assert slurm.said == []
    assert api.undrain("vn01", "spillway:")["undrained"] == ["vn01"]


DIED = "spillway: its server died"


def states(slurm, name, words, reason):
    node = slurm.node(name)
    flags = node.pop("state_flags", None)  # 22.05 has them apart
    node["state"] = words[0].lower() if flags is not None else words
    if flags is not None:
        node["state_flags"] = words[1:]
    node["reason"] = reason


def settings(slurm):
    return [command[2:] for command in slurm.said]


def test_a_dead_node_is_closed_before_slurm_takes_its_jobs_off(slurm):
    assert api.down("vn01", DIED) == {"down": ["vn01"], "already": {}}
    assert settings(slurm) == [
        ["NodeName=vn01", "State=DRAIN", f"Reason={DIED}"],
        ["NodeName=vn01", "State=DOWN", f"Reason={DIED}"],
    ]


@pytest.mark.parametrize("reason", ["bad fan", "spillway: drain: bad fan"])
def test_somebody_elses_drain_keeps_its_reason_when_its_node_dies(slurm, reason):
    states(slurm, "vn01", ["IDLE", "DRAIN"], reason)
    assert api.down("vn01", DIED) == {"down": ["vn01"], "already": {}}
    assert settings(slurm)[-1] == ["NodeName=vn01", "State=DOWN", f"Reason={reason}"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [(["DOWN"], "bad fan"), (["DOWN", "DRAIN"], "bad fan"), (["DOWN", "DRAIN"], DIED)],
)
def test_a_node_that_is_down_already_is_left_alone(slurm, words, reason):
    states(slurm, "vn01", words, reason)
    assert api.down("vn01", DIED) == {"down": [], "already": {"vn01": reason}}
    assert slurm.said == []


def test_a_node_that_slurmctld_gave_up_is_closed(slurm):
    states(slurm, "vn01", ["DOWN", "NOT_RESPONDING"], "Not responding")
    assert api.down("vn01", DIED)["down"] == ["vn01"]


def test_our_down_ends_with_our_drain(slurm):
    states(slurm, "vn01", ["DOWN", "DRAIN"], DIED)
    assert api.undrain("vn01", "spillway:") == {"undrained": ["vn01"], "left": {}}
    assert settings(slurm) == [["NodeName=vn01", "State=RESUME"]]


@pytest.mark.parametrize(
    ("words", "reason", "prefix", "said"),
    [
        (["DOWN"], "bad fan", "spillway:", []),
        (["DOWN", "DRAIN"], "bad fan", "spillway:", []),
        (["DOWN", "DRAIN"], "bad fan", "", [["NodeName=vn01", "State=UNDRAIN"]]),
    ],
)
def test_no_other_down_ends(slurm, words, reason, prefix, said):
    states(slurm, "vn01", words, reason)
    api.undrain("vn01", prefix)
    assert settings(slurm) == said


@pytest.mark.parametrize(
    ("words", "heard", "looks"),
    [
        ([["IDLE"]], True, 1),
        ([["IDLE", "NOT_RESPONDING"], ["IDLE", "NOT_RESPONDING"], ["IDLE"]], True, 3),
        ([["DOWN"]], False, 1),
        ([["IDLE", "POWERED_DOWN"]], False, 1),
    ],
)
def test_whether_slurm_hears_a_node(monkeypatch, words, heard, looks):
    seen = []

    def nodes(names):
        seen.append(names)
        return [{"states": words[len(seen) - 1]}]

    monkeypatch.setattr(api, "nodes", nodes)
    monkeypatch.setattr(api.time, "sleep", lambda seconds: None)
    assert api.heard("vn01") is heard
    assert seen == [["vn01"]] * looks


def test_a_node_that_slurm_never_hears(slurm):
    states(slurm, "vn01", ["IDLE", "NOT_RESPONDING"], "")
    assert api.heard("vn01", timeout=0) is False


def test_release_leaves_alone_what_is_not_held_or_held_by_its_user(slurm):
    jobs = slurm.data["jobs"]["jobs"]
    held, users, running = jobs[:3]
    priority = {"set": True, "infinite": False, "number": 0} if slurm.release == "24.11" else 0
    for job_id, job in enumerate(jobs[:3], start=70):
        job.update(job_id=job_id, array_job_id=0, priority=priority, state_reason="JobHeldAdmin")
        job["job_state"] = ["PENDING"] if slurm.release == "24.11" else "PENDING"
    users["state_reason"] = "JobHeldUser"
    running["job_state"] = ["RUNNING"] if slurm.release == "24.11" else "RUNNING"
    answer = api.release(["70", "71", "72", "99"])
    assert held["job_id"] == 70
    assert answer["done"] == ["70"]
    assert set(answer["skipped"]) == {"71", "72", "99"}
    assert slurm.said == [["scontrol", "release", "70"]]


def test_a_job_that_slurm_does_not_release_is_an_error(slurm):
    job = slurm.data["jobs"]["jobs"][0]
    pending = "PENDING" if slurm.release == "22.05" else ["PENDING"]
    job.update(job_id=70, array_job_id=0, priority=0, job_state=pending)
    slurm.answers["scontrol release"] = (1, "", "Requested operation is presently disabled")
    with pytest.raises(SpillwayError) as error:
        api.release(["70"])
    assert (error.value.kind, error.value.subject) == ("refused", "70")


STARTED = 1795400000


def on_vn01(slurm, state="RUNNING", priority=100, **more):
    """Job 70 of alice on vn01."""
    new = slurm.release == "24.11"

    def number(value):
        return {"set": True, "infinite": False, "number": value} if new else value

    job = slurm.data["jobs"]["jobs"][0]
    job.update(
        job_id=70,
        array_job_id=0,
        user_name="alice",
        nodes="vn01",
        job_state=[state] if new else state,
        priority=number(priority),
        start_time=number(STARTED),
        suspend_time=number(0),
        admin_comment="",
    )
    job.update({key: number(value) for key, value in more.items() if key == "suspend_time"})
    job.update({key: value for key, value in more.items() if key != "suspend_time"})


MEANT = {"user": "alice", "nodes": ["vn01"], "started": STARTED}


@pytest.mark.parametrize(
    ("end", "said"), [(api.requeue, ["scontrol", "requeue", "70"]), (api.cancel, ["scancel", "70"])]
)
def test_the_job_that_is_meant_is_ended(slurm, end, said):
    on_vn01(slurm)
    assert end("70", **MEANT) == {"ended": "70"}
    assert end("70") == {"ended": "70"}
    assert slurm.said == [said, said]


@pytest.mark.parametrize("end", [api.requeue, api.cancel])
@pytest.mark.parametrize(
    "other", [{"user": "bob"}, {"nodes": ["vn01", "vn02"]}, {"started": STARTED + 1}]
)
def test_another_job_of_that_id_is_left_alone(slurm, end, other):
    on_vn01(slurm)
    with pytest.raises(SpillwayError) as error:
        end("70", **{**MEANT, **other})
    assert (error.value.kind, error.value.subject) == ("refused", "70")
    assert "is not the one that was meant: it " in error.value.message
    assert slurm.said == []


@pytest.mark.parametrize("end", [api.requeue, api.cancel])
@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"priority": 0}, "somebody holds job 70"),
        ({"state": "SUSPENDED", "priority": 0}, "somebody else has suspended job 70"),
        (
            {
                "state": "SUSPENDED",
                "priority": 0,
                "suspend_time": STARTED + 100,
                "admin_comment": f"spillway:suspended@{STARTED}",
            },
            "somebody else has suspended job 70",
        ),
    ],
)
def test_a_job_that_somebody_holds_is_not_ended(slurm, end, how, why):
    on_vn01(slurm, **how)
    with pytest.raises(SpillwayError) as error:
        end("70", **MEANT)
    assert (error.value.kind, error.value.message) == ("refused", why)
    assert slurm.said == []


def test_a_job_that_we_suspended_may_be_cancelled_and_not_requeued(slurm):
    ours = {"suspend_time": STARTED + 1, "admin_comment": f"spillway:suspended@{STARTED}"}
    on_vn01(slurm, state="SUSPENDED", priority=0, **ours)
    with pytest.raises(SpillwayError) as error:
        api.requeue("70", **MEANT)
    assert "resume it before" in error.value.message
    assert api.cancel("70", **MEANT) == {"ended": "70"}
    assert slurm.said == [["scancel", "70"]]


@pytest.mark.parametrize("end", [api.requeue, api.cancel])
def test_a_job_that_ends_already_is_not_ended_again(slurm, end):
    on_vn01(slurm, state="COMPLETING", priority=0)
    assert end("70", **MEANT) == {"ended": "70"}
    assert slurm.said == []


@pytest.mark.parametrize("end", [api.requeue, api.cancel])
@pytest.mark.parametrize("state", ["PENDING", "COMPLETED", None])
def test_a_job_that_is_on_no_node_is_not_found(slurm, end, state):
    if state:
        on_vn01(slurm, state=state)
    with pytest.raises(SpillwayError) as error:
        end("70", **MEANT)
    assert (error.value.kind, error.value.subject) == ("not-found", "70")
    assert slurm.said == []


def test_a_job_that_may_not_start_anew_is_refused(slurm):
    on_vn01(slurm)
    slurm.answers["scontrol requeue"] = (1, "", "Requested operation is presently disabled")
    with pytest.raises(SpillwayError) as error:
        api.requeue("70", **MEANT)
    assert error.value.kind == "refused"


def test_drain_of_an_unknown_node_changes_nothing(slurm):
    with pytest.raises(SpillwayError):
        api.drain("vn01,vn09", "spillway: x")
    assert slurm.said == []


def test_suspend_skips_what_slurm_refuses(slurm):
    slurm.answers["scontrol suspend 13"] = (1, "", "Job is pending execution for job 13\n")
    answer = api.suspend(["12", "13", "14_1"])
    assert answer["done"] == ["12", "14_1"]
    assert list(answer["skipped"]) == ["13"]
    assert "pending execution" in answer["skipped"]["13"]


class Clock:
    """Goes on while somebody sleeps, and not else."""

    def __init__(self, monkeypatch):
        self.now = 1_800_000_000
        monkeypatch.setattr(api.time, "time", lambda: self.now + 0.7)
        monkeypatch.setattr(api.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(api.time, "sleep", self.sleep)

    def sleep(self, seconds):
        self.now += seconds


def test_a_step_that_may_just_be_starting_is_waited_for(slurm, monkeypatch):
    clock = Clock(monkeypatch)
    began = clock.now
    slurm.steps = lambda: [("12.batch", clock.now), ("12.0", began - 100), ("12.1", began)]
    api.suspend(["12"])
    assert slurm.said == [["scontrol", "suspend", "12"]]
    assert began + 1 < clock.now < began + 2


def test_a_job_that_starts_step_after_step_is_suspended_all_the_same(slurm, monkeypatch):
    clock = Clock(monkeypatch)
    began = clock.now
    slurm.steps = lambda: [("12.7", int(clock.now))]
    assert api.suspend(["12"])["done"] == ["12"]
    assert began + 4 <= clock.now < began + 5


@pytest.mark.parametrize("steps", [[], [("12.batch", 1_800_000_000)], [("12.0", 1_799_999_990)]])
def test_where_no_step_starts_nobody_waits(slurm, monkeypatch, steps):
    clock = Clock(monkeypatch)
    slurm.steps = lambda: steps
    assert api.suspend(["12"])["done"] == ["12"]
    assert clock.now == 1_800_000_000


def test_where_squeue_tells_nothing_nobody_waits(slurm, monkeypatch):
    clock = Clock(monkeypatch)
    slurm.answers["squeue --steps"] = (1, "", "squeue: error: Invalid job id specified")
    assert api.suspend(["12"])["done"] == ["12"]
    slurm.answers["squeue --steps"] = (0, "12.0 N/A\nwhat is that\n", "")
    assert api.suspend(["12"])["done"] == ["12"]
    assert clock.now == 1_800_000_000


def test_who_asks_what_it_would_do_waits_for_nothing(slurm, monkeypatch):
    clock = Clock(monkeypatch)
    slurm.steps = lambda: [("12.0", clock.now)]
    with api.dry_run():
        api.suspend(["12"])
    assert clock.now == 1_800_000_000


def test_suspend_with_slurmctld_down_is_an_error(slurm):
    slurm.answers["scontrol suspend"] = (
        1,
        "",
        "slurm_suspend error: Unable to contact slurm controller (connect failure)",
    )
    with pytest.raises(SpillwayError) as error:
        api.suspend(["12"])
    assert error.value.kind == "unreachable"


def job_in(slurm, raw, state, **more):
    job = slurm.data["jobs"]["jobs"][0]
    job.update(job_id=raw, array_job_id=0, **more)
    job["job_state"] = state if slurm.release == "22.05" else [state]
    return job


def test_what_we_suspend_bears_our_mark(slurm, monkeypatch):
    monkeypatch.setattr(api.time, "time", lambda: 1_800_000_000.7)
    job_in(slurm, 70, "RUNNING", admin_comment="paid by chem spillway:suspended@1")
    assert api.suspend(["70", "71"], ours=True)["done"] == ["70", "71"]
    mark = "AdminComment=paid by chem spillway:suspended@1800000000"
    assert slurm.said == [
        ["scontrol", "update", "JobId=70", mark],
        ["scontrol", "suspend", "70"],
        ["scontrol", "suspend", "71"],
    ]


def test_who_suspends_a_job_by_hand_leaves_no_mark(slurm):
    job_in(slurm, 70, "RUNNING")
    api.suspend(["70"])
    assert slurm.said == [["scontrol", "suspend", "70"]]


def test_a_job_that_cannot_be_marked_is_not_suspended(slurm):
    job_in(slurm, 70, "RUNNING")
    slurm.answers["scontrol update"] = (1, "", "Access/permission denied")
    assert list(api.suspend(["70"], ours=True)["skipped"]) == ["70"]
    assert [command[1] for command in slurm.said] == ["update"]


@pytest.mark.parametrize(
    ("state", "comment", "since", "ours"),
    [
        ("SUSPENDED", "spillway:suspended@1800000000", 1_800_000_000, True),
        ("SUSPENDED", "paid by chem spillway:suspended@1800000000", 1_800_000_009, True),
        ("SUSPENDED", "spillway:suspended@1800000000", 1_800_000_060, False),
        ("SUSPENDED", "spillway:suspended@1800000000", 1_799_999_000, False),
        ("SUSPENDED", "", 1_800_000_000, False),
        ("RUNNING", "spillway:suspended@1800000000", 1_800_000_000, False),
    ],
)
def test_whose_suspension_it_is(slurm, state, comment, since, ours):
    if slurm.release != "22.05":
        since = {"set": True, "infinite": False, "number": since}
    job_in(slurm, 70, state, admin_comment=comment, suspend_time=since)
    assert next(job["ours"] for job in api.jobs() if job["id"] == "70") is ours


def test_a_change_tells_the_site_of_then(slurm):
    slurm.node("vn01")["reason"] = "bad fan"
    put = {"question": "undrain", "arguments": {"names": "vn01", "prefix": "spillway:"}}
    value = door.ask("and_site", put)["value"]
    assert value["left"] == {"vn01": "bad fan"}
    assert {node["name"] for node in value["site"]["nodes"]} == {"cn01", "vn01"}
    assert door.ask("and_site", {**put, "question": "nix"})["error"]["kind"] == "bad-input"


def test_nothing_is_executed_with_bad_arguments(slurm):
    for call in (
        lambda: api.suspend(["12;id"]),
        lambda: api.drain("vn01\nx", "spillway: x"),
        lambda: api.drain("vn01", "it's"),
        lambda: api.down("vn01", "power\nis gone"),
        lambda: api.release(["12;id"]),
        lambda: api.delete_node("a b"),
        lambda: api.update_node("vn01", address="10.0.0.300"),
        lambda: api.create_node("vn01", CPUs="2\n"),
    ):
        with pytest.raises(SpillwayError) as error:
            call()
        assert error.value.kind == "bad-input"
    assert slurm.said == []


def test_delete_node(slurm):
    with pytest.raises(SpillwayError, match=r"jobs are on node vn01: .*_1") as error:
        api.delete_node("vn01")
    assert error.value.kind == "refused"
    with pytest.raises(SpillwayError, match="not dynamic"):
        api.delete_node("cn01")
    assert api.delete_node("vn09") is False
    assert slurm.said == []
    slurm.data["jobs"]["jobs"] = []
    assert api.delete_node("vn01") is True
    assert slurm.said == [["scontrol", "delete", "NodeName=vn01"]]


def test_create_node_never_touches_one_that_exists(slurm):
    with pytest.raises(SpillwayError, match="exists already"):
        api.create_node("vn01")
    assert slurm.said == []
    api.create_node("vn02", CPUs=2)
    assert slurm.said == [["scontrol", "create", "NodeName=vn02", "State=CLOUD", "CPUs=2"]]


def test_update_node(slurm):
    api.update_node("vn01", address="10.0.0.7", extra="")
    assert slurm.said == [["scontrol", "update", "NodeName=vn01", "NodeAddr=10.0.0.7", "Extra="]]
    with pytest.raises(SpillwayError):
        api.update_node("vn01")


def test_raw_ids(slurm_24):
    assert api.raw_ids(["6_1", "7", "99"]) == {"6_1": 9, "7": 7}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (
            "slurm_load_node error: Unable to contact slurm controller",
            "unreachable",
        ),
        ("slurm_update error: Invalid node name specified", "not-found"),
        ("Unexpected message received for job 99", "not-found"),
        ("delete_node nodename=vn01: Requested nodes are busy", "refused"),
        ("slurm_update error: Invalid user id", "failed"),
        ("", "failed"),
    ],
)
def test_kinds_of_errors(said, kind):
    assert api.error(said).kind == kind


def test_an_error_inside_the_json_counts(slurm):
    slurm.data["nodes"] = {"errors": [{"error": "Unable to contact slurm controller"}], "nodes": []}
    with pytest.raises(SpillwayError) as error:
        api.nodes()
    assert error.value.kind == "unreachable"


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("25.11.0", "scontrol show nodes --json=v0.0.42"),
        ("24.11.0-0rc1", "scontrol show nodes --json=v0.0.40"),
        ("23.02.7", "scontrol show nodes --json"),
        ("22.05.8", "sinfo --json"),
    ],
)
def test_each_release_is_asked_in_its_way(monkeypatch, version, words):
    asked = []

    def run(argv, **_):
        if argv[-1] == "--version":
            return 0, f"slurm {version}\n", ""
        asked.append(" ".join(argv))
        return 0, '{"nodes": []}', ""

    monkeypatch.setattr(api.command, "run", run)
    assert api.nodes() == []
    assert asked == [words]


def test_config(slurm):
    slurm.answers["scontrol show config"] = (0, "Configuration data\nSlurmdTimeout  = 0 sec\n", "")
    assert api.config() == {"SlurmdTimeout": "0 sec"}


def set_to(number, infinite=False):
    return {"set": True, "infinite": infinite, "number": number}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        (0, 0),
        (None, None),
        (0xFFFFFFFF, None),
        (0xFFFFFFFE, None),
        (set_to(7), 7),
        (set_to(0), 0),
        (set_to(0, infinite=True), None),
        ({"set": False, "infinite": False, "number": 0}, None),
    ],
)
def test_numbers_of_either_release(value, number):
    assert api.number(value) == number


def test_a_limit_is_minutes_in_slurm_and_seconds_here():
    assert api.parse_job({"job_id": 1, "time_limit": set_to(90)}, 0)["time_limit"] == 5400


def test_the_first_task_of_an_array_has_the_number_0():
    record = {"job_id": 9, "array_job_id": set_to(9), "array_task_id": set_to(0)}
    assert api.parse_job(record, 0)["id"] == "9_0"


def test_memory_per_cpu_is_asked_for_each():
    record = {"job_id": 1, "cpus": set_to(4), "memory_per_cpu": set_to(100)}
    assert api.parse_job(record, 0)["memory_mb"] == 400


def test_of_several_lines_the_last_names_the_cause():
    said = api.error("slurm_update error: x\nInvalid node name specified\n", "vn01")
    assert (said.kind, said.message) == ("not-found", "Slurm: Invalid node name specified")
