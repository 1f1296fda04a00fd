#!/bin/bash
# prepare.sh: the control plane's state before its first start: MariaDB's files with the schemas of all services,
# the first accounts and the product's. Runs in a root, in a network namespace of its own; the result is cached.
# Expects 99-lab.cnf and identity.py beside it.
set -euo pipefail
here=$(dirname "$0")
work=$(mktemp -d)
state=/var/lib/identity # the password of the administrator and the services, the product's clouds.yaml
ip link set lo up
ip addr add 10.77.0.1/32 dev lo # the address that the control plane will have
url() { printf 'mysql+pymysql://root@127.0.0.1:3306/%s?charset=utf8' "$1"; }

# without grant tables it asks for no account, and none stays in the cache
grep -v -e init-file -e bind-address "$here/99-lab.cnf" >"$work/my.cnf"
install -d -o mysql -g mysql /run/mysqld
mariadbd --defaults-file="$work/my.cnf" --user=mysql --datadir=/var/lib/mysql --socket=/run/mysqld/mysqld.sock \
    --skip-grant-tables --bind-address=127.0.0.1 &
server=$!
until mariadb-admin --socket=/run/mysqld/mysqld.sock ping >/dev/null 2>&1; do
    kill -0 "$server" || exit 1
    sleep 0.1
done
for name in keystone glance placement nova_api nova nova_cell0 neutron; do
    mariadb --socket=/run/mysqld/mysqld.sock -e "CREATE DATABASE $name CHARACTER SET utf8mb3"
done

printf '[database]\nconnection = %s\n' "$(url keystone)" >/etc/keystone/keystone.conf
printf '[database]\nconnection = %s\n' "$(url glance)" >"$work/glance.conf"
printf '[placement_database]\nconnection = %s\n' "$(url placement)" >"$work/placement.conf"
printf '[DEFAULT]\ncore_plugin = ml2\n[database]\nconnection = %s\n' "$(url neutron)" >"$work/neutron.conf"
printf '[DEFAULT]\ntransport_url = rabbit://user:word@host:5672/\n[database]\nconnection = %s\n[api_database]\nconnection = %s\n' \
    "$(url nova)" "$(url nova_api)" >"$work/nova.conf"

identity() {
    mkdir -m 700 "$state"
    mkdir /etc/keystone/{fernet,credential}-keys
    for name in fernet credential; do openssl rand -base64 32 | tee "/etc/keystone/$name-keys/0" >"/etc/keystone/$name-keys/1"; done
    openssl rand -hex 16 >"$state/password"
    keystone-manage db_sync
    OS_BOOTSTRAP_PASSWORD=$(cat "$state/password") \
        keystone-manage bootstrap --bootstrap-region-id RegionOne \
        --bootstrap-admin-url http://10.77.0.1:5000/v3/ --bootstrap-internal-url http://10.77.0.1:5000/v3/ \
        --bootstrap-public-url http://10.77.0.1:5000/v3/
    uwsgi --plugins python3 --http-socket 10.77.0.1:5000 --enable-threads \
        --need-app --die-on-term --buffer-size 65535 --add-header 'Connection: close' \
        --wsgi-file /usr/bin/keystone-wsgi-public --pidfile "$work/keystone.pid" &
    python3 "$here/identity.py" "$(cat "$state/password")" "$state/clouds.yaml"
    kill "$(cat "$work/keystone.pid")"
    chmod 600 "$state"/*
}

small_services() {
    glance-manage --config-file "$work/glance.conf" db_sync
    placement-manage --config-file "$work/placement.conf" db sync
    neutron-db-manage --config-file "$work/neutron.conf" upgrade heads
}

nova() {
    local manage=(nova-manage --config-file "$work/nova.conf")
    "${manage[@]}" api_db sync
    # The cells keep templates; Nova fills in what stands in nova.conf when it runs.
    "${manage[@]}" cell_v2 map_cell0 \
        --database_connection '{scheme}://{username}:{password}@{hostname}/nova_cell0?{query}'
    "${manage[@]}" cell_v2 create_cell --name cell1 \
        --database_connection '{scheme}://{username}:{password}@{hostname}/{path}?{query}' \
        --transport-url '{scheme}://{username}:{password}@{hostname}:{port}/{path}?{query}'
    "${manage[@]}" db sync --local_cell
    sed -i 's#/nova?#/nova_cell0?#' "$work/nova.conf" # here no template could be filled: root has no password
    "${manage[@]}" db sync --local_cell
}

(set -e; small_services; identity) &
small=$!
(set -e; nova) &
wait $!
wait "$small"
kill "$server"
wait "$server" || true
rm -rf "$work"
