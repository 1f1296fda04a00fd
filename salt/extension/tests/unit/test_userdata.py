import os
import subprocess

import pytest

from saltext.spillway.utils import userdata
from saltext.spillway.utils.errors import SpillwayError

VALUES = {
    "id": "vn01",
    "name": "vn01",
    "metadata": {},
    "private_key": "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    "public_key": "-----BEGIN PUBLIC KEY-----\nBBBB\n-----END PUBLIC KEY-----\n",
    "master_key": "-----BEGIN PUBLIC KEY-----\nCCCC\n-----END PUBLIC KEY-----\n",
    "minion_config": 'id: vn01\nmaster: 10.0.0.10\nodd: "$HOME `id` \'"\n',
}


@pytest.fixture
def first_boot(tmp_path):
    """Run the script with another /etc and a systemctl that writes down what it is told."""
    told = tmp_path / "told"
    systemctl = tmp_path / "bin" / "systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text(f'#!/bin/sh\necho "$@" >> {told}\n')
    systemctl.chmod(0o755)

    def run(script):
        script = script.replace("/etc/salt", str(tmp_path / "salt"))
        script = script.replace("/run/systemd/system", str(tmp_path))
        path = f"{systemctl.parent}:{os.environ['PATH']}"
        subprocess.run(["/bin/sh"], input=script, text=True, check=True, env={"PATH": path})
        lines = told.read_text().splitlines() if told.exists() else []
        told.unlink(missing_ok=True)
        return tmp_path / "salt", lines

    return run


def test_first_boot(first_boot):
    salt, told = first_boot(userdata.render(VALUES))
    pki = salt / "pki" / "minion"
    assert (pki / "minion.pem").read_text() == VALUES["private_key"]
    assert (pki / "minion.pem").stat().st_mode & 0o777 == 0o400
    assert pki.stat().st_mode & 0o077 == 0
    assert (pki / "minion.pub").read_text() == VALUES["public_key"]
    assert (pki / "minion_master.pub").read_text() == VALUES["master_key"]
    assert (salt / "minion.d" / "spillway.conf").read_text() == VALUES["minion_config"]
    assert told[-1] == "restart --no-block salt-minion"
    assert not list(salt.rglob("*.new"))


def test_second_boot_changes_nothing(first_boot):
    script = userdata.render(VALUES)
    first_boot(script)
    _, told = first_boot(script)
    assert told == []


def test_several_masters(first_boot):
    salt, _ = first_boot(userdata.render({**VALUES, "master_key": ""}))
    assert not (salt / "pki" / "minion" / "minion_master.pub").exists()


def test_template_of_the_site(tmp_path):
    template = tmp_path / "site.sh.j2"
    template.write_text("#!/bin/sh\necho {{ name | sh }} {{ metadata['spillway:pool'] | sh }}\n")
    text = userdata.render({**VALUES, "metadata": {"spillway:pool": "a b"}}, str(template))
    assert text == "#!/bin/sh\necho vn01 'a b'\n"


@pytest.mark.parametrize("template", ["{{ nix }}", "{% if %}", None])
def test_bad_template(tmp_path, template):
    path = tmp_path / "bad"
    if template:
        path.write_text(template)
    with pytest.raises(SpillwayError, match="userdata_file") as error:
        userdata.render(VALUES, str(path))
    assert "AAAA" not in error.value.message


def test_limits():
    with pytest.raises(SpillwayError, match="longer than"):
        userdata.render({**VALUES, "minion_config": "x" * 60000})
    with pytest.raises(SpillwayError, match="SPILLWAY"):
        userdata.render({**VALUES, "minion_config": "a\nSPILLWAY\nb"})
