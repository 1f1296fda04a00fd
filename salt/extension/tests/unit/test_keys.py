import pytest

from saltext.spillway.utils import keys
from saltext.spillway.utils.errors import SpillwayError


@pytest.fixture
def opts(tmp_path):
    return {"pki_dir": str(tmp_path / "pki"), "cachedir": str(tmp_path / "cache")}


def accepted(tmp_path):
    folder = tmp_path / "pki" / "minions"
    return {key.name: key.read_text() for key in folder.iterdir()} if folder.exists() else {}


def test_accept_and_remove(opts, tmp_path):
    keys.accept(opts, "vn01", "KEY 1\n")
    assert accepted(tmp_path) == {"vn01": "KEY 1\n"}
    keys.accept(opts, "vn01", "KEY 2\n")  # one of ours that was left over
    assert accepted(tmp_path) == {"vn01": "KEY 2\n"}
    assert keys.remove(opts, "vn01") is True
    assert keys.remove(opts, "vn01") is False
    assert accepted(tmp_path) == {}
    assert not list((tmp_path / "cache" / "spillway").glob("*.key"))


def test_somebody_elses_key_is_neither_replaced_nor_removed(opts, tmp_path):
    (tmp_path / "pki" / "minions").mkdir(parents=True)
    (tmp_path / "pki" / "minions" / "cn01").write_text("PHYSICAL\n")
    with pytest.raises(SpillwayError, match="salt-key -d cn01") as error:
        keys.accept(opts, "cn01", "KEY\n")
    assert error.value.kind == "refused"
    assert keys.remove(opts, "cn01") is False
    assert accepted(tmp_path) == {"cn01": "PHYSICAL\n"}
    assert keys.remove(opts, "cn01", anyhow=True) is True


def test_one_call_at_a_time(opts):
    with keys.lock(opts, "vn01"):
        with keys.lock(opts, "vn02"):
            pass
        with pytest.raises(SpillwayError) as error, keys.lock(opts, "vn01"):
            pass
        assert error.value.kind == "refused"
    with keys.lock(opts, "vn01"):
        pass


def test_make():
    private, public = keys.make()
    assert "PRIVATE KEY" in private
    assert "PUBLIC KEY" in public
