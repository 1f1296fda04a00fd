# shellcheck shell=bash
# Machines of the lab: a real systemd in systemd-nspawn, on an overlay of read-only layers.
#
#   machine_up NAME LAYERS NETNS [nspawn arguments...]
#       LAYERS   folders, the uppermost first: "$LAB/layers/ctl:$LAB/roots/debian13"
#       NETNS    a prepared namespace of network.sh, such as spw-ctl; do not run networkd inside
#       MACHINE_HOSTNAME=cn01 before the call when the host name is not NAME
#       Returns when systemd says "running" (or "degraded": the failed units are named). Does nothing when
#       the machine is up. For example, the Slurm half of a box and the controller:
#           MACHINE_HOSTNAME=cn01 machine_up cn01 "$LAB/roots/debian13" spw-cn01
#           machine_up ctl "$LAB/layers/ctl:$LAB/roots/debian13" spw-ctl --bind=/dev/fuse
#   machine_sh NAME CMD...      CMD in all the machine's namespaces as root, clean environment, stdin passed on
#   machine_is_up NAME
#   machine_down NAME           orderly poweroff, after 20 s by force; the overlay stays
#   machine_purge NAME          and the overlay goes
#
# What a machine writes is in $LAB/machines/NAME/upper; to put a file into one that is down, write it there.
# $LAB/log/NAME is its /var/log, $LAB/log/NAME.console what its systemd said. Never change a layer of a
# machine that is up: overlayfs does not promise what follows.

machine_names() {
    [ -d "$LAB/machines" ] || return 0
    find "$LAB/machines" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort
}

machine_is_up() { cgroup_busy "machines/$1"; }

# The machine's process 1, as this machine numbers it: the one child of systemd-nspawn.
machine_leader() {
    local dir pid
    dir=$(cgroup_root)/machines/$1
    while read -r pid; do
        # NSpid: its number here, then in the machine
        if awk '$1 == "NSpid:" { found = NF == 3 && $3 == 1 } END { exit !found }' "/proc/$pid/status" 2>/dev/null &&
            [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = systemd ]; then
            printf '%s\n' "$pid"
            return 0
        fi
    done < <(find "$dir" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -n)
    return 1
}

machine_sh() {
    local name=$1 leader
    shift
    leader=$(machine_leader "$name") || fail "machine $name is not up (lab status)"
    nsenter --target "$leader" --all --root --wd -- /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
}

machine_up() {
    local name=$1 layers=$2 netns=$3 dir=$LAB/machines/$1
    shift 3
    if machine_is_up "$name"; then
        machine_answers "$name" && return 0
        cgroup_kill "machines/$name" # half dead: its systemd is gone, something else of it lives
    fi
    machine_prepare "$dir" "$name" "${MACHINE_HOSTNAME:-$name}"
    mkdir -p "$(cgroup_root)/machines/$name"
    # fd 9 is the lab's lock, fd 3 its terminal: a machine must keep neither
    setsid unshare --mount --propagation private bash "$LAB_SRC/machine-boot.sh" \
        "$name" "$dir" "$layers" "$netns" "$(cgroup_root)" "$@" \
        </dev/null >"$LAB/log/$name.console" 2>&1 3>&- 9>&- &
    machine_wait "$name"
}

# What is the machine's own goes into its upper layer before it boots.
machine_prepare() { # DIR NAME HOSTNAME
    local etc=$1/upper/etc
    remove_tree "$1/work" # what an overlay that was killed left in it keeps the next from mounting
    mkdir -p "$1/work" "$1/root" "$1/upper/var/log/journal" "$etc" "$LAB/log"
    chmod 755 "$1" "$1/upper"
    printf '%s\n' "$3" >"$etc/hostname"
    # known and lasting: libvirt takes the host's identity from it
    printf 'spillway-lab %s' "$2" | md5sum | cut -d' ' -f1 >"$etc/machine-id"
    [ -e "$etc/hosts" ] || machine_hosts >"$etc/hosts"
    ln -sfn "../machines/$2/upper/var/log" "$LAB/log/$2"
}

machine_hosts() {
    printf '127.0.0.1 localhost\n::1 localhost\n'
    awk '$2 == "eth0" { sub("spw-", "", $1); sub("/.*", "", $4); print $4, $1 }' <<<"$LAB_LINKS"
}

machine_answers() { timeout 5 nsenter --target "$(machine_leader "$1")" --all systemctl is-system-running >/dev/null 2>&1 || [ $? = 1 ]; }

machine_state() { machine_sh "$1" systemctl is-system-running 2>/dev/null || true; }

# systemd itself tells when it is done, as soon as it can be asked
machine_wait() {
    local name=$1 end=$((SECONDS + 90)) state=
    while :; do
        state=$( (machine_sh "$name" timeout 60 systemctl is-system-running --wait) 2>/dev/null) || true
        case $state in running | degraded) break ;; esac
        if ! machine_is_up "$name" && ! kill -0 $! 2>/dev/null; then
            fail "machine $name ended while booting: $(tail -n 1 "$LAB/log/$name.console") (all of it: $LAB/log/$name.console)"
        fi
        ((SECONDS < end)) || fail "machine $name did not boot within 90 s, systemd says '${state:-nothing}' (console: $LAB/log/$name.console)"
        sleep 0.1
    done
    [ "$state" = running ] ||
        say "machine $name is up, but these units failed: $(machine_sh "$name" systemctl list-units --failed --plain --no-legend | cut -d' ' -f1 | tr '\n' ' ')"
}

machine_down() {
    local leader
    if machine_is_up "$1"; then
        # SIGRTMIN+4 is "poweroff" to a systemd
        if leader=$(machine_leader "$1") && kill -RTMIN+4 "$leader"; then
            waitfor 20 machine_is_down "$1" || true
        fi
    fi
    cgroup_kill "machines/$1"
}

machine_is_down() { ! machine_is_up "$1"; }

machine_purge() {
    machine_down "$1"
    remove_tree "$LAB/machines/$1"
    rm -f "$LAB/log/$1" "$LAB/log/$1.console"
}
