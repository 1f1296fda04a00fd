"""
salt-cloud as the runner uses it: profiles, creation, removal, minion keys.
"""

import os

import salt.cloud
import salt.config
import salt.utils.event
from salt.exceptions import SaltException

from saltext.spillway.utils import cloud, keys
from saltext.spillway.utils.errors import BAD_INPUT, FAILED, NOT_FOUND, REFUSED, SpillwayError


def _cloud_opts(opts):
    """salt-cloud's configuration beside the master's."""
    path = os.path.join(os.path.dirname(opts["conf_file"]), "cloud")
    try:
        found = salt.config.cloud_config(path)
    except SaltException as exc:
        raise SpillwayError(FAILED, f"salt-cloud's configuration: {exc}") from exc
    for key in ("pki_dir", "sock_dir", "transport", "conf_file"):
        if key in opts:
            found[key] = opts[key]
    return found


def profiles(opts):
    """Return ``{profile: {"provider", "image", "size", "network", "names"}}``."""
    return {
        name: {
            "provider": profile["provider"].split(":")[0],
            **{key: profile.get(key) for key in ("image", "size", "network")},
            "names": list(profile.get("addresses") or {}),
        }
        for name, profile in _cloud_opts(opts)["profiles"].items()
    }


def _profile(found, name):
    if name not in found["profiles"]:
        there = ", ".join(sorted(found["profiles"])) or "none"
        raise SpillwayError(NOT_FOUND, f"salt-cloud has no profile {name!r}; there is: {there}")
    return found["profiles"][name]


def create(opts, name, profile_name, metadata, host=None):
    """Create a server by salt-cloud, on a host if one is named; return ``{"uuid", "address"}``."""
    found = _cloud_opts(opts)
    profile = _profile(found, profile_name)
    if name not in (profile.get("addresses") or {}):
        raise SpillwayError(
            BAD_INPUT, f"{name} is not among the addresses of profile {profile_name}", name
        )
    # Changed here and not by vm_overrides, which Salt 3006 and 3007 understand differently.
    # The driver makes the keys itself.
    profile["metadata"] = {**(profile.get("metadata") or {}), **metadata}
    profile["deploy"] = False
    if host:
        profile["host"] = host
    # salt-cloud makes it too, but ends the process if another one made it meanwhile
    os.makedirs(found["cachedir"], exist_ok=True)
    try:
        made = salt.cloud.CloudClient(opts=found).profile(profile_name, [name])
    except SaltException as exc:
        raise getattr(exc, "error", None) or SpillwayError(FAILED, str(exc), name) from exc
    except KeyError as exc:
        # salt-cloud drops a provider whose driver it could not load, and then misses it
        why = cloud.MISSING or f"{exc} is missing"
        provider = profile["provider"].split(":")[0]
        raise SpillwayError(FAILED, f"provider {provider} cannot be used: {why}", name) from exc
    server = (made or {}).get(name) or {}
    if "Error" in server:
        # salt-cloud's own check for the name comes before the driver's and does not say the id
        _cloud_of(found, profile).must_be_absent(name)
        raise SpillwayError(FAILED, str(server["Error"]), name)
    if not server.get("uuid"):
        raise SpillwayError(FAILED, f"salt-cloud said no id for {name}; see the master's log", name)
    return {"uuid": server["uuid"], "address": server["address"]}


def destroy(opts, name, server_id):
    """Remove server, port and key; return ``{"deleted": [what was there]}``."""
    found = _cloud_opts(opts)
    profile = next(
        (p for p in found["profiles"].values() if name in (p.get("addresses") or {})), None
    )
    if profile is None and server_id is None:
        raise SpillwayError(NOT_FOUND, f"{name} is among the addresses of no profile", name)
    with keys.lock(found, name):
        where = _cloud_of(found, profile)
        _tell(opts, name, "destroying", server_id)
        place = {}
        if profile is not None:
            place = {"network": profile.get("network"), "address": profile["addresses"][name]}
        deleted = where.destroy(name, server_id, **place)
        # without a server of ours in sight only a key of ours goes
        if keys.remove(found, name, anyhow="server" in deleted):
            deleted.append("key")
        _tell(opts, name, "destroyed", server_id)
    return {"deleted": deleted}


def _cloud_of(found, profile):
    """The cloud of a profile, or the only one there is."""
    if profile is not None:
        alias, _, driver = profile["provider"].partition(":")
        provider = found["providers"][alias][driver]
    else:
        providers = [
            drivers["openstack"]
            for drivers in found["providers"].values()
            if "openstack" in drivers
        ]
        if len(providers) != 1:
            raise SpillwayError(REFUSED, "no profile says in which of the clouds to look")
        provider = providers[0]
    return cloud.Cloud(cloud.connect(provider))


def _tell(opts, name, what, server_id):
    """Fire the event that salt-cloud itself would."""
    with salt.utils.event.get_event(
        "master", sock_dir=opts["sock_dir"], opts=opts, listen=False
    ) as bus:
        bus.fire_event(
            {"event": f"{what} instance", "name": name, "instance_id": server_id},
            f"salt/cloud/{name}/{what}",
        )
