"""
A salt-cloud profile of the driver ``openstack`` as an order for one server.

Takes the keys of Salt 3006's and 3007's own driver besides ours, so that their profiles keep
working.
"""

import ipaddress

from saltext.spillway.utils import check
from saltext.spillway.utils.cloud import Order
from saltext.spillway.utils.errors import BAD_INPUT, SpillwayError

# Their names for what has a name of ours.
_OTHER_NAMES = {
    "size": "flavor",
    "metadata": "meta",
    "key_name": "ssh_key_name",
    "boot_timeout": "timeout",
    "boot_volume": "root_volume",
}

# What Nova no longer does, and what does it instead.
_GONE = {
    "files": "Nova takes no files any more; write them by userdata",
    "block_device_mapping": "write it as block_device_mapping_v2",
}


def order(name, value):
    """
    Return the Order for the server ``name``; ``value(key, default=None)`` looks into the profile.

    Raises ``bad-input`` for what cannot be meant.
    """

    def one(key, default=None):
        found = value(key)
        if found is None and key in _OTHER_NAMES:
            found = value(_OTHER_NAMES[key])
        return default if found is None else found

    for key, why in _GONE.items():
        if value(key):
            raise SpillwayError(BAD_INPUT, f"profile key {key!r}: {why}", name)
    addresses = one("addresses")
    if addresses is not None and name not in addresses:
        raise SpillwayError(
            BAD_INPUT, f"{name} is not among the addresses of profile {one('profile')}", name
        )
    nics, networks = _nics(one("nics")), _networks(one("network"))
    if nics is not None and networks:
        raise SpillwayError(BAD_INPUT, "a profile has 'network' or 'nics', not both", name)
    if addresses and not networks:
        raise SpillwayError(BAD_INPUT, "a profile with 'addresses' needs a 'network'", name)
    return Order(
        name=name,
        image=one("image"),
        size=one("size"),
        network=networks[0] if networks else None,
        more_networks=networks[1:],
        nics=[] if nics is None and not networks else nics,
        subnet=one("subnet"),
        address=check.address(addresses[name]) if addresses else None,
        vnic_type=one("vnic_type"),
        user_data="",
        security_groups=_several(one, "security_groups"),
        key_name=one("key_name"),
        availability_zone=one("availability_zone"),
        scheduler_hints=_mapping(one, "scheduler_hints"),
        group=one("group"),
        aggregate=one("host_aggregate"),
        host=one("host"),
        metadata=check.metadata(one("metadata")),
        config_drive=bool(one("config_drive", True)),
        boot_timeout=check.seconds(one("boot_timeout", 300), most=86400, what="boot_timeout"),
        boot_volume=one("boot_volume"),
        boot_from_volume=bool(one("boot_from_volume", False)),
        volume_size=_gigabytes(one("volume_size", 50)),
        terminate_volume=bool(one("terminate_volume", False)),
        volumes=_several(one, "volumes") or [],
        block_devices=one("block_device_mapping_v2"),
        floating=bool(one("ip_pool") or one("auto_ip", False)),
        floating_pool=one("ip_pool"),
        floating_ips=[check.address(ip) for ip in _several(one, "ips") or []],
        reuse_ips=bool(one("reuse_ips", True)),
        nat_destination=one("nat_destination"),
        await_metadata=check.metadata(one("wait_for_metadata")),
        extra=_extra(one),
    )


def _extra(one):
    """What goes to openstacksdk as it stands."""
    extra = {"disk_config": one("disk_config"), "admin_password": one("admin_pass")}
    for key in ("extras", "extra"):
        extra.update(_mapping(one, key) or {})
    return {key: value for key, value in extra.items() if value is not None}


def _mapping(one, key):
    value = one(key)
    if value is not None and not isinstance(value, dict):
        raise SpillwayError(BAD_INPUT, f"profile key {key!r} must be a mapping: {value!r}")
    return value


def _several(one, key):
    """A list of texts; one text alone is a list of one."""
    value = one(key)
    value = [value] if isinstance(value, str) else value
    if value is None or (isinstance(value, list) and all(isinstance(v, str) for v in value)):
        return value
    raise SpillwayError(BAD_INPUT, f"profile key {key!r} must be a list of names: {value!r}")


def _gigabytes(value):
    if isinstance(value, bool) or not str(value).isdigit() or not int(value):
        raise SpillwayError(BAD_INPUT, f"volume_size {value!r} must be a number of GB, such as 50")
    return int(value)


def _networks(value):
    """The names or ids of ``network``: one, or a list, or as mappings with one of these."""
    found = []
    for item in value if isinstance(value, list) else [] if value is None else [value]:
        named = (item.get("id") or item.get("name")) if isinstance(item, dict) else item
        if not isinstance(named, str) or not named:
            raise SpillwayError(BAD_INPUT, f"network {item!r} is neither a name nor an id")
        found.append(named)
    return found


def _nics(value):
    """``nics`` as Nova's own ``networks``."""
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(nic, dict) for nic in value):
        raise SpillwayError(BAD_INPUT, f"profile key 'nics' must be a list of mappings: {value!r}")
    nics = []
    for nic in value:
        port = nic.get("port-id") or nic.get("port")
        network = nic.get("net-id") or nic.get("uuid")
        fixed = nic.get("v4-fixed-ip") or nic.get("v6-fixed-ip") or nic.get("fixed_ip")
        if port:
            nics.append({"port": port})
        elif network:
            nics.append({"uuid": network, **({"fixed_ip": check.address(fixed)} if fixed else {})})
        else:
            raise SpillwayError(BAD_INPUT, f"nic {nic!r} has neither 'net-id' nor 'port-id'")
    return nics


def reachable(facts, value, interface="ssh_interface"):
    """
    Return the address by which the master reaches the server, None if it has none.

    ``ssh_interface`` says which kind (public_ips, private_ips, floating_ips, fixed_ips), and
    ``salt_interface`` where Salt's own is another; ``ignore_cidr`` what the master does not reach,
    ``protocol`` ipv4 or ipv6.
    """
    kind = value(interface) or value("ssh_interface") or "public_ips"
    candidates = list(facts.get(kind) or [])
    if kind in ("public_ips", "floating_ips"):
        # a server without such an address is reached by its own
        candidates += facts.get("floating_ips") or []
        candidates += facts.get("private_ips") or []
    ignored = value("ignore_cidr") or []
    ignored = [ignored] if isinstance(ignored, str) else ignored
    version = 6 if value("protocol") == "ipv6" else 4
    for address in map(ipaddress.ip_address, candidates):
        if address.version == version and not any(
            address in ipaddress.ip_network(cidr, strict=False) for cidr in ignored
        ):
            return str(address)
    return None


def deploy(utils, vm_, opts):
    """Bring Salt into a server over SSH; ``utils`` are Salt's own."""
    return utils["cloud.bootstrap"](vm_, opts)
