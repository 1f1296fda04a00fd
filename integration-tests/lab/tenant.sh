# shellcheck shell=bash
# lab tenant up|down: the cloud as most are, for docs/addresses.md: two networks of a tenant's own (VXLAN) behind one
# router with NAT, whose other leg is on the cluster's network. Not part of `lab up`: Neutron is given a second
# configuration file and started again, and neutron-l3-agent runs in the box cn01; down takes both back.
#
#   10.79.1.0/24   `inside`: the machines on the cluster's network have a route to it
#   10.79.2.0/24   `nat`: they have none
#   10.78.0.190    the router; SNAT is on, as Neutron has it by default
#   $LAB/tenant              while this file is there, the cloud is so

TENANT_INSIDE=10.79.1.0/24
TENANT_ROUTER=10.78.0.190
TENANT_HOSTS=(hyp01 hyp02)

tenant_server_conf() {
    cat <<'C'
# lab tenant up
[DEFAULT]
service_plugins = router

[ml2]
type_drivers = flat,vxlan
tenant_network_types = vxlan
mechanism_drivers = linuxbridge,l2population

[ml2_type_vxlan]
vni_ranges = 101:120
C
}

tenant_agent_conf() { # ADDRESS
    cat <<C
# lab tenant up
[vxlan]
enable_vxlan = true
local_ip = $1
l2_population = true
C
}

tenant_l3_conf() {
    cat <<'C'
# lab tenant up
[DEFAULT]
interface_driver = linuxbridge
agent_mode = legacy
enable_metadata_proxy = false

[agent]
# it runs as root
root_helper = sudo
root_helper_daemon =
C
}

tenant_l3_unit() {
    cat <<'U'
# lab tenant up
[Unit]
Description=OpenStack Neutron L3 agent

[Service]
ExecStartPre=/usr/local/sbin/wait-for-cloud
ExecStart=/usr/bin/neutron-l3-agent --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/tenant.ini --log-file /var/log/neutron/neutron-l3-agent.log
Restart=on-failure
TimeoutStartSec=600
U
}

tenant_server_answers() { in_lab curl --silent --fail --max-time 5 --output /dev/null http://10.77.0.1:9696/; }

tenant_server() { # the server's configuration is in place, or away
    machine_sh cloud systemctl daemon-reload
    machine_sh cloud systemctl restart neutron-server
    waitfor 60 tenant_server_answers
}

tenant_router_is_gone() { ! machine_sh hyp01 ip netns list | grep -q qrouter; }

# The way from the machines on the cluster's network to `inside`.
tenant_routes() { # replace|del
    local namespace
    for namespace in "$LAB_NETNS" spw-ctl spw-cn01 spw-cn02; do
        # a former router at this address had another MAC
        ip -n "$namespace" neigh flush to "$TENANT_ROUTER"
        ip -n "$namespace" route "$1" "$TENANT_INSIDE" via "$TENANT_ROUTER" || [ "$1" = del ]
    done
}

stage_tenant_up() {
    local name
    for name in ctl cloud "${TENANT_HOSTS[@]}"; do
        machine_is_up "$name" || fail "a tenant's networks need the whole lab, and $name is not up: lab up first"
    done
    : >"$LAB/tenant"
    say "neutron-server with routers and VXLAN"
    tenant_server_conf | put cloud /etc/neutron/tenant.ini 0644
    put cloud /etc/systemd/system/neutron-server.service.d/tenant.conf 0644 <<'U'
[Service]
ExecStart=
ExecStart=/usr/bin/neutron-server --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/plugins/ml2/ml2_conf.ini --config-file /etc/neutron/tenant.ini --log-file /var/log/neutron/neutron-server.log
U
    tenant_server
    say "its agents"
    for name in "${TENANT_HOSTS[@]}"; do
        tenant_agent_conf "10.77.0.1${name#hyp0}" | put "$name" /etc/neutron/tenant-agent.ini 0644
        # Debian's script of the unit reads it
        put "$name" /etc/default/neutron-linuxbridge-agent 0644 <<'D'
DAEMON_ARGS="$DAEMON_ARGS --config-file=/etc/neutron/tenant-agent.ini"
D
        machine_sh "$name" systemctl restart neutron-linuxbridge-agent
    done
    tenant_l3_conf | put hyp01 /etc/neutron/tenant.ini 0644
    tenant_l3_unit | put hyp01 /etc/systemd/system/neutron-l3-agent.service 0644
    machine_sh hyp01 systemctl daemon-reload
    machine_sh hyp01 systemctl restart neutron-l3-agent
    say "networks and router"
    cloud_python tenant.py up || fail "no networks and router; the output: $LAB/log/tenant_up.log, the router's agent: $LAB/log/hyp01/neutron/neutron-l3-agent.log"
    tenant_routes replace
}

stage_tenant_down() {
    local name
    [ -e "$LAB/tenant" ] || return 0
    say "the router and its networks go"
    cloud_python tenant.py down || fail "the router or its networks stay; the output: $LAB/log/tenant_down.log"
    tenant_routes del
    waitfor 60 tenant_router_is_gone || say "the router's namespace stays in hyp01 until that is started anew"
    machine_sh hyp01 systemctl stop neutron-l3-agent
    machine_sh hyp01 rm -f /etc/systemd/system/neutron-l3-agent.service /etc/neutron/tenant.ini
    machine_sh hyp01 systemctl daemon-reload
    machine_sh cloud rm -rf /etc/systemd/system/neutron-server.service.d/tenant.conf /etc/neutron/tenant.ini
    tenant_server
    for name in "${TENANT_HOSTS[@]}"; do
        machine_sh "$name" rm -f /etc/neutron/tenant-agent.ini /etc/default/neutron-linuxbridge-agent
        machine_sh "$name" systemctl restart neutron-linuxbridge-agent
    done
    cloud_python tenant.py agents
    rm -f "$LAB/tenant"
}
