# shellcheck shell=bash
# The Debian 13 file systems of the lab:
#
#   node13     the controller and the Slurm halves of the boxes
#   guest13    the virtual nodes (guest-image.sh makes an image of it)
#   extension  a thin layer with Salt's Spillway extension, to lie over either
#
# Both file systems hold every package that a role may want and no enabled service: the product's states
# decide what runs. Salt lives in a virtual environment, /opt/salt, with units for its daemons. The
# extension is a layer so that a change in it rebuilds nothing else.
#
#   roots_debian13              makes what is missing of the three
#   node13_layers               REPLY=LAYER:ROOT, what the overlay of a Debian 13 machine lies on
#   guest13_layers              the same for the virtual nodes
#   install_extension ROOT      the extension as the source tree has it now, into ROOT (none that is in use)

SALT_VERSION=3008.3
SALT_LIB=opt/salt/lib/python3.13/site-packages
EXTENSION_SRC=$LAB_SRC/../../salt/extension

# What a node is made of, virtual or not.
DEBIAN13_PACKAGES=(
    systemd systemd-sysv dbus libpam-systemd udev kmod
    login passwd adduser netbase tzdata ca-certificates
    iproute2 iputils-ping ethtool procps psmisc lsof strace less file acl jq openssl
    e2fsprogs util-linux-extra openssh-server openssh-client rsync
    python3 python3-apt
    munge slurmd slurm-client slurm-wlm-basic-plugins
    chrony nfs-common
)
NODE13_PACKAGES=(
    python3-venv slurmctld sackd nfs-ganesha nfs-ganesha-vfs haproxy
    cron curl sudo tcpdump netcat-openbsd vim-tiny
)
# tiny-initramfs is there to satisfy the kernel's dependency; the image has an initrd of its own.
GUEST13_PACKAGES=(linux-image-cloud-amd64 tiny-initramfs busybox-static)

# salt-api needs cherrypy, the cloud driver openstacksdk; setuptools builds the extension without a network.
SALT_WHEELS=("salt==$SALT_VERSION" cherrypy openstacksdk setuptools wheel)
# What of them a virtual node never imports.
SALT_MASTER_ONLY=(pip setuptools wheel pkg_resources _distutils_hack distutils-precedence.pth
    openstack os_service_types keystoneauth1 cherrypy)

# --- the steps --------------------------------------------------------------------------------------

# debian13_packages DIR PACKAGE...
debian13_packages() {
    local dir=$1
    shift
    # munge and chrony have the same ids in both file systems, so that a file which carries them means the
    # same everywhere; Debian would give ids in the order of installation.
    # shellcheck disable=SC2016  # $1 is mmdebstrap's, in its hooks
    make_root "$dir" trixie "$(IFS=,; echo "${DEBIAN13_PACKAGES[*]},$*")" \
        --dpkgopt=force-unsafe-io \
        --essential-hook='printf "munge:x:901:\n_chrony:x:902:\n" >>"$1/etc/group"' \
        --essential-hook='printf "%s\n" "munge:x:901:901::/nonexistent:/usr/sbin/nologin" "_chrony:x:902:902::/var/lib/chrony:/usr/sbin/nologin" >>"$1/etc/passwd"'
}

# What both file systems have in common beyond packages.
debian13_settle() {
    local dir=$1 command
    # Nothing starts that the states have not asked for. What belongs to a service (its lock daemon, the
    # maker of its keys) stays, and remote-fs.target, by which the mounts of fstab come back after a boot.
    find "$dir/etc/systemd/system" -mindepth 2 -type l -path '*.target.wants/*' \
        ! -name remote-fs.target -delete
    # a second name left behind (sshd.service) would make systemd call the unit enabled
    find "$dir/etc/systemd/system" -maxdepth 1 -type l -delete
    rm -f "$dir"/usr/lib/systemd/system/timers.target.wants/*
    # The lab reaches no mirror and no name server: no sources, and names come from /etc/hosts alone
    # (slurmd asks for the name of 0.0.0.0 when it starts and would wait 10 s for an answer).
    rm -rf "$dir/etc/apt/sources.list.d" "$dir"/var/lib/apt/lists/*
    mkdir "$dir/etc/apt/sources.list.d"
    : >"$dir/etc/apt/sources.list"
    sed -i 's/^hosts:.*/hosts: files/' "$dir/etc/nsswitch.conf"
    # Keys are made by, or given to, each machine.
    rm -f "$dir"/etc/ssh/ssh_host_* "$dir/etc/munge/munge.key" "$dir/etc/hostname"
    mkdir -p "$dir"/etc/salt/{minion.d,pki/minion} "$dir/var/log/salt"
    chmod 700 "$dir/etc/salt/pki" "$dir/etc/salt/pki/minion"
    salt_unit "$dir" salt-minion "Salt minion" KillMode=process # what a minion has started outlives it
    for command in "$dir"/opt/salt/bin/salt*; do
        ln -sf "/opt/salt/bin/${command##*/}" "$dir/usr/local/bin/"
    done
}

# salt_unit DIR DAEMON DESCRIPTION [LINE...]; Salt forks before it says that it is ready: NotifyAccess=all
salt_unit() {
    local dir=$1 daemon=$2 description=$3
    shift 3
    cat >"$dir/etc/systemd/system/$daemon.service" <<UNIT
[Unit]
Description=$description
After=network.target

[Service]
Type=notify
NotifyAccess=all
ExecStart=/opt/salt/bin/$daemon
LimitNOFILE=100000
TimeoutStopSec=10
Restart=on-failure
RestartSec=5
$(printf '%s\n' "$@")

[Install]
WantedBy=multi-user.target
UNIT
}

# Salt's wheels for Debian 13's Python. One of them (timelib) is published as source only, hence a compiler,
# in a root that is thrown away.
build_salt_wheels() {
    local dir=$1
    make_root "$dir/root" trixie python3-venv,python3-dev,gcc,libc6-dev,ca-certificates --dpkgopt=force-unsafe-io
    inroot "$dir/root" python3 -m venv /opt/pip
    inroot "$dir/root" /opt/pip/bin/pip wheel --quiet --prefer-binary --wheel-dir /wheels "${SALT_WHEELS[@]}"
    mv "$dir/root/wheels" "$dir/"
    remove_tree "$dir/root"
}

# build_node13 WHEELS DIR
build_node13() {
    local wheels=$1 dir=$2
    debian13_packages "$dir" "${NODE13_PACKAGES[@]}"
    cp -r "$wheels/wheels" "$dir/opt/wheels"
    inroot "$dir" python3 -m venv /opt/salt
    inroot "$dir" /opt/salt/bin/pip install --quiet --no-index --find-links /opt/wheels "${SALT_WHEELS[@]}"
    rm -r "$dir/opt/wheels"
    inroot "$dir" /opt/salt/bin/python -m compileall -q -j 2 /opt/salt/lib || true # some templates are no code
    salt_unit "$dir" salt-master "Salt master"
    salt_unit "$dir" salt-api "Salt API" KillMode=mixed
    debian13_settle "$dir"
}

# build_guest13 NODE13 DIR
build_guest13() {
    local node=$1 dir=$2 name
    debian13_packages "$dir" "${GUEST13_PACKAGES[@]}"
    cp -a "$node/opt/salt" "$dir/opt/salt"
    for name in "${SALT_MASTER_ONLY[@]}"; do rm -rf "${dir:?}/$SALT_LIB/$name"; done
    rm -f "$dir"/opt/salt/bin/salt-{api,cloud,key,master,run,ssh,syndic} "$dir/opt/salt/bin/salt"
    find "$dir/opt/salt/lib" -type d -name tests -prune -exec rm -rf {} +
    debian13_settle "$dir"
}

# --- the extension ----------------------------------------------------------------------------------

extension_key() {
    (cd "$EXTENSION_SRC" &&
        find . -type f ! -path '*/tests/*' ! -path '*/.*' ! -path '*/build/*' ! -path '*.egg-info/*' \
            ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum) | sha256sum | cut -c1-12
}

# build_extension NODE13 DIR: DIR/root is the layer, DIR/*.whl the wheel it was made from. The wheel is
# built by node13's setuptools in a throw-away overlay of it, so node13 stays as it is.
build_extension() {
    local node=$1 dir=$2
    mkdir -p "$dir/scratch" "$dir/root/$SALT_LIB"
    # shellcheck disable=SC2016  # the inner shell's own arguments
    unshare --mount --propagation private bash -euc '
        mount -t tmpfs scratch "$1/scratch"
        cd "$1/scratch"
        mkdir upper work root source
        mount -t overlay overlay -o "lowerdir=$2,upperdir=upper,workdir=work" root
        mount -t tmpfs tmp root/tmp
        cp -r "$3" root/tmp/source
        mkdir root/tmp/wheel
        chroot root env -i HOME=/root PATH=/usr/bin:/bin SETUPTOOLS_SCM_PRETEND_VERSION=0.1.0 \
            /opt/salt/bin/pip --disable-pip-version-check wheel --quiet --no-index --no-deps --no-build-isolation \
            --wheel-dir /tmp/wheel /tmp/source
        cp root/tmp/wheel/*.whl "$1/"
        ' build_extension "$dir" "$node" "$EXTENSION_SRC"
    rmdir "$dir/scratch"
    python3 -m zipfile -e "$dir"/*.whl "$dir/root/$SALT_LIB"
}

# REPLY=the folder of the extension as the source tree has it now
extension() {
    node13
    cached extension "$(extension_key)" build_extension "$REPLY"
}

install_extension() {
    local root=$1
    extension
    rm -rf "$root/$SALT_LIB"/saltext{,[._-]spillway*}
    mkdir -p "$root/$SALT_LIB"
    cp -a "$REPLY/root/$SALT_LIB/." "$root/$SALT_LIB/"
}

# --- what others call -------------------------------------------------------------------------------

debian13_key() {
    key_of "$(declare -f debian13_packages debian13_settle salt_unit "$1" make_root)" "$SALT_VERSION" \
        "$(declare -p DEBIAN13_PACKAGES NODE13_PACKAGES GUEST13_PACKAGES SALT_WHEELS SALT_MASTER_ONLY)"
}

salt_wheels() {
    cached salt-wheels "$(key_of "$(declare -f build_salt_wheels)" "${SALT_WHEELS[@]}")" build_salt_wheels
}

node13() {
    salt_wheels
    cached node13 "$(debian13_key build_node13)" build_node13 "$REPLY"
}

guest13() {
    node13
    cached guest13 "$(debian13_key build_guest13)" build_guest13 "$REPLY"
}

node13_layers() {
    local root
    node13
    root=$REPLY
    extension
    REPLY=$REPLY/root:$root
}

guest13_layers() {
    local root
    guest13
    root=$REPLY
    extension
    REPLY=$REPLY/root:$root
}

roots_debian13() {
    say "Debian 13: the root of the controller and the boxes"
    node13
    say "Debian 13: the root of the virtual nodes"
    guest13
}
