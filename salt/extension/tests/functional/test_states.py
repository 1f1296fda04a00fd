"""The states as Salt's own state system runs them: with changes, with test=True, and twice."""

import base64
import stat

import pytest
import salt.loader

FILE_MODE = 0o400


@pytest.fixture
def minion(loaders):
    """minion(function, name, test, pillar): one state, as `salt-call state.single` runs it."""

    def run(function, name, **arguments):
        answer = loaders.modules.state.single(function, name, **arguments).filtered
        assert answer["name"] == name
        return answer

    return run


def check(minion, slurm, function, name, said, changes, **arguments):
    """What a test run foretells is what a real one does."""
    foretold = minion(function, name, test=True, **arguments)
    assert (foretold["result"], slurm.said) == (None, [])
    done = minion(function, name, **arguments)
    assert done["result"] is True
    assert [" ".join(words[1:]) for words in slurm.said] == said
    assert foretold["changes"] == done["changes"] == changes
    slurm.said.clear()


def unchanged(minion, slurm, function, name, **arguments):
    for test in (True, False):
        answer = minion(function, name, test=test, **arguments)
        assert (answer["result"], answer["changes"], slurm.said) == (True, {}, [])


def failed(minion, slurm, said, function, name, **arguments):
    for test in (True, False):
        answer = minion(function, name, test=test, **arguments)
        assert (answer["result"], answer["changes"], slurm.said) == (False, {}, [])
        assert said in answer["comment"]


def test_a_node_is_present(minion, slurm):
    check(
        minion,
        slurm,
        "slurm_node.present",
        "vn[01-02]",
        [
            "create NodeName=vn02 State=CLOUD CPUs=2",
            "update NodeName=vn02 Comment=ours",
        ]
        if slurm.node("vn01").get("comment") == "ours"
        else [
            "update NodeName=vn01 Comment=ours",
            "create NodeName=vn02 State=CLOUD CPUs=2",
            "update NodeName=vn02 Comment=ours",
        ],
        {
            "vn01": {"comment": {"old": slurm.node("vn01").get("comment") or "", "new": "ours"}},
            "vn02": {"old": "absent", "new": "present"},
        },
        settings={"CPUs": 2},
        comment="ours",
    )


def test_a_node_that_is_as_wanted(minion, slurm):
    address = slurm.node("vn01")["address"]
    unchanged(minion, slurm, "slurm_node.present", "vn01", address=address, extra="")
    unchanged(minion, slurm, "slurm_node.present", "vn01", settings={"CPUs": 99})


def test_a_nodes_address(minion, slurm):
    old = slurm.node("vn01")["address"]
    check(
        minion,
        slurm,
        "slurm_node.present",
        "vn01",
        ["update NodeName=vn01 NodeAddr=10.0.0.7"],
        {"vn01": {"address": {"old": old, "new": "10.0.0.7"}}},
        address="10.0.0.7",
    )


def test_a_node_is_absent(minion, slurm):
    unchanged(minion, slurm, "slurm_node.absent", "vn09")
    failed(minion, slurm, "jobs are on node vn01", "slurm_node.absent", "vn01")
    failed(minion, slurm, "not dynamic", "slurm_node.absent", "cn01")
    slurm.data["jobs"]["jobs"] = []
    gone = {"vn01": {"old": "present", "new": "absent"}}
    check(minion, slurm, "slurm_node.absent", "vn01", ["delete NodeName=vn01"], gone)


def test_a_node_is_drained(minion, slurm):
    check(
        minion,
        slurm,
        "slurm_node.drained",
        "cn01",
        ["update NodeName=cn01 State=DRAIN Reason=new disks"],
        {"cn01": {"old": "", "new": "new disks"}},
        reason="new disks",
    )
    unchanged(minion, slurm, "slurm_node.drained", "vn01", reason="spillway: checkpoint")
    failed(minion, slurm, "vn09", "slurm_node.drained", "vn09", reason="x")


def test_anothers_drain_is_kept_and_told(minion, slurm):
    unchanged(minion, slurm, "slurm_node.drained", "vn01", reason="new disks")
    answer = minion("slurm_node.drained", "vn01", reason="new disks")
    assert "vn01: spillway: checkpoint" in answer["comment"]


def test_a_node_is_undrained(minion, slurm):
    check(
        minion,
        slurm,
        "slurm_node.undrained",
        "vn01,cn01",
        ["update NodeName=vn01 State=UNDRAIN"],
        {"vn01": {"old": "spillway: checkpoint", "new": ""}},
    )
    unchanged(minion, slurm, "slurm_node.undrained", "vn01", reason="new disks")


def test_a_controller_that_is_away_is_a_failure(minion, slurm):
    away = (1, "", "slurm_load_node error: Unable to contact slurm controller (connect failure)")
    slurm.answers = {"scontrol --oneliner": away, "scontrol show nodes": away, "sinfo": away}
    for function in ("slurm_node.absent", "slurm_reservation.absent"):
        answer = minion(function, "x")
        assert answer["result"] is False
        assert "Unable to contact" in answer["comment"]


RESERVATION = {"start": 1798099200, "end": 1798106400, "nodes": "cn[01-02]", "users": "root,alice"}


def test_a_reservation_is_present(minion, slurm):
    unchanged(minion, slurm, "slurm_reservation.present", "service", **RESERVATION)
    check(
        minion,
        slurm,
        "slurm_reservation.present",
        "service",
        ["update ReservationName=service Users=root"],
        {"users": {"old": ["alice", "root"], "new": ["root"]}},
        **{**RESERVATION, "users": ["root"]},
    )
    check(
        minion,
        slurm,
        "slurm_reservation.present",
        "more",
        ["create reservation ReservationName=more StartTime=now Duration=60 Nodes=ALL Users=root"],
        {"more": {"old": "absent", "new": "present"}},
        duration=60,
        nodes="ALL",
        users="root",
    )


def test_what_slurm_reckons_from_now_is_asked_once(minion, slurm):
    unchanged(minion, slurm, "slurm_reservation.present", "service", start="now+1hour")


def test_a_daily_reservation_moves_by_itself(minion, slurm):
    unchanged(minion, slurm, "slurm_reservation.present", "part", start=1798012800, end=1798675200)


def test_a_reservation_of_the_past_is_not_asked_for(minion, slurm):
    unchanged(minion, slurm, "slurm_reservation.present", "old", start=1_000_000_000, duration=60)
    unchanged(minion, slurm, "slurm_reservation.present", "old", end=1_000_000_000)
    answer = minion("slurm_reservation.present", "old", test=True, start=1, end=2, flags=["DAILY"])
    assert answer["changes"]


def test_a_reservation_is_absent(minion, slurm):
    unchanged(minion, slurm, "slurm_reservation.absent", "nix")
    gone = {"service": {"old": "present", "new": "absent"}}
    said = ["delete ReservationName=service"]
    check(minion, slurm, "slurm_reservation.absent", "service", said, gone)


SECRET = bytes(range(128))


@pytest.fixture
def munge_key(minion, masterless, tmp_path):
    import getpass

    path = tmp_path / "munge.key"

    def run(content=SECRET, test=False, **more):
        key = content if isinstance(content, str) else base64.b64encode(content).decode()
        arguments = {"user": getpass.getuser(), **more}
        pillar = masterless.pillar_tree.base
        with (
            pillar.temp_file("top.sls", "base: {'*': [site]}"),
            pillar.temp_file("site.sls", f"spillway: {{munge: {{key: '{key}'}}}}"),
        ):
            return minion("munge.key", str(path), test=test, **arguments)

    run.path = path
    return run


def test_munges_key(munge_key):
    foretold = munge_key(test=True)
    assert foretold["result"] is None
    assert not munge_key.path.exists()
    done = munge_key()
    assert (done["result"], done["changes"]) == (True, foretold["changes"])
    assert munge_key.path.read_bytes() == SECRET
    assert stat.S_IMODE(munge_key.path.stat().st_mode) == FILE_MODE
    for test in (True, False):
        again = munge_key(test=test)
        assert (again["result"], again["changes"]) == (True, {})
    assert base64.b64encode(SECRET).decode() not in f"{foretold}{done}"
    assert [path.name for path in munge_key.path.parent.iterdir()].count("munge.key") == 1


def test_munges_key_is_closed_and_replaced(munge_key):
    munge_key.path.write_bytes(SECRET)
    munge_key.path.chmod(0o644)
    assert munge_key()["changes"] == {"mode": {"old": "0o644", "new": "0o400"}}
    assert set(munge_key(SECRET[::-1])["changes"]) == {"key"}
    assert munge_key.path.read_bytes() == SECRET[::-1]


@pytest.mark.parametrize(
    ("content", "said"), [("no base64!", "as base64"), (b"short", "has 5 bytes"), ("", "0 bytes")]
)
def test_what_is_no_key(munge_key, content, said):
    answer = munge_key(content)
    assert answer["result"] is False
    assert said in answer["comment"]
    assert not munge_key.path.exists()


def test_a_user_that_does_not_exist_yet(munge_key):
    assert munge_key(user="nobody-such", test=True)["result"] is None
    answer = munge_key(user="nobody-such")
    assert answer["result"] is False
    assert "install munge first" in answer["comment"]
    assert not munge_key.path.exists()


def test_modules_in_a_test_run(modules, loaders, slurm):
    assert modules.slurm.drain("cn01", "new disks", test=True)["drained"] == ["cn01"]
    assert slurm.said == []
    dry = salt.loader.minion_mods({**loaders.opts, "test": True})
    assert dry["slurm.drain"]("cn01", "new disks")["drained"] == ["cn01"]
    assert dry["slurm.delete_reservation"]("service") is True
    assert slurm.said == []
    assert dry["slurm.drain"]("cn01", "new disks", test=False)["drained"] == ["cn01"]
    assert len(slurm.said) == 1


def test_modules_answer(modules, slurm):
    slurm.answers = {
        "scontrol show config": (0, "ClusterName = rig\nSlurmctldPort = 6817\n", ""),
        "scontrol ping": (0, "Slurmctld(primary) at ctl is UP\n", ""),
    }
    assert {"cn01", "vn01"} <= {one["name"] for one in modules.slurm.nodes()}
    assert [one["name"] for one in modules.slurm.nodes("vn01")] == ["vn01"]
    assert len(modules.slurm.jobs()) == len(slurm.data["jobs"]["jobs"])
    assert [one["name"] for one in modules.slurm.partitions()] == ["all", "urgent"]
    assert modules.slurm.reservations("service")[0]["nodes"] == ["cn01", "cn02"]
    assert modules.slurm.expand("vn[01-02]") == ["vn01", "vn02"]
    assert modules.slurm.fold(["vn01", "vn02"]) == "vn[01-02]"
    assert modules.slurm.config()["ClusterName"] == "rig"
    assert modules.slurm.ping() is True
    assert modules.slurm.version() == f"{slurm.release}.5"
    assert modules.slurm.stopped("99999999") == {"running": 0, "stopped": 0}


@pytest.mark.parametrize(
    ("function", "arguments", "keywords", "said"),
    [
        ("create_node", ["vn09"], {"CPUs": 2}, "create NodeName=vn09 State=CLOUD CPUs=2"),
        ("update_node", ["cn01"], {"comment": "x"}, "update NodeName=cn01 Comment=x"),
        ("drain", ["cn01", "new disks"], {}, "update NodeName=cn01 State=DRAIN Reason=new disks"),
        ("undrain", ["vn01"], {}, "update NodeName=vn01 State=UNDRAIN"),
        ("update_job", [12], {"comment": "x"}, "update JobId=12 Comment=x"),
        (
            "update_reservation",
            ["service"],
            {"users": "root"},
            "ReservationName=service Users=root",
        ),
        (
            "create_reservation",
            ["x"],
            {"start": "now", "duration": 1, "nodes": "ALL"},
            "create reservation ReservationName=x StartTime=now Duration=1 Nodes=ALL",
        ),
        ("delete_reservation", ["service"], {}, "delete ReservationName=service"),
        ("reconfigure", [], {}, "reconfigure"),
    ],
)
def test_modules_that_change(modules, slurm, function, arguments, keywords, said):
    """With test=True nothing is said to Slurm; and what Salt adds to a call is none of ours."""
    change = modules[f"slurm.{function}"]
    assert change(*arguments, test=True, **keywords)
    assert slurm.said == []
    public = {"__pub_jid": "1"} if function in PASS_ALL_ON else {}
    assert change(*arguments, **keywords, **public)
    assert said in " ".join(slurm.said[-1])


# those that take any keyword
PASS_ALL_ON = {"create_node", "create_reservation", "update_reservation"}


def test_modules_with_jobs(modules, slurm):
    assert modules.slurm.suspend("7,8") == {"done": ["7", "8"], "skipped": {}}
    assert modules.slurm.resume([7])["done"] == ["7"]
    assert [" ".join(words[1:]) for words in slurm.said] == ["suspend 7", "suspend 8", "resume 7"]
    for verb in ("release", "requeue"):
        assert modules[f"slurm.{verb}"]([99])["done"] == []
    slurm.data["jobs"]["jobs"] = []
    assert modules.slurm.delete_node("vn01") is True
    assert modules.slurm.delete_node("vn09") is False
    assert modules.slurm.down("cn01", "dead")["down"] == ["cn01"]


def test_a_key_that_cannot_be_read(munge_key):
    munge_key.path.mkdir()
    answer = munge_key()
    assert (answer["result"], answer["changes"]) == (False, {})
    assert "munge.key cannot be read: Is a directory" in answer["comment"]
