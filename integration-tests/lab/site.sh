# shellcheck shell=bash
# The site: ctl, cn01 and cn02 (their Slurm halves) as machines, made what they are by the product's own
# states; the lab only brings Salt with the extension, keys, and a pillar. Virtual nodes come later, by
# salt-cloud, and find their pillar here.
#
#   $LAB/site/now             what ctl's Salt master serves (/srv/site in ctl)
#   $LAB/export                 what ctl exports by NFS (/export in ctl, /srv/export in the boxes)
#   $LAB/secrets                munge's key, salt-api's password and certificate, the minions' keys
#   $LAB/spillway.yaml          the site, for Spillway itself, with clouds.yaml beside it

SITE_API=10.78.0.10
SITE_MACHINES=(ctl cn01 cn02)

# --- secrets, made once -----------------------------------------------------------------------------

# secret FILE CMD...: CMD's output is the file, whatever happens on the way
secret() {
    local file=$LAB/secrets/$1
    shift
    [ -s "$file" ] && return 0
    (umask 077 && mkdir -p "${file%/*}" && "$@" >"$file.new")
    mv "$file.new" "$file"
}

site_secrets() {
    local name
    secret munge.key.base64 openssl rand -base64 128
    secret salt-api.password openssl rand -hex 24
    secret ca.key openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256
    secret ca.pem openssl req -x509 -new -key "$LAB/secrets/ca.key" -days 3650 -subj "/CN=Spillway lab CA" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
    secret salt-api.key openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256
    secret salt-api.crt site_certificate
    for name in "${SITE_MACHINES[@]}"; do
        secret "minions/$name.pem" openssl genrsa -traditional 2048
        secret "minions/$name.pub" openssl rsa -in "$LAB/secrets/minions/$name.pem" -pubout
    done
}

site_certificate() {
    openssl req -new -key "$LAB/secrets/salt-api.key" -subj "/CN=ctl" |
        openssl x509 -req -CA "$LAB/secrets/ca.pem" -CAkey "$LAB/secrets/ca.key" -days 3650 -set_serial 1 \
            -extfile <(printf 'subjectAltName=IP:%s,DNS:ctl\nextendedKeyUsage=serverAuth\n' "$SITE_API")
}

# --- what the master serves -------------------------------------------------------------------------

# Copies, so that the master never sees half of an edit, and neither a change of branch takes them away.
site_files() {
    local new=$LAB/site/new
    remove_tree "$new"
    mkdir -p "$new" "$LAB/export"
    cp -r "$LAB_SRC/../../salt/states" "$new/states"
    rm -rf "$new/states/tests"
    cp -r "$LAB_SRC/site/pillar" "$new/pillar"
    (umask 077 && mkdir "$new/pillar/secrets")
    site_pillar_munge >"$new/pillar/secrets/munge.sls"
    site_pillar_api >"$new/pillar/secrets/api.sls"
    if ! diff -rq "$new" "$LAB/site/now" >/dev/null 2>&1; then
        remove_tree "$LAB/site/old"
        [ ! -e "$LAB/site/now" ] || mv "$LAB/site/now" "$LAB/site/old"
        mv "$new" "$LAB/site/now"
    fi
    remove_tree "$LAB/site/old"
    remove_tree "$new"
}

site_pillar_munge() {
    printf 'spillway:\n  munge:\n    key: %s\n' "$(tr -d '\n' <"$LAB/secrets/munge.key.base64")"
}

site_pillar_api() {
    printf 'spillway:\n  master:\n    api:\n'
    printf '      password_line: spillway:%s\n' "$(tr -d '\n' <"$LAB/secrets/salt-api.password" | sha512sum | cut -d' ' -f1)"
    printf '      certificate: |\n%s\n' "$(sed 's/^/        /' "$LAB/secrets/salt-api.crt")"
    printf '      private_key: |\n%s\n' "$(sed 's/^/        /' "$LAB/secrets/salt-api.key")"
}

# --- the machines -----------------------------------------------------------------------------------

# put MACHINE FILE MODE: standard input becomes the file; says "changed" if it was another one
put() {
    # shellcheck disable=SC2016  # the inner shell expands
    machine_sh "$1" sh -ec '
        new=$(mktemp); trap "rm -f \"$new\"" EXIT
        cat >"$new"
        if ! cmp -s "$new" "$1"; then
            mkdir -p "${1%/*}"
            install -m "$2" "$new" "$1"
            echo changed
        fi' put "$2" "$3"
}

# site_machine NAME [nspawn arguments...]: up, on the current root
site_machine() {
    local name=$1 root=$SITE_ROOT mark=$LAB/machines/$1/root-is
    shift
    if [ "$(cat "$mark" 2>/dev/null)" != "$root" ]; then
        # an overlay is bound to what it was written over
        [ ! -e "$LAB/machines/$name" ] || say "$name is made anew, for its root has changed"
        machine_purge "$name"
        mkdir -p "$LAB/machines/$name"
        printf '%s\n' "$root" >"$mark"
    fi
    # the states bring the names; two lines for one name would leave open which address is meant
    mkdir -p "$LAB/machines/$name/upper/etc"
    [ -e "$LAB/machines/$name/upper/etc/hosts" ] ||
        printf '127.0.0.1 localhost\n::1 localhost\n' >"$LAB/machines/$name/upper/etc/hosts"
    machine_up "$name" "$root" "spw-$name" "$@"
}

site_ctl() { site_machine ctl --bind="$LAB/export:/export" --bind-ro="$LAB/site:/srv/site"; }
site_cn01() { site_machine cn01 --bind="$LAB/export:/srv/export"; }
site_cn02() { site_machine cn02 --bind="$LAB/export:/srv/export"; }

# The extension, the minion's identity. Daemons that had another one are restarted.
site_salt() {
    local name=$1 changed=
    if [ "$(machine_sh "$name" cat /opt/salt/extension-is 2>/dev/null)" != "$SITE_EXTENSION" ]; then
        machine_sh "$name" sh -c "rm -rf /$SALT_LIB/saltext /$SALT_LIB/saltext[._-]spillway*"
        tar -C "$SITE_EXTENSION/root" -c . | machine_sh "$name" tar -C / -x --no-overwrite-dir
        changed=$(printf '%s\n' "$SITE_EXTENSION" | put "$name" /opt/salt/extension-is 0644)
    fi
    # all jobs in one process, whose modules are read once: three times as quick
    changed+=$(printf 'master: %s\nid: %s\nmultiprocessing: false\n' "$SITE_API" "$name" |
        put "$name" /etc/salt/minion.d/spillway.conf 0644)
    changed+=$(put "$name" /etc/salt/minion.d/quick.conf 0644 <"$LAB_SRC/guest/minion.conf")
    changed+=$(put "$name" /etc/salt/pki/minion/minion.pem 0400 <"$LAB/secrets/minions/$name.pem")
    changed+=$(put "$name" /etc/salt/pki/minion/minion.pub 0644 <"$LAB/secrets/minions/$name.pub")
    [ -n "$changed" ] || return 0
    machine_sh "$name" systemctl try-restart salt-master salt-api
    # A minion that has just begun may not end in time; what is left of it (KillMode=process) keeps the next one out.
    machine_sh "$name" systemctl stop salt-minion || true
    machine_sh "$name" systemctl kill --kill-whom=all --signal=KILL salt-minion 2>/dev/null || true
    machine_sh "$name" systemctl start salt-minion
}

site_salt_ctl() { site_salt ctl; }
site_salt_cn01() { site_salt cn01; }
site_salt_cn02() { site_salt cn02; }

# Keys of machines that the lab made itself are accepted beforehand; the master accepts no other by itself.
site_accept() {
    local name
    for name in "${SITE_MACHINES[@]}"; do
        put ctl "/etc/salt/pki/master/minions/$name" 0644 <"$LAB/secrets/minions/$name.pub"
    done
}

# The first time there is no master: the controller's states are applied from the files themselves.
# The others' come through their minions. On failure the output names the state.
SALT_OUTPUT=(--state-output=changes --log-level=warning)

site_highstate_ctl() {
    machine_sh ctl salt-call --local --retcode-passthrough "${SALT_OUTPUT[@]}" \
        --file-root=/srv/site/now/states --pillar-root=/srv/site/now/pillar state.apply
}

site_highstate_boxes() {
    machine_sh ctl salt "${SALT_OUTPUT[@]}" --timeout=60 -L cn01,cn02 state.apply
}

site_minion_ctl() { machine_sh ctl systemctl enable --quiet --now salt-minion; }
site_minion_cn01() { machine_sh cn01 systemctl enable --quiet --now salt-minion; }
site_minion_cn02() { machine_sh cn02 systemctl enable --quiet --now salt-minion; }

# --- ready? -----------------------------------------------------------------------------------------

site_nodes_are_idle() { [ "$(machine_sh ctl sinfo -h -N -n cn01,cn02 -o %T | sort -u | grep -vc -e idle -e mixed -e allocated)" = 0 ]; }

site_api_answers() {
    in_lab curl --silent --fail --max-time 5 --cacert "$LAB/secrets/ca.pem" --output /dev/null "https://$SITE_API:8000/"
}

site_minions_answer() { [ "$(machine_sh ctl salt --out=txt -t 5 -L ctl,cn01,cn02 test.ping | grep -c True)" = 3 ]; }

# --- the rest ---------------------------------------------------------------------------------------

# The cloud's account, which stage cloud wrote: for salt-cloud in ctl, and for Spillway.
site_clouds() {
    if [ ! -s "$LAB/secrets/clouds.yaml" ]; then
        say "no $LAB/secrets/clouds.yaml: the site is without a cloud (stage cloud makes it)"
        return 0
    fi
    put ctl /etc/openstack/clouds.yaml 0600 <"$LAB/secrets/clouds.yaml"
    install -m 600 "$LAB/secrets/clouds.yaml" "$LAB/clouds.yaml"
}

site_config() {
    cat >"$LAB/spillway.yaml.new" <<YAML
site: lab
salt:
  url: https://$SITE_API:8000
  username: spillway
  password-file: secrets/salt-api.password
  ca: secrets/ca.pem
cloud:
  name: spillway
  clouds-file: clouds.yaml
pools:
  htc:
    profile: htc
    nodes: vn[01-08]
    maximum: 4
daemon:
  socket: run/spillwayd.sock
  state: run/spillwayd
YAML
    mv "$LAB/spillway.yaml.new" "$LAB/spillway.yaml"
}

stage_site() {
    node13
    SITE_ROOT=$REPLY
    extension
    SITE_EXTENSION=$REPLY
    site_secrets
    site_files
    say "machines ctl, cn01, cn02"
    side_by_side site_ctl site_cn01 site_cn02
    side_by_side site_salt_ctl site_salt_cn01 site_salt_cn02
    site_accept
    site_clouds
    say "highstate of ctl"
    site_highstate_ctl || fail "the highstate of ctl failed; its output: $LAB/log/site.log"
    side_by_side site_minion_ctl site_minion_cn01 site_minion_cn02
    waitfor 60 site_minions_answer
    say "highstate of cn01 and cn02"
    site_highstate_boxes || fail "the highstate of cn01 or cn02 failed; its output: $LAB/log/site.log"
    site_config
    waitfor 60 site_nodes_are_idle
    waitfor 60 site_api_answers
}
