"""Nova's fake driver: a host without guests, of which any number of servers can be asked; in the machine `cloud`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from onlab.lab import as_admin, eventually, on

HOST, ZONE = "fake1", "fake"

_FILES = {
    "/etc/nova/fake.d/fake.conf": f"""# bench
[DEFAULT]
host = {HOST}
compute_driver = fake.FakeDriver
force_config_drive = false
vif_plugging_is_fatal = false
vif_plugging_timeout = 0
""",
    # a port is bound where an agent says that it lives, though no packet ever comes
    "/etc/neutron/fake.ini": f"""# bench
[DEFAULT]
host = {HOST}

[linux_bridge]
physical_interface_mappings = cluster:fake0

[vxlan]
enable_vxlan = false

[securitygroup]
enable_security_group = false
firewall_driver = noop
""",
}

# An own configuration folder in place of the control plane's: a nova-compute that sees a database refuses to start.
_COMPUTE = "nova-compute --config-file=/etc/nova/nova.conf --config-dir=/etc/nova/fake.d"
_AGENT = (
    "neutron-linuxbridge-agent --config-file=/etc/neutron/neutron.conf"
    " --config-file=/etc/neutron/plugins/ml2/ml2_conf.ini --config-file=/etc/neutron/fake.ini"
)
_UNITS = {"nova-compute-fake": ("nova", _COMPUTE), "neutron-linuxbridge-fake": ("neutron", _AGENT)}

_IN_THE_ZONE = f"""
zone = cloud.compute.find_aggregate('{ZONE}') or cloud.compute.create_aggregate(
    name='{ZONE}', availability_zone='{ZONE}')
if '{HOST}' not in (zone.hosts or []):
    cloud.compute.add_host_to_aggregate(zone, '{HOST}')
cloud.set_compute_quotas('spillway', instances=-1, cores=-1, ram=-1)
"""
_AWAY = f"""
zone = cloud.compute.find_aggregate('{ZONE}')
if zone:
    zone = cloud.compute.get_aggregate(zone.id)
    if '{HOST}' in (zone.hosts or []):
        cloud.compute.remove_host_from_aggregate(zone, '{HOST}')
    cloud.compute.delete_aggregate(zone)
for one in list(cloud.compute.services(host='{HOST}')):
    cloud.compute.delete_service(one)
for one in list(cloud.network.agents(host='{HOST}')):
    cloud.network.delete_agent(one)
cloud.delete_compute_quotas('spillway')
"""


def _is_up() -> bool:
    services = f"[one.state for one in cloud.compute.services(host='{HOST}')]"
    agents = f"[one.is_alive for one in cloud.network.agents(host='{HOST}')]"
    return as_admin(f"print({services}, {agents})").strip() == "['up'] [True]"


@contextlib.contextmanager
def fake_host() -> Iterator[None]:
    """The host, in a zone of its own, and no quota, for as long as this lasts; others may make no server meanwhile."""
    try:
        for path, text in _FILES.items():
            on("cloud", "sh", "-c", 'mkdir -p "${1%/*}" && cat >"$1"', "write", path, stdin=text)
        on("cloud", "ip", "link", "add", "fake0", "type", "bridge", check=False)
        on("cloud", "ip", "link", "set", "fake0", "up")
        for unit, (user, command) in _UNITS.items():
            log = f"--log-file=/var/log/{user}/{unit}.log"
            how = [f"--uid={user}", f"--gid={user}", f"--working-directory=/var/lib/{user}", "--collect"]
            on("cloud", "systemd-run", "--quiet", f"--unit={unit}", *how, *command.split(), log)
        eventually(f"{HOST} is up in Nova and Neutron", _is_up, 120)
        on("cloud", "nova-manage", "cell_v2", "discover_hosts")
        as_admin(_IN_THE_ZONE)
        yield
    finally:
        on("cloud", "systemctl", "stop", *_UNITS, check=False)
        as_admin(_AWAY)
        on("cloud", "ip", "link", "del", "fake0", check=False)
        on("cloud", "rm", "-rf", "/etc/nova/fake.d", "/etc/neutron/fake.ini")
