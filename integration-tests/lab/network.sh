# shellcheck shell=bash
# The lab's network: one namespace with two bridges, and one prepared namespace for each machine.
# Nothing is added to this machine's own namespace, no packet of the lab can leave.
#
#   spillway-lab   br-mgmt 10.77.0.254/24   br-cluster 10.78.0.254/24
#   spw-ctl        eth0 10.77.0.10          cluster0 10.78.0.10
#   spw-cloud      eth0 10.77.0.1
#   spw-cn01       eth0 10.77.0.11          cluster0 10.78.0.11    prov0 (no address: the guests' way)
#   spw-cn02       eth0 10.77.0.12          cluster0 10.78.0.12    prov0

LAB_NETNS=spillway-lab

# namespace, device in it, bridge, address (- for none)
LAB_LINKS='
spw-cloud eth0     br-mgmt    10.77.0.1/24
spw-ctl   eth0     br-mgmt    10.77.0.10/24
spw-ctl   cluster0 br-cluster 10.78.0.10/24
spw-cn01  eth0     br-mgmt    10.77.0.11/24
spw-cn01  cluster0 br-cluster 10.78.0.11/24
spw-cn01  prov0    br-cluster -
spw-cn02  eth0     br-mgmt    10.77.0.12/24
spw-cn02  cluster0 br-cluster 10.78.0.12/24
spw-cn02  prov0    br-cluster -
'

in_lab() { nsenter --net="/run/netns/$LAB_NETNS" -- "$@"; }

netns_names() { printf '%s\n' "$LAB_NETNS"; awk 'NF { print $1 }' <<<"$LAB_LINKS" | sort -u; }

# A file in /run/netns without a namespace behind it is what a killed `ip netns add` leaves.
make_netns() {
    ip -n "$1" link show lo >/dev/null 2>&1 && return 0
    rm -f "/run/netns/$1"
    ip netns add "$1"
    ip -n "$1" link set lo up
}

make_bridge() { # NAME ADDRESS
    ip -n "$LAB_NETNS" link show "$1" >/dev/null 2>&1 ||
        ip -n "$LAB_NETNS" link add "$1" type bridge forward_delay 0
    ip -n "$LAB_NETNS" link set "$1" addrgenmode none up
    ip -n "$LAB_NETNS" addr replace "$2" dev "$1"
}

# A veth's one end hangs on the bridge under a name like cn01-prov0, the other is DEVICE in NETNS.
make_link() { # NETNS DEVICE BRIDGE ADDRESS
    local port=${1#spw-}-$2
    if ! ip -n "$1" link show "$2" >/dev/null 2>&1; then
        ip -n "$LAB_NETNS" link del "$port" 2>/dev/null || true
        ip -n "$LAB_NETNS" link add "$port" type veth peer name "$2" netns "$1"
    fi
    # addrgenmode none: no link-local addresses and no router solicitations between the machines
    ip -n "$LAB_NETNS" link set "$port" addrgenmode none master "$3" up
    ip -n "$1" link set "$2" addrgenmode none up
    [ "$4" = - ] || ip -n "$1" addr replace "$4" dev "$2"
}

stage_network() {
    local name namespace device bridge address
    for name in $(netns_names); do make_netns "$name"; done
    make_bridge br-mgmt 10.77.0.254/24
    make_bridge br-cluster 10.78.0.254/24
    while read -r namespace device bridge address; do
        [ -z "$namespace" ] || make_link "$namespace" "$device" "$bridge" "$address"
    done <<<"$LAB_LINKS"
}

network_down() {
    local name
    for name in $(netns_names); do
        [ -e "/run/netns/$name" ] || continue
        ip netns del "$name" 2>/dev/null || rm -f "/run/netns/$name"
    done
}
