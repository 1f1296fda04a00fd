# shellcheck shell=bash
# What the lab needs on the machine itself. Installs only what is missing; no service is started.

# program, package that brings it
TOOLS='
mmdebstrap mmdebstrap
systemd-nspawn systemd-container
ip iproute2
sysctl procps
qemu-img qemu-utils
mkfs.ext4 e2fsprogs
cpio cpio
zstd zstd
jq jq
curl curl
ssh openssh-client
ssh-keygen openssh-client
/usr/lib/python3/dist-packages/yaml python3-yaml
/usr/lib/python3/dist-packages/venv-or-ensurepip python3-venv
/bin/busybox busybox-static
/usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
'

tool_is_there() {
    case $1 in
        */venv-or-ensurepip) python3 -c 'import venv, ensurepip' 2>/dev/null ;;
        /*) [ -e "$1" ] ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

missing_packages() {
    local program package
    while read -r program package; do
        [ -z "$program" ] || tool_is_there "$program" || printf '%s\n' "$package"
    done <<<"$TOOLS" | sort -u
}

stage_tools() {
    local packages rule=/usr/sbin/policy-rc.d made=
    mapfile -t packages < <(missing_packages)
    [ ${#packages[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null ||
        fail "missing on this machine: ${packages[*]} (there is no apt-get to install them with)"
    say "installs on this machine: ${packages[*]}"
    if [ ! -e "$rule" ]; then
        made=1
        printf '#!/bin/sh\nexit 101\n' >"$rule" # Debian's way to say: start nothing
        chmod 755 "$rule"
    fi
    local status=0
    DEBIAN_FRONTEND=noninteractive apt_install "${packages[@]}" || status=$?
    [ -z "$made" ] || rm -f "$rule"
    [ "$status" = 0 ] || fail "apt-get could not install: ${packages[*]} (log: $LAB/log/tools.log)"
}

apt_install() {
    local apt=(apt-get -o DPkg::Lock::Timeout=600 -y --no-install-recommends)
    "${apt[@]}" install "$@" || { apt-get update && "${apt[@]}" install "$@"; }
}
