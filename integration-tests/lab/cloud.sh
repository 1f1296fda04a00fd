# shellcheck shell=bash
# The OpenStack cloud: the control plane in the machine `cloud`, two hypervisors in hyp01 and hyp02 (which call
# themselves cn01 and cn02: each is one half of that box).
#
# What a machine is made of, the uppermost layer first:
#   $LAB/layers/cloud|hyp01|hyp02   the files under cloud/, @WORDS@ filled in
#   $LAB/roots/control              (cloud only) the databases and accounts before the first start
#   $LAB/roots/debian12             the packages

CLOUD_SERVICES=(
    mariadb rabbitmq-server memcached keystone glance-api placement-api neutron-server
    nova-conductor nova-scheduler nova-api
)
HYPERVISOR_SERVICES=(libvirtd nova-compute neutron-linuxbridge-agent ssh)
HYPERVISOR_SOCKETS=(libvirtd libvirtd-ro libvirtd-admin libvirtd-tcp virtlogd virtlogd-admin virtlockd)

stage_cloud() {
    cloud_renew
    cloud_secrets
    cloud_up &
    local control=$!
    # the hypervisors' services wait for the control plane by themselves
    side_by_side "hypervisor_up hyp01 cn01" "hypervisor_up hyp02 cn02"
    wait "$control"
    cloud_python resources.py
    say "cloud: both hypervisors are up"
}

# --- secrets: made once, kept in $LAB/secrets --------------------------------------------------------

cloud_secrets() {
    local dir=$LAB/secrets number
    mkdir -p "$dir/ssh" "$dir/nova-ssh"
    chmod 700 "$dir" "$dir/ssh" "$dir/nova-ssh"
    write_secret "$dir/cloud.password" cat "$LAB/roots/control/var/lib/identity/password"
    write_secret "$dir/clouds.yaml" cat "$LAB/roots/control/var/lib/identity/clouds.yaml"
    for number in 0 1; do # the key in use and the one to come
        [ -s "$dir/fernet.$number" ] || write_secret "$dir/fernet.$number" openssl rand -base64 32
        [ -s "$dir/credential.$number" ] || write_secret "$dir/credential.$number" openssl rand -base64 32
    done
    ssh_key "$dir/ssh/id_ed25519" lab      # into the virtual nodes
    ssh_key "$dir/nova-ssh/id_ed25519" nova # from hypervisor to hypervisor
    write_secret "$dir/admin-clouds.yaml" admin_clouds_yaml
}

write_secret() { # FILE CMD...: the whole file or none
    local file=$1
    shift
    (umask 077 && "$@" >"$file.new" && mv "$file.new" "$file")
}

ssh_key() {
    [ -s "$1.pub" ] && return 0
    rm -f "$1"
    ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$1"
}

admin_clouds_yaml() {
    cat <<Y
clouds:
  admin:
    auth: {auth_url: "http://10.77.0.1:5000/v3", username: admin, password: $(cat "$LAB/secrets/cloud.password"), project_name: admin, user_domain_id: default, project_domain_id: default}
    region_name: RegionOne
Y
}

# --- layers ------------------------------------------------------------------------------------------

# fill LAYER HOST ADDRESS TREE...: the trees under cloud/ with their @WORDS@ filled in, owned as the services want
fill() {
    local layer=$1 host=$2 address=$3 tree group password
    shift 3
    password=$(cat "$LAB/secrets/cloud.password")
    remove_tree "$layer"
    mkdir -p "$layer"
    for tree in "$@"; do cp -r "$LAB_SRC/cloud/$tree/." "$layer/"; done
    find "$layer" -type f -exec sed -i "s/@HOST@/$host/g; s/@ADDRESS@/$address/g; s/@PASSWORD@/$password/g" {} +
    for group in keystone glance placement nova neutron; do
        [ -d "$layer/etc/$group" ] || continue
        chown -R "0:$(id_in_root group "$group")" "$layer/etc/$group"
        chmod -R u=rwX,g=rX,o= "$layer/etc/$group"
    done
}

id_in_root() { awk -F: -v name="$2" '$1 == name { print $3 }' "$LAB/roots/debian12/etc/$1"; }

# enable LAYER UNIT...: as `systemctl enable` would
enable() {
    local layer=$1 unit target
    shift
    for unit in "$@"; do
        case $unit in *.socket) target=sockets.target ;; *) target=multi-user.target ;; esac
        mkdir -p "$layer/etc/systemd/system/$target.wants"
        if [ -e "$layer/etc/systemd/system/$unit" ]; then
            ln -sf "/etc/systemd/system/$unit" "$layer/etc/systemd/system/$target.wants/$unit"
        else
            ln -sf "/lib/systemd/system/$unit" "$layer/etc/systemd/system/$target.wants/$unit"
        fi
    done
}

cloud_layer() {
    local layer=$LAB/layers/cloud number keystone
    keystone=$(id_in_root passwd keystone):$(id_in_root group keystone)
    fill "$layer" cloud 10.77.0.1 shared control
    mkdir -p "$layer/etc/keystone/fernet-keys" "$layer/etc/keystone/credential-keys" "$layer/etc/openstack"
    for number in 0 1; do
        cp "$LAB/secrets/fernet.$number" "$layer/etc/keystone/fernet-keys/$number"
        cp "$LAB/secrets/credential.$number" "$layer/etc/keystone/credential-keys/$number"
    done
    chown -R "$keystone" "$layer/etc/keystone/fernet-keys" "$layer/etc/keystone/credential-keys"
    cp "$LAB/secrets/admin-clouds.yaml" "$layer/etc/openstack/clouds.yaml"
    enable "$layer" "${CLOUD_SERVICES[@]/%/.service}" epmd.socket
}

hypervisor_layer() { # MACHINE HOST ADDRESS
    local layer=$LAB/layers/$1 nova home
    nova=$(id_in_root passwd nova):$(id_in_root group nova)
    fill "$layer" "$2" "$3" shared hypervisor
    home=$layer/var/lib/nova/.ssh
    mkdir -p "$home"
    cp "$LAB/secrets/nova-ssh/id_ed25519" "$home/"
    cp "$LAB/secrets/nova-ssh/id_ed25519.pub" "$home/authorized_keys"
    printf 'Host *\n    StrictHostKeyChecking no\n    UserKnownHostsFile /dev/null\n    LogLevel ERROR\n' >"$home/config"
    chown -R "$nova" "$layer/var/lib/nova"
    chmod 700 "$home"
    ssh-keygen -q -t ed25519 -N '' -f "$layer/etc/ssh/ssh_host_ed25519_key"
    enable "$layer" "${HYPERVISOR_SERVICES[@]/%/.service}" "${HYPERVISOR_SOCKETS[@]/%/.socket}"
}

# --- machines ----------------------------------------------------------------------------------------

# An overlay is bound to what it was written over, and the hypervisors' guests to the databases.
cloud_renew() {
    local now name mark=$LAB/machines/cloud/made-from
    now=$(readlink "$LAB/roots/debian12" "$LAB/roots/control")
    [ "$(cat "$mark" 2>/dev/null)" != "$now" ] || return 0
    [ ! -e "$LAB/machines/cloud" ] || say "the cloud is made anew, for its root has changed"
    for name in cloud hyp01 hyp02; do machine_purge "$name"; done
    mkdir -p "${mark%/*}"
    printf '%s\n' "$now" >"$mark"
}

cloud_up() {
    set -e
    if ! machine_is_up cloud; then
        cloud_layer
        machine_up cloud "$LAB/layers/cloud:$LAB/roots/control:$LAB/roots/debian12" spw-cloud
    fi
}

hypervisor_up() { # MACHINE HOST
    local instances=$LAB/machines/$1/instances
    machine_is_up "$1" && return 0
    hypervisor_layer "$1" "$2" "10.77.0.1${2#cn0}"
    # disks are written straight to this machine's file system, not through the overlay
    mkdir -p "$instances"
    chown "$(id_in_root passwd nova):$(id_in_root group nova)" "$instances"
    MACHINE_HOSTNAME=$2 machine_up "$1" "$LAB/layers/$1:$LAB/roots/debian12" "spw-$2" \
        --bind="$instances:/var/lib/nova/instances"
}

cloud_python() { # SCRIPT [ARGUMENT...]: one of cloud/*.py behind cloud/admin.py, inside the machine `cloud`
    local script=$1
    shift
    cat "$LAB_SRC"/cloud/{admin.py,"$script"} | machine_sh cloud python3 - "$@"
}
