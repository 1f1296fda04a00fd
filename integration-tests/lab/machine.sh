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
    machine_leader "$1" >/dev/null || fail "machine $1 is not up (see: lab status)"
    machine_enter "$@"
}

# The same without a word when the machine is not up.
machine_enter() {
    local leader
    leader=$(machine_leader "$1") || return 1
    shift
    nsenter --target "$leader" --all --root --wd -- /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
}

machine_up() {
    local name=$1 layers=$2 netns=$3 dir=$LAB/machines/$1
    shift 3
    if machine_is_up "$name"; then
        case $(machine_state "$name") in
            running | degraded) return 0 ;;
            initializing | starting)
                machine_wait "$name"
                return
                ;;
        esac
        cgroup_kill "machines/$name" # on its way down, or its systemd is gone and something else of it lives
    fi
    machine_can_boot "$name" "$layers" "$netns"
    machine_prepare "$dir" "$name" "${MACHINE_HOSTNAME:-$name}"
    mkdir -p "$(cgroup_root)/machines/$name"
    # fd 9 is the lab's lock, fd 3 its terminal: a machine must keep neither
    setsid unshare --mount --propagation private bash "$LAB_SRC/machine-boot.sh" \
        "$name" "$dir" "$layers" "$netns" "$(cgroup_root)" "$@" \
        </dev/null >"$LAB/log/$name.console" 2>&1 3>&- 9>&- &
    machine_wait "$name" $!
}

machine_can_boot() { # NAME LAYERS NETNS
    local layer layers
    [ -e "/run/netns/$3" ] || fail "machine $1 wants the network namespace $3, which is not there (lab up network makes the lab's)"
    IFS=: read -ra layers <<<"$2"
    for layer in "${layers[@]}"; do
        [ -d "$layer/" ] || fail "machine $1 is made of $layer, which is not there (lab up roots makes the roots)"
    done
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

# running, degraded, starting, stopping, …; empty when its systemd does not answer
machine_state() { machine_enter "$1" timeout 5 systemctl is-system-running 2>/dev/null || true; }

# machine_wait NAME [PID]: until systemd, asked as soon as it can be, says that it is done. PID is the
# process that boots it.
machine_wait() {
    local name=$1 end=$((SECONDS + 120)) state
    while :; do
        state=$(machine_enter "$name" timeout 60 systemctl is-system-running --wait 2>/dev/null) || true
        case $state in running | degraded) break ;; esac
        if [ -n "${2:-}" ] && ! kill -0 "$2" 2>/dev/null; then
            fail "machine $name ended while booting: $(grep -v 'dmesg(1)' "$LAB/log/$name.console" | tail -n 1) (all of it: $LAB/log/$name.console)"
        fi
        ((SECONDS < end)) || fail "machine $name did not boot within 120 s, it still starts: $(machine_starts "$name")"
        sleep 0.1
    done
    [ "$state" = running ] || say "machine $name is up, but these units failed: $(machine_failed "$name")"
}

machine_starts() { machine_enter "$1" timeout 5 systemctl list-jobs --plain --no-legend 2>/dev/null | awk '$4 == "running" { printf "%s ", $2 }'; }

machine_failed() { machine_enter "$1" systemctl list-units --failed --plain --no-legend | awk '{ printf "%s ", $1 }'; }

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
