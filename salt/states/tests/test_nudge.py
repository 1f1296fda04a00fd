"""slurmctld is told to look at its queue as soon as a job is submitted."""

import contextlib
import importlib.util
import os
import socket
import struct
import threading
from importlib.machinery import SourceFileLoader

import pytest
from conftest import STATES

PROGRAM = STATES / "spillway/slurm/files/spillway-nudge"
CONFIG = {"SLURM_VERSION": "24.11.5", "AuthType": "auth/munge", "SlurmctldPort": "6817"}
FINE = bytes.fromhex("2a0000441f410000000400000000000000000000")


@pytest.fixture(scope="session")
def program():
    loader = SourceFileLoader("spillway_nudge", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("spillway_nudge", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def said(program, monkeypatch):
    lines = []
    monkeypatch.setattr(program, "log", lambda line, bad: lines.append((line, bad)))
    return lines


class Slurmctld:
    """Takes one message and answers."""

    def __init__(self, answer):
        self.answer, self.seen = answer, b""
        self.server = socket.create_server(("localhost", 0))
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with self.server, self.server.accept()[0] as client:
            size = struct.unpack(">I", client.recv(4, socket.MSG_WAITALL))[0]
            self.seen = client.recv(size, socket.MSG_WAITALL)
            client.sendall(self.answer)

    def told(self):
        self.thread.join(10)
        return self.seen


@pytest.fixture
def ctld(program, monkeypatch):
    """ctld(answer, **config): a slurmctld, and how the program speaks to it."""
    monkeypatch.setattr(program.socket, "gethostname", lambda: "localhost")

    def call(answer=None, **config):
        answer = FINE if answer is None else answer
        server = Slurmctld(struct.pack(">I", len(answer)) + answer if answer else b"")
        port = str(server.server.getsockname()[1])
        return server, program.Slurmctld(CONFIG | {"SlurmctldPort": port} | config, lambda payload: b"MUNGE:" + payload)

    return call


def test_the_message_is_a_nodes_word_of_an_epilog(ctld):
    server, slurmctld = ctld()
    slurmctld.nudge()
    proof = b"MUNGE:\x01\x17\x7c\0"
    body = bytes(8) + b"\0\0\0\7nobody\0"  # job 0, return code 0
    assert server.told() == b"".join(
        [
            bytes.fromhex("2a00 0000 177c"),  # 24.11, no flags, MESSAGE_EPILOG_COMPLETE
            struct.pack(">I", len(body)),
            bytes(6),  # not forwarded, nothing returned, no address
            struct.pack(">II", 101, len(proof)),
            proof,
            body,
        ]
    )


@pytest.mark.parametrize("version, number", [("22.05.8", 38), ("23.02.7", 39), ("23.11.10", 40)])
def test_an_older_one_gives_no_answer(ctld, version, number):
    server, slurmctld = ctld(b"", SLURM_VERSION=version)
    slurmctld.nudge()
    assert server.told()[0] == number


@pytest.mark.parametrize(
    "answer, words",
    [
        (FINE[:-4] + struct.pack(">I", 1007), "refuses: error 1007"),
        (FINE.replace(b"\x1f\x41", b"\x1f\x42"), "something else than a return code"),
        (b"", "something else than a return code"),
    ],
)
def test_what_is_refused_is_told(ctld, answer, words):
    _, slurmctld = ctld(answer)
    with pytest.raises(OSError, match=words):
        slurmctld.nudge()


@pytest.mark.parametrize(
    "config, words",
    [
        ({"SLURM_VERSION": "25.11.2"}, "Slurm 25.11 does not look earlier for this; 22.05 to 25.05 do"),
        ({"SLURM_VERSION": ""}, "Slurm of no known release"),
        ({"AuthType": "auth/slurm"}, "auth/munge would do"),
        ({"AuthInfo": "socket=/run/other,cred_expire=30"}, "the usual one would do"),
        ({"CommunicationParameters": "block_zero_hash"}, "has block_zero_hash"),
        ({"SchedulerParameters": "bf_interval=60,defer"}, "has defer; without it slurmctld would look"),
    ],
)
def test_what_it_cannot_tell_is_named(program, config, words):
    with pytest.raises(program.Unsuited, match=words):
        program.Slurmctld(CONFIG | config, None)


class Over(Exception):
    pass


class Played:
    """Submissions and a slurmctld that goes by what is written down."""

    def __init__(self, submissions, outcomes):
        self.submissions, self.outcomes, self.did = submissions, list(outcomes), []

    def wait(self):
        if not self.submissions:
            raise Over
        self.submissions -= 1
        self.did.append("submitted")

    def nudge(self):
        self.did.append("nudge")
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome:
            raise outcome

    def sleep(self, seconds):
        self.did.append(seconds)


def serve(program, played):
    with contextlib.suppress(Over):
        program.serve(played, played, played.sleep)


def test_twice_for_each_burst(program, said):
    played = Played(2, [])
    serve(program, played)
    assert played.did == ["submitted", 0.005, "nudge", 0.045, "nudge", 0.2] * 2
    assert said == []


def test_what_goes_wrong_is_said_once_and_its_end_too(program, said):
    away = ConnectionRefusedError(111, "Connection refused")
    played = Played(3, [away, away, away])
    serve(program, played)
    assert played.did.count("nudge") == 6
    assert said == [
        (f"slurmctld is not told, jobs start at its next full second: {away}", True),
        ("slurmctld is told again", False),
    ]


def test_a_write_is_a_submission(program, tmp_path):
    submissions = program.Submissions(str(tmp_path / "submitted"))
    os.set_blocking(submissions.told, False)
    with pytest.raises(BlockingIOError):
        submissions.wait()
    for _ in range(3):
        with open(tmp_path / "submitted", "r+") as file:  # as Lua does
            file.write("\n")
    submissions.wait()  # those before are one
    with pytest.raises(BlockingIOError):
        submissions.wait()


def test_a_folder_that_is_not_there_is_named(program, tmp_path):
    with pytest.raises(OSError, match="not/there"):
        program.Submissions(str(tmp_path / "not/there"))
