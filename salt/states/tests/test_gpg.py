"""Secrets in the pillar, encrypted as docs/salt-states.md tells."""

import shutil
import subprocess

import pytest
import salt.client
import salt.config
import yaml

KEY = "bm8gc2VjcmV0LCBvbmx5IGFuIGV4YW1wbGU7IHB1dCB5b3VyIG93biBrZXkgaGVyZQ=="


def gpg(home, *words, told=None):
    done = subprocess.run(["gpg", "--homedir", home, "--batch", *words], input=told, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def keyring(tmp_path_factory):
    if not shutil.which("gpg"):
        pytest.skip("gpg is not installed")
    # short: gpg-agent's socket lies in it
    home = tmp_path_factory.mktemp("gpg")
    home.chmod(0o700)
    gpg(home, "--passphrase", "", "--quick-generate-key", "salt-master", "rsa2048", "encrypt", "never")
    yield home
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)


def test_an_encrypted_key_reaches_the_states(keyring, tmp_path):
    encrypt = ("--armor", "--trust-model", "always", "--encrypt", "--recipient", "salt-master")
    encrypted = gpg(keyring, *encrypt, told=KEY)
    assert KEY not in encrypted
    pillar = tmp_path / "pillar"
    pillar.mkdir()
    (pillar / "top.sls").write_text("base: {'*': [secrets]}")
    secrets = "#!yaml|gpg\n" + yaml.safe_dump({"spillway": {"munge": {"key": encrypted}}})
    (pillar / "secrets.sls").write_text(secrets)
    options = salt.config.minion_config(None)
    options.update(
        id="vn01",
        root_dir=str(tmp_path),
        cachedir=str(tmp_path / "cache"),
        pki_dir=str(tmp_path / "pki"),
        file_client="local",
        pillar_roots={"base": [str(pillar)]},
        gpg_keydir=str(keyring),
        enable_fqdns_grains=False,
        enable_gpu_grains=False,
    )
    minion = salt.client.Caller(mopts=options)
    assert minion.cmd("pillar.get", "spillway:munge:key", unmask=True) == KEY
