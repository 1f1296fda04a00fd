#!/bin/bash
# inroot.sh DIR APT-ARCHIVES CMD...: the inside of lib.sh's inroot, already in its own mount and pid namespace.
set -euo pipefail
root=$1 archives=$2
shift 2

if [ -n "${INROOT_LAYER:-}" ]; then
    rm -rf "$INROOT_LAYER.work"
    mkdir -p "$INROOT_LAYER" "$INROOT_LAYER.work"
    mount -t overlay overlay -o "lowerdir=$root,upperdir=$INROOT_LAYER,workdir=$INROOT_LAYER.work" "$root"
else
    mount --bind "$root" "$root"
fi
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
chmod 1777 "$root/tmp"
mkdir -p "$root/var/cache/apt/archives"
mount --bind "$archives" "$root/var/cache/apt/archives"

if [ -n "${INROOT_BIND:-}" ]; then
    mkdir -p "${root:?}/${INROOT_BIND#*:}"
    mount --bind "${INROOT_BIND%%:*}" "$root/${INROOT_BIND#*:}"
fi

# Files of this machine appear inside only while CMD runs: bind mounts leave the root as it was.
[ -e "$root/etc/resolv.conf" ] || : >"$root/etc/resolv.conf"
mount --bind "$(readlink -f /etc/resolv.conf)" "$root/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' >"$root/run/policy-rc.d"
chmod 755 "$root/run/policy-rc.d"
# a lab root looks names up in its files only; building needs the network's
sed 's/^hosts:.*/hosts: files dns/' "$root/etc/nsswitch.conf" >"$root/run/nsswitch.conf"
mount --bind "$root/run/nsswitch.conf" "$root/etc/nsswitch.conf"
created=
[ -e "$root/usr/sbin/policy-rc.d" ] || { : >"$root/usr/sbin/policy-rc.d"; created=1; }
mount --bind "$root/run/policy-rc.d" "$root/usr/sbin/policy-rc.d"

environment=(
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
    DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
)
ca=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
if [ -e "$ca" ]; then
    cp "$ca" "$root/run/ca.crt"
    environment+=(SSL_CERT_FILE=/run/ca.crt PIP_CERT=/run/ca.crt REQUESTS_CA_BUNDLE=/run/ca.crt)
fi
for name in http_proxy https_proxy no_proxy PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST PIP_DEFAULT_TIMEOUT; do
    [ -z "${!name:-}" ] || environment+=("$name=${!name}")
done
for file in "${HOME:-/root}/.config/pip/pip.conf" /etc/pip.conf; do
    # a certificate path in it is this machine's: PIP_CERT above stands instead
    if [ -e "$file" ]; then
        grep -v '^ *cert *=' "$file" >"$root/run/pip.conf" || true
        environment+=(PIP_CONFIG_FILE=/run/pip.conf)
        break
    fi
done

status=0
chroot "$root" /usr/bin/env -i "${environment[@]}" "$@" || status=$?
umount "$root/usr/sbin/policy-rc.d"
[ -z "$created" ] || rm -f "$root/usr/sbin/policy-rc.d"
exit "$status"
