import pytest
import salt.config
import salt.loader

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
    (tmp_path / "minion").write_text(config + "id: ctl\nfile_client: local\n")
    (tmp_path / "cloud").write_text(config)
    # salt's defaults are absolute and put under root_dir; these two stay short for sockets
    for folder in ("var/run/salt/master", "var/cache/salt/master"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def minion_opts(config_dir):
    opts = salt.config.minion_config(str(config_dir / "minion"))
    opts["grains"] = {"os": "Debian", "os_family": "Debian", "kernel": "Linux"}
    return opts


@pytest.fixture
def master_opts(config_dir):
    return salt.config.master_config(str(config_dir / "master"))


@pytest.fixture
def runners(master_opts):
    return salt.loader.runner(master_opts)
