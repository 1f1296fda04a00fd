"""
Servers in an OpenStack cloud: the part of the driver that knows openstacksdk, and not Salt.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import inspect
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

# So begins the description of a floating address that was made for a server, and goes with it.
_FLOATING = "spillway: "

# Nova's right to name a server's host, in its refusal; by default an administrator's.
_CHOICE = "requested_destination"

# What of a provider is for openstacksdk, in the words of clouds.yaml; all else is salt-cloud's.
_CLOUD_KEYS = {
    "auth",
    "auth_type",
    "cacert",
    "cert",
    "endpoint_type",
    "interface",
    "key",
    "profile",
    "region_name",
    "verify",
}
_CLOUD_ENDINGS = ("_api_version", "_default_microversion", "_endpoint_override")

_POLL = 1
_DELETE_TIMEOUT = 180
_NOT_RESULTS = {"user_data", "admin_password", "location", "links"}


@dataclasses.dataclass
class Order:
    """What a server is to be; image, size, network, subnet and groups by name or id."""

    name: str
    image: str
    size: str
    network: str | None  # None: as nics say, or Nova's choice
    user_data: str
    address: str | None = None  # fixed; None: the network's choice
    subnet: str | None = None
    security_groups: list | None = None
    key_name: str | None = None
    availability_zone: str | None = None
    scheduler_hints: dict | None = None
    host: str | None = None  # the hypervisor; None: Nova's choice
    metadata: dict = dataclasses.field(default_factory=dict)
    config_drive: bool = True
    boot_timeout: float = 300
    vnic_type: str | None = None  # of the port: normal, direct, …
    more_networks: list = dataclasses.field(default_factory=list)  # beside the first, in order
    nics: list | None = None  # networks and ports as Nova takes them, instead of a port of our own
    group: str | None = None  # server group
    aggregate: str | None = None  # host aggregate; what it has is an availability zone
    boot_volume: str | None = None
    boot_from_volume: bool = False  # a new volume made of the image
    volume_size: int = 50  # GB of that volume
    terminate_volume: bool = False  # Nova deletes the volume with the server
    volumes: list = dataclasses.field(default_factory=list)
    block_devices: list | None = None  # in Nova's own words, instead of the four above
    floating: bool = False  # an address of floating_pool
    floating_pool: str | None = None  # default the only external network
    floating_ips: list = dataclasses.field(default_factory=list)  # addresses that are ours already
    reuse_ips: bool = True
    nat_destination: str | None = None  # the network whose port gets the floating address
    await_metadata: dict = dataclasses.field(default_factory=dict)
    extra: dict = dataclasses.field(default_factory=dict)  # in openstacksdk's words


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
        key: value
        for key, value in provider.items()
        if value is not None and (key in _CLOUD_KEYS or key.endswith(_CLOUD_ENDINGS))
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


# verb -> how to ask, from which states, into which
_ACTS = {
    "start": (lambda nova, one: nova.start_server(one), ("SHUTOFF",), "ACTIVE"),
    "stop": (lambda nova, one: nova.stop_server(one), ("ACTIVE",), "SHUTOFF"),
    "suspend": (lambda nova, one: nova.suspend_server(one), ("ACTIVE",), "SUSPENDED"),
    "resume": (lambda nova, one: nova.resume_server(one), ("SUSPENDED",), "ACTIVE"),
    "reboot": (lambda nova, one: nova.reboot_server(one, "SOFT"), ("ACTIVE",), "ACTIVE"),
    "hard_reboot": (
        lambda nova, one: nova.reboot_server(one, "HARD"),
        ("ACTIVE", "SHUTOFF"),
        "ACTIVE",
    ),
}


def _plain(value):
    if hasattr(value, "to_dict"):  # openstacksdk's resources
        value = value.to_dict()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items() if k not in _NOT_RESULTS}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _by_name(found):
    """``{name: facts}``; of several with one name each stands under its id."""
    found = list(found)
    names = [one.name for one in found]
    return {one.name if names.count(one.name) == 1 else one.id: _plain(one) for one in found}


def addresses(server):
    """Return a server's IP addresses."""
    return [item["addr"] for items in (server.addresses or {}).values() for item in items]


def _with_addresses(server, given):
    """The server with its floating addresses, which Nova hears of from Neutron a little later."""
    missing = [address for address in given if address not in addresses(server)]
    if missing:
        known = dict(server.addresses or {"": []})
        first = next(iter(known))
        known[first] = known[first] + [
            {"addr": address, "OS-EXT-IPS:type": "floating"} for address in missing
        ]
        server.addresses = known
    return server


def _kind(server, kind):
    """Addresses of a server that are ``fixed`` or ``floating``."""
    return [
        item["addr"]
        for items in (server.addresses or {}).values()
        for item in items
        if item.get("OS-EXT-IPS:type") == kind
    ]


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
        "fixed_ips": _kind(server, "fixed"),
        "floating_ips": _kind(server, "floating"),
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
        self._connection = connection  # for volumes, a service that not every cloud has
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
        """Return ``{name: facts}``; of several images with one name each stands under its id."""
        with errors():
            return _by_name(self.image.images())

    def image_names(self):
        """Return ``{id: name}``."""
        with errors():
            return {image.id: image.name for image in self.image.images()}

    def sizes(self):
        """Return ``{name: facts}``."""
        with errors():
            return {size.name: _plain(size) for size in self.compute.flavors()}

    def locations(self):
        """Return the availability zones as ``{name: facts}``."""
        with errors():
            zones = self.compute.availability_zones(details=False)
            return {zone.name: _plain(zone) for zone in zones}

    def networks(self):
        """Return the facts of the networks that the project may use; names may come twice."""
        with errors():
            return [_plain(network) for network in self.network.networks()]

    def subnets(self, network):
        """Return the facts of the subnets of a network, which is given by name or id."""
        with errors(network):
            found = self._find("network", self.network.find_network, network)
            subnets = self.network.subnets(network_id=found.id)
            return [_plain(subnet) for subnet in subnets]

    def call(self, function, arguments):
        """
        Call a public method of the openstacksdk connection; return plain facts.

        Raises ``bad-input`` for one that it has not, and for arguments that it does not take.
        """
        # on the class: a property of the connection would be asked for here
        known = inspect.isfunction(getattr(type(self._connection), function, None))
        if function.startswith("_") or not known:
            raise SpillwayError(BAD_INPUT, f"openstacksdk's connection has no function {function}")
        method = getattr(self._connection, function)
        try:
            inspect.signature(method).bind(**arguments)
        except TypeError as exc:
            raise SpillwayError(BAD_INPUT, f"{function}: {exc}") from None
        with errors():
            found = method(**arguments)
            return _plain(list(found) if inspect.isgenerator(found) else found)

    def named(self, name):
        """Return the servers of exactly this name."""
        return [server for server in self.servers() if server.name == name]

    def facts(self, servers):
        """Return ``{name: everything the cloud says}`` of servers, but not their user data."""
        images = self.image_names()
        return {s.name: {**_plain(s), **describe(s, images)} for s in servers}

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

    # --- act

    def act(self, name, verb, timeout=300):
        """
        Start, stop, suspend, resume or reboot the only server of this name; return its state after.

        What is so already is not asked for again. Raises ``refused`` from a state that forbids it.
        """
        call, starts, end = _ACTS[verb]
        server = self.one_named(name)
        if server.status == end and "reboot" not in verb:
            return end
        if server.status not in starts:
            right = " or ".join(starts)
            raise SpillwayError(
                REFUSED, f"server {name} is {server.status}; to {verb} it must be {right}", name
            )
        with errors(name):
            call(self.compute, server.id)
        return self._reached(name, server.id, end, timeout)

    def _reached(self, name, server_id, end, timeout):
        deadline = self._clock() + timeout
        while True:
            server = self.server(server_id)
            status = "gone" if server is None else server.status
            # a reboot begins with the state it ends with; its task is what tells
            if status == end and not getattr(server, "task_state", None):
                return status
            if status in ("ERROR", "gone") or self._clock() > deadline:
                raise SpillwayError(FAILED, f"server {name} is {status}, not {end}", name)
            self._sleep(_POLL)

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
        creation = None
        port = server_id = None
        try:
            with errors(order.name):
                image = None
                if not order.boot_volume and not order.block_devices:
                    image = self._find("image", self.image.find_image, order.image)
                size = self._find("size (flavor)", self.compute.find_flavor, order.size)
                wanted = self._wanted(order, image, size)
                if order.nics is not None:
                    wanted["networks"] = order.nics or "auto"
                else:
                    networks = [
                        self._find("network", self.network.find_network, one)
                        for one in (order.network, *order.more_networks)
                    ]
                    port = self._port(order, networks[0])
                    wanted["networks"] = [{"port": port.id}]
                    wanted["networks"] += [{"uuid": network.id} for network in networks[1:]]
                creation = str(uuid.uuid4())
                wanted["metadata"] = {**order.metadata, CREATION: creation}
                server_id = self._boot(order, wanted)
            server = self._settled(order, server_id)
            given = []
            if order.floating or order.floating_ips:
                with errors(order.name):
                    given = self._float(order, server_id)
                server = self.server(server_id) or server
            return _with_addresses(self._with_metadata(order, server), given)
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
        if order.vnic_type:
            wanted["binding_vnic_type"] = order.vnic_type
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

    def _wanted(self, order, image, size):
        """What Nova is asked for, but for networks and metadata."""
        wanted = {
            "name": order.name,
            "flavor_id": size.id,
            "user_data": base64.b64encode(order.user_data.encode()).decode(),
            "config_drive": order.config_drive,
        }
        if not order.user_data:
            del wanted["user_data"]
        devices = self._devices(order, image)
        if devices:
            wanted["block_device_mapping"] = devices
        if image is not None and not order.boot_from_volume:
            wanted["image_id"] = image.id
        for key in ("key_name", "availability_zone", "scheduler_hints", "host"):
            if getattr(order, key):
                wanted[key] = getattr(order, key)
        if order.group:
            group = self._find("server group", self.compute.find_server_group, order.group)
            wanted["scheduler_hints"] = {**(order.scheduler_hints or {}), "group": group.id}
        if order.aggregate:
            wanted["availability_zone"] = self._zone_of(order.aggregate)
        return {**wanted, **order.extra}

    def _zone_of(self, aggregate):
        """Nova puts no server into an aggregate by its name, but into the zone that it makes."""
        found = self._find("host aggregate", self.compute.find_aggregate, aggregate)
        zone = found.availability_zone or (found.metadata or {}).get("availability_zone")
        if not zone:
            raise SpillwayError(
                BAD_INPUT,
                f"host aggregate {aggregate} has no availability zone; give it one, or let a size "
                "(flavor) with matching extra specs choose its hosts",
            )
        return zone

    def _devices(self, order, image):
        """The disks, where the first is a volume or there are more."""
        if order.block_devices:
            return order.block_devices
        disk = {"boot_index": 0, "delete_on_termination": order.terminate_volume}
        disk["destination_type"] = "volume"
        devices = []
        if order.boot_volume:
            devices = [{**disk, "source_type": "volume", "uuid": self._volume(order.boot_volume)}]
        elif order.boot_from_volume:
            new = {"source_type": "image", "uuid": image.id, "volume_size": order.volume_size}
            devices = [{**disk, **new}]
        elif order.volumes:
            local = {"source_type": "image", "destination_type": "local", "uuid": image.id}
            devices = [{**disk, **local, "delete_on_termination": True}]
        return devices + [
            {
                "boot_index": -1,
                "delete_on_termination": False,
                "destination_type": "volume",
                "source_type": "volume",
                "uuid": self._volume(volume),
            }
            for volume in order.volumes
        ]

    def _volume(self, name):
        return self._find("volume", self._connection.block_storage.find_volume, name).id

    def _float(self, order, server_id):
        """
        Give the server floating addresses: those named, else a free or a new one; return them.
        """
        ports = list(self.network.ports(device_id=server_id))
        if order.nat_destination:
            inside = self._find("network", self.network.find_network, order.nat_destination)
            ports = [port for port in ports if port.network_id == inside.id]
        if not ports:
            raise SpillwayError(FAILED, f"{order.name} has no port for a floating address")
        for address in order.floating_ips:
            found = next(iter(self.network.ips(floating_ip_address=address)), None)
            if found is None:
                raise SpillwayError(NOT_FOUND, f"the project has no floating address {address}")
            if found.port_id:
                raise SpillwayError(REFUSED, f"floating address {address} is in use")
            self.network.update_ip(found, port_id=ports[0].id)
        if order.floating_ips or not order.floating:
            return order.floating_ips
        pool = self._pool(order.floating_pool)
        one = self._free_address(pool) if order.reuse_ips else None
        if one is not None:
            self.network.update_ip(one, port_id=ports[0].id)
        else:
            one = self.network.create_ip(
                floating_network_id=pool.id,
                port_id=ports[0].id,
                description=_FLOATING + order.name,
            )
        return [one.floating_ip_address]

    def _pool(self, name):
        if name:
            return self._find("network", self.network.find_network, name)
        pools = list(self.network.networks(is_router_external=True))
        if len(pools) != 1:
            names = ", ".join(sorted(pool.name for pool in pools)) or "none"
            raise SpillwayError(BAD_INPUT, f"ip_pool must name an external network; seen: {names}")
        return pools[0]

    def _free_address(self, pool):
        addresses = self.network.ips(floating_network_id=pool.id, project_id=self.project_id)
        return next((one for one in addresses if not one.port_id), None)

    def _with_metadata(self, order, server):
        """Wait until the server's metadata says what the profile waits for."""
        deadline = self._clock() + order.boot_timeout
        while True:
            said = server.metadata or {}
            missing = {k: v for k, v in order.await_metadata.items() if said.get(k) != v}
            if not missing:
                return server
            if self._clock() > deadline:
                what = ", ".join(f"{key}={value}" for key, value in sorted(missing.items()))
                raise SpillwayError(
                    FAILED,
                    f"metadata of {order.name} did not become {what} in {order.boot_timeout:g} s",
                    order.name,
                )
            self._sleep(_POLL)
            server = self.server(server.id) or server

    def _boot(self, order, wanted):
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
        try:
            # an answer that was lost: the server may exist all the same
            ids = [server_id] if server_id else self._made_by(name, creation)
            for one in ids:
                self._release_floating(name, one)
                self._delete_server(one, name)
            if port is not None:
                self._delete_port(port.id)
        except SpillwayError as exc:
            log.error(
                "After the failed creation of %s, port %s and server %s may be left: %s",
                name,
                port and port.id,
                server_id,
                exc.message,
            )

    def _release_floating(self, name, server_id):
        """Give back the floating addresses that were made for this server."""
        with errors(name):
            for port in self.network.ports(device_id=server_id):
                try:
                    given = list(self.network.ips(port_id=port.id))
                except openstack.exceptions.NotFoundException:
                    return  # a Neutron without routers knows no floating addresses
                for one in given:
                    if one.description == _FLOATING + name:
                        self.network.delete_ip(one.id, ignore_missing=True)

    def _made_by(self, name, creation):
        if creation is None:  # none was asked for
            return []
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
            self._release_floating(name, server_id)
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
