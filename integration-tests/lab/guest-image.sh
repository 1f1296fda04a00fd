# shellcheck shell=bash
# The image of the virtual nodes: guest13 and the extension on one ext4 disk without a bootloader, the
# kernel beside it, and an initrd of busybox and a few modules. Tuned for CPUs that are emulated.
#
#   guest_image      REPLY=folder with disk.qcow2, kernel, initrd, command-line
#   stage_image      the image in Glance, as `spillway-node`

GUEST_DISK_BYTES=$((4 << 30))

# Modules the initrd loads: before the root is mounted, and behind it (the network, and the two kinds of CD
# drive a config drive comes in). Those they need come by themselves.
GUEST_MODULES_BEFORE=(virtio_blk)
GUEST_MODULES_BEHIND=(virtio_net ata_piix virtio_scsi sr_mod isofs virtio_rng)

# Units that only cost time in a machine whose few devices are known beforehand. No unit that a role
# might start is among them.
GUEST_MASKED=(
    systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udevd-varlink.socket
    systemd-udev-trigger.service systemd-udev-settle.service systemd-udev-load-credentials.service
    kmod-static-nodes.service systemd-tmpfiles-setup-dev-early.service systemd-tmpfiles-setup-dev.service
    systemd-logind.service systemd-hostnamed.socket systemd-initctl.socket
    systemd-ask-password-console.path systemd-ask-password-wall.path
    systemd-sysusers.service systemd-firstboot.service systemd-update-done.service systemd-hwdb-update.service
    systemd-journal-flush.service systemd-journal-catalog-update.service systemd-random-seed.service
    systemd-remount-fs.service systemd-machine-id-commit.service ldconfig.service sshd-keygen.service
    systemd-tpm2-setup-early.service systemd-tpm2-setup.service systemd-pcrphase.service
    systemd-pcrextend.socket systemd-pcrlock.socket systemd-pcrmachine.service systemd-pcrphase-sysinit.service
    systemd-sysext.socket systemd-sysext.service systemd-confext.service systemd-creds.socket
    systemd-bsod.service systemd-rfkill.socket systemd-mountfsd.socket systemd-nsresourced.socket
    systemd-networkd.socket modprobe@drm.service modprobe@configfs.service modprobe@efi_pstore.service
    modprobe@fuse.service getty.target getty@tty1.service serial-getty@ttyS0.service
    # /tmp belongs on the disk: the memory of a virtual node is small
    tmp.mount
    dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount
    proc-sys-fs-binfmt_misc.automount proc-sys-fs-binfmt_misc.mount run-rpc_pipefs.mount
)

# Generators of units that such a machine has none of.
GUEST_MASKED_GENERATORS=(
    rpc-pipefs systemd-debug systemd-getty systemd-gpt-auto systemd-hibernate-resume systemd-rc-local
    systemd-run systemd-ssh systemd-system-update systemd-sysv systemd-tpm2
)

# Services that the states start: enabled here, since enabling one takes an emulated CPU seconds, and each
# held back until the states have brought the file without which it must not run.
declare -A GUEST_ENABLED=(
    [munge.service]=/etc/munge/munge.key
    [chrony.service]=/etc/chrony/chrony.conf
    [slurmd.service]=/etc/systemd/system/slurmd.service.d/spillway.conf
)
# The same for units that come with the states altogether.
GUEST_ENABLED_LATER=(home.mount spillway-clockguard.service)

# _guest_enable ROOT
_guest_enable() {
    local root=$1 units=$1/etc/systemd/system unit
    for unit in "${!GUEST_ENABLED[@]}"; do
        mkdir "$units/$unit.d"
        printf '[Unit]\nConditionPathExists=%s\n' "${GUEST_ENABLED[$unit]}" >"$units/$unit.d/image.conf"
        ln -s "/usr/lib/systemd/system/$unit" "$units/multi-user.target.wants/"
    done
    for unit in "${GUEST_ENABLED_LATER[@]}"; do
        ln -s "/etc/systemd/system/$unit" "$units/multi-user.target.wants/"
    done
    rm "$root/etc/chrony/chrony.conf"
    # every service here has a unit; Salt asks at each service for those that only have a script
    rm -r "$root/etc/init.d" "$root"/etc/rc?.d
}

# _guest_settings ROOT: what the image has beyond its packages.
_guest_settings() {
    local root=$1 units=$1/etc/systemd/system unit module
    install -m 755 "$LAB_SRC/guest/config-drive.py" "$root/usr/local/sbin/spillway-config-drive"
    install -m 644 "$LAB_SRC"/guest/spillway-*.service "$units/"
    install -m 644 "$LAB_SRC/guest/minion.conf" "$root/etc/salt/minion.d/quick.conf"
    mkdir -p "$units"/{sysinit,multi-user}.target.wants "$units"/{ssh,salt-minion}.service.d
    install -m 644 "$LAB_SRC/guest/salt-minion.conf" "$units/salt-minion.service.d/image.conf"
    ln -s ../spillway-config-drive.service "$units/sysinit.target.wants/"
    ln -s ../spillway-user-data.service "$units/multi-user.target.wants/"
    ln -s ../salt-minion.service "$units/multi-user.target.wants/"
    ln -s /usr/lib/systemd/system/ssh.service "$units/multi-user.target.wants/"
    _guest_enable "$root"
    for unit in "${GUEST_MASKED[@]}"; do ln -sf /dev/null "$units/$unit"; done
    mkdir -p "$root/etc/systemd/system-generators"
    for unit in "${GUEST_MASKED_GENERATORS[@]}"; do
        ln -s /dev/null "$root/etc/systemd/system-generators/$unit-generator"
    done
    ln -s /usr/lib/systemd/system/multi-user.target "$units/default.target"
    # its socket starts it when somebody asks
    rm "$root/usr/lib/systemd/system/multi-user.target.wants/dbus.service"
    # one kind of host key is enough, and the check of sshd's configuration takes as long as its start
    cat >"$units/ssh.service.d/quick.conf" <<'UNIT'
[Service]
ExecStartPre=
ExecStartPre=/bin/sh -c 'test -e /etc/ssh/ssh_host_ed25519_key || ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key'
UNIT
    echo 'HostKey /etc/ssh/ssh_host_ed25519_key' >"$root/etc/ssh/sshd_config.d/host-key.conf"
    sed -i '/pam_systemd\.so/d' "$root/etc/pam.d/common-session"
    mkdir -p "$root/etc/systemd/journald.conf.d"
    printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=16M\n' >"$root/etc/systemd/journald.conf.d/small.conf"
    echo '# the root is mounted by the initrd' >"$root/etc/fstab"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
    # Salt looks through the metadata of all packages whenever it makes a loader, several times for each job;
    # only those that announce something to it, or to OpenTelemetry within it, are needed
    find "$root/$SALT_LIB" -maxdepth 1 -name '*.dist-info' \
        ! -name 'salt-*' ! -name 'saltext_*' ! -name 'opentelemetry_*' -exec rm -r {} +
    # an empty list of modules still costs the start of the program that would load them
    rm -f "$root/etc/modules-load.d/modules.conf"
    # unpacking a module takes longer than reading it
    find "$root/usr/lib/modules" -name '*.ko.xz' -exec xz -d {} +
    for module in "$root"/usr/lib/modules/*; do chroot "$root" depmod "${module##*/}"; done
    rm -rf "$root"/boot/{initrd.img*,System.map*} "$root"/var/cache/{apt,debconf}/* "$root"/var/log/*.log
    chroot "$root" /opt/salt/bin/python -m compileall -q -j 2 /opt/salt/lib /usr/lib/python3 /usr/lib/python3.13 || true
}

# _guest_modules ROOT DIR LIST MODULE...: the modules and what they need into DIR, in order into DIR/LIST
_guest_modules() {
    local root=$1 dir=$2 list=$3 kernel module
    shift 3
    kernel=$(basename "$root"/usr/lib/modules/*)
    for module in "$@"; do
        chroot "$root" modprobe -S "$kernel" --show-depends "$module"
    done | awk '$1 == "insmod" { print $2 }' | while read -r module; do
        [ ! -e "$dir/${module##*/}" ] || continue
        cp "$root$module" "$dir/"
        echo "${module##*/}" >>"$dir/$list"
    done
}

# _guest_initrd ROOT FILE
_guest_initrd() {
    local root=$1 file=$2 tree
    tree=$(mktemp -d)
    mkdir -p "$tree"/{bin,dev,proc,root,modules}
    cp "$root/usr/bin/busybox" "$tree/bin/"
    install -m 755 "$LAB_SRC/guest/init" "$tree/init"
    _guest_modules "$root" "$tree/modules" before "${GUEST_MODULES_BEFORE[@]}"
    _guest_modules "$root" "$tree/modules" behind "${GUEST_MODULES_BEHIND[@]}"
    (cd "$tree" && find . | cpio --quiet -o -H newc) >"$file"
    remove_tree "$tree"
}

# _guest_disk ROOT DIR
_guest_disk() {
    local root=$1 dir=$2
    truncate -s "$GUEST_DISK_BYTES" "$dir/disk.raw"
    mkfs.ext4 -q -L root -m 0 -J size=16 -E lazy_itable_init=1,lazy_journal_init=1 -d "$root" "$dir/disk.raw"
    qemu-img convert -f raw -O qcow2 "$dir/disk.raw" "$dir/disk.qcow2"
    rm "$dir/disk.raw"
}

# build_guest_image LAYERS DIR
build_guest_image() {
    local layers=$1 dir=$2
    mkdir -p "$dir"/scratch/{upper,work,root}
    # What is mounted here ends with this shell.
    # shellcheck disable=SC2016  # the inner shell's own arguments
    unshare --mount --propagation private bash -euo pipefail -c '
        source "$LAB_SRC/lib.sh"
        source "$LAB_SRC/debian13.sh"
        source "$LAB_SRC/guest-image.sh"
        cd "$1/scratch"
        mount -t overlay overlay -o "lowerdir=$2,upperdir=upper,workdir=work" root
        _guest_settings root
        _guest_initrd "$PWD/root" "$1/initrd"
        cp root/boot/vmlinuz-* "$1/kernel"
        rm root/boot/vmlinuz-*
        _guest_disk root "$1"
        ' build_guest_image "$dir" "$layers"
    cp "$LAB_SRC/guest/command-line" "$dir/"
    remove_tree "$dir/scratch"
}

guest_image_key() { # LAYERS
    key_of "$1" "$LAB_SRC/guest-image.sh" "$LAB_SRC"/guest/{config-drive.py,init,minion.conf,salt-minion.conf,command-line} \
        "$LAB_SRC"/guest/spillway-*.service
}

guest_image() {
    guest13_layers
    cached guest-image "$(guest_image_key "$REPLY")" build_guest_image "$REPLY"
    # each change of the extension makes one of 600 MB
    find "$CACHE" -maxdepth 1 -name 'guest-image-*' ! -path "$REPLY" -exec rm -rf {} +
}

stage_image() {
    local image key ssh_key=
    guest_image
    image=$REPLY
    key=${image##*-}
    if [ -e "$LAB/secrets/ssh/id_ed25519.pub" ]; then
        ssh_key=$(cut -d' ' -f2 "$LAB/secrets/ssh/id_ed25519.pub")
    fi
    node13_layers
    # openstacksdk is in the nodes' /opt/salt; the API is reached inside the lab's network only
    # shellcheck disable=SC2016  # the inner shell's own arguments
    in_lab unshare --mount --propagation private bash -euc '
        mount -t tmpfs tmpfs /mnt
        mkdir /mnt/root
        mount -t overlay overlay -o "lowerdir=$1" /mnt/root
        mount -t tmpfs tmpfs /mnt/root/tmp
        mkdir /mnt/root/tmp/image
        mount --bind -o ro "$2" /mnt/root/tmp/image
        cp "$3/secrets/admin-clouds.yaml" "$4/guest/upload.py" /mnt/root/tmp/
        exec chroot /mnt/root env -i HOME=/tmp OS_CLIENT_CONFIG_FILE=/tmp/admin-clouds.yaml \
            /opt/salt/bin/python /tmp/upload.py /tmp/image "$5" "$6"
        ' upload "$REPLY" "$image" "$LAB" "$LAB_SRC" "$key" "$ssh_key"
}
