"""Behind a router with NAT a node joins by its internal address, or by a floating one; docs/addresses.md.

Slurm takes a dynamic node's address from where its registration came. Behind Neutron's router that is the router's own
address, where no slurmd listens. The cures: no SNAT and a route (the internal address), or a floating address.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from address import address_of, idle, must_stand_still
from onlab.jobs import must_complete, must_srun, must_srun_inside, submit
from onlab.lab import ENTRY, STATE, Broken, as_admin, eventually, footprint, on, run
from onlab.salt import highstate, pings, shell
from onlab.site import Site

ROUTER = "10.78.0.190"
INSIDE, INSIDE_ADDRESS = "vn07", "10.79.1.107"
NAT, NAT_ADDRESS, FLOATING = "vn08", "10.79.2.108", "10.78.0.198"
PHYSICAL = "cn01"

PROFILE = "provider: lab, image: spillway-node, size: spillway.small"
MINION = "{master: 10.78.0.10, multiprocessing: false, systemd.scope: false}"
PILLAR = f"""
spillway:
  chrony: {{allow: [10.78.0.0/24, 10.79.1.0/24]}}
  nfs: {{exports: {{home: {{clients: [10.78.0.0/24, 10.79.1.0/24]}}}}}}
  master:
    cloud:
      profiles:
        inside: {{{PROFILE}, network: inside, addresses: {{{INSIDE}: {INSIDE_ADDRESS}}}, minion: {MINION}}}
        nat: {{{PROFILE}, network: nat, addresses: {{{NAT}: {NAT_ADDRESS}}}, minion: {MINION}}}
"""
HOSTS = f"spillway: {{hosts: {{entries: {{{INSIDE}: {INSIDE_ADDRESS}, {NAT}: {FLOATING}}}}}}}\n"

NO_SNAT = """
router = cloud.network.find_router('edge')
info = router.external_gateway_info
info = {'network_id': info['network_id'], 'external_fixed_ips': info['external_fixed_ips'], 'enable_snat': False}
cloud.network.update_router(router, external_gateway_info=info)
"""
FLOAT = f"""
outside = cloud.network.find_network('cluster')
port, = cloud.network.ports(fixed_ips='ip_address={NAT_ADDRESS}')
cloud.network.create_ip(floating_network_id=outside.id, port_id=port.id, project_id=port.project_id,
    floating_ip_address='{FLOATING}')
"""


@contextlib.contextmanager
def networks() -> Iterator[None]:
    there = (STATE / "tenant").exists()
    if there:
        raise Broken("lab tenant is up already, in a state that is not known here: lab tenant down first")
    try:
        run(str(ENTRY), "tenant", "up", timeout=600)
        yield
    finally:
        run(str(ENTRY), "tenant", "down", timeout=600)


def make(node: str, profile: str) -> None:
    on("ctl", "salt-cloud", "-y", "-p", profile, node, timeout=600)
    eventually(f"the minion {node}", lambda: pings(node), 300)
    highstate(node)


def remove(node: str) -> None:
    """Nothing of it stays, whether it is there or not."""
    on("ctl", "salt", "--timeout=20", node, "service.stop", "slurmd", check=False, timeout=120)
    on("ctl", "salt-cloud", "-y", "-d", node, check=False, timeout=300)
    on("ctl", "salt", "ctl", "slurm.delete_node", node, check=False)


def joins(node: str, address: str) -> None:
    """The node registers anew until Slurm has that address of it, and is idle then."""

    def registered() -> bool:
        shell(node, "systemctl kill --kill-whom=main --signal=HUP slurmd")
        time.sleep(4)  # it starts itself anew
        return address_of(node) == address

    eventually(f"{node} registers from {address}", registered, 120)
    eventually(f"{node} is idle", lambda: idle(node), 240)
    must_complete(submit(f"--nodelist={node}", script="timeout 60 srun hostname"), 120)


def srun_from(node: str, other: str) -> tuple[bool, str]:
    """Whether an srun that is begun on one node runs on another; and that in words."""
    command = f"srun --immediate=20 --chdir=/ --nodelist={other} hostname"
    status, said = shell(node, command, user="alice", seconds=45)
    on("ctl", "scancel", "--user=alice", check=False)
    works = status == 0 and other in said.split()
    return works, f"srun from {node} to {other} {'works' if works else f'fails, exit {status}: {said[-200:]}'}"


def tenants() -> str:
    there = {INSIDE, NAT} & set(footprint()["servers"])
    if there:
        raise Broken(f"{', '.join(sorted(there))} are there already: this makes and removes them")
    with networks(), Site(PILLAR, {"*": HOSTS}):
        try:
            make(INSIDE, "inside")
            make(NAT, "nat")
            return played()
        finally:
            on("ctl", "scancel", "--user=alice", check=False)
            for node in (INSIDE, NAT):
                remove(node)


def played() -> str:
    without = []
    for node in (INSIDE, NAT):
        eventually(f"{node} registers by the router's address", lambda node=node: address_of(node) == ROUTER, 120)
        without.append(must_stand_still(node))
    print(f"with the router's address: {'; '.join(without)}", flush=True)
    as_admin(FLOAT)
    joins(NAT, FLOATING)
    print(f"{NAT} has joined by its floating address", flush=True)
    as_admin(NO_SNAT)
    joins(INSIDE, INSIDE_ADDRESS)
    print(f"{INSIDE} has joined by its internal address", flush=True)
    three = [PHYSICAL, INSIDE, NAT]
    must_srun(three)
    must_srun_inside(three)
    for one, other in ((NAT, INSIDE), (NAT, PHYSICAL), (INSIDE, PHYSICAL)):
        works, said = srun_from(one, other)
        print(said, flush=True)
        if not works:
            raise Broken(said)
    # the one that the router turns away (docs/addresses.md); it is no cure's failure
    print(srun_from(INSIDE, NAT)[1], flush=True)
    return (
        f"by the router's address no job ends; {INSIDE} by {INSIDE_ADDRESS}, {NAT} by {FLOATING}: "
        f"sbatch, srun and inner srun over both and {PHYSICAL} work"
    )
