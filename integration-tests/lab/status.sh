# shellcheck shell=bash
# lab status: what runs, and where each part's log is.

SITE_SERVICES=(slurmctld slurmd munge chrony nfs-ganesha salt-master salt-api salt-minion)

lab_status() {
    local name up=()
    printf '%-6s %-9s %-12s %s\n' MACHINE STATE ADDRESS CONSOLE
    for name in $(machine_names); do
        printf '%-6s %-9s %-12s %s\n' "$name" "$(state_of "$name")" "$(address_of "$name")" "$LAB/log/$name.console"
        machine_is_up "$name" && up+=("$name")
    done
    [ ${#up[@]} -gt 0 ] || { printf 'nothing runs; lab up starts it\n'; return 0; }
    printf '\n%-6s %-26s %-11s %s\n' MACHINE SERVICE STATE LOG
    for name in "${up[@]}"; do services_of "$name"; done
    if metal_is_up; then printf '\n%s is up beside them (lab metal), console: %s\n' "$METAL_NAME" "$LAB/metal/console"; fi
    if [ -e "$LAB/tenant" ]; then printf '\nthe cloud has a router (lab tenant), its log: %s\n' "$LAB/log/hyp01/neutron/neutron-l3-agent.log"; fi
    if machine_is_up cloud; then
        printf '\n'
        machine_sh cloud timeout 30 python3 - <"$LAB_SRC/cloud/servers.py"
    fi
}

state_of() {
    if machine_is_up "$1"; then machine_state "$1"; else printf 'down\n'; fi
}

address_of() {
    local netns=spw-$1
    netns=${netns/hyp/cn}
    awk -v netns="$netns" '$1 == netns && $2 == "eth0" { sub("/.*", "", $4); print $4 }' <<<"$LAB_LINKS"
}

services_of() {
    local wanted=() unit state enabled log
    case $1 in
        cloud) wanted=("${CLOUD_SERVICES[@]}") ;;
        hyp*) wanted=("${HYPERVISOR_SERVICES[@]}") ;;
        *) wanted=("${SITE_SERVICES[@]}") ;;
    esac
    # systemctl fails when one of them is not active; here that is an answer
    { machine_sh "$1" systemctl show --property=Id,ActiveState,UnitFileState "${wanted[@]/%/.service}" || true; } |
        awk -F= '$1 == "Id" { id = $2 } $1 == "ActiveState" { active = $2 } $1 == "UnitFileState" { enabled = $2 }
            $0 == "" { print id, active, enabled; id = "" } END { if (id) print id, active, enabled }' |
        while read -r unit state enabled; do
            # not meant to run here
            [ "$state" = inactive ] && [ "${enabled:-disabled}" != enabled ] && continue
            unit=${unit%.service}
            log=$(find "$LAB/log/$1/" -name "$unit.log" -print -quit 2>/dev/null)
            printf '%-6s %-26s %-11s %s\n' "$1" "$unit" "$state" "${log:-lab sh $1 journalctl -u $unit}"
        done
}
