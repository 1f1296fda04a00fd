import json
import logging
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import salt._logging
from saltfactories.plugins.event_listener import EventListener

from saltext.spillway.utils import command

# Salt keeps what it logs until its logging is set up, and prints all of it when the tests end.
salt._logging.shutdown_temp_handler()
logging.getLogger().addHandler(logging.NullHandler())

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    """What the factories' daemons log to listens here only."""
    log_server = session.config.pluginmanager.get_plugin("saltfactories-log-server")
    if log_server:  # the mutants' runs have no plugins
        log_server.log_host = "127.0.0.1"


@pytest.fixture(scope="session")
def event_listener():
    """Every event of every factory's master, for the tests; listens here only."""
    listener = EventListener()
    listener.host = "127.0.0.1"
    with listener:
        yield listener


@pytest.fixture(scope="session")
def salt_factories_config(tmp_path_factory):
    """The installed scripts, and a place of its own for each daemon."""
    # short: Salt's sockets lie below, and their names are limited
    root = tmp_path_factory.mktemp("s")
    return {
        "root_dir": root,
        "scripts_dir": Path(sys.executable).parent,
        "environ": {**os.environ, "PATH": f"{root}/bin:{os.environ['PATH']}"},
        "start_timeout": 120,
    }


class Slurm:
    """Plays scontrol, sinfo and squeue of one release with recorded answers."""

    def __init__(self, release):
        self.release = release
        self.folder = FIXTURES / f"slurm-{release}"
        self.now = float((self.folder / "now").read_text())
        self.said = []  # every command but the questions
        self.steps = lambda: []  # id and beginning of each
        self.answers = {}  # first words of a command -> (code, out, err)
        self.data = {
            what: json.loads((self.folder / f"{what}.json").read_text())
            for what in ("nodes", "jobs")
        }

        self.lines = {
            what: (self.folder / f"{what}s.txt").read_text()
            for what in ("partition", "reservation")
        }

    def run(self, argv, **_):
        words = " ".join(argv)
        for start, answer in self.answers.items():
            if words.startswith(start):
                self.said.append(argv)
                return answer
        if argv == ["scontrol", "--version"]:
            return 0, f"slurm-wlm {self.release}.5\n", ""
        nodes, jobs = {
            "24.11": ("scontrol show nodes --json=v0.0.40", "scontrol show jobs --json=v0.0.40"),
            "22.05": ("sinfo --json", "squeue --states=all --json"),
        }[self.release]
        if words in (nodes, jobs):
            return 0, json.dumps(self.data["nodes" if words == nodes else "jobs"]), ""
        if words in ("scontrol --oneliner show partition", "scontrol --oneliner show reservation"):
            return 0, self.lines[argv[-1]], ""
        assert "--json" not in words, words
        if words.startswith("squeue --steps"):
            return 0, "".join(f"{step} {since}\n" for step, since in self.steps()), ""
        self.said.append(argv)
        return 0, "", ""

    def squeue(self):
        """What squeue printed at the same moment: id, raw id, state, time."""
        lines = (self.folder / "squeue.txt").read_text().splitlines()[1:]
        return [line.split()[:4] for line in lines]

    def node(self, name):
        return next(node for node in self.data["nodes"]["nodes"] if node["name"] == name)

    def job(self, raw):
        def number(value):
            return value["number"] if isinstance(value, dict) else value

        return next(job for job in self.data["jobs"]["jobs"] if number(job["job_id"]) == raw)


@pytest.fixture(params=["22.05", "24.11"])
def slurm(request, monkeypatch):
    fake = Slurm(request.param)
    monkeypatch.setattr(command, "run", fake.run)
    return fake


@pytest.fixture
def slurm_24(monkeypatch):
    fake = Slurm("24.11")
    monkeypatch.setattr(command, "run", fake.run)
    return fake


class FakeCloud:
    """An openstacksdk connection with one image, size and network, and a memory."""

    current_project_id = "project"

    def __init__(self):
        self.compute = self.network = self.image = self
        self.all_servers, self.all_ports = {}, {}
        self.build_states = ["BUILD", "ACTIVE"]  # what get_server says after a creation
        self.fault = None
        self.fail = {}  # method name -> exception
        self.asked = None  # of create_server
        self.fail_with_host = None  # of create_server on a host of one's choice
        self.block_storage = self
        self.all_ips = {}  # floating addresses
        self.zones = {"hpc": "hpc-zone", "bare": None}  # host aggregates
        self.asked_of_nova = []  # what act() did

    def _maybe_fail(self, method):
        if method in self.fail:
            raise self.fail[method]

    # image, size, network
    def _find(self, kind, name):
        known = {"image": "spillway-node", "flavor": "small", "network": "cluster"}[kind]
        if kind == "network" and name in ("storage", "public"):
            known, kind = name, name
        facts = {"id": f"{kind}-id", "name": known}
        return SimpleNamespace(**facts, to_dict=lambda: facts) if name == known else None

    def find_volume(self, name, ignore_missing):
        return None if name == "nix" else SimpleNamespace(id=f"volume-{name}")

    def find_server_group(self, name, ignore_missing):
        return None if name == "nix" else SimpleNamespace(id=f"group-{name}")

    def find_security_group(self, name, ignore_missing):
        return None if name == "nix" else SimpleNamespace(id=f"security_group-{name}")

    def find_aggregate(self, name, ignore_missing):
        zone = self.zones.get(name)
        found = SimpleNamespace(id=1, availability_zone=zone, metadata={})
        return found if name in self.zones else None

    def networks(self, is_router_external=None):
        names = ["public"] if is_router_external else ["cluster", "public"]
        return [self.find_network(name, True) for name in names]

    def subnets(self, network_id):
        facts = {"network_id": network_id, "cidr": "10.0.0.0/24"}
        return [SimpleNamespace(**facts, to_dict=lambda: facts)]

    # floating addresses
    def ips(self, floating_ip_address=None, port_id=None, **_):
        return [
            one
            for one in self.all_ips.values()
            if (floating_ip_address is None or one.floating_ip_address == floating_ip_address)
            and (port_id is None or one.port_id == port_id)
        ]

    def add_ip(self, address, port_id=None, description=""):
        one = SimpleNamespace(
            id=f"ip-{address}",
            floating_ip_address=address,
            port_id=port_id,
            description=description,
        )
        self.all_ips[one.id] = one
        return one

    def create_ip(self, floating_network_id, port_id, description):
        self._maybe_fail("create_ip")
        return self.add_ip("203.0.113.9", port_id, description)

    def update_ip(self, one, port_id):
        one.port_id = port_id

    def delete_ip(self, ip_id, ignore_missing):
        del self.all_ips[ip_id]

    def find_image(self, name, ignore_missing):
        self._maybe_fail("find_image")
        return self._find("image", name)

    def find_flavor(self, name, ignore_missing):
        return self._find("flavor", name)

    def find_network(self, name, ignore_missing):
        return self._find("network", name)

    def images(self):
        return [SimpleNamespace(id="image-id", name="spillway-node", to_dict=dict)]

    def flavors(self):
        return [SimpleNamespace(id="flavor-id", name="small", to_dict=lambda: {"vcpus": 2})]

    def availability_zones(self, details):
        return [SimpleNamespace(id="nova", name="nova", to_dict=lambda: {"state": "up"})]

    # ports
    def ports(self, network_id=None, fixed_ips=None, device_id=None, name=None, project_id=None):
        address = fixed_ips.split("=")[1] if fixed_ips else None
        return [
            port
            for port in self.all_ports.values()
            if (address is None or port.fixed_ips[0]["ip_address"] == address)
            and (device_id is None or port.device_id == device_id)
            and (name is None or port.name == name)
        ]

    def add_port(self, name, address, device_id="", project_id="project"):
        port = SimpleNamespace(
            id=f"port-{len(self.all_ports)}",
            name=name,
            project_id=project_id,
            device_id=device_id,
            fixed_ips=[{"ip_address": address}],
            network_id="network-id",
        )
        self.all_ports[port.id] = port
        return port

    def create_port(self, network_id, name, fixed_ips=(), **more):
        self._maybe_fail("create_port")
        self.asked_of_port = more
        return self.add_port(name, fixed_ips[0]["ip_address"] if fixed_ips else "10.0.0.77")

    def delete_port(self, port_id, ignore_missing):
        import openstack.exceptions

        self._maybe_fail("delete_port")
        if port_id not in self.all_ports:
            raise openstack.exceptions.NotFoundException("no port")
        del self.all_ports[port_id]

    # servers
    def servers(self, details=True):
        self._maybe_fail("servers")
        return list(self.all_servers.values())

    def add_server(self, name, states=("ACTIVE",), metadata=None, port=None):
        server_id = f"00000000-0000-4000-8000-{len(self.all_servers):012d}"
        addresses = {"cluster": [{"addr": port.fixed_ips[0]["ip_address"]}]} if port else {}
        server = SimpleNamespace(
            id=server_id,
            name=name,
            states=list(states),
            status=states[0],
            metadata=metadata or {},
            addresses=addresses,
            flavor={"original_name": "small"},
            image={"id": "image-id"},
            fault=self.fault,
        )
        server.to_dict = lambda: {"id": server_id, "user_data": "secret", "name": name}
        self.all_servers[server_id] = server
        if port:
            port.device_id = server_id
        return server

    def create_server(self, **asked):
        self._maybe_fail("create_server")
        if self.fail_with_host and "host" in asked:
            raise self.fail_with_host
        self.asked = asked
        first = asked["networks"][0] if asked["networks"] != "auto" else {}
        # Nova makes a port itself where it is given none
        port = self.all_ports.get(first.get("port")) or self.add_port("", "10.0.0.78")
        server = self.add_server(asked["name"], self.build_states, asked["metadata"], port)
        self._maybe_fail("answer_of_create_server")
        return server

    def get_server(self, server_id):
        import openstack.exceptions

        self._maybe_fail("get_server")
        if server_id not in self.all_servers:
            raise openstack.exceptions.NotFoundException("no server", response=None)
        server = self.all_servers[server_id]
        server.status = server.states.pop(0) if len(server.states) > 1 else server.states[0]
        return server

    def _act(self, verb, status):
        def act(server_id, *words):
            self.asked_of_nova.append((verb, *words))
            self._maybe_fail(verb)
            self.all_servers[server_id].states = ["BUSY", status]

        return act

    def __getattr__(self, name):
        ends = {"start": "ACTIVE", "stop": "SHUTOFF", "suspend": "SUSPENDED", "resume": "ACTIVE"}
        verb, _, what = name.partition("_")
        if what == "server" and verb in {*ends, "reboot"}:
            return self._act(verb, ends.get(verb, "ACTIVE"))
        raise AttributeError(name)

    def delete_server(self, server_id, ignore_missing):
        self._maybe_fail("delete_server")
        self.all_servers.pop(server_id, None)
        for port in self.all_ports.values():
            if port.device_id == server_id:
                port.device_id = ""
        for port_id in [one.id for one in self.all_ports.values() if not one.name]:
            del self.all_ports[port_id]  # Nova's own


@pytest.fixture
def fake_cloud():
    return FakeCloud()
