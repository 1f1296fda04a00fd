"""The extension as Salt's own loader finds it: installed, not imported from the source tree."""

import importlib
import importlib.metadata
import inspect
import pkgutil
import socket
from types import SimpleNamespace

import pytest
import salt.cloud
import salt.config
import salt.loader
import salt.state

import saltext.spillway

MODULES = {
    "slurm": "nodes jobs suspend resume release down drain undrain create_node delete_node "
    "update_node update_job ping config reconfigure version stopped wake slurmd_running requeue "
    "partitions reservations create_reservation update_reservation delete_reservation expand fold",
    "munge": "encode decode",
    "spillway_node": "facts ask",
}

STATES = {
    "slurm_node": "present absent drained undrained",
    "slurm_reservation": "present absent",
    "munge": "key",
}

RUNNER = (
    "version site probe stopped down drain undrain suspend_jobs resume_jobs release_jobs wake "
    "requeue cancel create destroy highstate delete_node profiles doctor"
)

DRIVER = (
    "list_nodes list_nodes_min list_nodes_full list_nodes_select show_instance avail_images "
    "avail_sizes avail_locations create destroy get_configured_provider "
    "start stop suspend resume reboot list_networks list_subnets call"
)


def public(loaded, name):
    return {key.split(".")[1] for key in loaded if key.startswith(name + ".")}


def loaded_by_salt():
    for kind in ("clouds", "engines", "modules", "runners", "states"):
        package = importlib.import_module(f"saltext.spillway.{kind}")
        for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            yield found.name


@pytest.mark.parametrize("name", loaded_by_salt())
def test_what_does_not_load_says_why(name, monkeypatch):
    """Nowhere but on Linux, without the modules it is built on, and without openstacksdk."""
    monkeypatch.setattr("salt.utils.platform.is_linux", lambda: False)
    monkeypatch.setattr("saltext.spillway.utils.cloud.MISSING", "there is no openstacksdk")
    module = importlib.import_module(name)
    monkeypatch.setattr(module, "__salt__", {}, raising=False)
    said = module.__virtual__()
    if name == "saltext.spillway.runners.spillway":
        assert said == module.__virtualname__  # it needs Salt alone
    else:
        loads, why = said
        assert loads is False
        assert len(why.split()) > 2


def test_the_versions_are_one():
    assert importlib.metadata.version("saltext-spillway") == saltext.spillway.__version__


@pytest.mark.parametrize("name", MODULES)
def test_execution_modules(modules, name):
    assert f"{name}.{MODULES[name].split()[0]}" in modules
    assert public(modules, name) == set(MODULES[name].split())
    for function in MODULES[name].split():
        assert "CLI Example:" in modules[f"{name}.{function}"].__doc__


@pytest.mark.parametrize("name", STATES)
def test_states(loaders, name):
    loaded = salt.loader.states(loaders.opts, loaders.modules, loaders.utils, None)
    assert f"{name}.{STATES[name].split()[0]}" in loaded
    assert public(loaded, name) == set(STATES[name].split())
    for function in STATES[name].split():
        assert "CLI Example:" in loaded[f"{name}.{function}"].__doc__
        # an argument of such a name gets what Salt, or state.single, puts there for itself
        taken = {*salt.state.STATE_INTERNAL_KEYWORDS, "pillar", "queue", "test"}
        assert not taken & {*inspect.signature(loaded[f"{name}.{function}"]).parameters}


def test_runner(runners):
    assert "spillway.site" in runners
    assert public(runners, "spillway") == set(RUNNER.split())
    for function in RUNNER.split():
        assert "CLI Example:" in runners[f"spillway.{function}"].__doc__


def test_driver(config_dir):
    opts = salt.config.cloud_config(str(config_dir / "cloud"))
    loaded = salt.loader.clouds(opts)
    assert "openstack.create" in loaded
    assert public(loaded, "openstack") == set(DRIVER.split())
    for function in set(DRIVER.split()) - {"get_configured_provider"}:
        assert "CLI Example:" in loaded[f"openstack.{function}"].__doc__
    assert "saltext" in loaded["openstack.create"].__code__.co_filename


def test_engine(minion_opts, master_opts):
    for opts, role in ((minion_opts, "minion"), (master_opts, "master")):
        loaded = salt.loader.engines({**opts, "__role": role}, {}, {}, {})
        assert public(loaded, "slurm_events") == {"start"}
        assert "CLI Example:" in loaded["slurm_events.start"].__doc__


def test_the_engine_tells_nothing_to_a_master_that_is_away(minion_opts):
    fired = []
    with socket.create_server(("127.0.0.1", 0)) as master:
        opts = {**minion_opts, "__role": "minion", "master": ["127.0.0.1"]}
        opts["master_port"] = master.getsockname()[1]
        engine = salt.loader.engines(opts, {}, {}, {})["slurm_events.start"]
        bus = engine.__globals__["_Bus"]()
        bus._FRESH = 0
        bus._event = SimpleNamespace(fire_master=lambda data, tag: fired.append(tag) or True)
        assert bus.tell("a", {}) is True
    assert bus.tell("b", {}) is False
    assert fired == ["a"]


def test_a_module_without_slurm_says_so(modules, monkeypatch):
    from salt.exceptions import CommandExecutionError

    from saltext.spillway.utils import command

    monkeypatch.setattr(command, "_PATH", "/nonexistent")
    with pytest.raises(CommandExecutionError, match="scontrol is not installed"):
        modules.slurm.nodes()
    assert modules.slurm.ping() is False
    assert modules.slurm.slurmd_running() in (True, False)
    answer = modules.spillway_node.ask("nodes")
    assert answer["error"]["kind"] == "failed"


def test_bad_names_reach_nothing(modules):
    from salt.exceptions import CommandExecutionError

    with pytest.raises(CommandExecutionError, match="not a node name"):
        modules.slurm.drain("vn01;id", "x")


def test_the_driver_without_a_provider(config_dir):
    (config_dir / "cloud.providers.d" / "lab.conf").write_text("lab: {driver: openstack}\n")
    loaded = salt.loader.clouds(salt.config.cloud_config(str(config_dir / "cloud")))
    # Salt 3006 and 3007 bring a driver of the same name, which is not loaded either
    assert "openstack.create" not in loaded


def test_profiles(runners):
    assert runners["spillway.profiles"]() == {
        "ok": True,
        "value": {
            "htc": {
                "provider": "lab",
                "image": "spillway-node",
                "size": "small",
                "network": "cluster",
                "names": ["vn01", "vn02"],
            }
        },
    }
