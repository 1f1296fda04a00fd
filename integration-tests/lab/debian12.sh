# shellcheck shell=bash
# The Debian 12 root of the control plane and of both hypervisors: Debian 13 has no linuxbridge agent any more,
# and Open vSwitch needs a kernel module that not every machine has.
#
#   $LAB/roots/debian12   the packages; no service is enabled, a role's layer enables its own
#   $LAB/roots/control    a layer over it: the control plane's databases before its first start (cloud/prepare.sh)

DEBIAN12_PACKAGES=(
    systemd systemd-sysv dbus kmod sudo netbase tzdata ca-certificates
    iproute2 iputils-ping procps less openssh-server openssh-client
    mariadb-server rabbitmq-server memcached
    keystone glance-api placement-api
    nova-api nova-conductor nova-scheduler nova-compute nova-compute-qemu
    neutron-server neutron-linuxbridge-agent
    uwsgi-core uwsgi-plugin-python3 python3-pymysql python3-memcache python3-openstackclient
    libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils
    genisoimage bridge-utils ebtables iptables
)

# The emulator is a newer one than Debian 12's 7.2: with that, on a busy machine, the memory of three emulated
# guests was damaged within six live migrations (a corrupt list, an instruction fetch from data); with 10.0 none
# of forty migrations did harm.
DEBIAN12_PREFERENCES='Package: qemu* seabios opensbi ipxe*
Pin: release n=bookworm-backports
Pin-Priority: 990
'

roots_debian12() {
    local key
    key=$(key_of "${DEBIAN12_PACKAGES[*]}" "$DEBIAN12_PREFERENCES" "$(declare -f debian12_build debian12_settle make_root)")
    cached debian12 "$key" debian12_build
    ln -sfn "$REPLY" "$LAB/roots/debian12"
    key=$(key_of "$key" "$LAB_SRC"/cloud/{prepare.sh,identity.py,control/etc/mysql/mariadb.conf.d/99-lab.cnf})
    cached control "$key" debian12_control
    ln -sfn "$REPLY" "$LAB/roots/control"
}

debian12_build() {
    need_space "$CACHE" 5000 "a new root with OpenStack"
    say "debian12: a root with OpenStack's packages (about 3 minutes)"
    # shellcheck disable=SC2016  # $1 is mmdebstrap's
    FURTHER_SUITE=bookworm-backports make_root "$1" bookworm "$(IFS=,; echo "${DEBIAN12_PACKAGES[*]}")" \
        --setup-hook='mkdir -p "$1/etc/apt/preferences.d"' \
        --setup-hook="printf '%s' '$DEBIAN12_PREFERENCES' >\"\$1/etc/apt/preferences.d/lab\""
    debian12_settle "$1"
}

debian12_settle() {
    local root=$1 program
    find "$root/etc/systemd/system" -mindepth 2 -type l \
        \( -path '*.wants/*' -o -path '*.requires/*' \) ! -name remote-fs.target -delete
    rm -f "$root"/lib/systemd/system/timers.target.wants/* "$root"/etc/ssh/ssh_host_*
    # libvirtd asks every emulator what it can do before it serves anyone: one is enough, thirty take a minute
    for program in "$root"/usr/bin/qemu-system-*; do
        [ "${program##*/}" = qemu-system-x86_64 ] || rm -f "$program"
    done
    sed -i 's/^hosts:.*/hosts: files/' "$root/etc/nsswitch.conf"
    rm -rf "$root"/var/lib/apt/lists/*
}

debian12_control() {
    say "debian12: schemas and accounts of keystone, glance, placement, nova and neutron (about half a minute)"
    chmod 700 "$1" # holds the lab's passwords
    mkdir -p "$1/build"
    cp "$LAB_SRC"/cloud/{prepare.sh,identity.py,control/etc/mysql/mariadb.conf.d/99-lab.cnf} "$1/build/"
    INROOT_LAYER=$1/layer INROOT_BIND=$1/build:/mnt inroot "$LAB/roots/debian12" unshare --net bash /mnt/prepare.sh
    mkdir -p "$1/var/lib"
    mv "$1"/layer/var/lib/{mysql,identity} "$1/var/lib/"
    rm -rf "$1/build" "$1/layer" "$1/layer.work"
}
