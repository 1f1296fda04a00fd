# shellcheck shell=bash
# What every file of the lab leans on: paths, progress lines, waiting, one command at a time, caches,
# package mirrors, commands in a root at build time. Sourced; has no side effect but the variables below.
#
# For the writers of the other files:
#   stage_NAME()                runs in a subshell under `set -e`, its output goes to $LAB/log/NAME.log
#   say WORDS                   one line to the person who called `lab`, with the seconds since the start
#   fail WORDS                  one line saying what is wrong and what would be right; ends the stage
#   waitfor SECONDS CMD...      until CMD succeeds; fails with one line when the time is over
#   side_by_side FUNC...        the functions at the same time; fails when one of them fails
#   cached NAME KEY CMD...      REPLY=$CACHE/NAME-KEY; when it is absent, CMD TEMPDIR fills it first
#   key_of FILE|WORD...         short hash of file contents and words, to make a KEY
#   mirrors SUITE           sources.list lines of a Debian suite on the mirrors this machine uses
#   make_root DIR SUITE PKGS [mmdebstrap options]   a root file system from the packages (comma list)
#   inroot DIR CMD...           CMD in the root DIR with this machine's network (build time only)

SPILLWAY_LAB=${SPILLWAY_LAB:-/var/lib/spillway-lab}
SPILLWAY_CACHE=${SPILLWAY_CACHE:-/var/cache/spillway-lab}
LAB_SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB=$SPILLWAY_LAB
CACHE=$SPILLWAY_CACHE
export SPILLWAY_LAB SPILLWAY_CACHE LAB CACHE LAB_SRC
export LC_ALL=C.UTF-8
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# --- words to the person ----------------------------------------------------------------------------

say() {
    local line
    line=$(printf '[%4ds] %s' "$SECONDS" "$*")
    # fd 3 is the caller's terminal while a stage's own output goes to its log
    if { true >&3; } 2>/dev/null; then printf '%s\n' "$line" >&3; fi
    printf '%s\n' "$line"
}

fail() {
    if { true >&3; } 2>/dev/null; then printf 'lab: %s\n' "$*" >&3; fi
    printf 'lab: %s\n' "$*" >&2
    exit 1
}

# --- waiting and working side by side ---------------------------------------------------------------

waitfor() {
    local seconds=$1 end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS >= end)); then
            printf 'lab: still not so after %s s: %s\n' "$seconds" "$*" >&2
            return 1
        fi
        sleep 0.1
    done
}

side_by_side() {
    local job bad=0 jobs=()
    for job in "$@"; do
        (set -e; $job) &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job" || bad=1; done
    return "$bad"
}

# --- one lab command at a time ----------------------------------------------------------------------

# Everything of the lab lives in the cgroup spillway-lab: machines/NAME for each machine, command for the
# `lab` that is at work. A cgroup tells what really runs, however a former lab ended, and ends it at once.
cgroup_root() {
    local at
    at=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    if [ -z "$at" ]; then
        at=/run/spillway-lab-cgroup2
        mkdir -p "$at"
        mount -t cgroup2 cgroup2 "$at"
    fi
    printf '%s/%s\n' "$at" "${SPILLWAY_LAB_CGROUP:-spillway-lab}"
}

cgroup_busy() { grep -qs '^populated 1' "$(cgroup_root)/$1/cgroup.events"; }

cgroup_kill() {
    local dir
    dir=$(cgroup_root)/$1
    [ -d "$dir" ] || return 0
    echo 1 >"$dir/cgroup.kill"
    waitfor 20 sh -c "! grep -q '^populated 1' '$dir/cgroup.events'"
    find "$dir" -depth -type d -exec rmdir {} +
}

# take_lock COMMAND: this process becomes the only `lab` at work; what a killed one left behind is ended.
take_lock() {
    local group
    mkdir -p "$LAB/run"
    exec 9>>"$LAB/run/lock"
    if ! flock --nonblock 9; then
        local pid command
        read -r pid command <"$LAB/run/lock" || true
        if [ -n "${pid:-}" ] && [ -e "/proc/$pid" ] && grep -qsz 'lab$' "/proc/$pid/cmdline"; then
            fail "another \`lab $command\` is at work (pid $pid): wait for it, or end it with: kill $pid"
        fi
        cgroup_kill command # children of a lab that was killed still hold the lock
        flock --wait 10 9 || fail "$LAB/run/lock is held by a process that is none of the lab's"
    fi
    cgroup_kill command
    printf '%s %s\n' "$$" "$1" >"$LAB/run/lock"
    cgroup_before=$(dirname "$(cgroup_root)")$(awk -F: '$1 == 0 { print $3 }' /proc/self/cgroup)
    group=$(cgroup_root)/command
    mkdir -p "$group"
    echo $$ >"$group/cgroup.procs"
}

# The lab's cgroups go, when nothing is in them any more; this process goes back to where it was.
cgroup_remove() {
    local root
    root=$(cgroup_root)
    echo $$ >"$cgroup_before/cgroup.procs"
    find "$root" -depth -type d -exec rmdir {} +
    if [ "${root%/*}" = /run/spillway-lab-cgroup2 ]; then
        umount /run/spillway-lab-cgroup2
        rmdir /run/spillway-lab-cgroup2
    fi
}

# --- room on the disk -------------------------------------------------------------------------------

# need_space DIR MEGABYTES WHAT
need_space() {
    local free
    mkdir -p "$1" || fail "cannot make the folder $1"
    free=$(df --output=avail -BM "$1" | tr -dc '0-9\n' | tail -1)
    [ "$free" -ge "$2" ] || fail "$1 has $free MB free, $3 needs $2 MB: make room or set SPILLWAY_LAB and SPILLWAY_CACHE to a larger disk"
}

# --- caches -----------------------------------------------------------------------------------------

key_of() {
    local item
    for item in "$@"; do
        if [ -f "$item" ]; then cat "$item"; else printf '%s\n' "$item"; fi
    done | sha256sum | cut -c1-12
}

# Removes a tree and never what is mounted in it.
remove_tree() {
    [ -e "$1" ] || return 0
    rm -rf --one-file-system "$1" || fail "cannot remove $1: is something mounted in it? (findmnt -R $1)"
}

cached() {
    local name=$1 path=$CACHE/$1-$2 lock
    shift 2
    if [ ! -e "$path" ]; then
        mkdir -p "$CACHE"
        exec {lock}>"$CACHE/$name.lock" # another lab with this cache may be building the same
        flock "$lock"
        if [ ! -e "$path" ]; then
            remove_tree "$path.partial"
            mkdir -p "$path.partial"
            "$@" "$path.partial"
            mv "$path.partial" "$path"
        fi
        exec {lock}>&-
    fi
    touch "$path"
    REPLY=$path
}

# Removes from the cache what no lab has used for a month and none has mounted now.
prune_cache() {
    local path
    find "$CACHE" -mindepth 1 -maxdepth 1 -type d -name '*-????????????' -mtime +30 | while read -r path; do
        ! grep -qsF "$path" /proc/*/mountinfo || continue
        remove_tree "$path"
    done
}

# --- Debian packages --------------------------------------------------------------------------------

# The mirrors are those this machine's apt uses: nobody's address is written down in the lab.
mirror_of() { # main|security
    local codename release
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    case $1 in
        main) release="^($codename|stable)\$" ;;
        security) release="^($codename|stable)-security\$" ;;
    esac
    # shellcheck disable=SC2016  # apt's own placeholders
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages' |
        awk -v release="$release" '$1 ~ release && $2 == "main" { print $3; exit }'
}

mirrors() { # SUITE [FURTHER-SUITE]
    local main security
    main=$(mirror_of main)
    security=$(mirror_of security)
    [ -n "$main" ] || fail "apt on this machine knows no Debian main archive; the lab needs a Debian machine with one in its apt sources"
    printf 'deb [signed-by=%s] %s %s main\n' "$DEBIAN_KEYRING" "$main" "$1" "$DEBIAN_KEYRING" "$main" "$1-updates"
    if [ -n "$security" ]; then
        printf 'deb [signed-by=%s] %s %s main\n' "$DEBIAN_KEYRING" "$security" "$1-security"
    fi
    if [ -n "${2:-}" ]; then printf 'deb [signed-by=%s] %s %s main\n' "$DEBIAN_KEYRING" "$main" "$2"; fi
}

# This machine's own ways to its mirrors (proxies, retries) hold while a root is built.
apt_options() {
    apt-config dump Acquire |
        grep -E '^Acquire::(https?::(Proxy|Proxy-Auto-Detect|Timeout|CAInfo)|Retries|Check-Valid-Until|ForceIPv4)' |
        grep -v ' "";$' || true
}

# make_root DIR SUITE PACKAGES [mmdebstrap options]: no service starts, downloads are kept in $CACHE/apt.
# FURTHER_SUITE=bookworm-backports adds that suite's packages (apt's preferences decide what is taken from it).
make_root() {
    local dir=$1 suite=$2 packages=$3 archives sources option options=()
    shift 3
    archives=$CACHE/apt/$suite
    mkdir -p "$archives"
    sources=$(mirrors "$suite" "${FURTHER_SUITE:-}")
    while read -r option; do [ -z "$option" ] || options+=("--aptopt=$option"); done < <(apt_options)
    # shellcheck disable=SC2016  # $1 is mmdebstrap's, in its hooks
    mmdebstrap --mode=root --format=directory --variant=minbase --include="$packages" \
        --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' "${options[@]}" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --setup-hook='mkdir -p "$1/var/cache/apt/archives" "$1/usr/sbin"' \
        --setup-hook="mount --bind '$archives' \"\$1/var/cache/apt/archives\"" \
        --setup-hook='printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d"; chmod 755 "$1/usr/sbin/policy-rc.d"' \
        --skip=download/empty --skip=essential/unlink --skip=cleanup/apt/lists \
        --customize-hook='umount "$1/var/cache/apt/archives"' \
        --customize-hook='rm "$1/usr/sbin/policy-rc.d"; : >"$1/etc/machine-id"; rm -f "$1/etc/resolv.conf"; : >"$1/etc/resolv.conf"' \
        "$@" "$suite" "$dir" - <<<"$sources"
}

# inroot DIR CMD...: build time only. The network, the mirrors and pip's settings are this machine's; all
# processes of CMD end with it; nothing stays mounted. apt's downloads are kept in $CACHE/apt/inroot.
# INROOT_BIND=SOURCE:TARGET binds one more folder. INROOT_LAYER=FOLDER leaves DIR as it is: what CMD changes is
# collected in FOLDER, an overlay layer (FOLDER.work is left beside it).
inroot() {
    local dir=$1
    shift
    mkdir -p "$CACHE/apt/inroot"
    unshare --mount --propagation private --pid --fork --kill-child -- \
        bash "$LAB_SRC/inroot.sh" "$dir" "$CACHE/apt/inroot" "$@"
}
