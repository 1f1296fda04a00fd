"""`spillway maintain HOST` with jobs on its nodes, against what its parts take one by one."""

from __future__ import annotations

from onlab.lab import Broken, Job, Order, as_admin, other_host, served, spillway

NODES = ["vn01", "vn02", "vn03"]
HOST = "cn01"
ENABLE = "[cloud.compute.enable_service(one) for one in cloud.compute.services(binary='nova-compute')]"


def seconds(*words: str) -> float:
    """From the order to its end, as the one who carried it out counts."""
    (node,) = spillway(*words)["nodes"]
    print(f"{' '.join(words)}: {node['seconds']:.2f} s", flush=True)
    return node["seconds"]


def drain() -> list[str]:
    """Each node moved alone first, then all by one word; returns the figures."""
    other = other_host(HOST)
    names = ",".join(NODES)
    with served(names):
        spillway("up", names, "--host", HOST)
        jobs = [Job(node) for node in NODES]
        moves = {}
        for node in NODES:
            moves[node] = seconds("migrate", node, "--host", other)
            seconds("migrate", node, "--host", HOST)
        try:
            answer = spillway("maintain", HOST)
            seen = {one["name"]: one for one in answer["nodes"]}
            missing = [node for node in NODES if seen.get(node, {}).get("outcome") != "done"]
            if missing:
                raise Broken(f"maintain {HOST} left {', '.join(missing)}")
            whole = max(one["seconds"] for one in seen.values())
            to_disk = [node for node in NODES if seen[node]["phase"] == "CHECKPOINTED"]
        finally:
            try:
                # 3: a node stays where it went, as the ledger has no room for it on a host that was overfull before
                Order("maintain", HOST, "--end").must(900, 3)
            except Broken:
                as_admin(ENABLE)
                raise
        for one in jobs:
            one.must_be("RUNNING")
        alone = 0.0
        for node in NODES:
            if node in to_disk:
                alone += seconds("checkpoint", node)
                seconds("restore", node)
            else:
                alone += moves[node]
        for one in jobs:
            one.finish()
    print(
        f"{len(NODES) - len(to_disk)} of {len(NODES)} nodes moved to {other}, for more it has no room by the ledger; "
        f"to the disk of {HOST}: {', '.join(to_disk) or 'none'}"
        if to_disk
        else f"all {len(NODES)} nodes moved to {other}"
    )
    print(f"the same one by one: {alone:.2f} s; moves alone, of all {len(NODES)}: {sum(moves.values()):.2f} s")
    return [f"figure: drain = {whole:.2f} s, baseline {alone:.2f}, ratio {whole / alone:.2f}"]
