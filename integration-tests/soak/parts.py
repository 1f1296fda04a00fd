"""What can go wrong on the lab: each fault can be made and lifted, and says which operations it is tried in."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from onlab.lab import HYPERVISOR, Broken, as_admin, guest, on

ALL = ("up", "checkpoint", "restore", "migrate", "down")
STANDING = ("checkpoint", "restore", "migrate")
SECONDS = 30
BOOT = 150  # a new node has its units when its states are applied


@dataclass(frozen=True)
class Place:
    """Where the operation plays: the node, the host it is on, and the other one."""

    node: str
    host: str
    other: str
    address: str


@dataclass(frozen=True)
class Mend:
    """What only an administrator of the cloud may do, so that Spillway can go on: the matrix's words, and the deed."""

    words: str
    act: Callable[[Place], None]


@dataclass(frozen=True)
class Fault:
    """A fault.

    name: as the matrix shows it
    make: begins it
    lift: ends it; called whatever happened
    operations: those it is tried in
    seconds: how long it lasts at most; it is lifted before when the operation is over
    refused: whether a refusal with the cause, and nothing changed, is the right end
    before: whether it is there before the order is given, not from the first step on
    mend: what an administrator must do after it, if anything
    """

    name: str
    make: Callable[[Place], None]
    lift: Callable[[Place], None]
    operations: tuple[str, ...] = ALL
    seconds: int = SECONDS
    refused: bool = False
    before: bool = False
    mend: Mend | None = None


# --- parts that stop, die or freeze


def service(name: str, where: Callable[[Place], str], unit: str, operations=ALL) -> list[Fault]:
    """A service killed (and started again by hand, where systemd does not) and one frozen, for 30 s each."""

    def kill(place: Place) -> None:
        on(where(place), "systemctl", "kill", "--signal=KILL", unit)

    def stop(place: Place) -> None:
        on(where(place), "systemctl", "kill", "--signal=STOP", unit)

    def start(place: Place) -> None:
        on(where(place), "systemctl", "reset-failed", unit, check=False)
        on(where(place), "systemctl", "start", unit)

    def go_on(place: Place) -> None:
        on(where(place), "systemctl", "kill", "--signal=CONT", unit)

    return [
        Fault(f"{name} killed", kill, start, operations),
        Fault(f"{name} frozen", stop, go_on, operations),
    ]


def _entered(place: Place, *command: str, patience: int) -> None:
    """Runs a command in the virtual node as soon as it can be; Broken when it could not in that time."""
    end = time.monotonic() + patience
    while True:
        try:
            guest(place.node, *command)
            return
        except Broken:
            if time.monotonic() > end:
                raise
            time.sleep(1)


def in_guest(name: str, unit: str, operations=ALL) -> list[Fault]:
    """The same inside the virtual node, as soon as it can be entered, and the unit runs there."""

    def ctl(place: Place, *words: str, patience: int = SECONDS) -> None:
        _entered(place, "systemctl", *words, patience=patience)

    def start(place: Place) -> None:
        with contextlib.suppress(Broken):
            ctl(place, "reset-failed", unit)
        with contextlib.suppress(Broken):  # a node that is away, or gone, has nothing to start
            ctl(place, "start", unit)

    def go_on(place: Place) -> None:
        with contextlib.suppress(Broken):
            ctl(place, "kill", "--signal=CONT", unit)

    def kill(place: Place) -> None:
        # not what it has started: those are the jobs' own processes
        ctl(place, "kill", "--signal=KILL", "--kill-whom=main", unit, patience=BOOT)

    def stop(place: Place) -> None:
        ctl(place, "kill", "--signal=STOP", "--kill-whom=main", unit, patience=BOOT)

    return [
        Fault(f"{name} killed", kill, start, operations),
        Fault(f"{name} frozen", stop, go_on, operations),
    ]


# --- Nova's answers

PROXY = """
import http.server
CODE, RETRY = int("%d"), "%s"
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b'{"error": {"message": "made by the soak", "code": %%d}}' %% CODE
        self.send_response(CODE)
        if RETRY:
            self.send_header("Retry-After", RETRY)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = do_PUT = do_DELETE = answer
http.server.ThreadingHTTPServer(("", 8799), Handler).serve_forever()
"""
REDIRECT = ["PREROUTING", "-t", "nat", "-p", "tcp", "--dport", "8774", "-s", "10.77.0.254"]
REDIRECT += ["-j", "REDIRECT", "--to-ports", "8799"]


def nova_answers(code: int, retry_after: str = "", operations=ALL) -> Fault:
    """Nova answers Spillway, and nobody else, with that code."""

    def make(_: Place) -> None:
        script = PROXY % (code, retry_after)
        on("cloud", "systemd-run", "--quiet", "--collect", "--unit=soak-nova", "python3", "-c", script)
        on("cloud", "timeout", "20", "bash", "-c", "until (exec 3<>/dev/tcp/127.0.0.1/8799); do sleep 0.1; done")
        on("cloud", "iptables", "-I", *REDIRECT)
        # connections that stand would pass by the rule
        on("cloud", "ss", "-K", "sport", "=", ":8774", "dst", "10.77.0.254", check=False)

    def lift(_: Place) -> None:
        on("cloud", "iptables", "-D", *REDIRECT, check=False)
        on("cloud", "systemctl", "stop", "soak-nova", check=False)

    more = f", Retry-After {retry_after}" if retry_after else ""
    return Fault(f"Nova answers {code}{more}", make, lift, operations)


def no_quota(_: Place) -> None:
    as_admin("cloud.set_compute_quotas('spillway', instances=0)")


def quota(_: Place) -> None:
    as_admin("cloud.delete_compute_quotas('spillway')")


def no_host(_: Place) -> None:
    as_admin("[cloud.compute.disable_service(one) for one in cloud.compute.services(binary='nova-compute')]")


def hosts(_: Place) -> None:
    as_admin("[cloud.compute.enable_service(one) for one in cloud.compute.services(binary='nova-compute')]")


# --- hosts and guests


def disk_full(place: Place) -> None:
    """Where libvirt puts the memory of suspended machines, 16 MB are left."""
    on(HYPERVISOR[place.host], "mount", "-t", "tmpfs", "-o", "size=16m", "soak", "/var/lib/libvirt/qemu/save")


def disk_free(place: Place) -> None:
    on(HYPERVISOR[place.host], "umount", "/var/lib/libvirt/qemu/save", check=False)


def reset(place: Place) -> None:
    """Nova calls a server ERROR whose memory it could not write, though the machine runs on: only an admin may."""
    as_admin(
        f"[cloud.compute.reset_server_state(one, 'active') for one in"
        f" cloud.compute.servers(all_projects=True, name='^{place.node}$') if one.status == 'ERROR']"
    )


def found(place: Place) -> None:
    """Nova lost the machine at the end of a move: its database is told where it runs, as docs/faults.md says."""
    running = on(HYPERVISOR[place.other], "virsh", "list", "--uuid").split()
    server = as_admin(f"print(*[one.id for one in cloud.compute.servers(all_projects=True, name='^{place.node}$')])")
    if server.strip() not in running:
        raise Broken(f"{place.node} ({server.strip()}) does not run on {place.other}")
    where = f"host = '{place.other}', node = '{place.other}'"
    on("cloud", "mysql", "nova", "-e", f"UPDATE instances SET {where} WHERE uuid = '{server.strip()}' AND deleted = 0")


RESET = Mend("`openstack server set --state active`", reset)
ASTRAY = "it may run there unseen"
FOUND = Mend("an administrator told Nova where it runs", found)


def kill_arriving(place: Place) -> None:
    """The machine that is being made on the other host dies while memory is copied to it."""
    script = (
        "for i in $(seq 300); do for f in /run/libvirt/qemu/*.pid; do [ -e $f ] || continue;"
        " p=$(cat $f); grep -qz -- -incoming /proc/$p/cmdline && kill -KILL $p && exit 0; done;"
        " sleep 0.05; done; exit 1"
    )
    on(HYPERVISOR[place.other], "bash", "-c", script)


def nothing(_: Place) -> None:
    """There is nothing to lift."""


def clock_back(place: Place) -> None:
    _entered(place, "date", "--set=-1hour", patience=SECONDS)


def tap(place: Place) -> str | None:
    """The guest's network device on the host it is on now."""
    ports = as_admin(
        "print(*[port.id for port in cloud.network.ports() "
        f"if any(ip['ip_address'] == '{place.address}' for ip in port.fixed_ips)])"
    ).split()
    return f"tap{ports[0][:11]}" if ports else None


def cut(place: Place) -> None:
    _link(place, "down")


def join(place: Place) -> None:
    _link(place, "up")


def _link(place: Place, state: str) -> None:
    device = tap(place)
    if device:
        for hypervisor in HYPERVISOR.values():
            on(hypervisor, "ip", "link", "set", device, state, check=False)


def faults_by_weight() -> Iterator[Fault]:
    """All of them, those that tell most first."""
    yield from service("salt-api", lambda _: "ctl", "salt-api")
    yield from service("salt-master", lambda _: "ctl", "salt-master")
    yield from service("slurmctld", lambda _: "ctl", "slurmctld")
    yield from service("munged of the controller", lambda _: "ctl", "munge")
    yield from service("nova-api", lambda _: "cloud", "nova-api")
    yield from service("RabbitMQ", lambda _: "cloud", "rabbitmq-server")
    yield from service("nova-compute of its host", lambda place: HYPERVISOR[place.host], "nova-compute")
    yield from service("nova-compute of the other host", lambda place: HYPERVISOR[place.other], "nova-compute")
    yield from in_guest("minion in the guest", "salt-minion")
    yield from in_guest("slurmd in the guest", "slurmd")
    yield from in_guest("munged in the guest", "munge")
    for code in (500, 503, 409):
        yield nova_answers(code)
    yield nova_answers(429, "5")
    yield Fault("guest's clock an hour behind", clock_back, nothing, STANDING)
    yield Fault("guest's network cut", cut, join, ALL, seconds=120)
    yield Fault("host's disk full", disk_full, disk_free, ("checkpoint",), before=True, mend=RESET)
    yield Fault("live migration fails half-way", kill_arriving, nothing, ("migrate",))
    yield Fault("quota exceeded", no_quota, quota, ("up",), refused=True, before=True)
    yield Fault("no valid host", no_host, hosts, ("up",), refused=True, before=True)
