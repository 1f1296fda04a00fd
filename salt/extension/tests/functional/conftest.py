import pytest
import salt.config
import salt.loader
from saltfactories.utils.functional import Loaders

CLOUD_PROVIDER = """\
lab:
  driver: openstack
  cloud: spillway
"""

CLOUD_PROFILE = """\
htc:
  provider: lab
  image: spillway-node
  size: small
  network: cluster
  addresses: {vn01: 10.0.0.101, vn02: 10.0.0.102}
  metadata: {"site": "lab"}
  minion: {master: 10.0.0.10}
"""


@pytest.fixture
def config_dir(tmp_path):
    for folder, text in (("providers", CLOUD_PROVIDER), ("profiles", CLOUD_PROFILE)):
        path = tmp_path / f"cloud.{folder}.d" / "lab.conf"
        path.parent.mkdir()
        path.write_text(text)
    config = f"root_dir: {tmp_path}\n"
    (tmp_path / "master").write_text(config)
    (tmp_path / "cloud").write_text(config)
    # salt's defaults are absolute and put under root_dir; these two stay short for sockets
    for folder in ("var/run/salt/master", "var/cache/salt/master"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


@pytest.fixture(scope="session")
def masterless(salt_factories):
    """A minion that needs no master, and is not started."""
    overrides = {"file_client": "local", "enable_fqdns_grains": False}
    return salt_factories.salt_minion_daemon("functional", overrides=overrides)


@pytest.fixture(scope="session")
def minion_opts(masterless):
    return masterless.config.copy()


@pytest.fixture(scope="session")
def loaders(minion_opts):
    """What Salt's loader makes of the installed extension on a minion."""
    return Loaders(minion_opts)


@pytest.fixture(scope="session")
def modules(loaders):
    return loaders.modules


@pytest.fixture
def master_opts(config_dir):
    return salt.config.master_config(str(config_dir / "master"))


@pytest.fixture
def runners(master_opts):
    return salt.loader.runner(master_opts)
