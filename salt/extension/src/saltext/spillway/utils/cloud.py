"""
Servers in an OpenStack cloud: the part of the driver that knows openstacksdk, and not Salt.
"""

import base64
import contextlib
import dataclasses
import ipaddress
import logging
import time
import uuid

from saltext.spillway.utils.errors import (
    BAD_INPUT,
    FAILED,
    NO_CAPACITY,
    NOT_FOUND,
    REFUSED,
    UNAVAILABLE,
    SpillwayError,
)

try:
    import keystoneauth1.exceptions
    import openstack
    import openstack.config
    import openstack.connection
    import openstack.exceptions

    MISSING = ""
except ImportError as exc:
    MISSING = f"openstacksdk is not installed beside Salt: {exc}"

log = logging.getLogger(__name__)

# Says which creation a server came from, so that a creation whose answer was lost can be undone.
CREATION = "spillway:creation"

# Nova's right to name a server's host, in its refusal; by default an administrator's.
_CHOICE = "requested_destination"

_POLL = 1
_DELETE_TIMEOUT = 180
_NOT_RESULTS = {"user_data", "admin_password", "location", "links"}


@dataclasses.dataclass
class Order:
    """What a server is to be; image, size, network, subnet and groups by name or id."""

    name: str
    image: str
    size: str
    network: str
    user_data: str
    address: str = None  # fixed; None: the network's choice
    subnet: str = None
    security_groups: list = None
    key_name: str = None
    availability_zone: str = None
    scheduler_hints: dict = None
    host: str = None  # the hypervisor; None: Nova's choice
    metadata: dict = dataclasses.field(default_factory=dict)
    config_drive: bool = True
    boot_timeout: int = 300


def connect(provider):
    """
    Return a connection to the cloud that a salt-cloud provider describes.

    Either ``cloud`` (a name in clouds.yaml, with ``clouds_file`` if that is in no usual place) or
    ``auth`` (with ``auth_type``, ``region_name``, …) is needed. Environment variables do not
    count: a master must not depend on the shell it was started from.
    """
    if MISSING:
        raise SpillwayError(FAILED, MISSING)
    overrides = {
        key: provider[key]
        for key in ("region_name", "interface", "cacert", "verify", "auth_type", "auth")
        if provider.get(key) is not None
    }
    overrides["api_timeout"] = provider.get("api_timeout", 30)
    files = [provider["clouds_file"]] if provider.get("clouds_file") else None
    with errors():
        config = openstack.config.OpenStackConfig(
            config_files=files, load_envvars=False, load_yaml_config=bool(provider.get("cloud"))
        )
        region = config.get_one(cloud=provider.get("cloud"), **overrides)
        return openstack.connection.Connection(config=region)


@contextlib.contextmanager
def errors(subject=None):
    """Turn what openstacksdk raises into a SpillwayError of the right kind."""
    try:
        yield
    except openstack.exceptions.HttpException as exc:
        said = str(exc.details or exc.message)
        lost = isinstance(exc, openstack.exceptions.NotFoundException)
        code = exc.status_code or (404 if lost else 0)
        raise SpillwayError(_http_kind(code, said), f"OpenStack ({code}): {said}", subject) from exc
    except (
        keystoneauth1.exceptions.ConnectFailure,
        keystoneauth1.exceptions.RetriableConnectionFailure,
        keystoneauth1.exceptions.DiscoveryFailure,
    ) as exc:
        raise SpillwayError(UNAVAILABLE, f"OpenStack does not answer: {exc}", subject) from exc
    except keystoneauth1.exceptions.HttpError as exc:
        kind = _http_kind(exc.http_status or 0, str(exc))
        raise SpillwayError(kind, f"OpenStack's keystone: {exc}", subject) from exc
    except openstack.exceptions.ConfigException as exc:
        raise SpillwayError(FAILED, f"the cloud's configuration: {exc}", subject) from exc
    except (openstack.exceptions.SDKException, keystoneauth1.exceptions.ClientException) as exc:
        raise SpillwayError(FAILED, f"OpenStack: {exc}", subject) from exc


_KINDS = {400: BAD_INPUT, 404: NOT_FOUND, 409: REFUSED, 413: NO_CAPACITY, 429: UNAVAILABLE}


def _http_kind(code, said):
    if _short_of_room(said):
        return NO_CAPACITY
    return UNAVAILABLE if code >= 500 else _KINDS.get(code, FAILED)  # noqa: PLR2004


def _short_of_room(said):
    said = said.lower()
    return "no valid host" in said or "quota" in said or "no more ip addresses" in said


def _plain(value):
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items() if k not in _NOT_RESULTS}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def addresses(server):
    """Return a server's IP addresses."""
    return [item["addr"] for items in (server.addresses or {}).values() for item in items]


def describe(server, images=None):
    """
    Return what salt-cloud wants to know of a server.

    The private minion key lies in the user data, which some clouds hand out again: it is left out.
    """
    flavor, image = server.flavor or {}, server.image or {}
    image_id = image.get("id") if not isinstance(image, str) else image
    ips = addresses(server)
    return {
        "id": server.id,
        "name": server.name,
        "state": server.status,
        "size": flavor.get("original_name") or flavor.get("name") or flavor.get("id") or "",
        "image": (images or {}).get(image_id) or image_id or "",
        "private_ips": [ip for ip in ips if not ipaddress.ip_address(ip).is_global],
        "public_ips": [ip for ip in ips if ipaddress.ip_address(ip).is_global],
        "metadata": dict(server.metadata or {}),
    }


class Cloud:
    """
    Servers of the account's own project.

    connection
        An openstacksdk connection.

    sleep, clock
        For tests.
    """

    def __init__(self, connection, sleep=time.sleep, clock=time.monotonic):
        with errors():  # these log in and look for the services
            self.compute = connection.compute
            self.network = connection.network
            self.image = connection.image
            self.project_id = connection.current_project_id
        self._sleep = sleep
        self._clock = clock

    # --- look

    def servers(self):
        """Return all servers of the project."""
        with errors():
            return list(self.compute.servers(details=True))

    def images(self):
        """Return ``{name: facts}``."""
        with errors():
            return {image.name: _plain(image.to_dict()) for image in self.image.images()}

    def image_names(self):
        """Return ``{id: name}``."""
        with errors():
            return {image.id: image.name for image in self.image.images()}

    def sizes(self):
        """Return ``{name: facts}``."""
        with errors():
            return {size.name: _plain(size.to_dict()) for size in self.compute.flavors()}

    def locations(self):
        """Return the availability zones as ``{name: facts}``."""
        with errors():
            zones = self.compute.availability_zones(details=False)
            return {zone.name: _plain(zone.to_dict()) for zone in zones}

    def named(self, name):
        """Return the servers of exactly this name."""
        return [server for server in self.servers() if server.name == name]

    def facts(self, server):
        """Return everything the cloud says about a server, but not its user data."""
        return {**_plain(server.to_dict()), **describe(server, self.image_names())}

    def one_named(self, name):
        """Return the only server of this name; not-found if there is none, refused if two."""
        found = self.named(name)
        if not found:
            raise SpillwayError(NOT_FOUND, f"the cloud has no server {name}", name)
        if len(found) > 1:
            ids = ", ".join(server.id for server in found)
            raise SpillwayError(REFUSED, f"the cloud has several servers {name}: {ids}", name)
        return found[0]

    def server(self, server_id):
        """Return a server, None if there is none. Raises if the cloud cannot tell."""
        try:
            with errors():
                server = self.compute.get_server(server_id)
        except SpillwayError as exc:
            if exc.kind == NOT_FOUND:
                return None
            raise
        return None if server.status in ("DELETED", "SOFT_DELETED") else server

    # --- create

    def must_be_absent(self, name):
        """Raise ``refused`` if a server of this name exists."""
        found = self.named(name)
        if found:
            raise SpillwayError(REFUSED, f"server {name} exists already: {found[0].id}", name)

    def create(self, order):
        """
        Make a port with the fixed address and a server on it; wait until it has left BUILD.

        Returns the server in state ACTIVE. Whatever goes wrong, also an interrupt, the server and
        the port are removed again before the error is raised.
        """
        creation = str(uuid.uuid4())
        port = server_id = None
        try:
            with errors(order.name):
                image = self._find("image", self.image.find_image, order.image)
                size = self._find("size (flavor)", self.compute.find_flavor, order.size)
                network = self._find("network", self.network.find_network, order.network)
                port = self._port(order, network)
                server_id = self._boot(order, image, size, port, creation)
            return self._settled(order, server_id)
        except BaseException:
            self._undo(order.name, port, server_id, creation)
            raise

    @staticmethod
    def _find(what, find, name):
        if not name:
            raise SpillwayError(BAD_INPUT, f"the profile says no {what}")
        found = find(name, ignore_missing=True)
        if found is None:
            raise SpillwayError(NOT_FOUND, f"the cloud has no {what} {name!r}")
        return found

    def _port(self, order, network):
        """Return the port of this node, made new or left from a creation that was cut off."""
        for port in self._ports_at(network.id, order.address):
            ours = port.name == order.name and port.project_id == self.project_id
            if not ours or port.device_id:
                owner = f"port {port.name or port.id}" + (
                    f" of server {port.device_id}" if port.device_id else ""
                )
                raise SpillwayError(
                    REFUSED,
                    f"address {order.address} of {order.name} is taken by {owner}",
                    order.name,
                )
            return port
        wanted = {"network_id": network.id, "name": order.name}
        if order.address or order.subnet:
            place = {"ip_address": order.address} if order.address else {}
            if order.subnet:
                subnet = self._find("subnet", self.network.find_subnet, order.subnet)
                place["subnet_id"] = subnet.id
            wanted["fixed_ips"] = [place]
        if order.security_groups is not None:
            find = self.network.find_security_group
            wanted["security_groups"] = [
                self._find("security group", find, group).id for group in order.security_groups
            ]
        return self.network.create_port(**wanted)

    def _ports_at(self, network_id, address):
        if not address:
            return []
        return list(self.network.ports(network_id=network_id, fixed_ips=f"ip_address={address}"))

    def _boot(self, order, image, size, port, creation):
        wanted = {
            "name": order.name,
            "image_id": image.id,
            "flavor_id": size.id,
            "networks": [{"port": port.id}],
            "user_data": base64.b64encode(order.user_data.encode()).decode(),
            "config_drive": order.config_drive,
            "metadata": {**order.metadata, CREATION: creation},
        }
        for key in ("key_name", "availability_zone", "scheduler_hints", "host"):
            if getattr(order, key):
                wanted[key] = getattr(order, key)
        try:
            return self.compute.create_server(**wanted).id
        except openstack.exceptions.HttpException as exc:
            if "host" not in wanted or _CHOICE not in str(exc.details or exc.message):
                raise
            log.info("%s: Nova may not be told a host, it chooses: %s", order.name, exc)
            del wanted["host"]
            return self.compute.create_server(**wanted).id

    def _settled(self, order, server_id):
        deadline = self._clock() + order.boot_timeout
        trouble = None
        while self._clock() < deadline:
            try:
                server = self.server(server_id)
            except SpillwayError as exc:
                # a look that failed says nothing about the server
                if exc.kind != UNAVAILABLE:
                    raise
                trouble, server = exc, False
            if server is None:
                raise SpillwayError(
                    FAILED, f"server {server_id} vanished while it was being built", order.name
                )
            if server and server.status == "ERROR":
                said = (server.fault or {}).get("message") or "no reason given"
                kind = NO_CAPACITY if _short_of_room(said) else FAILED
                raise SpillwayError(kind, f"Nova could not build {order.name}: {said}", order.name)
            if server and server.status != "BUILD":
                return server
            self._sleep(_POLL)
        raise trouble or SpillwayError(
            FAILED,
            f"server {order.name} was still being built after {order.boot_timeout} s",
            order.name,
        )

    def _undo(self, name, port, server_id, creation):
        """Remove what a failed creation made; what cannot be removed is logged."""
        if port is None:
            return
        try:
            # an answer that was lost: the server may exist all the same
            ids = [server_id] if server_id else self._made_by(name, creation)
            for one in ids:
                self._delete_server(one, name)
            self._delete_port(port.id)
        except SpillwayError as exc:
            log.error(
                "After the failed creation of %s, port %s and server %s may be left: %s",
                name,
                port.id,
                server_id,
                exc.message,
            )

    def _made_by(self, name, creation):
        return [s.id for s in self.named(name) if (s.metadata or {}).get(CREATION) == creation]

    # --- destroy

    def destroy(self, name, server_id=None, network=None, address=None):
        """
        Remove the server with this id, then its port.

        Returns what was there, of ``["server", "port"]``. Refused if the server has another name,
        or, without an id, if a server of this name exists. ``network`` and ``address`` say where
        the port may lie if the server is gone already.
        """
        deleted = []
        server = self.server(server_id) if server_id else None
        if server is not None and server.name != name:
            raise SpillwayError(
                REFUSED, f"server {server_id} is {server.name}, not {name}: nothing deleted", name
            )
        others = [other.id for other in self.named(name) if other.id != server_id]
        if others and server is None:
            raise SpillwayError(
                REFUSED, f"server {name} exists with the id {others[0]}: nothing deleted", name
            )
        with errors(name):
            # remembered by id: once the server is gone nothing ties them to it
            ports = [
                port.id
                for port in (self.network.ports(device_id=server_id) if server else [])
                if port.name == name and port.project_id == self.project_id
            ]
        if server is not None:
            self._delete_server(server_id, name)
            deleted.append("server")
        ports += [port for port in self._left_ports(name, network, address) if port not in ports]
        if [port for port in ports if self._delete_port(port)]:
            deleted.append("port")
        return deleted

    def _left_ports(self, name, network, address):
        """Ports of a node that serve no server any more."""
        if not network:
            return []
        with errors(name):
            found = self.network.find_network(network, ignore_missing=True)
            if found is None:
                return []
            return [
                port.id
                for port in self.network.ports(
                    network_id=found.id, name=name, project_id=self.project_id
                )
                if port.name == name
                and not port.device_id
                and (not address or address in [ip["ip_address"] for ip in port.fixed_ips])
            ]

    def _delete_server(self, server_id, name):
        with errors(name):
            self.compute.delete_server(server_id, ignore_missing=True)
        deadline = self._clock() + _DELETE_TIMEOUT
        while self.server(server_id) is not None:
            if self._clock() > deadline:
                raise SpillwayError(
                    FAILED, f"server {server_id} is still there {_DELETE_TIMEOUT} s later", name
                )
            self._sleep(_POLL)

    def _delete_port(self, port_id):
        """Return True if the port was there."""
        try:
            with errors():
                self.network.delete_port(port_id, ignore_missing=False)
        except SpillwayError as exc:
            if exc.kind == NOT_FOUND:
                return False
            raise
        return True
