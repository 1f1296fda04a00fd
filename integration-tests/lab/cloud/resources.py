"""Waits for the services; makes what a cloud's administrator gives to Spillway's project: flavor, network.

Runs inside the machine `cloud`, behind admin.py; may be run again.
"""

import subprocess


def flavor(name, **size):
    return cloud.compute.find_flavor(name) or cloud.compute.create_flavor(name=name, **size)


def network(project):
    """The cluster's network. It belongs to Spillway's project: Neutron lets only the owner choose addresses."""
    net = cloud.network.find_network('cluster') or cloud.network.create_network(
        name='cluster', project_id=project.id, is_shared=True, is_port_security_enabled=False,
        provider_network_type='flat', provider_physical_network='cluster')
    cloud.network.find_subnet('cluster') or cloud.network.create_subnet(
        name='cluster', project_id=project.id, network_id=net.id, ip_version=4, cidr='10.78.0.0/24',
        gateway_ip=None, is_dhcp_enabled=False,
        allocation_pools=[{'start': '10.78.0.101', 'end': '10.78.0.199'}])


def computes_up():
    return HOSTS <= {s.host for s in cloud.compute.services() if s.binary == 'nova-compute' and s.state == 'up'}


def agents_up():
    return HOSTS <= {a.host for a in cloud.network.agents() if a.is_alive}


def hosts_mapped():
    return HOSTS <= {h.name for h in cloud.compute.hypervisors()}


wait_until('nova-api answers', lambda: list(cloud.compute.services()))
wait_until('neutron-server answers', lambda: cloud.network.find_extension('provider'))
flavor('spillway.small', ram=768, disk=4, vcpus=1)
network(cloud.identity.find_project('spillway'))
wait_until('nova-compute on both hosts is up', computes_up)
if not hosts_mapped():
    subprocess.run(['nova-manage', 'cell_v2', 'discover_hosts'], check=True)
    wait_until('both hosts are in the cell', hosts_mapped)
wait_until("neutron's agent on both hosts is alive", agents_up)
