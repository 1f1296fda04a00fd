"""
What the Salt master finds out for ``spillway doctor``: facts, no judgement.
"""

import time

from saltext.spillway.utils import check, digest, health, minions
from saltext.spillway.utils.errors import FAILED, SpillwayError
from saltext.spillway.utils.health import fact

# A node in one of these states is away, going or coming: it is not asked.
_AWAY = (
    "DOWN",
    "FUTURE",
    "INVALID_REG",
    "NOT_RESPONDING",
    "POWERED_DOWN",
    "POWERING_DOWN",
    "POWERING_UP",
    "POWER_DOWN",
    "POWER_UP",
    "REBOOT_ISSUED",
    "REBOOT_REQUESTED",
    "UNKNOWN",
)


def examine(opts, controller, leave, timeout, profiles):
    """
    Return all facts of a site; see the runner's function ``doctor``.

    controller
        The controller's minion.

    leave
        Names of nodes that are not to be asked.

    timeout
        Seconds that the controller may take, and all nodes together.

    profiles
        Called for the salt-cloud profiles.
    """
    head = fact(lambda: minions.ask(opts, controller, "health_of_controller", timeout=timeout))
    seen = head.get("value") or {}
    credential = (seen.pop("credential", None) or {}).get("value")
    keys = fact(lambda: minions.minion_keys(opts))
    left = _left((seen.get("nodes") or {}).get("value") or [], keys.get("value") or {}, leave)
    names = sorted(name for name, why in left.items() if not why)
    return {
        "controller": head,
        "master": _master(opts),
        "profiles": fact(profiles),
        "minions": keys,
        "nodes": _nodes(opts, controller, names, credential, timeout) if names else {},
        "left": {name: why for name, why in left.items() if why},
    }


def _left(nodes, keys, leave):
    """Return for each node why it is not asked; an empty text for those that are."""
    return {node["name"]: _why_not(node, keys, leave) for node in nodes}


def _why_not(node, keys, leave):
    name = node["name"]
    away = sorted(set(_AWAY).intersection(node["states"]))
    if name in leave:
        return "it is away or in motion"
    if away:
        return f"Slurm says {', '.join(away)}"
    if "DRAIN" in node["states"] and node["reason"].startswith(check.OUR_REASON):
        return f"it is drained: {node['reason']}"
    if keys.get(name) != "accepted":
        return f"its minion key is {keys.get(name) or 'not there'}"
    return ""


def _nodes(opts, controller, names, credential, timeout):
    sent = time.time()
    try:
        answers = minions.ask_all(
            opts, names, "health_of_node", {"credential": credential}, timeout=timeout
        )
    except SpillwayError as exc:
        return {name: {"unknown": exc.message} for name in names}
    heard = {n: (when, said) for n, (when, said) in answers.items() if isinstance(said, dict)}
    decoded = _decode(
        opts, controller, {n: said["credential"] for n, (_, said) in heard.items()}, timeout
    )
    facts = {n: {"unknown": str(said)} for n, (_, said) in answers.items() if n not in heard}
    for name, (received, said) in heard.items():
        facts[name] = {"value": _node(said, sent, received, decoded.get(name) or {})}
    return facts


def _decode(opts, controller, credentials, timeout):
    ours = {name: text for name, text in credentials.items() if text}
    if not ours:
        return {}
    try:
        question = {"credentials": ours}
        return minions.ask(opts, controller, "munge_decode_all", question, timeout=timeout)
    except SpillwayError:
        return {}


def _node(said, sent, received, decoded):
    decoded = decoded.get("value")
    kept = ("salt", "extension", "slurm", "slurmd", "mounts", "nfs", "clockguard", "wrong")
    return {
        **{key: said[key] for key in kept},
        "guests_yield": said.get("guests_yield"),  # a minion's extension may be older
        "clock_offset": digest.clock_offset(said, sent, received),
        "munge_to_node": said["munge_to_node"],
        "munge_from_node": decoded["valid"] if decoded else None,
    }


def _master(opts):
    return {
        **health.versions(),
        "clients": fact(lambda: _clients(opts)),
        "permissions": fact(lambda: permissions(opts.get("external_auth") or {})),
        "api": fact(lambda: _api(opts)),
    }


def _clients(opts):
    clients = opts.get("netapi_enable_clients")
    if not isinstance(clients, (list, tuple)):
        raise SpillwayError(FAILED, "the master's configuration has no netapi_enable_clients")
    return list(clients)


def _api(opts):
    api = opts.get("rest_cherrypy")
    if not isinstance(api, dict):
        raise SpillwayError(FAILED, "the master's configuration has no rest_cherrypy")
    # the defaults are rest_cherrypy's own
    host = str(api.get("host", "0.0.0.0"))  # noqa: S104
    return {"host": host, "tls": not api.get("disable_ssl", False)}


def permissions(external_auth):
    """
    Return ``{eauth: {user: [[where, function pattern], …]}}`` of the master's ``external_auth``.

    Where is ``@runner``, ``@wheel``, ``@jobs`` or a target of minions, ``*`` for all of them.
    """
    return {
        eauth: {
            str(user): [pair for rule in _list(rules) for pair in _pairs(rule)]
            for user, rules in users.items()
            if not str(user).startswith("^")  # an option of the eauth module, such as a file's name
        }
        for eauth, users in external_auth.items()
        if isinstance(users, dict)
    }


def _list(value):
    return value if isinstance(value, (list, tuple)) else [value]


def _pairs(rule):
    if isinstance(rule, dict):
        return [
            [str(where), name]
            for where, functions in rule.items()
            for function in _list(functions)
            for name in (function if isinstance(function, dict) else [str(function)])
        ]
    rule = str(rule)
    return [[rule, ".*"]] if rule.startswith("@") else [["*", rule]]
