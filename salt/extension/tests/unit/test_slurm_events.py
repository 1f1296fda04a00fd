import json
import os
import socket
import stat
import subprocess

import pytest

from saltext.spillway.utils import slurm_events as api
from saltext.spillway.utils.errors import UNREACHABLE, SpillwayError


def job(job_id, *states, nodes=("vn01",), name=None):
    return {
        "id": name or str(job_id),
        "job_id": job_id,
        "states": list(states),
        "nodes": list(nodes),
    }


def node(name, *states, reason=""):
    return {"name": name, "states": list(states), "reason": reason}


class Site:
    """Slurm, a bus and a file in which the engine may be started again and again."""

    def __init__(self, folder):
        self.file = folder / "cache" / "told.json"
        self.jobs, self.nodes = [], [node("vn01", "IDLE")]
        self.told, self.data = [], []
        self.deaf = False
        self.away = None
        self.start()

    def start(self):
        self.watch = api.Watch(self._tell, api.Memory(str(self.file)), self._answer)

    def _tell(self, tag, data):
        if self.deaf:
            return False
        subject = data["node"] if "node" in data else data["id"]
        self.told.append(f"{tag.removeprefix('spillway/slurm/')} {subject}")
        self.data.append(data)
        return True

    def _answer(self):
        if self.away:
            raise SpillwayError(UNREACHABLE, self.away)
        return {"time": 0, "jobs": self.jobs, "nodes": self.nodes}

    def look(self):
        return self.watch.look()

    def news(self):
        news, self.told = self.told, []
        return news


@pytest.fixture
def site(tmp_path):
    one = Site(tmp_path)
    one.look()
    assert one.news() == []  # nothing has happened: it was so before
    return one


def test_the_life_of_a_job_as_looks_see_it(site):
    for states, news in (
        (["PENDING"], ["job/submitted 7"]),
        (["PENDING"], []),
        (["RUNNING"], ["job/started 7"]),
        (["SUSPENDED"], ["job/suspended 7"]),
        (["RUNNING"], ["job/resumed 7"]),
        (["COMPLETED", "COMPLETING"], ["job/ended 7"]),
        (["COMPLETED"], []),
    ):
        site.jobs = [job(7, *states)]
        site.look()
        assert site.news() == news, states
    site.jobs = []  # forgotten by Slurm
    site.look()
    assert site.news() == []


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        (None, ["RUNNING"], "submitted started"),
        (None, ["COMPLETED"], "submitted started ended"),
        (None, ["SUSPENDED"], "submitted started suspended"),
        (["PENDING"], ["FAILED"], "started ended"),
        (["PENDING"], [], "ended"),
        (["RUNNING"], ["PENDING", "REQUEUED"], "submitted"),
        (["RUNNING"], ["RUNNING", "SIGNALING"], ""),
        (["RUNNING"], [], "ended"),
        (["SUSPENDED"], ["COMPLETED"], "ended"),
        (["COMPLETED"], ["PENDING"], "submitted"),
    ],
)
def test_what_happened_between_two_looks(site, before, after, news):
    for states in (before, after):
        site.news()
        site.jobs = [job(7, *states)] if states else []
        site.look()
    assert [one.split()[0].removeprefix("job/") for one in site.news()] == news.split()


def test_a_job_that_never_ran_did_not_start(site):
    site.jobs = [job(7, "CANCELLED", nodes=())]
    site.look()
    assert site.news() == ["job/submitted 7", "job/ended 7"]


def test_nodes(site):
    for states, news in (
        (["IDLE", "PLANNED"], []),
        (["IDLE", "DRAIN"], ["node/drained vn01"]),
        (["ALLOCATED", "DRAIN"], ["node/draining vn01"]),
        (["DOWN", "NOT_RESPONDING"], ["node/down vn01"]),
    ):
        site.nodes = [node("vn01", *states, reason="bad fan")]
        site.look()
        assert site.news() == news, states
    assert site.data[-1]["before"] == ["ALLOCATED", "DRAIN"]
    assert site.data[-1]["reason"] == "bad fan"
    site.nodes = [node("vn02", "IDLE")]
    site.look()
    assert site.news() == ["node/idle vn02", "node/gone vn01"]


def test_a_hook_is_told_at_once_and_once(site):
    site.watch.hook("<13>Nov 23 09:58:46 spillway-slurm: started 9 6 1 RUNNING vn[01-02]")
    assert site.news() == ["job/submitted 6_1", "job/started 6_1"]
    assert site.data[-1] == job(9, "RUNNING", nodes=["vn01", "vn02"], name="6_1")
    site.jobs = [job(9, "RUNNING", nodes=["vn01", "vn02"], name="6_1")]
    site.look()
    assert site.news() == []
    site.watch.hook("spillway-slurm: ended 9 6 1 COMPLETED vn[01-02]")
    assert site.news() == ["job/ended 6_1"]
    site.jobs = [job(9, "COMPLETED", "COMPLETING", name="6_1")]
    site.look()
    assert site.news() == []


def test_a_hook_that_comes_after_the_look_tells_nothing_old(site):
    site.jobs = [job(9, "COMPLETED")]
    site.look()
    site.news()
    site.watch.hook("spillway-slurm: started 9 0 0 RUNNING vn01")
    site.watch.hook("spillway-slurm: ended 9 0 0 COMPLETED vn01")
    assert site.news() == []


@pytest.mark.parametrize(
    "line",
    [
        "",
        "spillway-slurm: look",
        "spillway-slurm: ended 9 0 0 REQUEUED vn01",
        "spillway-slurm: ended x 0 0 COMPLETED vn01",
        "spillway-slurm: ended 9 0 0 COMPLETED vn01 and more",
        "\0\uffff",
    ],
)
def test_a_line_that_says_nothing_tells_nothing(site, line):
    site.watch.hook(line)
    assert site.news() == []


def test_a_job_of_no_nodes_in_a_hook(site):
    site.watch.hook("spillway-slurm: ended 9 0 4294967294 CANCELLED (null)")
    assert site.news() == ["job/submitted 9", "job/ended 9"]
    assert site.data[-1]["nodes"] == []
    # the rest of an array goes by its raw id, as in slurm.jobs
    site.watch.hook("spillway-slurm: ended 4 4 4294967294 CANCELLED ")
    assert site.news() == ["job/submitted 4", "job/ended 4"]


def test_what_happened_while_salt_was_away_is_told_after(site):
    site.jobs = [job(7, "RUNNING"), job(8, "RUNNING")]
    site.look()
    site.news()
    site.jobs = [job(8, "SUSPENDED"), job(9, "PENDING")]
    site.nodes = [node("vn01", "DOWN")]
    site.start()
    site.look()
    assert sorted(site.news()) == [
        "job/ended 7",
        "job/submitted 9",
        "job/suspended 8",
        "node/down vn01",
    ]
    site.start()
    site.look()
    assert site.news() == []


def test_what_the_bus_did_not_take_is_told_later(site):
    site.jobs = [job(7, "RUNNING")]
    site.deaf = True
    assert site.look() is False
    site.watch.hook("spillway-slurm: ended 7 0 0 COMPLETED vn01")
    site.deaf = False
    site.jobs = [job(7, "COMPLETED")]
    assert site.look() is True
    assert site.news() == ["job/submitted 7", "job/started 7", "job/ended 7"]


def test_a_silent_slurmctld_is_no_state(site):
    site.jobs = [job(7, "RUNNING")]
    site.look()
    site.news()
    site.away = "Slurm: Unable to contact slurm controller"
    assert site.look() is False
    assert site.news() == []
    site.away = None
    assert site.look() is True
    assert site.news() == []


def test_a_file_that_cannot_be_read_counts_as_none(site):
    site.file.write_text('{"jobs": [')
    site.jobs = [job(7, "RUNNING")]
    site.start()
    site.look()
    assert site.news() == []
    assert json.loads(site.file.read_text())["jobs"] == {"7": "running"}


def test_what_is_on_its_way_is_not_at_rest(site):
    site.jobs = [job(7, "COMPLETED", "COMPLETING")]
    assert site.look() is False
    site.jobs = [job(7, "COMPLETED")]
    assert site.look() is True


def test_recorded_answers_of_both_releases(slurm, tmp_path):
    told = {}
    memory = api.Memory(str(tmp_path / "told.json"))
    memory.save({}, {})
    api.Watch(lambda tag, data: told.setdefault(tag.split("/", 2)[2], data), memory).look()
    assert told["job/suspended"]["nodes"] == ["vn01"]
    assert told["job/started"]["job_id"] > 0
    (drain,) = [data for tag, data in told.items() if tag.startswith("node/drain")]
    assert (drain["node"], drain["reason"]) == ("vn01", "spillway: checkpoint")


# the rhythm


def test_at_rest_it_looks_each_interval_and_costs_no_more_than_a_hundredth():
    rhythm = api.Rhythm(30, now=0)
    assert rhythm.due == 0
    rhythm.looked(0.1, cost=0.1, at_rest=True)
    assert rhythm.due == pytest.approx(30.1)
    rhythm.looked(100, cost=2, at_rest=True)
    assert rhythm.due == pytest.approx(300)


def test_after_a_hook_almost_at_once_and_in_a_storm_once_a_second():
    rhythm = api.Rhythm(30, now=0)
    rhythm.looked(0, cost=0.02, at_rest=True)
    rhythm.hooked(10)
    assert rhythm.due == pytest.approx(10.05)
    rhythm.looked(10.1, cost=0.02, at_rest=True)
    for moment in (10.1, 10.2, 10.9):
        rhythm.hooked(moment)
    assert rhythm.due == pytest.approx(11.1)
    rhythm.looked(11.1, cost=0.5, at_rest=True)
    rhythm.hooked(11.2)
    assert rhythm.due == pytest.approx(16.1)


def test_what_is_on_its_way_is_looked_at_ever_later():
    rhythm, now, pauses = api.Rhythm(30, now=0), 0, []
    for _ in range(9):
        rhythm.looked(now, cost=0.01, at_rest=False)
        pauses.append(rhythm.due - now)
        now = rhythm.due
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    rhythm.hooked(now)
    rhythm.looked(now, cost=0.01, at_rest=False)
    assert rhythm.due - now == 0.5


# the socket


@pytest.fixture
def inbox(tmp_path):
    one = api.Inbox(str(tmp_path / "hooks"), user="no-such-user")
    yield one
    one.close()


def logger(path, line):
    hook = ["logger", "-d", "-u", str(path), "--socket-errors=off", "-t", "spillway-slurm", line]
    subprocess.run(hook, check=True, timeout=10)


def test_a_hook_writes_and_goes(inbox):
    assert inbox.wait(0) == []
    for number in range(3):
        logger(inbox.path, f"ended {number} 0 0 COMPLETED vn01")
    lines = []
    while len(lines) < 3:
        lines += inbox.wait(10)
    assert [api._HOOK.search(line)[2] for line in lines] == ["0", "1", "2"]
    assert stat.S_IMODE(os.stat(inbox.path).st_mode) == 0o600


def test_no_hook_waits_for_a_look_that_takes_long(inbox):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hook:
        hook.settimeout(10)
        for _ in range(1000):
            hook.sendto(b"look", inbox.path)
    assert inbox.wait(10)[0] == "look"


def test_a_hook_without_an_engine_succeeds(inbox, tmp_path):
    inbox.close()
    logger(tmp_path / "hooks", "look")


def test_the_socket_of_one_that_was_killed_is_replaced(tmp_path):
    path = str(tmp_path / "hooks")
    dead = api.Inbox(path, user="root")
    living = api.Inbox(path, user="root")
    logger(path, "look")
    assert len(living.wait(10)) == 1
    living.close()
    dead.close()


def test_run_tells_hooks_between_looks(site, inbox):
    logger(inbox.path, "ended 9 0 0 COMPLETED vn01")
    turns = iter([True, True, False])
    api.run(inbox, site.watch, 30, forever=lambda: next(turns))
    assert "job/ended 9" in site.news()


# submissions, which slurmctld itself tells of


@pytest.fixture
def told(tmp_path):
    """An inbox with its file, and the file."""
    file = tmp_path / "submitted"
    one = api.Inbox(str(tmp_path / "hooks"), user="no-such-user", file=str(file))
    yield one, file
    one.close()
    assert not file.exists()


def test_a_submission_comes_as_a_line(told):
    inbox, file = told
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert inbox.wait(0) == []
    for _ in range(2):
        with file.open("r+") as hook:
            hook.write("\n")
        assert inbox.wait(30) == [api.SUBMITTED]
    logger(inbox.path, "look")  # and the socket is heard beside it
    assert "look" in inbox.wait(30)[0]


def test_a_file_that_somebody_removed_ends_nothing(told):
    inbox, file = told
    file.unlink()
    logger(inbox.path, "look")
    lines = []
    while not any("look" in line for line in lines):
        lines += inbox.wait(30)
    file.touch()


def test_a_submission_is_looked_for_until_it_is_seen_once_more_at_most(site):
    site.watch.hook(api.SUBMITTED)
    assert site.look() is False  # slurmctld has not taken it yet
    site.jobs = [job(7, "PENDING")]
    assert site.look() is True
    assert site.news() == ["job/submitted 7"]
    site.watch.hook(api.SUBMITTED)  # one that is refused never comes
    assert [site.look(), site.look()] == [False, True]
    site.watch.hook(api.SUBMITTED)
    site.jobs = [job(7, "PENDING"), job(8, "PENDING")]
    assert site.look() is True
    assert site.news() == ["job/submitted 8"]
