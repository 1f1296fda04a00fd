import base64
import http.server
import pickle
import threading
from types import SimpleNamespace

import keystoneauth1.exceptions
import openstack.exceptions
import pytest

from saltext.spillway.utils import cloud as api
from saltext.spillway.utils.errors import SpillwayError


class Clock:
    now = 0

    def sleep(self, seconds):
        self.now += seconds

    def __call__(self):
        return self.now


@pytest.fixture
def cloud(fake_cloud):
    clock = Clock()
    return api.Cloud(fake_cloud, clock.sleep, clock)


def order(**changes):
    wanted = {
        "name": "vn01",
        "image": "spillway-node",
        "size": "small",
        "network": "cluster",
        "address": "10.0.0.101",
        "user_data": "#!/bin/sh\n",
        "metadata": {"spillway:goal": "READY"},
    }
    return api.Order(**{**wanted, **changes})


class Response:
    headers = {}  # noqa: RUF012
    request = None

    def __init__(self, status):
        self.status_code = status


def http_error(status, message):
    return openstack.exceptions.HttpException(message=message, response=Response(status))


def nothing_left(fake):
    return not fake.all_servers and not fake.all_ports


def test_create(cloud, fake_cloud):
    server = cloud.create(order())
    assert server.status == "ACTIVE"
    asked = fake_cloud.asked
    assert asked["config_drive"] is True
    assert base64.b64decode(asked["user_data"]) == b"#!/bin/sh\n"
    assert asked["metadata"]["spillway:goal"] == "READY"
    assert "host" not in asked
    (port,) = fake_cloud.all_ports.values()
    assert (port.name, port.fixed_ips) == ("vn01", [{"ip_address": "10.0.0.101"}])
    assert api.addresses(server) == ["10.0.0.101"]


def test_create_on_a_host(cloud, fake_cloud):
    cloud.create(order(host="cn02"))
    assert fake_cloud.asked["host"] == "cn02"


def test_nova_chooses_where_we_may_not(cloud, fake_cloud):
    rule = "Policy doesn't allow compute:servers:create:requested_destination to be performed."
    fake_cloud.fail_with_host = http_error(403, rule)
    assert cloud.create(order(host="cn02")).status == "ACTIVE"
    assert "host" not in fake_cloud.asked


def test_another_refusal_is_no_reason_to_let_nova_choose(cloud, fake_cloud):
    fake_cloud.fail_with_host = http_error(403, "Quota exceeded for cores")
    with pytest.raises(SpillwayError) as caught:
        cloud.create(order(host="cn02"))
    assert caught.value.kind == "no-capacity"
    assert not fake_cloud.all_ports


def test_our_port_that_was_left_is_used(cloud, fake_cloud):
    port = fake_cloud.add_port("vn01", "10.0.0.101")
    cloud.create(order())
    assert list(fake_cloud.all_ports) == [port.id]


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ({"name": "vn01", "device_id": "s1"}, "of server s1"),
        ({"name": "printer"}, "taken by port printer"),
        ({"name": "vn01", "project_id": "other"}, "is taken by"),
    ],
)
def test_an_address_that_is_taken(cloud, fake_cloud, port, said):
    fake_cloud.add_port(address="10.0.0.101", **port)
    with pytest.raises(SpillwayError, match=said) as error:
        cloud.create(order())
    assert error.value.kind == "refused"
    assert len(fake_cloud.all_ports) == 1
    assert not fake_cloud.all_servers


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"image": "nix"}, "not-found"),
        ({"size": "nix"}, "not-found"),
        ({"network": "nix"}, "not-found"),
        ({"image": None}, "bad-input"),
    ],
)
def test_what_the_cloud_does_not_have(cloud, fake_cloud, changes, kind):
    with pytest.raises(SpillwayError) as error:
        cloud.create(order(**changes))
    assert error.value.kind == kind
    assert nothing_left(fake_cloud)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("No valid host was found. There are not enough hosts available.", "no-capacity"),
        ("Exceeded maximum number of retries.", "failed"),
    ],
)
def test_a_server_in_error_is_removed_with_its_port(cloud, fake_cloud, fault, kind):
    fake_cloud.build_states = ["BUILD", "BUILD", "ERROR"]
    fake_cloud.fault = {"message": fault}
    with pytest.raises(SpillwayError, match=fault) as error:
        cloud.create(order())
    assert error.value.subject == "vn01"
    assert error.value.kind == kind
    assert nothing_left(fake_cloud)


@pytest.mark.parametrize(
    ("method", "exception", "kind"),
    [
        ("find_image", http_error(503, "unavailable"), "unavailable"),
        ("find_image", keystoneauth1.exceptions.ConnectFailure("refused"), "unavailable"),
        ("create_port", http_error(409, "Quota exceeded for resources: ['port']"), "no-capacity"),
        ("create_port", http_error(409, "IP address already allocated"), "refused"),
        ("create_server", http_error(403, "Quota exceeded for cores"), "no-capacity"),
        ("create_server", http_error(403, "Policy does not allow"), "failed"),
        ("create_server", http_error(400, "Invalid key_name"), "bad-input"),
        ("answer_of_create_server", http_error(504, "gateway timeout"), "unavailable"),
        ("answer_of_create_server", KeyboardInterrupt(), None),
    ],
)
def test_nothing_is_left_of_a_creation_that_failed(cloud, fake_cloud, method, exception, kind):
    fake_cloud.fail[method] = exception
    with pytest.raises((SpillwayError, KeyboardInterrupt)) as error:
        cloud.create(order())
    if kind:
        assert error.value.kind == kind
    assert nothing_left(fake_cloud)


def test_only_what_this_creation_made_is_removed(cloud, fake_cloud):
    other = fake_cloud.add_server("vn01")
    fake_cloud.fail["answer_of_create_server"] = http_error(504, "gateway timeout")
    with pytest.raises(SpillwayError):
        cloud.create(order())
    assert list(fake_cloud.all_servers) == [other.id]


def test_a_look_that_fails_says_nothing_about_the_server(cloud, fake_cloud):
    real, calls = fake_cloud.get_server, []

    def flaky(server_id):
        calls.append(server_id)
        if len(calls) < 4:
            raise http_error(503, "unavailable")
        return real(server_id)

    fake_cloud.get_server = flaky
    assert cloud.create(order()).status == "ACTIVE"


def test_a_build_without_end(cloud, fake_cloud):
    fake_cloud.build_states = ["BUILD"]
    with pytest.raises(SpillwayError, match="still being built after 300 s"):
        cloud.create(order())
    assert nothing_left(fake_cloud)


def test_must_be_absent(cloud, fake_cloud):
    cloud.must_be_absent("vn01")
    server = fake_cloud.add_server("vn01")
    with pytest.raises(SpillwayError, match=server.id) as error:
        cloud.must_be_absent("vn01")
    assert error.value.kind == "refused"


def test_destroy(cloud, fake_cloud):
    server = cloud.create(order())
    other = fake_cloud.add_port("printer", "10.0.0.9")
    assert cloud.destroy("vn01", server.id) == ["server", "port"]
    assert list(fake_cloud.all_ports) == [other.id]
    assert cloud.destroy("vn01", server.id, "cluster", "10.0.0.101") == []


def test_destroy_what_is_left(cloud, fake_cloud):
    fake_cloud.add_port("vn01", "10.0.0.101")
    kept = [
        fake_cloud.add_port("vn01", "10.0.0.55"),  # somewhere else
        fake_cloud.add_port("vn01", "10.0.0.101", device_id="s1"),  # in use
    ]
    assert cloud.destroy("vn01", None, "cluster", "10.0.0.101") == ["port"]
    assert list(fake_cloud.all_ports) == [port.id for port in kept]


def test_destroy_refuses_another_name(cloud, fake_cloud):
    server = fake_cloud.add_server("vn02")
    with pytest.raises(SpillwayError, match="is vn02, not vn01") as error:
        cloud.destroy("vn01", server.id)
    assert error.value.kind == "refused"
    with pytest.raises(SpillwayError, match=server.id):
        cloud.destroy("vn02", None)
    assert list(fake_cloud.all_servers) == [server.id]


@pytest.mark.parametrize("method", ["get_server", "servers"])
def test_nothing_is_deleted_on_a_failed_look(cloud, fake_cloud, method):
    server = cloud.create(order())
    fake_cloud.fail[method] = http_error(503, "unavailable")
    with pytest.raises(SpillwayError) as error:
        cloud.destroy("vn01", server.id)
    assert error.value.kind == "unavailable"
    assert fake_cloud.all_servers
    assert fake_cloud.all_ports


def test_facts_hold_no_user_data(cloud, fake_cloud):
    server = fake_cloud.add_server("vn01")
    facts = cloud.facts([server])["vn01"]
    assert "secret" not in str(facts)
    assert facts["image"] == "spillway-node"
    assert facts["size"] == "small"


def test_the_images_are_asked_for_once(cloud, fake_cloud, monkeypatch):
    asked, images = [], fake_cloud.images
    monkeypatch.setattr(fake_cloud, "images", lambda: asked.append(1) or images())
    for name in ("vn01", "vn02", "vn03"):
        fake_cloud.add_server(name)
    assert len(cloud.facts(cloud.servers())) == 3
    assert asked == [1]


def test_images_of_one_name_are_told_by_their_ids(cloud, fake_cloud, monkeypatch):
    images = [
        SimpleNamespace(id=f"i{number}", name=name, to_dict=lambda name=name: {"name": name})
        for number, name in enumerate(["debian", "debian", "rocky"])
    ]
    monkeypatch.setattr(fake_cloud, "images", lambda: images)
    debian, rocky = {"name": "debian"}, {"name": "rocky"}
    assert cloud.images() == {"i0": debian, "i1": debian, "rocky": rocky}


def test_networks_and_subnets(cloud):
    assert [one["name"] for one in cloud.networks()] == ["cluster", "public"]
    (subnet,) = cloud.subnets("cluster")
    assert (subnet["network_id"], subnet["cidr"]) == ("network-id", "10.0.0.0/24")
    with pytest.raises(SpillwayError, match="no network 'nix'") as error:
        cloud.subnets("nix")
    assert error.value.kind == "not-found"


def test_any_function_of_openstacksdk(cloud, fake_cloud):
    fake_cloud.add_server("vn01")
    assert cloud.call("find_network", {"name": "cluster", "ignore_missing": True})["id"]
    (server,) = cloud.call("servers", {})
    assert (server["name"], "user_data" in server) == ("vn01", False)


@pytest.mark.parametrize(
    ("function", "arguments", "said"),
    [
        ("nix", {}, "has no function nix"),
        ("_find", {"kind": "network", "name": "cluster"}, "has no function _find"),
        ("current_project_id", {}, "has no function current_project_id"),
        ("find_network", {"nix": 1}, "find_network: "),
    ],
)
def test_what_openstacksdk_cannot_be_asked(cloud, function, arguments, said):
    with pytest.raises(SpillwayError, match=said) as error:
        cloud.call(function, arguments)
    assert error.value.kind == "bad-input"


def test_errors_survive_another_process():
    error = SpillwayError("refused", "x", "vn01")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert again.as_dict() == error.as_dict()


def test_connect_does_not_look_at_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("OS_AUTH_URL", "http://127.0.0.1:9/v3")
    with pytest.raises(SpillwayError, match="configuration"):
        api.connect({"cloud": "nix", "clouds_file": str(tmp_path / "clouds.yaml")})


def test_what_of_a_provider_is_for_openstacksdk():
    provider = {
        "driver": "openstack",
        "auth": {"auth_url": "http://127.0.0.1:9/v3", "username": "a", "password": "b"},
        "region_name": "one",
        "verify": False,
        "endpoint_type": "internal",
        "identity_api_version": "3",
        "compute_default_microversion": "2.79",
        "network_endpoint_override": "http://127.0.0.1:9/",
        "minion": {"master": "10.0.0.10"},
        "ssh_interface": "private_ips",
        "profiles": {},
    }
    config = api.connect(provider).config
    assert config.get_interface("compute") == "internal"
    assert config.get_api_version("identity") == "3"
    assert config.get_default_microversion("compute") == "2.79"
    assert config.get_endpoint("network") == "http://127.0.0.1:9/"
    assert (config.region_name, config.config["verify"]) == ("one", False)
    assert not {"minion", "ssh_interface", "driver", "profiles"} & set(config.config)


class Broken(http.server.BaseHTTPRequestHandler):
    """An OpenStack that is there and answers everything with the server's status."""

    def answer(self):
        self.send_error(self.server.status)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


@pytest.mark.parametrize(
    ("status", "kind"),
    [(None, "unavailable"), (503, "unavailable"), (401, "failed"), (404, "not-found")],
)
def test_a_real_connection_to_a_broken_cloud(status, kind):
    with http.server.HTTPServer(("127.0.0.1", 0), Broken) as server:
        server.status = status
        port = server.server_port
        if status is None:
            server.server_close()
        else:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        provider = {
            "auth_type": "v3applicationcredential",
            "region_name": "RegionOne",
            "auth": {
                "auth_url": f"http://127.0.0.1:{port}/v3",
                "application_credential_id": "id",
                "application_credential_secret": "not to be seen",
            },
        }
        with pytest.raises(SpillwayError) as error:
            api.Cloud(api.connect(provider))
        if status is not None:
            server.shutdown()
    assert error.value.kind == kind
    assert "not to be seen" not in error.value.message
