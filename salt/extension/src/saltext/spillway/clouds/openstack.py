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

Further keys, as in clouds.yaml: ``interface`` (or ``endpoint_type``), ``cacert``, ``cert``,
``key``, ``verify``, ``profile`` (a vendor's), and those that end in ``_api_version``,
``_default_microversion`` or ``_endpoint_override``. ``api_timeout``: seconds for one answer,
default 30. Environment variables do not count.

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
``host_aggregate`` (by its zone), ``group`` (server group), ``scheduler_hints``, ``host`` (the
hypervisor; where Nova lets us not choose, it does), ``vnic_type``, ``boot_volume`` or
``boot_from_volume`` with ``volume_size``, ``terminate_volume``, ``volumes``, ``ip_pool`` or ``ips``
(floating addresses), ``metadata``, ``config_drive`` (default true), ``boot_timeout``
(seconds to become ACTIVE, default 300), ``userdata_file`` (a Jinja template instead of ours),
``keysize``.

Profiles of the driver in Salt 3006 and 3007 work: its keys are taken under their names. A profile
with ``ssh_key_file`` is deployed by salt-cloud's bootstrap over SSH, one with ``userdata`` gets
that and nothing of ours. In all others say ``deploy: false``, else salt-cloud accepts a key before
this driver could refuse.

Different from the driver in Salt 3006 and 3007
-----------------------------------------------

Profiles
  - A floating address is given only where ``ip_pool``, ``ips`` or ``auto_ip`` is written; theirs
    looked for one by default.
  - ``files`` and the old ``block_device_mapping`` are refused: Nova and openstacksdk no longer take
    them. ``reservation_id``, ``min_count`` and ``max_count`` are passed over.
  - ``timeout`` is 300 seconds where it is not written; theirs 60.
  - A list, mapping or ``volume_size`` that is something else is refused; theirs dropped it with a
    line in the log. One name alone is a list of one.
  - A server without an address of the kind that ``ssh_interface`` names is reached by a floating,
    then by its private address where that is ``public_ips`` or ``floating_ips``; theirs waited.

Functions
  - ``avail_images``, ``avail_sizes`` and ``avail_locations`` answer by name, as salt-cloud's other
    drivers do; theirs gave lists. Of several images with one name each stands under its id.
  - ``show_instance`` and ``list_nodes_full`` leave out the user data, which may hold a minion's
    private key.
  - ``call`` reaches the functions of openstacksdk's connection. Most have the names they had in
    shade; what came as shade's dictionaries comes as openstacksdk's facts.
  - ``destroy`` takes the server's port, and the floating address that was made for it, too. It
    says what it removed, ``{"deleted": […]}``, where theirs said true, and refuses where two
    servers have one name.
  - ``request_instance``, ``get_dependencies``, ``preferred_ip``, ``ignore_cidr`` and
    ``ssh_interface`` are no functions here: nothing calls them by name.
  - ``delete_sshkeys`` and ``update_cachedir`` are not looked at: the first made theirs fail once
    the server was gone.

Events
  - ``salt/cloud/NAME/created`` has ``address`` besides what theirs had. ``destroying`` and
    ``destroyed`` have ``instance_id``, the server's id, besides ``name``.
"""

import json
import logging
import os

import salt.config
import salt.utils.cloud
from salt.exceptions import SaltCloudSystemExit

from saltext.spillway.utils import check, keys, profile, userdata
from saltext.spillway.utils import cloud as _cloud
from saltext.spillway.utils.errors import BAD_INPUT, FAILED, SpillwayError

log = logging.getLogger(__name__)

__virtualname__ = "openstack"

_ADDRESSES = ("floating_ips", "fixed_ips", "private_ips", "public_ips")


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
    return _ask(lambda cloud: cloud.facts(cloud.servers()))


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
    return _ask(lambda cloud: cloud.facts([cloud.one_named(name)])[name])


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


def list_networks(call=None):
    """
    Return the networks that the project may use.

    CLI Example:

    .. code-block:: bash

        salt-cloud -f list_networks mycloud
    """
    _function(call, "list_networks")
    return _ask(lambda cloud: cloud.networks())


def list_subnets(call=None, kwargs=None):
    """
    Return the subnets of a network.

    CLI Example:

    .. code-block:: bash

        salt-cloud -f list_subnets mycloud network=cluster

    network
        Name or id of the network.
    """
    _function(call, "list_subnets")
    network = (kwargs or {}).get("network")
    if not network:
        raise SaltCloudSystemExit("list_subnets needs network=NAME")
    return _ask(lambda cloud: cloud.subnets(str(network)))


def call(call=None, kwargs=None):
    """
    Call a function of openstacksdk's connection and return what it gives, but for secrets such
    as user data.

    CLI Example:

    .. code-block:: bash

        salt-cloud -f call mycloud func=list_routers
        salt-cloud -f call mycloud func=create_network name=mynet

    func
        The function, as in openstacksdk's manual of the connection.

    All else are its arguments; what is JSON is taken as that.
    """
    _function(call, "call")
    arguments = {key: _json(value) for key, value in (kwargs or {}).items()}
    function = arguments.pop("func", None)
    if not isinstance(function, str) or not function:
        raise SaltCloudSystemExit("call needs func=NAME")
    return _ask(lambda cloud: cloud.call(function, arguments))


def _json(value):
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def start(name, call=None):
    """
    Start a server that is shut off, and wait until it is ACTIVE.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a start vn01
    """
    return _act(name, "start", call)


def stop(name, call=None):
    """
    Stop a server, and wait until it is SHUTOFF.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a stop vn01
    """
    return _act(name, "stop", call)


def suspend(name, call=None):
    """
    Suspend a server to its host's disk, and wait until it is SUSPENDED.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a suspend vn01
    """
    return _act(name, "suspend", call)


def resume(name, call=None):
    """
    Resume a suspended server, and wait until it is ACTIVE.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a resume vn01
    """
    return _act(name, "resume", call)


def reboot(name, kwargs=None, call=None):
    """
    Reboot a server, and wait until it is ACTIVE.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a reboot vn01
        salt-cloud -a reboot vn01 hard=True

    hard
        Without asking the guest.
    """
    return _act(name, "hard_reboot" if (kwargs or {}).get("hard") else "reboot", call)


def _act(name, verb, call):
    """Return ``{"state": …}`` when it is reached; what is so already is done."""
    _action(call, verb)
    return _ask(lambda cloud: {"state": cloud.act(name, verb)})


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
    order = profile.order(name, lambda key: _value(key, vm_))
    if _value("userdata", vm_) or _over_ssh(vm_):
        return _create_plain(name, vm_, order)
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
    return _created(name, vm_, order, server)


def _created(name, vm_, order, server):
    facts = {**_cloud.describe(server), "uuid": server.id}
    facts["address"] = order.address or next(iter(_cloud.addresses(server)), None)
    _fire(
        name,
        "created",
        {
            **facts,
            "instance_id": server.id,
            "profile": vm_.get("profile"),
            "provider": vm_.get("driver"),
        },
        ["name", "profile", "provider", "instance_id", "address", *_ADDRESSES],
    )
    return facts


def _over_ssh(vm_):
    """Whether salt-cloud's own bootstrap over SSH is what brings Salt into the server."""
    return bool(_value("ssh_key_file", vm_)) and _value("deploy", vm_, True)


def _create_plain(name, vm_, order):
    """As Salt's own driver did: the profile's user data, then salt-cloud's bootstrap if any."""
    key_file = _value("ssh_key_file", vm_) if _over_ssh(vm_) else None
    if key_file and not os.path.isfile(key_file):
        raise SpillwayError(BAD_INPUT, f"the ssh_key_file {key_file} does not exist", name)
    cloud = _connect()
    cloud.must_be_absent(name)
    _fire(name, "creating", vm_, ["name", "profile", "provider", "driver"])
    order.user_data = _plain_user_data(vm_)
    _fire(name, "requesting", vm_, ["name", "profile", "image", "size", "network"])
    server = cloud.create(order)
    if not key_file:
        return _created(name, vm_, order, server)
    facts = _cloud.describe(server)
    ssh, own = (
        profile.reachable(facts, lambda key: _value(key, vm_), interface)
        for interface in ("ssh_interface", "salt_interface")
    )
    if ssh is None or own is None:
        cloud.destroy(name, server.id)
        raise SpillwayError(FAILED, f"{name} has no address that the master reaches", name)
    vm_.update(key_filename=key_file, ssh_host=ssh, salt_host=own)
    deployed = profile.deploy(__utils__, vm_, __opts__)
    return {**(deployed or {}), **_created(name, vm_, order, server)}


def _plain_user_data(vm_):
    """The profile's ``userdata``: a text, or the name of a file that is a template."""
    text = _value("userdata", vm_)
    if not text or not os.path.isfile(text):
        return text or ""
    with open(text, encoding="utf-8") as file:
        return __utils__["cloud.userdata_template"](__opts__, vm_, file.read())


def _value(key, vm_, default=None):
    return salt.config.get_cloud_config_value(
        key, vm_, __opts__, default=default, search_global=False
    )


def _minion_config(vm_):
    minion = salt.utils.cloud.minion_config(__opts__, vm_)
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
