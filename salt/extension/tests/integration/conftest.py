"""A real master, minion and salt-api on loopback; Slurm's commands are played."""

import contextlib
import hashlib
import re
import shutil
import sys
from pathlib import Path

import psutil
import pytest
import salt.config
import salt.loader
import yaml
from pytestshellutils.utils import ports

FIXTURES = Path(__file__).parents[1] / "fixtures" / "slurm-24.11"
MANUAL = Path(__file__).parents[4] / "docs" / "salt-extension.md"

PASSWORD = "a long random one"


def documented_api(root):
    """salt-api's configuration as the manual has it, with the test's own places."""
    section = MANUAL.read_text().split("\n## salt-api\n")[1]
    config = yaml.safe_load(re.match(r"\n((?: {4}.*\n)+)", section).group(1))
    users = root / "users"
    users.write_text(f"spillway:{hashlib.sha512(PASSWORD.encode()).hexdigest()}\n")
    users.chmod(0o600)
    config["external_auth"]["file"]["^filename"] = str(users)
    port = ports.get_unused_localhost_port()
    config["rest_cherrypy"] = {"port": port, "host": "127.0.0.1", "disable_ssl": True}
    return config


class PlayedSlurm:
    """The commands that the daemons find, and what stands in for slurmctld."""

    def __init__(self, tools):
        self.folder = tools / "slurm"
        self.folder.mkdir(parents=True)
        play = Path(__file__).with_name("scontrol.py")
        scontrol = tools / "scontrol"
        scontrol.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {play} {self.folder} "$@"\n')
        scontrol.chmod(0o755)
        self.reset()

    def reset(self):
        for recorded in FIXTURES.iterdir():
            shutil.copy(recorded, self.folder)
        (self.folder / "said").write_text("")

    @property
    def said(self):
        """Every order since the last call."""
        orders = (self.folder / "said").read_text().splitlines()
        (self.folder / "said").write_text("")
        return orders


@pytest.fixture(scope="session")
def played(salt_factories):
    return PlayedSlurm(salt_factories.root_dir / "bin")


@pytest.fixture
def slurm_site(played):
    """The played Slurm, as recorded before the test and after it."""
    played.reset()
    yield played
    played.reset()


@pytest.fixture(scope="session")
def master(salt_factories, played):
    factory = salt_factories.salt_master_daemon(
        "master",
        overrides={
            **documented_api(salt_factories.root_dir),
            "auto_accept": True,
            "worker_threads": 2,
            "timeout": 5,
            "gather_job_timeout": 5,
        },
    )
    with factory.started():
        yield factory


@pytest.fixture(scope="session")
def hooks(salt_factories):
    """The socket for Slurm's hooks."""
    return salt_factories.root_dir / "hooks"


@pytest.fixture(scope="session")
def minion(master, hooks):
    factory = master.salt_minion_daemon(
        "ctl",
        overrides={
            "grains": {"os": "Debian"},
            "enable_fqdns_grains": False,
            "engines": [
                {
                    "slurm_events": {
                        "socket": str(hooks),
                        "file": f"{hooks}.submitted",
                        "interval": 5,
                    }
                }
            ],
        },
    )
    with factory.started():
        yield factory


@pytest.fixture(scope="session")
def api(master, minion):
    """The URL of salt-api."""
    with master.salt_api_daemon().started():
        yield f"http://127.0.0.1:{master.config['rest_cherrypy']['port']}"


@pytest.fixture(scope="session")
def opts(master):
    """The master's configuration, as a program on the master has it."""
    return salt.config.master_config(master.config["conf_file"])


@pytest.fixture(scope="session")
def runner(opts, minion):
    """The runner's functions, as a call in this process."""
    return salt.loader.runner(opts)


@pytest.fixture(scope="session")
def salt_run_cli(master, minion):
    return master.salt_run_cli(timeout=60)


@pytest.fixture(scope="session")
def salt_cli(master, minion):
    return master.salt_cli(timeout=60)


@contextlib.contextmanager
def frozen(daemon):
    """A daemon whose processes stand still."""
    processes = [psutil.Process(daemon.pid)]

    def all_of_them(order):
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):  # one that just ended
                order(process)

    try:
        all_of_them(psutil.Process.suspend)
        processes += processes[0].children(recursive=True)
        all_of_them(psutil.Process.suspend)
        yield
    finally:
        all_of_them(psutil.Process.resume)
