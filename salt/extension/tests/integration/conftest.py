"""A real master, minion and salt-api on loopback; Slurm's commands are played by a script."""

import hashlib
import os
import pwd
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import salt.config
import salt.loader
import yaml

FIXTURES = Path(__file__).parents[1] / "fixtures" / "slurm-24.11"
MANUAL = Path(__file__).parents[4] / "docs" / "salt-extension.md"

SCONTROL = f"""#!/bin/sh
case "$*" in
--version) echo slurm-wlm 24.11.5 ;;
"show nodes --json=v0.0.40") cat {FIXTURES}/nodes.json ;;
"show jobs --json=v0.0.40") cat {FIXTURES}/jobs.json ;;
"update JobId=7 "*|"suspend 7") ;;
*) echo "Unable to contact slurm controller (connect failure)" >&2; exit 1 ;;
esac
"""

PASSWORD = "a long random one"


def free_ports(number):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def documented_api(root, port):
    """salt-api's configuration as the manual has it, with the test's own places."""
    section = MANUAL.read_text().split("\n## salt-api\n")[1]
    config = yaml.safe_load(re.match(r"\n((?: {4}.*\n)+)", section).group(1))
    users = root / "users"
    users.write_text(f"spillway:{hashlib.sha512(PASSWORD.encode()).hexdigest()}\n")
    users.chmod(0o600)
    config["external_auth"]["file"]["^filename"] = str(users)
    config["rest_cherrypy"] = {"port": port, "host": "127.0.0.1", "disable_ssl": True}
    return config


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A Salt site; ``site["minion"]`` is the process of the minion ctl, ``site["api"]`` its URL."""
    # short: Salt's sockets lie below, and their names are limited
    root = Path(tmp_path_factory.mktemp("s"))
    publish, request, api = free_ports(3)
    user = pwd.getpwuid(os.geteuid()).pw_name
    common = f"root_dir: {root}\nuser: {user}\nlog_level: error\npublish_port: {publish}\n"
    (root / "master").write_text(
        f"{common}interface: 127.0.0.1\nret_port: {request}\nauto_accept: true\n"
        f"worker_threads: 2\ntimeout: 5\ngather_job_timeout: 5\n"
        + yaml.safe_dump(documented_api(root, api))
    )
    (root / "minion").write_text(
        f"{common}id: ctl\nmaster: 127.0.0.1\nmaster_port: {request}\n"
        "acceptance_wait_time: 1\ngrains: {os: Debian}\nenable_fqdns_grains: false\n"
        f"engines:\n- slurm_events: {{socket: {root}/hooks, interval: 5}}\n"
    )
    tools = root / "bin"
    tools.mkdir()
    scontrol = tools / "scontrol"
    scontrol.write_text(SCONTROL)
    scontrol.chmod(scontrol.stat().st_mode | stat.S_IXUSR)

    programs = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}

    def start(name):
        with open(root / f"{name}.out", "wb") as out:
            return subprocess.Popen(
                [str(programs / f"salt-{name}"), "-c", str(root)],
                env=env,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    daemons = {}
    try:
        daemons["master"] = start("master")
        daemons["minion"] = start("minion")
        daemons["salt-api"] = start("api")
        opts = salt.config.master_config(str(root / "master"))
        runner = salt.loader.runner(opts)
        deadline = time.monotonic() + 90
        while not runner["spillway.version"]()["ok"] or not listens(api):
            if time.monotonic() > deadline:
                pytest.fail("".join(out.read_text()[-2000:] for out in root.glob("*.out")))
        url = f"http://127.0.0.1:{api}"
        yield {**daemons, "runner": runner, "opts": opts, "hooks": root / "hooks", "api": url}
    finally:
        for daemon in daemons.values():
            os.killpg(daemon.pid, signal.SIGKILL)
            daemon.wait()


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
