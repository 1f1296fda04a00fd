#!/bin/bash
# machine-boot.sh NAME DIR LAYERS NETNS CGROUP-ROOT [nspawn arguments...]
# The last step of machine_up, already in a mount namespace of its own: what is mounted here ends with the machine.
set -euo pipefail
name=$1 dir=$2 layers=$3 netns=$4 cgroup=$5
shift 5

echo $$ >"$cgroup/machines/$name/cgroup.procs"

# systemd 257 wants cgroup2 at /sys/fs/cgroup, whatever this machine has there. (A mount of cgroup2 is the
# same tree everywhere; nspawn gives the machine its own branch of it.)
umount --recursive /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup

mount -t overlay "spillway-$name" -o "lowerdir=$layers,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"

# names come from /etc/hosts alone: there is no name server, and each question to one costs 10 s
if ! grep -q '^hosts: *files$' "$dir/root/etc/nsswitch.conf"; then
    sed -i 's/^hosts:.*/hosts: files/' "$dir/root/etc/nsswitch.conf"
fi

# NSPAWN_API_VFS_WRITABLE: /sys/class/net shows the machine's own devices, sysctl net.* can be written.
# SECCOMP: nspawn's filter forbids what nfs-ganesha (open by handle) and libvirt need.
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network SYSTEMD_SECCOMP=0
exec systemd-nspawn --quiet --boot --machine="$name" --directory="$dir/root" \
    --network-namespace-path="/run/netns/$netns" --register=no --keep-unit --capability=all \
    --kill-signal=SIGRTMIN+3 --resolv-conf=off --timezone=off --link-journal=no --console=passive "$@"
