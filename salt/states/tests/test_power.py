"""Slurm's three programs against a daemon that answers, refuses, is silent or is away."""

import json
import subprocess
import sys

import pytest
from conftest import STATES

PROGRAM = STATES / "spillway/slurm/files/spillway-power"


def problem(kind, message):
    return json.dumps({"error": {"kind": kind, "message": message, "subject": None, "retryable": False}}).encode()


@pytest.fixture
def daemon(spillwayd):
    return lambda status=202, answer=b"", delay=0: spillwayd((status, answer), delay=delay)


@pytest.fixture
def program(tmp_path):
    """program(name, *arguments) runs it by one of its names; exit code and its line."""
    config = tmp_path / "power"
    config.mkdir()
    (config / "url").write_text(f"unix:{tmp_path}/d.sock\n")
    (config / "token").write_text("open sesame\n")

    def call(name, *arguments, **environment):
        link = tmp_path / name
        link.exists() or link.symlink_to(PROGRAM)
        done = subprocess.run(
            [sys.executable, "-B", str(link), *arguments],
            env={"SPILLWAY_POWER_CONFIG": str(config), **environment},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.stdout == "" and len(done.stderr.splitlines()) == 1, done.stderr
        return done.returncode, done.stderr.strip()

    call.config = config
    return call


def resume_file(tmp_path, text):
    path = tmp_path / "resume.json"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("key", ["all_nodes", "all_nodes_resume"], ids=["22.05", "24.11"])
def test_resume_says_for_which_jobs(daemon, program, tmp_path, key):
    heard = daemon()
    jobs = [{"job_id": 12, "nodes_resume": "vn01"}, {"job_id": 13, "nodes_resume": "vn[01-02]"}]
    path = resume_file(tmp_path, json.dumps({key: "vn[01-02]", "jobs": jobs}))
    code, line = program("spillway-resume", "vn[01-02]", SLURM_RESUME_FILE=path)
    assert (code, line) == (0, "resume vn[01-02] for job 12, 13: told")
    asked = {"event": "resume", "nodes": "vn[01-02]", "reason": "for job 12, 13"}
    assert heard.told == [("/v1/power", asked)]
    assert heard.authorizations == ["Bearer open sesame"]


@pytest.mark.parametrize("name", ["suspend", "resume-fail"])
def test_its_name_says_what_it_tells(daemon, program, name):
    heard = daemon()
    assert program("spillway-" + name, "vn01") == (0, f"{name} vn01: told")
    assert heard.told[0][1] == {"event": name, "nodes": "vn01", "reason": None}


@pytest.mark.parametrize("text", ["{", "[]", '{"jobs": 7}', '{"jobs": [{"job_id": "x"}]}', "\udcff", None])
def test_a_resume_file_that_cannot_be_read_stops_nothing(daemon, program, tmp_path, text):
    heard = daemon()
    path = tmp_path / "resume.json"
    if text is not None:
        path.write_bytes(text.encode(errors="surrogateescape"))
    code, line = program("spillway-resume", "vn01", SLURM_RESUME_FILE=str(path))
    assert code == 0
    assert "SLURM_RESUME_FILE cannot be read" in line
    assert heard.told[0][1]["nodes"] == "vn01"


def test_a_daemon_that_is_away_is_told_of_in_one_line(program):
    code, line = program("spillway-resume", "vn01")
    assert code == 1
    assert line.startswith("resume vn01: spillwayd is not told, it will see it by itself: FileNotFoundError")


@pytest.mark.parametrize(
    "status, answer, code, words",
    [
        (409, problem("refused", "this daemon does not lead, the one on b does"), 1, "refuses: this daemon does not"),
        (400, problem("bad-input", "vn[01-: a bracket is open"), 2, "refuses: vn[01-: a bracket is open"),
        (401, problem("forbidden", "who are you?"), 1, "refuses: who are you?"),
        (500, b"<html>", 1, "it answers 500"),
        (200, b"", 1, "it answers 200"),
    ],
)
def test_a_refusal_is_told_with_the_daemons_words(daemon, program, status, answer, code, words):
    daemon(status, answer)
    got, line = program("spillway-suspend", "vn01")
    assert got == code
    assert words in line


@pytest.mark.parametrize(
    "arguments", [[], [""], ["vn01\nvn02"], ["v" * 60_001]], ids=["none", "empty", "lines", "long"]
)
def test_what_can_be_no_hostlist_is_not_sent(daemon, program, arguments):
    heard = daemon()
    code, line = program("spillway-suspend", *arguments)
    assert (code, line) == (2, "suspend: one hostlist is wanted, such as vn[01-02]")
    assert heard.told == []


def test_a_silent_daemon_does_not_hold_slurm_up(daemon, program):
    daemon(delay=60)
    code, line = program("spillway-suspend", "vn01")
    assert code == 1
    assert "TimeoutError" in line


@pytest.mark.parametrize("text", ["", "http://ctl:80", "https://[", "unix:"])
def test_a_configuration_that_is_none_is_told(program, text):
    (program.config / "url").write_text(text)
    code, line = program("spillway-suspend", "vn01")
    assert code == 1
    assert "spillwayd is not told" in line


def test_another_name_is_told(program):
    code, line = program("spillway-explode", "vn01")
    assert code == 2
    assert "spillway-resume or spillway-suspend or spillway-resume-fail" in line
