"""
OpenStack for salt-cloud
========================

Servers with addresses of their own, minion keys made beforehand, everything undone when a
creation fails. Built on openstacksdk; takes the place of the driver of the same name that Salt
lost with 3008.

Provider
--------

.. code-block:: yaml

    # /etc/salt/cloud.providers.d/openstack.conf
    mycloud:
      driver: openstack
      cloud: mycloud                          # its name in clouds.yaml
      clouds_file: /etc/openstack/clouds.yaml # if it is in no usual place

    othercloud:
      driver: openstack
      region_name: RegionOne
      auth_type: v3applicationcredential
      auth:
        auth_url: https://keystone.example.org:5000/v3
        application_credential_id: …
        application_credential_secret: …

Further keys: ``interface``, ``cacert``, ``verify``, ``api_timeout`` (seconds for one answer,
default 30).

Profile
-------

.. code-block:: yaml

    # /etc/salt/cloud.profiles.d/htc.conf
    htc:
      provider: mycloud
      image: spillway-node        # name or id, as the next two
      size: spillway.small
      network: cluster
      addresses:                  # optional: the servers this profile is for, and their addresses
        vn01: 10.0.0.101
        vn02: 10.0.0.102
      minion:
        master: 10.0.0.10

Further keys: ``subnet``, ``security_groups``, ``key_name``, ``availability_zone``,
``scheduler_hints``, ``host`` (the hypervisor; where Nova lets us not choose, it does),
``metadata``, ``config_drive`` (default true), ``boot_timeout`` (seconds to become ACTIVE, default
300), ``userdata_file`` (a Jinja template instead of ours), ``keysize``.

salt-cloud's own ``deploy`` (bootstrap over SSH) is not used; say ``deploy: false``, else salt-cloud
accepts a key before this driver could refuse.
"""

import logging

import salt.config
import salt.utils.cloud
from salt.exceptions import SaltCloudConfigError, SaltCloudSystemExit

from saltext.spillway.utils import check, keys, userdata
from saltext.spillway.utils import cloud as _cloud
from saltext.spillway.utils.errors import BAD_INPUT, SpillwayError

log = logging.getLogger(__name__)

__virtualname__ = "openstack"


class OpenStackError(SaltCloudSystemExit):
    """What salt-cloud's callers see; ``error`` is the SpillwayError with its kind."""

    def __init__(self, error):
        super().__init__(str(error))
        self.error = error


def __virtual__():
    if _cloud.MISSING:
        return False, _cloud.MISSING
    if get_configured_provider() is False:
        return False, "no cloud provider is configured for the driver openstack"
    return __virtualname__


def _active():
    try:
        return __active_provider_name__.value()
    except AttributeError:
        return __active_provider_name__


def get_configured_provider():
    """
    Return the configuration of the provider in use, or of the first one of this driver, else False.

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-providers
    """
    for keys_needed in (("cloud",), ("auth",)):
        provider = salt.config.is_provider_configured(
            __opts__, _active() or __virtualname__, keys_needed, log_message=False
        )
        if provider:
            return provider
    return False


def _connect():
    provider = get_configured_provider()
    if not provider:
        raise SpillwayError(
            BAD_INPUT, "the provider needs 'cloud' (a name in clouds.yaml) or 'auth'"
        )
    return _cloud.Cloud(_cloud.connect(provider))


def _function(call, name):
    if call == "action":
        raise SaltCloudSystemExit(f"{name} is called with -f or --function")


def _action(call, name):
    if call != "action":
        raise SaltCloudSystemExit(f"{name} is called with -a or --action")


def _ask(question):
    """Answer ``question(cloud)``; salt-cloud's kind of error if that fails."""
    try:
        return question(_connect())
    except SpillwayError as exc:
        raise OpenStackError(exc) from exc


def list_nodes(call=None):
    """
    Return the servers of the project: id, image, size, state, addresses, metadata.

    CLI Example:

    .. code-block:: bash

        salt-cloud -Q
        salt-cloud -f list_nodes mycloud
    """
    _function(call, "list_nodes")

    def question(cloud):
        images = cloud.image_names()
        return {server.name: _cloud.describe(server, images) for server in cloud.servers()}

    return _ask(question)


def list_nodes_min(call=None):
    """
    Return names, ids and states of the servers.

    CLI Example:

    .. code-block:: bash

        salt-cloud -f list_nodes_min mycloud
    """
    _function(call, "list_nodes_min")
    return _ask(lambda cloud: {s.name: {"id": s.id, "state": s.status} for s in cloud.servers()})


def list_nodes_full(call=None):
    """
    Return everything the cloud says about the servers, without their user data.

    CLI Example:

    .. code-block:: bash

        salt-cloud -F
    """
    _function(call, "list_nodes_full")
    return _ask(lambda cloud: {server.name: cloud.facts(server) for server in cloud.servers()})


def list_nodes_select(call=None):
    """
    Return the fields of ``query.selection`` of all servers.

    CLI Example:

    .. code-block:: bash

        salt-cloud -S
    """
    _function(call, "list_nodes_select")
    return salt.utils.cloud.list_nodes_select(
        list_nodes_full(), __opts__.get("query.selection", ["id", "state"]), call
    )


def show_instance(name, call=None):
    """
    Return everything the cloud says about one server, without its user data.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a show_instance vn01
    """
    _action(call, "show_instance")
    return _ask(lambda cloud: cloud.facts(cloud.one_named(name)))


def avail_images(call=None):
    """
    Return the images.

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-images mycloud
    """
    _function(call, "avail_images")
    return _ask(lambda cloud: cloud.images())


def avail_sizes(call=None):
    """
    Return the sizes (flavors).

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-sizes mycloud
    """
    _function(call, "avail_sizes")
    return _ask(lambda cloud: cloud.sizes())


def avail_locations(call=None):
    """
    Return the availability zones.

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-locations mycloud
    """
    _function(call, "avail_locations")
    return _ask(lambda cloud: cloud.locations())


def create(vm_):
    """
    Create one server and return its facts once Nova has made it ACTIVE.

    CLI Example:

    .. code-block:: bash

        salt-cloud -p htc vn01

    vm\\_
        Profile, provider and name as salt-cloud merges them.

    The minion's key pair is made here; the public half is accepted, the private half goes into
    the server's user data and nowhere else. If anything fails, server, port and accepted key are
    removed again.
    """
    name = vm_.get("name")
    try:
        check.name(name, "server name")
        with keys.lock(__opts__, name):
            return _create(name, vm_)
    except SpillwayError as exc:
        raise OpenStackError(exc) from exc


def _create(name, vm_):
    order = _order(name, vm_)
    minion = _minion_config(vm_)
    cloud = _connect()
    cloud.must_be_absent(name)
    _fire(name, "creating", vm_, ["name", "profile", "provider", "driver"])

    # salt-cloud has made a pair already if its own deploy is on
    private, public = vm_.get("priv_key"), vm_.get("pub_key")
    if not (private and public):
        private, public = keys.make(_value("keysize", vm_, 2048))
    order.user_data = userdata.render(
        {
            "id": minion["id"],
            "name": name,
            "metadata": order.metadata,
            "private_key": private,
            "public_key": public,
            # of several masters each may have its own
            "master_key": keys.master_key(__opts__) if isinstance(minion["master"], str) else "",
            "minion_config": salt.utils.cloud.salt_config_to_yaml(minion),
        },
        _value("userdata_file", vm_),
    )
    keys.accept(__opts__, minion["id"], public)
    try:
        _fire(name, "requesting", vm_, ["name", "profile", "image", "size", "network"])
        server = cloud.create(order)
    except BaseException:
        keys.remove(__opts__, minion["id"])
        raise
    facts = {**_cloud.describe(server), "uuid": server.id}
    facts["address"] = order.address or next(iter(_cloud.addresses(server)), None)
    _fire(
        name,
        "created",
        {**facts, "instance_id": server.id, "profile": vm_.get("profile")},
        ["name", "profile", "instance_id", "address"],
    )
    return facts


def _value(key, vm_, default=None):
    return salt.config.get_cloud_config_value(
        key, vm_, __opts__, default=default, search_global=False
    )


def _order(name, vm_):
    addresses = _value("addresses", vm_)
    if addresses is not None and name not in addresses:
        raise SpillwayError(
            BAD_INPUT, f"{name} is not among the addresses of profile {vm_.get('profile')}", name
        )
    return _cloud.Order(
        name=name,
        image=_value("image", vm_),
        size=_value("size", vm_),
        network=_value("network", vm_),
        subnet=_value("subnet", vm_),
        address=check.address(addresses[name]) if addresses else None,
        user_data="",
        security_groups=_value("security_groups", vm_),
        key_name=_value("key_name", vm_),
        availability_zone=_value("availability_zone", vm_),
        scheduler_hints=_value("scheduler_hints", vm_),
        host=_value("host", vm_),
        metadata=check.metadata(_value("metadata", vm_)),
        config_drive=bool(_value("config_drive", vm_, True)),
        boot_timeout=check.seconds(
            _value("boot_timeout", vm_, 300), most=86400, what="boot_timeout"
        ),
    )


def _minion_config(vm_):
    try:
        minion = salt.utils.cloud.minion_config(__opts__, vm_)
    except SaltCloudConfigError as exc:
        raise SpillwayError(BAD_INPUT, f"{exc} (minion: {{master: ADDRESS}})") from None
    check.name(minion["id"], "minion id")
    return minion


def destroy(name, call=None):
    """
    Remove the server of this name, its port and its minion key.

    CLI Example:

    .. code-block:: bash

        salt-cloud -d vn01

    name
        Refused if the project has two servers of this name.

    Returns ``{"deleted": ["server", "port", "key"]}``, as far as they were there.
    """
    if call == "function":
        raise SaltCloudSystemExit("destroy is called with -d, --destroy, -a or --action")
    try:
        check.name(name, "server name")
        with keys.lock(__opts__, name):
            cloud = _connect()
            server = cloud.one_named(name)
            _fire(name, "destroying", {"name": name, "instance_id": server.id})
            deleted = cloud.destroy(name, server.id)
            if keys.remove(__opts__, name, anyhow=True):
                deleted.append("key")
            _fire(name, "destroyed", {"name": name, "instance_id": server.id})
            return {"deleted": deleted}
    except SpillwayError as exc:
        raise OpenStackError(exc) from exc


def _fire(name, what, data, fields=("name", "instance_id")):
    """Tell the event bus, never more than the named fields."""
    args = __utils__["cloud.filter_event"](what, dict(data), list(fields))
    __utils__["cloud.fire_event"](
        "event",
        f"{what} instance",
        f"salt/cloud/{name}/{what}",
        args=args,
        sock_dir=__opts__["sock_dir"],
        transport=__opts__["transport"],
    )
