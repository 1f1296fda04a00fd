"""Each key of a profile, ours and those that the driver of Salt 3006 and 3007 documented."""

import base64

import openstack.exceptions
import pytest

from saltext.spillway.utils import cloud as api
from saltext.spillway.utils import profile
from saltext.spillway.utils.errors import SpillwayError

PLAIN = {"image": "spillway-node", "size": "small", "network": "cluster"}


@pytest.fixture
def cloud(fake_cloud, monkeypatch):
    monkeypatch.setattr(api, "_POLL", 0)
    return api.Cloud(fake_cloud)


def make(cloud, without=(), **keys):
    keys = {key: value for key, value in {**PLAIN, **keys}.items() if key not in without}
    return cloud.create(profile.order("vn01", keys.get))


VOLUME = {"boot_index": 0, "destination_type": "volume", "delete_on_termination": False}
FROM_IMAGE = {**VOLUME, "source_type": "image", "uuid": "image-id"}


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        # keys of theirs that have another name here
        ({"ssh_key_name": "mykey"}, {"key_name": "mykey"}),
        ({"meta": {"a": "b"}}, {"metadata": {"a": "b"}}),
        # the same in both
        ({"key_name": "mykey"}, {"key_name": "mykey"}),
        ({"availability_zone": "nova"}, {"availability_zone": "nova"}),
        ({"scheduler_hints": {"same_host": ["x"]}}, {"scheduler_hints": {"same_host": ["x"]}}),
        ({"config_drive": False}, {"config_drive": False}),
        ({"config_drive": True}, {"config_drive": True}),
        ({"group": "apart"}, {"scheduler_hints": {"group": "group-apart"}}),
        (
            {"group": "apart", "scheduler_hints": {"group": "x", "same_host": "y"}},
            {"scheduler_hints": {"group": "group-apart", "same_host": "y"}},
        ),
        ({"disk_config": "MANUAL"}, {"disk_config": "MANUAL"}),
        ({"admin_pass": "x"}, {"admin_password": "x"}),
        ({"extras": {"tags": ["a"]}, "extra": {"b": 1}}, {"tags": ["a"], "b": 1}),
        # networks
        ({"network": "cluster"}, {"networks": [{"port": "port-0"}]}),
        ({"network": {"name": "cluster"}}, {"networks": [{"port": "port-0"}]}),
        (
            {"network": ["cluster", {"id": "storage"}]},
            {"networks": [{"port": "port-0"}, {"uuid": "storage-id"}]},
        ),
        # disks
        ({"boot_from_volume": True}, {"block_device_mapping": [{**FROM_IMAGE, "volume_size": 50}]}),
        (
            {"boot_from_volume": True, "volume_size": 9, "terminate_volume": True},
            {
                "block_device_mapping": [
                    {**FROM_IMAGE, "volume_size": 9, "delete_on_termination": True}
                ]
            },
        ),
        *(
            (
                {key: "root"},
                {
                    "block_device_mapping": [
                        {**VOLUME, "source_type": "volume", "uuid": "volume-root"}
                    ]
                },
            )
            for key in ("boot_volume", "root_volume")
        ),
        (
            {"volumes": ["data"]},
            {
                "image_id": "image-id",
                "block_device_mapping": [
                    {**FROM_IMAGE, "destination_type": "local", "delete_on_termination": True},
                    {
                        **VOLUME,
                        "boot_index": -1,
                        "source_type": "volume",
                        "uuid": "volume-data",
                    },
                ],
            },
        ),
        ({"block_device_mapping_v2": [{"uuid": "x"}]}, {"block_device_mapping": [{"uuid": "x"}]}),
        # ours
        ({"host": "cn01"}, {"host": "cn01"}),
        ({"host_aggregate": "hpc"}, {"availability_zone": "hpc-zone"}),
        # taken by theirs, and no word of it reached Nova either
        ({"reservation_id": "r", "min_count": 1, "max_count": 1}, {}),
    ],
)
def test_what_nova_is_asked(cloud, fake_cloud, keys, asked):
    make(cloud, **keys)
    for key, value in asked.items():
        if key == "metadata":
            assert value.items() <= fake_cloud.asked[key].items()
        else:
            assert fake_cloud.asked[key] == value
    boots_from_volume = {"boot_volume", "root_volume", "boot_from_volume"} & set(keys)
    replaced = boots_from_volume or "block_device_mapping_v2" in keys
    assert ("image_id" in fake_cloud.asked) != bool(replaced)
    assert not {"reservation_id", "min_count"} & set(fake_cloud.asked)


# The driver's manual in Salt 3006 and 3007, "Profile".
DOCUMENTED = """
image size flavor auto_ip ips ip_pool root_volume boot_volume terminate_volume volumes meta files
reservation_id min_count max_count security_groups userdata userdata_template key_name ssh_key_name
ssh_key_file ssh_interface ignore_cidr protocol availability_zone block_device_mapping
block_device_mapping_v2 nics scheduler_hints config_drive disk_config admin_pass timeout reuse_ips
network boot_from_volume volume_size nat_destination group extras wait_for_metadata
"""
OF_THE_BOOTSTRAP = {"ssh_key_file", "ssh_interface", "ignore_cidr", "protocol"}
OF_USER_DATA = {"userdata", "userdata_template"}
PASSED_OVER = {"reservation_id", "min_count", "max_count"}


def test_every_key_that_salt_3006_documents_is_looked_at():
    asked = set()
    profile.order("vn01", asked.add)
    assert set(DOCUMENTED.split()) - asked == OF_THE_BOOTSTRAP | OF_USER_DATA | PASSED_OVER


def test_flavor_is_another_name_of_size(cloud, fake_cloud):
    make(cloud, without=["size"], flavor="small")
    assert fake_cloud.asked["flavor_id"] == "flavor-id"


def test_no_network_is_novas_choice(cloud, fake_cloud):
    make(cloud, without=["network"])
    assert fake_cloud.asked["networks"] == "auto"


def test_nics(cloud, fake_cloud):
    port = fake_cloud.add_port("mine", "10.0.0.5")
    nics = [{"port-id": port.id}, {"net-id": "n", "v4-fixed-ip": "10.0.0.9"}, {"net-id": "m"}]
    make(cloud, without=["network"], nics=nics)
    assert fake_cloud.asked["networks"] == [
        {"port": port.id},
        {"uuid": "n", "fixed_ip": "10.0.0.9"},
        {"uuid": "m"},
    ]
    server = next(iter(fake_cloud.all_servers))
    assert cloud.destroy("vn01", server) == ["server"]
    assert port.id in fake_cloud.all_ports  # it was not made for this server


def test_vnic_type(cloud, fake_cloud):
    make(cloud, vnic_type="direct")
    assert fake_cloud.asked_of_port == {"binding_vnic_type": "direct"}


def test_timeout_is_another_name_of_boot_timeout():
    assert profile.order("vn01", {**PLAIN, "timeout": 60}.get).boot_timeout == 60
    assert profile.order("vn01", PLAIN.get).boot_timeout == 300


@pytest.mark.parametrize("keys", [{"auto_ip": True}, {"ip_pool": "public"}])
def test_a_floating_address_comes_and_goes_with_the_server(cloud, fake_cloud, keys):
    server = make(cloud, **keys)
    (one,) = fake_cloud.all_ips.values()
    assert (one.port_id, one.description) == ("port-0", "spillway: vn01")
    # told at once, though Nova does not know of it yet
    facts = api.describe(server)
    assert facts["floating_ips"] == ["203.0.113.9"]
    assert "10.0.0.77" in facts["private_ips"]
    cloud.destroy("vn01", server.id)
    assert not fake_cloud.all_ips


def test_a_neutron_without_routers_has_no_floating_addresses(cloud, fake_cloud, monkeypatch):
    server = make(cloud)

    def none(**_):
        raise openstack.exceptions.NotFoundException("The resource could not be found.")

    monkeypatch.setattr(fake_cloud, "ips", none)
    assert cloud.destroy("vn01", server.id) == ["server", "port"]


@pytest.mark.parametrize(("reuse", "made"), [(None, 1), (True, 1), (False, 2)])
def test_reuse_ips(cloud, fake_cloud, reuse, made):
    free = fake_cloud.add_ip("203.0.113.1")
    server = make(cloud, auto_ip=True, reuse_ips=reuse)
    assert len(fake_cloud.all_ips) == made
    assert bool(free.port_id) == (made == 1)
    cloud.destroy("vn01", server.id)
    assert list(fake_cloud.all_ips) == [free.id]  # it was the project's before


def test_ips(cloud, fake_cloud):
    mine = fake_cloud.add_ip("203.0.113.1")
    server = make(cloud, ips=["203.0.113.1"], auto_ip=True, nat_destination="cluster")
    assert mine.port_id == "port-0"
    assert api.describe(server)["floating_ips"] == ["203.0.113.1"]
    assert len(fake_cloud.all_ips) == 1


@pytest.mark.parametrize(
    ("keys", "said", "kind"),
    [
        ({"ips": ["203.0.113.7"]}, "no floating address 203.0.113.7", "not-found"),
        ({"ips": ["203.0.113.2"]}, "203.0.113.2 is in use", "refused"),
        ({"auto_ip": True, "nat_destination": "storage"}, "no port", "failed"),
        ({"boot_volume": "nix"}, "no volume 'nix'", "not-found"),
        ({"group": "nix"}, "no server group 'nix'", "not-found"),
        ({"host_aggregate": "nix"}, "no host aggregate 'nix'", "not-found"),
        ({"host_aggregate": "bare"}, "has no availability zone", "bad-input"),
        ({"files": {"/etc/x": "y"}}, "no files any more", "bad-input"),
        ({"block_device_mapping": [{}]}, "block_device_mapping_v2", "bad-input"),
        ({"nics": [{"net-id": "n"}]}, "not both", "bad-input"),
        ({"network": [7]}, "neither a name nor an id", "bad-input"),
        ({"extras": ["x"]}, "must be a mapping", "bad-input"),
        ({"addresses": {"vn02": "10.0.0.2"}}, "not among the addresses", "bad-input"),
        ({"volumes": {"data": 1}}, "'volumes' must be a list of names", "bad-input"),
        ({"security_groups": [1]}, "'security_groups' must be a list of names", "bad-input"),
        ({"scheduler_hints": "same_host"}, "'scheduler_hints' must be a mapping", "bad-input"),
        ({"volume_size": "big"}, "volume_size 'big' must be a number of GB", "bad-input"),
        ({"volume_size": 0}, "volume_size 0 must be a number of GB", "bad-input"),
    ],
)
def test_what_cannot_be_had_leaves_nothing(cloud, fake_cloud, keys, said, kind):
    taken = fake_cloud.add_ip("203.0.113.2", "port-of-another")
    with pytest.raises(SpillwayError, match=said) as error:
        make(cloud, **keys)
    assert error.value.kind == kind
    assert not fake_cloud.all_servers
    assert not fake_cloud.all_ports
    assert list(fake_cloud.all_ips) == [taken.id]


def test_a_nic_without_a_place():
    with pytest.raises(SpillwayError, match="neither 'net-id' nor 'port-id'"):
        profile.order("vn01", {"image": "x", "nics": [{"tag": "a"}]}.get)


@pytest.mark.parametrize("nics", ["cluster", {"net-id": "n"}, ["n"]])
def test_nics_that_are_no_list_of_mappings(nics):
    with pytest.raises(SpillwayError, match="'nics' must be a list of mappings"):
        profile.order("vn01", {"image": "x", "nics": nics}.get)


def test_one_name_alone_is_a_list_of_one(cloud, fake_cloud):
    mine = fake_cloud.add_ip("203.0.113.1")
    make(cloud, volumes="data", ips="203.0.113.1", security_groups="web")
    assert fake_cloud.asked["block_device_mapping"][-1]["uuid"] == "volume-data"
    assert fake_cloud.asked_of_port == {"security_groups": ["security_group-web"]}
    assert mine.port_id == "port-0"


def test_addresses_need_a_network():
    keys = {"image": "x", "addresses": {"vn01": "10.0.0.1"}}
    with pytest.raises(SpillwayError, match="needs a 'network'"):
        profile.order("vn01", keys.get)


def test_a_floating_quota(cloud, fake_cloud):
    fake_cloud.fail["create_ip"] = openstack.exceptions.HttpException("Quota exceeded: floatingip")
    with pytest.raises(SpillwayError) as error:
        make(cloud, auto_ip=True)
    assert error.value.kind == "no-capacity"
    assert not fake_cloud.all_servers
    assert not fake_cloud.all_ports


@pytest.mark.parametrize(
    "said",
    [
        "Image 1f2e could not be verified: signature is missing",
        "Flavor's disk is too small for requested image",
        "Image spillway-node is corrupt or missing",
    ],
)
def test_a_fault_of_the_image_is_told(cloud, fake_cloud, said):
    fake_cloud.build_states = ["BUILD", "ERROR"]
    fake_cloud.fault = {"message": said}
    with pytest.raises(SpillwayError, match="Nova could not build vn01") as error:
        make(cloud)
    assert said in error.value.message
    assert error.value.kind == "failed"
    assert not fake_cloud.all_servers


def test_wait_for_metadata(cloud, fake_cloud):
    looks = []
    real = fake_cloud.get_server

    def get_server(server_id):
        looks.append(server_id)
        server = real(server_id)
        if len(looks) > 4:
            server.metadata["done"] = "yes"
        return server

    fake_cloud.get_server = get_server
    assert make(cloud, wait_for_metadata={"done": "yes"}).metadata["done"] == "yes"
    assert len(looks) == 5


def test_metadata_that_never_comes(cloud, fake_cloud):
    times = iter(range(0, 10_000, 100))
    cloud._clock = lambda: next(times)
    with pytest.raises(SpillwayError, match="did not become done=yes in 300 s"):
        make(cloud, wait_for_metadata={"done": "yes"})
    assert not fake_cloud.all_servers


FACTS = {
    "private_ips": ["192.168.0.5", "10.0.0.5", "fd00::5"],
    "public_ips": [],
    "fixed_ips": ["10.0.0.5"],
    "floating_ips": ["172.24.4.9"],
}


@pytest.mark.parametrize(
    ("keys", "address"),
    [
        ({}, "172.24.4.9"),
        ({"ssh_interface": "private_ips"}, "192.168.0.5"),
        ({"ssh_interface": "private_ips", "ignore_cidr": "192.168.0.0/16"}, "10.0.0.5"),
        ({"ssh_interface": "private_ips", "ignore_cidr": ["192.168.0.0/16", "10.0.0.0/8"]}, None),
        ({"ssh_interface": "private_ips", "protocol": "ipv6"}, "fd00::5"),
        ({"ssh_interface": "fixed_ips"}, "10.0.0.5"),
        ({"ssh_interface": "floating_ips"}, "172.24.4.9"),
    ],
)
def test_how_the_master_reaches_it(keys, address):
    assert profile.reachable(FACTS, keys.get) == address


@pytest.mark.parametrize(
    ("keys", "address"),
    [
        ({"ssh_interface": "fixed_ips"}, "10.0.0.5"),
        ({"ssh_interface": "fixed_ips", "salt_interface": "private_ips"}, "192.168.0.5"),
        ({"salt_interface": "private_ips", "ignore_cidr": "192.168.0.0/16"}, "10.0.0.5"),
    ],
)
def test_salts_own_interface(keys, address):
    assert profile.reachable(FACTS, keys.get, "salt_interface") == address


@pytest.mark.parametrize(
    ("verb", "before", "after", "words"),
    [
        ("start", "SHUTOFF", "ACTIVE", [("start",)]),
        ("start", "ACTIVE", "ACTIVE", []),
        ("stop", "ACTIVE", "SHUTOFF", [("stop",)]),
        ("suspend", "ACTIVE", "SUSPENDED", [("suspend",)]),
        ("suspend", "SUSPENDED", "SUSPENDED", []),
        ("resume", "SUSPENDED", "ACTIVE", [("resume",)]),
        ("reboot", "ACTIVE", "ACTIVE", [("reboot", "SOFT")]),
        ("hard_reboot", "SHUTOFF", "ACTIVE", [("reboot", "HARD")]),
    ],
)
def test_acts(cloud, fake_cloud, verb, before, after, words):
    fake_cloud.add_server("vn01", [before])
    assert cloud.act("vn01", verb) == after
    assert fake_cloud.asked_of_nova == words


@pytest.mark.parametrize(("verb", "before"), [("resume", "SHUTOFF"), ("suspend", "ERROR")])
def test_a_state_that_forbids_it(cloud, fake_cloud, verb, before):
    fake_cloud.add_server("vn01", [before])
    with pytest.raises(SpillwayError, match=f"vn01 is {before}; to {verb} it must be") as error:
        cloud.act("vn01", verb)
    assert error.value.kind == "refused"
    assert fake_cloud.asked_of_nova == []


def test_a_server_that_breaks_meanwhile(cloud, fake_cloud):
    server = fake_cloud.add_server("vn01", ["ACTIVE"])
    fake_cloud.suspend_server = lambda one: server.states.insert(0, "ERROR")
    with pytest.raises(SpillwayError, match="vn01 is ERROR, not SUSPENDED"):
        cloud.act("vn01", "suspend")


def test_no_user_data_is_none(cloud, fake_cloud):
    make(cloud)
    assert "user_data" not in fake_cloud.asked
    order = profile.order("vn01", PLAIN.get)
    order.user_data = "x"
    fake_cloud.all_servers.clear()
    cloud.create(order)
    assert base64.b64decode(fake_cloud.asked["user_data"]) == b"x"
