"""The program that holds a job at its start until the virtual nodes on its hosts stand still."""

import json
import os
import subprocess
import sys
import time

import pytest
from conftest import STATES

PROGRAM = STATES / "spillway/slurm/files/spillway-gate"


def answer(clear=False, close="", suspend=(), words="w"):
    return 200, json.dumps({"clear": clear, "close": close, "suspend": list(suspend), "words": words}).encode()


def problem(status, message):
    error = {"kind": "refused", "message": message, "subject": None, "retryable": False}
    return status, json.dumps({"error": error}).encode()


CLEAR = answer(clear=True, words="vn[01-02] stand still")


@pytest.fixture
def daemon(spillwayd):
    return lambda *answers, delay=0: spillwayd(*(answers or [CLEAR]), delay=delay)


@pytest.fixture
def gate(tmp_path, slurm):
    """gate(nodes, **environment) runs it as slurmctld does; exit code and its line, or none."""
    config = tmp_path / "gate"
    config.mkdir()

    def write(**more):
        lines = {"hosts": "cn[01-02]", "timeout": "3", "on_timeout": "start", "url": f"unix:{tmp_path}/d.sock"} | more
        (config / "conf").write_text("# kept\n" + "".join(f"{key}={value}\n" for key, value in lines.items()))

    def call(nodes="cn01", context="prolog_slurmctld", **environment):
        done = subprocess.run(
            [sys.executable, "-BIS", str(PROGRAM)],
            env={
                "SPILLWAY_GATE_CONFIG": str(config),
                "PATH": f"{slurm.folder}:/usr/bin:/bin",
                "SLURM_JOB_ID": "99",
                "SLURM_JOB_NODELIST": nodes,
                "SLURM_SCRIPT_CONTEXT": context,
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout == "" and len(done.stderr.splitlines()) <= 1, done.stderr
        return done.returncode, done.stderr.strip()

    write()
    call.write, call.config = write, config
    return call


@pytest.mark.parametrize("nodes", ["vn01", "cn03", "login,cn[10-12]", ""])
def test_a_job_on_no_host_passes_without_a_word(daemon, gate, slurm, nodes):
    heard = daemon()
    assert gate(nodes) == (0, "")
    assert heard.told == [] and slurm.said() == []


def test_what_the_daemon_asks_for_is_done_until_the_hosts_are_clear(daemon, gate, slurm):
    close = "vn[01-03]"
    heard = daemon(answer(close=close), answer(close=close, suspend=["11", "12_3"]), CLEAR)
    before = time.time()
    code, line = gate("cn[01,07]")
    assert code == 0
    assert line.startswith("job 99 may start on cn01 after ") and line.endswith(" ms: vn[01-02] stand still")
    assert slurm.said() == [
        f"scontrol --oneliner show node {close}",
        "scontrol update NodeName=vn01 State=DRAIN Reason=spillway: tide",
        "squeue --noheader --nodelist=vn01,vn02 --states=R,CF,CG,SI,SO,ST,RS --format=%A|%F|%K|%T|%N",
        "scontrol suspend 11,12_3",
        "squeue --noheader --nodelist=vn01,vn02 --states=R,CF,CG,SI,SO,ST,RS --format=%A|%F|%K|%T|%N",
    ]
    first, second, third = (asked for path, asked in heard.told if path == "/v1/gate")
    assert before - 1 < first.pop("time") < time.time()
    assert 0 < first.pop("patience") <= 2.5
    assert first == {"event": "begin", "job": "99", "nodes": "cn01"}
    assert (second["asked"], second["closed"]) == (close, "vn01,vn02")
    assert second["jobs"] == {
        "11": {"running": True, "nodes": "vn01"},
        "12_3": {"running": True, "nodes": "vn[01-02]"},
        "16": {"running": False, "nodes": "vn02"},
    }
    assert third["jobs"] == {}


def test_run_again_it_says_the_same_again(daemon, gate):
    daemon()
    assert [gate()[0], gate()[0]] == [0, 0]


def test_the_end_is_told_and_nobody_waits_for_it(daemon, gate):
    heard = daemon((202, b""))
    assert gate("cn02", "epilog_slurmctld") == (0, "job 99 has left cn02: told")
    assert heard.told == [("/v1/gate", {"event": "end", "job": "99", "nodes": "cn02"})]


def test_the_end_of_a_job_needs_no_daemon(gate):
    code, line = gate("cn02", "epilog_slurmctld")
    assert code == 0
    assert "spillwayd is away, it will see it by itself: FileNotFoundError" in line


def test_a_daemon_that_is_away_keeps_a_job_waiting_no_longer_than_it_may(gate):
    gate.write(timeout="1")
    began = time.monotonic()
    code, line = gate()
    assert code == 0 and 0.4 < time.monotonic() - began < 10
    assert line.startswith("job 99 starts all the same on cn01 after ")
    assert "no clear host in 1 s: spillwayd is away: FileNotFoundError" in line


@pytest.mark.parametrize(
    "job, code, words",
    [
        ("Requeue=1 BatchFlag=1", 1, "job 99 is requeued on cn01"),
        ("Requeue=0 BatchFlag=1", 0, "job 99 starts all the same on cn01"),
        ("Requeue=1 BatchFlag=0", 0, "job 99 starts all the same on cn01"),
        ("", 0, "job 99 starts all the same on cn01"),
    ],
    ids=["may be", "no-requeue", "srun", "unknown"],
)
def test_only_a_job_that_outlives_it_is_requeued(gate, slurm, job, code, words):
    gate.write(timeout="1", on_timeout="requeue")
    (slurm.folder / "job").write_text(job + "\n")
    got, line = gate()
    assert (got, line.startswith(words)) == (code, True), line


def test_a_silent_daemon_does_not_hold_slurm_up(daemon, gate):
    daemon(delay=60)
    gate.write(timeout="4")
    code, line = gate()
    assert code == 0
    assert "TimeoutError" in line


def test_a_daemon_that_comes_back_is_asked_again(daemon, gate):
    daemon(problem(503, "no look yet"), (500, b"<html>"), CLEAR)
    assert "may start" in gate()[1]


def test_a_daemon_that_refuses_is_not_asked_again(daemon, gate):
    heard = daemon(problem(409, "this daemon does not lead"))
    code, line = gate()
    assert code == 0 and len(heard.told) == 1
    assert line.endswith("spillwayd: this daemon does not lead")


def test_jobs_that_will_not_stop_are_waited_for_no_longer_than_it_may(daemon, gate):
    heard = daemon(answer(close="vn01"), answer(close="vn01", words="job 16 just starts or ends"))
    gate.write(timeout="4")
    code, line = gate()
    assert code == 0 and len(heard.told) > 1
    assert line.endswith("no clear host in 4 s: job 16 just starts or ends")


def test_a_tool_that_fails_is_told(daemon, gate, slurm):
    daemon(answer(close="vn01"))
    gate.write(timeout="8")
    (slurm.folder / "squeue").write_text("#!/bin/sh\necho slurm_load_jobs error: down >&2; exit 1\n")
    assert gate()[1].endswith("squeue: slurm_load_jobs error: down")


@pytest.mark.parametrize("text", ["", "hosts=cn[01-\n", "hosts=cn01\ntimeout=soon\n", "hosts=cn01\nurl=ftp://x\n"])
def test_a_configuration_that_is_none_stops_no_job(gate, text):
    (gate.config / "conf").write_text(text)
    code, line = gate()
    assert code == 0
    assert "starts" in line


def test_a_hook_in_its_place_is_called_at_the_end(daemon, gate, tmp_path):
    daemon()
    hook = tmp_path / "hook"
    hook.write_text(f'#!/bin/sh\necho "$SLURM_JOB_ID" >>{tmp_path}/hooked\n')
    hook.chmod(0o755)
    gate.write(hook=hook)
    assert gate("login") == (0, "")
    assert gate("cn01")[0] == 0
    assert gate("login", "epilog_slurmctld") == (0, "")
    assert (tmp_path / "hooked").read_text().split() == ["99", "99"]


@pytest.mark.parametrize(
    "text, names",
    [
        ("cn01", ["cn01"]),
        ("cn[01-03,7],login", ["cn01", "cn02", "cn03", "cn7", "login"]),
        ("r[1-2]n[09-10]x", ["r1n09x", "r1n10x", "r2n09x", "r2n10x"]),
        ("", []),
    ],
)
def test_hostlists(text, names):
    module = {"__name__": "gate"}
    exec(compile(PROGRAM.read_text(), str(PROGRAM), "exec"), module)
    assert module["expand"](text) == names


def test_it_is_quick_where_it_has_nothing_to_do(gate):
    """Each job's start waits for it: no network, and no module that costs milliseconds."""
    probe = (
        f"import sys; sys.argv[0]='x'; src=open({str(PROGRAM)!r}).read();"
        " exec(compile(src,'x','exec'), {'__name__':'x'}); "
    )
    done = subprocess.run(
        [sys.executable, "-IS", "-c", probe + "print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert not {"socket", "json", "subprocess", "http", "ssl", "re", "logging", "syslog"} & set(done.stdout.split())
    assert os.access(PROGRAM, os.X_OK) and PROGRAM.read_text().startswith("#!/usr/bin/python3 -IS\n")
