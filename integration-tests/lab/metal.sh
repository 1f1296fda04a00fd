# shellcheck shell=bash
# lab metal up|down: cn03, a physical node that is a whole machine, with a kernel and an NFS mount of its own. QEMU
# runs it straight on the cluster's network, from the virtual nodes' image; the cloud knows nothing of it. Not part of
# `lab up`; `lab down` ends it, too.
#
#   $LAB/metal         its disk, config drive and console; all goes with it
#   $LAB/site/metal    while this file is there, the pillar has cn03

METAL_NAME=cn03
METAL_ADDRESS=10.78.0.13
METAL_MAC=52:54:00:4e:00:0d
METAL_PORT=$METAL_NAME-eth0 # on br-cluster

# The drive that the image looks for: OpenStack's, made by hand. Its script makes the machine a minion.
metal_seed() { # DIR
    local tree=$1/seed latest=$1/seed/openstack/latest key=$LAB/secrets/minions/$METAL_NAME
    remove_tree "$tree"
    (umask 077 && mkdir -p "$latest")
    jq -n --arg name "$METAL_NAME" --arg uuid "$METAL_NAME-$(date +%s)" \
        '{uuid: $uuid, name: $name, hostname: $name}' >"$latest/meta_data.json"
    jq -n --arg mac "$METAL_MAC" --arg address "$METAL_ADDRESS" '{
        links: [{id: "link", ethernet_mac_address: $mac}],
        networks: [{id: "network", link: "link", type: "ipv4", ip_address: $address, netmask: "255.255.255.0", routes: []}]
    }' >"$latest/network_data.json"
    cat >"$latest/user_data" <<SCRIPT
#!/bin/sh
set -eu
umask 077
cat >/etc/salt/pki/minion/minion.pem <<'KEY'
$(cat "$key.pem")
KEY
cat >/etc/salt/pki/minion/minion.pub <<'KEY'
$(cat "$key.pub")
KEY
printf 'master: %s\nid: %s\nmultiprocessing: false\nsystemd.scope: false\n' $SITE_API $METAL_NAME >/etc/salt/minion.d/spillway.conf
chmod 400 /etc/salt/pki/minion/minion.pem
chmod 644 /etc/salt/pki/minion/minion.pub /etc/salt/minion.d/spillway.conf
systemctl restart --no-block salt-minion
SCRIPT
    metal_tool "$1" "$LAB" genisoimage -quiet -J -r -V config-2 -o /mnt/metal/seed.iso /mnt/metal/seed
    chmod 600 "$1/seed.iso"
    remove_tree "$tree"
}

# metal_tool DIR IMAGE CMD...: one of debian12's programs, which see DIR and IMAGE as /mnt/metal and /mnt/image
metal_tool() {
    # shellcheck disable=SC2016  # the inner shell's own arguments
    unshare --mount --propagation private bash -euc '
        root=$1 dir=$2 image=$3
        shift 3
        mount -t tmpfs tmpfs "$root/mnt"
        mkdir "$root/mnt/metal" "$root/mnt/image"
        mount --bind "$dir" "$root/mnt/metal"
        mount --bind -o ro "$image" "$root/mnt/image"
        mount --rbind /dev "$root/dev"
        exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
        ' metal_tool "$(readlink -f "$LAB/roots/debian12")" "$@"
}

metal_boot() { # DIR IMAGE
    local dir=$1 image=$2 group words
    metal_seed "$dir"
    rm -f "$dir/disk.qcow2"
    # its image is found by the name that it has for QEMU
    qemu-img create -q -f qcow2 -u -F qcow2 -b /mnt/image/disk.qcow2 "$dir/disk.qcow2" "$GUEST_DISK_BYTES"
    ip -n "$LAB_NETNS" link show "$METAL_PORT" >/dev/null 2>&1 || ip -n "$LAB_NETNS" tuntap add dev "$METAL_PORT" mode tap
    ip -n "$LAB_NETNS" link set "$METAL_PORT" addrgenmode none master br-cluster up
    words="$(cat "$image/command-line") spillway.ssh-key=$(cut -d' ' -f2 "$LAB/secrets/ssh/id_ed25519.pub")"
    group=$(cgroup_root)/machines/$METAL_NAME
    mkdir -p "$group"
    # as a virtual node has it, apart from the cloud; fd 9 is the lab's lock, fd 3 its terminal
    (
        echo "$BASHPID" >"$group/cgroup.procs"
        in_lab true # fails here, where it is told, if the network is not there
        export -f metal_tool
        exec setsid nsenter --net="/run/netns/$LAB_NETNS" -- bash -c 'metal_tool "$@"' metal "$dir" "$image" \
            qemu-system-x86_64 -name "$METAL_NAME" -machine pc,accel=tcg -m 768 -smp 1 -nodefaults -display none \
            -kernel /mnt/image/kernel -initrd /mnt/image/initrd -append "$words" \
            -drive file=/mnt/metal/disk.qcow2,if=none,id=root,format=qcow2 -device virtio-blk-pci,drive=root \
            -drive file=/mnt/metal/seed.iso,if=none,id=seed,format=raw,readonly=on -device virtio-blk-pci,drive=seed \
            -netdev "tap,id=net,ifname=$METAL_PORT,script=no,downscript=no" \
            -device "virtio-net-pci,netdev=net,mac=$METAL_MAC,romfile=" -device virtio-rng-pci \
            -rtc base=utc -serial file:/mnt/metal/console
    ) </dev/null >"$dir/log" 2>&1 3>&- 9>&- &
}

metal_is_up() { cgroup_busy "machines/$METAL_NAME"; }

metal_minion_answers() {
    metal_is_up || fail "$METAL_NAME ended: $(tail -n 1 "$LAB/metal/log") (its console: $LAB/metal/console)"
    machine_sh ctl salt --out=txt -t 5 "$METAL_NAME" test.ping | grep -q True
}

metal_is_idle() { [ "$(machine_sh ctl sinfo -h -N -n "$METAL_NAME" -o %T)" = idle ]; }

metal_highstate() { machine_sh ctl salt "${SALT_OUTPUT[@]}" --timeout=120 "$1" state.apply; }

stage_metal_up() {
    local dir=$LAB/metal
    machine_is_up ctl || fail "$METAL_NAME needs the site: lab up first"
    mkdir -p "$dir"
    if ! metal_is_up; then
        guest_image
        secret "minions/$METAL_NAME.pem" openssl genrsa -traditional 2048
        secret "minions/$METAL_NAME.pub" openssl rsa -in "$LAB/secrets/minions/$METAL_NAME.pem" -pubout
        put ctl "/etc/salt/pki/master/minions/$METAL_NAME" 0644 <"$LAB/secrets/minions/$METAL_NAME.pub"
        say "$METAL_NAME boots"
        metal_boot "$dir" "$REPLY"
        waitfor 10 metal_is_up || fail "$METAL_NAME did not start: $(tail -n 1 "$dir/log")"
    fi
    : >"$LAB/site/metal"
    say "highstate of ctl, which has $METAL_NAME in its pillar"
    metal_highstate ctl || fail "the highstate of ctl failed; its output: $LAB/log/metal_up.log"
    waitfor 300 metal_minion_answers || fail "the minion of $METAL_NAME did not answer; its console: $dir/console"
    say "highstate of $METAL_NAME"
    metal_highstate "$METAL_NAME" || fail "the highstate of $METAL_NAME failed; its output: $LAB/log/metal_up.log"
    waitfor 60 metal_is_idle || fail "$METAL_NAME is not idle in Slurm (lab sh ctl sinfo -N; lab guest $METAL_NAME journalctl -u slurmd)"
}

stage_metal_down() {
    metal_forget
    if machine_is_up ctl; then
        machine_sh ctl rm -f "/etc/salt/pki/master/minions/$METAL_NAME"
        say "highstate of ctl, without $METAL_NAME"
        metal_highstate ctl || fail "the highstate of ctl failed; its output: $LAB/log/metal_down.log"
    fi
}

# Nothing of it stays on this machine; for ctl, up or down, the next highstate knows no more of it.
metal_forget() {
    cgroup_kill "machines/$METAL_NAME"
    ip -n "$LAB_NETNS" link del "$METAL_PORT" 2>/dev/null || true
    remove_tree "$LAB/metal"
    rm -f "$LAB/site/metal"
    machine_is_up ctl || rm -f "$LAB/machines/ctl/upper/etc/salt/pki/master/minions/$METAL_NAME"
}
