import os

import pytest

from saltext.spillway.utils import processes
from saltext.spillway.utils.errors import SpillwayError


@pytest.fixture
def proc(tmp_path, monkeypatch):
    """A /proc of: pid, parent, state, name, command line, cgroup, states of further threads."""
    monkeypatch.setattr(processes, "PROC", tmp_path)

    def add(pid, parent, state, comm, cmdline="", *, cgroup="0::/", threads=()):
        folder = tmp_path / str(pid)
        folder.mkdir()
        (folder / "comm").write_text(comm + "\n")
        (folder / "cmdline").write_text(cmdline + "\0")
        (folder / "cgroup").write_text(cgroup + "\n")
        (folder / "stat").write_text(f"{pid} ({comm}) {state} {parent} 1 1\n")
        for number, thread in enumerate((state, *threads)):
            task = folder / "task" / str(pid + number)
            task.mkdir(parents=True)
            (task / "stat").write_text(f"{pid + number} ({comm}) {thread} {parent} 1\n")

    add(1, 0, "S", "systemd")
    add(46, 1, "S", "slurmd-wlm")
    return add


def test_processes_of_a_job_and_of_its_steps(proc):
    proc(100, 1, "S", "slurmstepd", "slurmstepd: [12.batch]")
    proc(101, 100, "T", "slurm_script", "/bin/sh script")
    proc(102, 101, "T", "srun")
    proc(110, 1, "S", "slurmstepd", "slurmstepd: [12.0]")
    proc(111, 110, "T", "a) T (b", threads=("T", "Z"))
    proc(200, 1, "S", "slurmstepd", "slurmstepd: [13.batch]")
    proc(201, 200, "R", "other")
    assert processes.stopped(["12"]) == {"running": 0, "stopped": 3}
    assert processes.stopped(["13"]) == {"running": 1, "stopped": 0}
    assert processes.stopped(["12", "13"]) == {"running": 1, "stopped": 3}
    assert processes.stopped(["1"]) == {"running": 0, "stopped": 0}
    assert processes.stopped([]) == {"running": 0, "stopped": 0}


def test_one_running_thread_is_enough(proc):
    proc(100, 1, "S", "slurmstepd", "slurmstepd: [12.batch]")
    proc(101, 100, "T", "java", threads=("T", "S"))
    assert processes.stopped(["12"]) == {"running": 1, "stopped": 0}


def test_zombies_and_stepds_do_not_count(proc):
    proc(100, 1, "S", "slurmstepd", "slurmstepd: [12.batch]")
    proc(101, 100, "Z", "gone")
    proc(102, 100, "S", "slurmstepd-wlm", "slurmstepd: [12.batch]")
    assert processes.stopped(["12"]) == {"running": 0, "stopped": 0}


def test_a_daemonised_process_is_found_by_its_cgroup(proc):
    cgroup = "0::/system.slice/slurmstepd.scope/job_12/step_batch/user/task_0"
    proc(300, 1, "S", "daemon", cgroup=cgroup)
    proc(301, 1, "S", "daemon", cgroup=cgroup.replace("job_12", "job_123"))
    assert processes.stopped(["12"]) == {"running": 1, "stopped": 0}


def test_array_tasks_are_not_understood_here(proc):
    with pytest.raises(SpillwayError):
        processes.stopped(["12;13"])


def test_wake(proc, monkeypatch):
    killed = []
    monkeypatch.setattr(processes.os, "kill", lambda pid, signal: killed.append((pid, signal.name)))
    proc(47, 46, "S", "slurmd")  # just forked
    assert processes.wake() is True
    assert killed == [(46, "SIGHUP")]


def test_wake_without_slurmd(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "PROC", tmp_path)
    with pytest.raises(SpillwayError) as error:
        processes.wake()
    assert error.value.kind == "unreachable"


def test_the_real_proc_can_be_read():
    assert processes._stat(processes.PROC / str(os.getpid()))[0] in "RS"
    assert processes.stopped(["1"]) == {"running": 0, "stopped": 0}
