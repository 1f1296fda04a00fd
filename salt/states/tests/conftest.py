"""Renders the states as a minion of a given family and pillar would, without root and without a master."""

import http.server
import json
import logging
import pathlib
import socketserver
import threading

import pytest
import salt.client
import salt.config
import yaml

logging.raiseExceptions = False  # Salt's last words come when pytest has closed its streams
STATES = pathlib.Path(__file__).parents[1]
PILLAR = STATES.parent / "pillar.example"
SYSTEMD = {"systemd": {"version": "257"}}
GRAINS = {
    "Debian": {"os": "Debian", "os_family": "Debian", "osmajorrelease": 13, "osrelease": "13"} | SYSTEMD,
    "Debian 12": {"os": "Debian", "os_family": "Debian", "osmajorrelease": 12, "osrelease": "12"} | SYSTEMD,
    "RedHat": {"os": "Rocky", "os_family": "RedHat", "osmajorrelease": 9, "osrelease": "9.6"} | SYSTEMD,
    "Old": {"os": "Rocky", "os_family": "RedHat", "osmajorrelease": 8, "systemd": {"version": "239"}},
    "Suse": {"os": "SLES", "os_family": "Suse", "osmajorrelease": 15, "osrelease": "15.6"},
}


# Plays scontrol and squeue: what is asked of it goes to a log, its answers lie beside it.
TOOL = """#!/bin/sh
cd "$(dirname "$0")"
echo "$(basename "$0") $*" >>said
case "$(basename "$0") $*" in
    *"show node"*) cat nodes ;;
    *"show job"*) cat job ;;
    "scontrol suspend"*) : >jobs ;;
    squeue*) cat jobs ;;
esac
exit 0
"""


class Rendered:
    """What a minion would do: `low`, its chunks in order, or `errors`; `files`, what it would write, by path; `also`,
    low and errors of other sls. All is made at once: of several minions in one process, Salt mixes up what an older
    one is asked later.
    """

    def __init__(self, root, family, pillar, also):
        (root / "pillar").mkdir()
        (root / "pillar/top.sls").write_text("base: {'*': [site]}")
        (root / "pillar/site.sls").write_text(yaml.safe_dump(pillar))
        # grains given in the minion's own file win over what the machine says
        (root / "minion").write_text(yaml.safe_dump({"grains": GRAINS[family]}))
        options = salt.config.minion_config(None)
        options.update(
            id="vn01",
            root_dir=str(root),
            cachedir=str(root / "cache"),
            pki_dir=str(root / "pki"),
            conf_file=str(root / "minion"),
            file_client="local",
            file_roots={"base": [str(STATES)]},
            pillar_roots={"base": [str(root / "pillar")]},
            enable_fqdns_grains=False,
            enable_gpu_grains=False,
        )
        self.minion = salt.client.Caller(mopts=options)
        self.low, self.errors = self.of("spillway")
        self.also = {sls: self.of(sls) for sls in also}
        self.files = {chunk["name"]: self.text(chunk, root) for chunk in self.low if self.writes(chunk)}

    def of(self, sls):
        out = self.minion.cmd("state.show_low_sls", sls)
        return [one for one in out if isinstance(one, dict)], [one for one in out if isinstance(one, str)]

    @staticmethod
    def writes(chunk):
        return (chunk["state"], chunk["fun"]) == ("file", "managed") and ("source" in chunk or "contents" in chunk)

    def text(self, chunk, root):
        if "contents" in chunk:
            return chunk["contents"]
        if "template" not in chunk:
            return self.minion.cmd("cp.get_file_str", chunk["source"])
        path = root / "rendered"
        path.unlink(missing_ok=True)
        self.minion.cmd("cp.get_template", chunk["source"], str(path), template="jinja", **chunk.get("context", {}))
        return path.read_text()

    def ids(self):
        return [chunk["__id__"] for chunk in self.low]

    def one(self, state_id):
        (chunk,) = [chunk for chunk in self.low if chunk["__id__"] == state_id]
        return chunk


@pytest.fixture(scope="session")
def render(tmp_path_factory):
    """render(family, roles, also, **changes) with pillar.example; each change replaces a key below `spillway`."""
    made = {}

    def call(family="Debian", roles=(), also=("spillway.clean",), **changes):
        key = repr((family, roles, also, changes))
        if key not in made:
            pillar = yaml.safe_load(PILLAR.read_text())
            pillar["spillway"].update(changes, roles=list(roles))
            made[key] = Rendered(tmp_path_factory.mktemp("minion"), family, pillar, also)
        return made[key]

    call.example = yaml.safe_load(PILLAR.read_text())["spillway"]
    return call


class Spillwayd(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """A daemon that gives one answer after the other, the last one again and again, and remembers what it was told."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, path, answers, delay):
        self.answers, self.delay = list(answers), delay
        self.told, self.authorizations, self.over = [], [], threading.Event()
        self.room = 200, b'{"hosts": "cn01", "words": ""}'
        super().__init__(str(path), _Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self):
        self.over.set()
        self.shutdown()
        self.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, answer = self.server.room
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, json.loads(body)))
        self.server.authorizations.append(self.headers.get("Authorization"))
        self.server.over.wait(self.server.delay)
        status, answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def address_string(self):
        return "slurmctld"

    def log_message(self, *_):
        pass


@pytest.fixture
def spillwayd(tmp_path):
    """spillwayd((status, body), …, delay=0) listens on `d.sock`; whatever it has not answered by the end, it drops."""
    made = []

    def call(*answers, delay=0):
        made.append(Spillwayd(tmp_path / "d.sock", answers, delay))
        return made[-1]

    yield call
    for one in made:
        one.close()


@pytest.fixture
def slurm(tmp_path):
    """The tools; `said()`, what was asked of them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("scontrol", "squeue"):
        (folder / name).write_text(TOOL)
        (folder / name).chmod(0o755)
    (folder / "nodes").write_text(
        "NodeName=vn01 Arch=x86_64 State=MIXED+DYNAMIC_NORM Partitions=all\n"
        "NodeName=vn02 Arch=x86_64 State=IDLE+DRAIN+DYNAMIC_NORM Reason=bad fan [root@x]\n"
        "Node vn03 not found\n"
    )
    (folder / "jobs").write_text("11|11|N/A|RUNNING|vn01\n15|12|3|RUNNING|vn[01-02]\n16|16|N/A|COMPLETING|vn02\n")
    (folder / "job").write_text("JobId=99 JobName=x Requeue=1 Restarts=0 BatchFlag=1 Reboot=0\n")
    folder.joinpath("said").write_text("")
    folder_said = lambda: (folder / "said").read_text().splitlines()  # noqa: E731
    return type("Slurm", (), {"folder": folder, "said": staticmethod(folder_said)})
