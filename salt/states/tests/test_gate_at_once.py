"""Jobs that start at once, and the service that brings the virtual nodes beside them to a stand."""

import contextlib
import os
import pathlib
import subprocess
import sys
import time

import pytest
from conftest import STATES
from test_gate import CLEAR, answer, problem

FILES = STATES / "spillway/slurm/files"
GATE, AT_ONCE = FILES / "spillway-gate", FILES / "spillway-gate-at-once"


def until(test, seconds=30):
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end
        time.sleep(0.01)


class Place:
    """What slurmctld, the service and the daemon share on one controller."""

    def __init__(self, folder, slurm):
        self.config, self.run, self.slurm = folder / "gate", folder / "run", slurm
        self.environment = {
            "SPILLWAY_GATE_CONFIG": str(self.config),
            "SPILLWAY_GATE_RUN": str(self.run),
            "SPILLWAY_GATE": str(folder / "gate.sh"),
            "PATH": f"{slurm.folder}:/usr/bin:/bin",
        }
        self.config.mkdir()
        lines = {"hosts": "cn[01-02]", "start": "at_once", "timeout": "3", "url": f"unix:{folder}/d.sock"}
        (self.config / "conf").write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        (folder / "gate.sh").write_text(f"#!/bin/sh\nexec {sys.executable} -BIS {GATE}\n")
        (folder / "gate.sh").chmod(0o755)
        self.log = folder / "log"

    @contextlib.contextmanager
    def watch(self):
        with self.log.open("a") as log:
            process = subprocess.Popen([sys.executable, "-BIS", GATE, "watch"], env=self.environment, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def slurmctld(self, job="99", nodes="cn01", context="prolog_slurmctld", program=AT_ONCE):
        """Runs it as slurmctld does; its exit code and what it said."""
        words = {"SLURM_JOB_ID": job, "SLURM_JOB_NODELIST": nodes, "SLURM_SCRIPT_CONTEXT": context}
        done = subprocess.run(
            [program], env=self.environment | words, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stderr.strip()

    def may_start_at_once(self):
        return sorted(path.name for path in (self.run / "at-once").glob("*"))

    def said(self, words):
        return words in self.log.read_text()


@pytest.fixture
def place(tmp_path, slurm):
    one = Place(tmp_path, slurm)
    (slurm.folder / "jobs").write_text("")
    return one


@pytest.fixture
def listen(spillwayd):
    """listen(*answers), a daemon that gives them; without any all is clear."""
    return lambda *answers: spillwayd(*(answers or [CLEAR]))


def test_it_starts_no_program(tmp_path):
    """Each would cost a job's start some milliseconds: it does what it does without any in its path."""
    for place in ("at-once", "jobs"):
        (tmp_path / place).mkdir()
    (tmp_path / "at-once/cn01").touch()
    os.mkfifo(tmp_path / "wake")
    words = {"SLURM_JOB_ID": "99", "SLURM_JOB_NODELIST": "cn01", "SPILLWAY_GATE": "/bin/false", "PATH": "/nowhere"}
    for context, left in (("prolog_slurmctld", "cn01 0 0\n"), ("epilog_slurmctld", "")):
        env = words | {"SPILLWAY_GATE_RUN": str(tmp_path), "SLURM_SCRIPT_CONTEXT": context}
        done = subprocess.run([AT_ONCE], env=env, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / "jobs/99").read_text() == left


def test_a_job_starts_at_once_and_the_nodes_are_brought_to_a_stand_beside_it(place, listen):
    daemon = listen(answer(close="vn01"), CLEAR)
    with place.watch():
        until(lambda: place.may_start_at_once() == ["cn01"])
        assert place.slurmctld() == (0, "")
        until(lambda: place.said("job 99 started at once on cn01; after "))
        begins = [asked for path, asked in daemon.told if asked["event"] == "begin"]
        assert [(one["job"], one["nodes"]) for one in begins] == [("99", "cn01")] * 2
        assert begins[0]["time"] == begins[1]["time"]  # when the job got it, whenever the daemon hears of it
        assert any("State=DRAIN Reason=spillway: tide" in line for line in place.slurm.said())
        assert not any(asked["event"] == "end" for path, asked in daemon.told)
        assert place.slurmctld(context="epilog_slurmctld") == (0, "")
        until(lambda: daemon.told[-1] == ("/v1/gate", {"event": "end", "job": "99", "nodes": "cn01"}))


def test_a_requeued_job_comes_again(place, listen):
    daemon = listen()
    with place.watch():
        until(lambda: place.may_start_at_once() == ["cn01"])
        for begun in (1, 2):
            assert place.slurmctld() == (0, "")
            until(lambda begun=begun: len([1 for _, asked in daemon.told if asked["event"] == "begin"]) == begun)
            assert place.slurmctld(context="epilog_slurmctld") == (0, "")
            until(lambda begun=begun: len([1 for _, asked in daemon.told if asked["event"] == "end"]) == begun)


def test_where_the_memory_does_not_bear_both_a_job_waits(place, listen):
    daemon = listen(answer(close="vn01"), CLEAR)
    with place.watch():
        until(lambda: place.may_start_at_once() == ["cn01"])
        code, line = place.slurmctld(nodes="cn02")
        assert code == 0 and line.startswith("job 99 may start on cn02 after ")
        assert len(daemon.told) == 2
        # one of several hosts is enough
        code, line = place.slurmctld(nodes="cn[01-02]")
        assert code == 0 and line.startswith("job 99 may start on cn01,cn02 after ")


def test_a_job_of_several_hosts_that_all_bear_it_does_not_wait(place, listen):
    daemon = listen()
    daemon.room = 200, b'{"hosts": "cn[01-02]", "words": ""}'
    with place.watch():
        until(lambda: place.may_start_at_once() == ["cn01", "cn02"])
        assert place.slurmctld(nodes="cn[01-02]") == (0, "")
        until(lambda: place.said("job 99 started at once on cn01,cn02"))
        assert place.slurmctld(nodes="cn[01-02]", context="epilog_slurmctld") == (0, "")
        until(lambda: place.said("job 99 has left cn01,cn02: "))


@pytest.mark.parametrize("nodes", ["vn01", "cn03", ""])
def test_a_job_on_no_host_passes_without_a_word(place, listen, nodes):
    daemon = listen()
    with place.watch():
        until(lambda: place.may_start_at_once() == ["cn01"])
        assert place.slurmctld(nodes=nodes) == (0, "")
        assert daemon.told == []


def test_without_the_service_all_is_as_without_it(place, listen):
    daemon = listen()
    code, line = place.slurmctld()
    assert code == 0 and line.startswith("job 99 may start on cn01 after ")
    code, line = place.slurmctld(context="epilog_slurmctld")
    assert code == 0 and line.startswith("job 99 has left cn01: ")
    assert [asked["event"] for _, asked in daemon.told] == ["begin", "end"]


def test_a_service_that_hangs_keeps_no_job_waiting(place, listen):
    listen()
    with place.watch() as process:
        until(lambda: place.may_start_at_once() == ["cn01"])
        os.kill(process.pid, 19)
        for number in range(20):
            assert place.slurmctld(job=str(number)) == (0, "")
        os.kill(process.pid, 18)
        until(lambda: all(place.said(f"job {number} started at once") for number in range(20)))


def test_a_daemon_that_is_away_is_told_as_soon_as_it_is_back(place, listen):
    first = listen()
    with place.watch():
        until(lambda: place.may_start_at_once() == ["cn01"])
        first.close()
        pathlib.Path(first.server_address).unlink()
        assert place.slurmctld() == (0, "")
        until(lambda: place.said("job 99 has cn01, and virtual nodes run beside it; again in 5 s: "))
        listen()
        until(lambda: place.said("job 99 started at once on cn01; after "))


def test_a_service_that_was_killed_finds_the_jobs_that_are_there(place, listen):
    daemon = listen()
    (place.slurm.folder / "jobs").write_text("98 cn01\n99 cn[01-03]\n")
    with place.watch():
        until(
            lambda: place.said("job 98 started at once on cn01") and place.said("job 99 started at once on cn01,cn02")
        )
    assert {asked["job"] for _, asked in daemon.told} == {"98", "99"}


def test_a_daemon_that_does_not_lead_lets_no_job_start_at_once(place, listen):
    daemon = listen()
    daemon.room = problem(409, "this daemon does not lead, the one on m2 does")
    with place.watch():
        until(lambda: place.said("jobs start at once on no host: spillwayd: this daemon does not lead"))
        assert place.may_start_at_once() == []


def test_the_hook_in_its_place_is_called_beside(place, listen, tmp_path):
    listen()
    hook = tmp_path / "hook"
    hook.write_text(
        '#!/bin/sh\necho "$SLURM_SCRIPT_CONTEXT $SLURM_JOB_ID $SLURM_ARRAY_TASK_ID $SLURM_JOB_NODELIST"'
        f" >>{tmp_path}/hooked\n"
    )
    hook.chmod(0o755)
    with (place.config / "conf").open("a") as conf:
        conf.write(f"hook={hook}\n")
    place.environment["SLURM_ARRAY_TASK_ID"] = "7"
    with place.watch():
        until(lambda: place.may_start_at_once() == ["cn01"])
        assert place.slurmctld() == (0, "")
        until(lambda: (tmp_path / "hooked").exists() and (tmp_path / "hooked").read_text().split())
    assert (tmp_path / "hooked").read_text() == "prolog_slurmctld 99 7 cn01\n"
