"""tenant.py up|down|agents: the networks `inside` and `nat` of Spillway's project behind the router `edge`, whose other
leg is on `cluster`; down takes away what up made; agents only waits for those of a cloud without routers.

Runs inside the machine `cloud`, behind admin.py, for `lab tenant`; may be run again.
"""

NETWORKS = {'inside': '10.79.1.0/24', 'nat': '10.79.2.0/24'}
ROUTER, ADDRESS = 'edge', '10.78.0.190'


def agents_up(kind, hosts, tunnels=None):
    """Whether each host's agent is alive and, unless None, has a tunnel end or has none."""
    seen = [a for a in cloud.network.agents() if a.agent_type == kind and a.is_alive and a.host in hosts]
    return hosts == {a.host for a in seen} and (
        tunnels is None or all(bool((a.configuration or {}).get('tunnel_types')) is tunnels for a in seen))


def ports_up(router):
    ports = list(cloud.network.ports(device_id=router.id))
    return len(ports) == 1 + len(NETWORKS) and all(port.status == 'ACTIVE' for port in ports)


def up():
    wait_until("neutron's agents have tunnels", lambda: agents_up('Linux bridge agent', HOSTS, True))
    wait_until('the L3 agent on cn01 is alive', lambda: agents_up('L3 agent', {'cn01'}))
    project = cloud.identity.find_project('spillway')
    outside = cloud.network.find_network('cluster')
    cloud.network.update_network(outside, is_router_external=True)
    subnet = cloud.network.find_subnet('cluster')
    router = cloud.network.find_router(ROUTER) or cloud.network.create_router(
        name=ROUTER, project_id=project.id, external_gateway_info={
            'network_id': outside.id, 'enable_snat': True,
            'external_fixed_ips': [{'subnet_id': subnet.id, 'ip_address': ADDRESS}]})
    for name, cidr in NETWORKS.items():
        net = cloud.network.find_network(name) or cloud.network.create_network(
            name=name, project_id=project.id, is_port_security_enabled=False)
        if not cloud.network.find_subnet(name):
            made = cloud.network.create_subnet(
                name=name, project_id=project.id, network_id=net.id, ip_version=4, cidr=cidr, is_dhcp_enabled=False)
            cloud.network.add_interface_to_router(router, subnet_id=made.id)
    wait_until("the router's ports are active", lambda: ports_up(router))


def down():
    outside = cloud.network.find_network('cluster')
    for one in list(cloud.network.ips(floating_network_id=outside.id)):
        cloud.network.delete_ip(one)
    router = cloud.network.find_router(ROUTER)
    for name in NETWORKS:
        subnet = cloud.network.find_subnet(name)
        net = cloud.network.find_network(name)
        if router and subnet and list(cloud.network.ports(device_id=router.id, network_id=net.id)):
            cloud.network.remove_interface_from_router(router, subnet_id=subnet.id)
        if net:
            cloud.network.delete_network(net)
    if router:
        cloud.network.delete_router(router)
    cloud.network.update_network(outside, is_router_external=False)


def agents():
    wait_until("neutron's agents are alive", lambda: agents_up('Linux bridge agent', HOSTS, False))
    for one in list(cloud.network.agents()):
        if one.agent_type == 'L3 agent':
            cloud.network.delete_agent(one)


{'up': up, 'down': down, 'agents': agents}[sys.argv[1]]()
