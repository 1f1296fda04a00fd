"""salt-cloud, the driver and the runner together, on a cloud that is played."""

import base64
import errno
import logging
from pathlib import Path

import openstack.exceptions
import pytest
import salt.cloud
import salt.config
import salt.loader
import salt.utils.event
import salt.utils.verify
import yaml
from salt.exceptions import SaltCloudSystemExit

from saltext.spillway.utils import cloud, profile


@pytest.fixture(autouse=True)
def events(monkeypatch):
    fired = []

    class Bus:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return False

        def fire_event(self, data, tag, *_, **__):
            if not isinstance(data, dict):  # as Salt's own; salt-cloud counts on it
                raise ValueError(data)
            fired.append((tag, data))

    monkeypatch.setattr(salt.utils.event, "get_event", lambda *_, **__: Bus())
    return fired


@pytest.fixture(autouse=True)
def connection(monkeypatch, fake_cloud):
    monkeypatch.setattr(cloud, "connect", lambda provider: fake_cloud)
    monkeypatch.setattr(cloud, "_POLL", 0)
    return fake_cloud


@pytest.fixture
def logged():
    """Everything that is logged, at any level."""
    lines = []

    class Handler(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())

    handler, root = Handler(level=0), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def accepted(master_opts, config_dir):
    def look():
        folder = Path(master_opts["pki_dir"], "minions")
        return sorted(key.name for key in folder.iterdir()) if folder.exists() else []

    return look


def test_create_on_a_host(runners, fake_cloud):
    assert runners["spillway.create"]("vn01", "htc", host="cn02")["ok"]
    assert fake_cloud.asked["host"] == "cn02"


def test_the_first_two_at_once(runners, fake_cloud, monkeypatch):
    def verify_env(folders, user):
        # Salt's own makes what is missing, and ends the process where another one was quicker
        if not all(Path(folder).is_dir() for folder in folders):
            raise SystemExit(errno.EEXIST)

    monkeypatch.setattr(salt.utils.verify, "verify_env", verify_env)
    assert runners["spillway.create"]("vn01", "htc")["ok"]


def test_create_and_destroy(runners, fake_cloud, accepted, events, logged):
    answer = runners["spillway.create"]("vn01", "htc", metadata={"spillway:goal": "READY"})
    (server,) = fake_cloud.all_servers.values()
    assert answer == {"ok": True, "value": {"uuid": server.id, "address": "10.0.0.101"}}
    assert server.metadata["spillway:goal"] == "READY"
    assert server.metadata["site"] == "lab"
    assert accepted() == ["vn01"]

    script = base64.b64decode(fake_cloud.asked["user_data"]).decode()
    assert "id: vn01" in script
    assert "master: 10.0.0.10" in script
    # the private key is in the user data, and nowhere else
    assert "PRIVATE KEY" in script
    assert "PRIVATE KEY" not in f"{answer}{events}{logged}"
    assert [tag for tag, _ in events] == [
        f"salt/cloud/vn01/{what}" for what in ("creating", "requesting", "created")
    ]
    told = events[-1][1]
    assert (told["provider"], told["address"]) == ("openstack", "10.0.0.101")
    assert told["private_ips"] == ["10.0.0.101"]

    assert runners["spillway.destroy"]("vn01", uuid=server.id) == {
        "ok": True,
        "value": {"deleted": ["server", "port", "key"]},
    }
    assert accepted() == []
    assert runners["spillway.destroy"]("vn01", uuid=server.id)["value"] == {"deleted": []}


def test_a_server_that_exists(runners, fake_cloud, accepted):
    server = fake_cloud.add_server("vn01")
    error = runners["spillway.create"]("vn01", "htc")["error"]
    assert (error["kind"], error["subject"]) == ("refused", "vn01")
    assert server.id in error["message"]
    assert accepted() == []


@pytest.mark.parametrize(
    ("method", "exception", "kind"),
    [
        (
            "create_server",
            openstack.exceptions.HttpException("Quota exceeded for ram"),
            "no-capacity",
        ),
        ("create_port", openstack.exceptions.ConflictException("address in use"), "failed"),
        ("create_port", RuntimeError("bug"), "failed"),
    ],
)
def test_nothing_is_left_after_a_failure(runners, fake_cloud, accepted, method, exception, kind):
    fake_cloud.fail[method] = exception
    answer = runners["spillway.create"]("vn01", "htc")
    assert answer["error"]["kind"] == kind
    assert str(exception) in answer["error"]["message"]
    assert accepted() == []
    assert not fake_cloud.all_servers
    assert not fake_cloud.all_ports


def test_no_valid_host(runners, fake_cloud, accepted):
    fake_cloud.build_states = ["BUILD", "ERROR"]
    fake_cloud.fault = {"message": "No valid host was found."}
    error = runners["spillway.create"]("vn01", "htc")["error"]
    assert (error["kind"], error["subject"]) == ("no-capacity", "vn01")
    assert accepted() == []


def test_names_and_profiles(runners, fake_cloud):
    assert runners["spillway.create"]("vn09", "htc")["error"]["kind"] == "bad-input"
    assert runners["spillway.create"]("vn01", "nix")["error"]["kind"] == "not-found"
    assert runners["spillway.destroy"]("cn01")["error"]["kind"] == "not-found"
    assert fake_cloud.asked is None


def test_a_physical_nodes_key_is_safe(runners, fake_cloud, master_opts, accepted):
    key = Path(master_opts["pki_dir"], "minions", "vn01")
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_text("PHYSICAL")
    assert runners["spillway.create"]("vn01", "htc")["error"]["kind"] == "refused"
    assert runners["spillway.destroy"]("vn01")["value"] == {"deleted": []}
    assert key.read_text() == "PHYSICAL"


def test_destroy_of_another_name(runners, fake_cloud):
    server = fake_cloud.add_server("vn02")
    error = runners["spillway.destroy"]("vn01", uuid=server.id)["error"]
    assert error["kind"] == "refused"
    assert "vn02" in error["message"]


def test_a_provider_without_its_library(runners, monkeypatch):
    monkeypatch.setattr(cloud, "MISSING", "openstacksdk is not installed beside Salt")
    error = runners["spillway.create"]("vn01", "htc")["error"]
    assert error["kind"] == "failed"


def test_salt_cloud_by_hand(config_dir, fake_cloud, accepted):
    client = salt.cloud.CloudClient(path=str(config_dir / "cloud"))
    made = client.profile("htc", ["vn02"])
    assert made["vn02"]["address"] == "10.0.0.102"
    assert accepted() == ["vn02"]
    listed = client.query()["lab"]["openstack"]
    assert listed["vn02"]["private_ips"] == ["10.0.0.102"]
    shown = client.action("show_instance", names=["vn02"])["lab"]["openstack"]["vn02"]
    assert "user_data" not in shown
    assert client.list_images("lab")["lab"]["openstack"] == {"spillway-node": {}}
    client.destroy(["vn02"])
    assert accepted() == []
    assert not fake_cloud.all_servers


def profile_of(config_dir, text):
    (config_dir / "cloud.profiles.d" / "lab.conf").write_text(text)


def test_a_profile_of_salts_own_driver(config_dir, fake_cloud, accepted, monkeypatch):
    """The least that its manual calls a profile; salt-cloud brings Salt in over SSH."""
    key = config_dir / "id_rsa"
    key.write_text("key")
    profile_of(
        config_dir,
        f"""\
centos:
  provider: lab
  image: spillway-node
  size: small
  ssh_key_name: mykey
  ssh_key_file: {key}
  meta: {{build_config: rack_user_only}}
  minion: {{master: 10.0.0.10}}
""",
    )
    deployed = []

    def deploy(_, vm_, __):
        deployed.append((vm_["ssh_host"], vm_["key_filename"], "PRIVATE KEY" in vm_["priv_key"]))
        return {"deployed": True}

    monkeypatch.setattr(profile, "deploy", deploy)
    client = salt.cloud.CloudClient(path=str(config_dir / "cloud"))
    made = client.profile("centos", ["web1"])["web1"]
    assert made["deployed"] is True
    assert deployed == [("10.0.0.78", str(key), True)]
    assert fake_cloud.asked["key_name"] == "mykey"
    assert fake_cloud.asked["networks"] == "auto"
    assert "user_data" not in fake_cloud.asked
    assert accepted() == ["web1"]


def over_ssh(config_dir, **keys):
    """A profile web that salt-cloud's bootstrap is for."""
    key = config_dir / "id_rsa"
    key.write_text("key")
    least = {"provider": "lab", "image": "spillway-node", "size": "small"}
    minion = {"master": "10.0.0.10"}
    web = {**least, "minion": minion, "ssh_key_file": str(key), **keys}
    profile_of(config_dir, yaml.safe_dump({"web": web}))
    return salt.cloud.CloudClient(path=str(config_dir / "cloud"))


def test_ssh_goes_to_the_floating_address(config_dir, fake_cloud, monkeypatch):
    client = over_ssh(
        config_dir, ip_pool="public", ssh_interface="floating_ips", salt_interface="private_ips"
    )
    deployed = []
    monkeypatch.setattr(
        profile, "deploy", lambda _, vm_, __: deployed.append((vm_["ssh_host"], vm_["salt_host"]))
    )
    client.profile("web", ["web1"])
    assert deployed == [("203.0.113.9", "10.0.0.78")]


def test_userdata_of_the_profile_is_all_that_a_server_gets(config_dir, fake_cloud, accepted):
    script = config_dir / "user-data"
    script.write_text("#!/bin/sh\necho {{ opts.name }}\n")
    profile_of(
        config_dir,
        f"""\
web:
  provider: lab
  image: spillway-node
  size: small
  network: cluster
  deploy: false
  userdata: {script}
  userdata_template: jinja
""",
    )
    client = salt.cloud.CloudClient(path=str(config_dir / "cloud"))
    assert client.profile("web", ["web1"])["web1"]["address"] == "10.0.0.77"
    sent = base64.b64decode(fake_cloud.asked["user_data"]).decode()
    assert sent == "#!/bin/sh\necho web1\n"
    assert accepted() == []


def test_an_ssh_key_that_is_not_there(config_dir, fake_cloud):
    client = over_ssh(config_dir, ssh_key_file="/nix")
    with pytest.raises(SaltCloudSystemExit, match="ssh_key_file /nix does not exist"):
        client.profile("web", ["web1"])
    assert not fake_cloud.all_servers


def test_actions(config_dir, fake_cloud):
    server = fake_cloud.add_server("vn02", ["ACTIVE"])
    client = salt.cloud.CloudClient(path=str(config_dir / "cloud"))
    for verb, state in (
        ("suspend", "SUSPENDED"),
        ("resume", "ACTIVE"),
        ("reboot", "ACTIVE"),
        ("stop", "SHUTOFF"),
        ("start", "ACTIVE"),
    ):
        answer = client.action(verb, names=["vn02"])
        assert answer["lab"]["openstack"]["vn02"] == {"state": state}
    client.action("reboot", names=["vn02"], kwargs={"hard": True})
    assert fake_cloud.asked_of_nova[-1] == ("reboot", "HARD")
    assert server.status == "ACTIVE"


def test_functions(config_dir):
    mapper = salt.cloud.Map(salt.config.cloud_config(str(config_dir / "cloud")))

    def function(function, **kwargs):
        return mapper.do_function("lab", function, kwargs)["lab"]["openstack"]

    assert [one["name"] for one in function("list_networks")] == ["cluster", "public"]
    assert [one["cidr"] for one in function("list_subnets", network="cluster")] == ["10.0.0.0/24"]
    found = function("call", func="find_network", name="cluster", ignore_missing="true")
    assert found == {"id": "network-id", "name": "cluster"}
    for name, kwargs, said in (
        ("list_subnets", {}, "needs network=NAME"),
        ("list_subnets", {"network": "nix"}, "no network 'nix'"),
        ("call", {}, "needs func=NAME"),
        ("call", {"func": "nix"}, "has no function nix"),
    ):
        with pytest.raises(SaltCloudSystemExit, match=said):
            function(name, **kwargs)


def test_lists(config_dir, fake_cloud):
    fake_cloud.add_server("vn02", ["ACTIVE"])
    client = salt.cloud.CloudClient(path=str(config_dir / "cloud"))

    def listed(query):
        return query()["lab"]["openstack"]["vn02"]

    least = {"id": "00000000-0000-4000-8000-000000000000", "state": "ACTIVE"}
    assert listed(client.min_query) == least
    assert listed(client.select_query) == least  # where query.selection says nothing
    full = listed(client.full_query)
    assert (full["size"], full["image"], full["private_ips"]) == ("small", "spillway-node", [])
    assert "user_data" not in full
    mapper = salt.cloud.Map(salt.config.cloud_config(str(config_dir / "cloud")))
    assert mapper.size_list("lab")["lab"]["openstack"] == {"small": {"vcpus": 2}}
    assert mapper.location_list("lab")["lab"]["openstack"] == {"nova": {"state": "up"}}


def test_what_is_called_the_wrong_way(config_dir, fake_cloud):
    fake_cloud.add_server("vn02", ["ACTIVE"])
    loaded = salt.loader.clouds(salt.config.cloud_config(str(config_dir / "cloud")))
    for name in ("list_nodes", "list_nodes_full", "avail_images", "list_networks", "call"):
        with pytest.raises(SaltCloudSystemExit, match=f"{name} is called with -f or --function"):
            loaded[f"openstack.{name}"](call="action")
    for name in ("show_instance", "start", "reboot"):
        with pytest.raises(SaltCloudSystemExit, match=f"{name} is called with -a or --action"):
            loaded[f"openstack.{name}"]("vn02", call="function")
    with pytest.raises(SaltCloudSystemExit, match="destroy is called with -d"):
        loaded["openstack.destroy"]("vn02", call="function")
    assert fake_cloud.all_servers


def test_a_server_that_the_master_cannot_reach_is_removed(config_dir, fake_cloud):
    client = over_ssh(config_dir, protocol="ipv6")
    with pytest.raises(SaltCloudSystemExit, match="web1 has no address that the master reaches"):
        client.profile("web", ["web1"])
    assert not fake_cloud.all_servers
