import pytest

from saltext.spillway.utils import command, munge
from saltext.spillway.utils.errors import SpillwayError

CREDENTIAL = "MUNGE:AwQFAABcXG5KupXFjwmqlxxBUhldS6G+oroNR2Z+CT9eAZZW48h0iKDW8prk=:"

DECODED = """\
STATUS:          {status}
ENCODE_HOST:     ctl (10.99.0.1)
ENCODE_TIME:     2026-11-23 03:51:16 +0000 (1795405876)
DECODE_TIME:     2026-11-23 03:51:17 +0000 (1795405877)
TTL:             60
UID:             nobody (65534)
UID_RESTRICTION: root (0)
LENGTH:          0

"""


@pytest.mark.parametrize(
    ("code", "status", "valid"),
    [(0, "Success", True), (15, "Expired credential", False), (16, "Rewound credential", False)],
)
def test_decode(monkeypatch, code, status, valid):
    text = DECODED.format(status=f"{status} ({code})")
    monkeypatch.setattr(command, "run", lambda *_, **__: (code, text, ""))
    assert munge.decode(CREDENTIAL) == {
        "valid": valid,
        "code": code,
        "status": status,
        "encode_time": 1795405876,
        "decode_time": 1795405877,
    }


def test_decode_without_munged(monkeypatch):
    said = 'unmunge: Error: Failed to access "/run/munge/munge.socket.2": No such file or directory'
    monkeypatch.setattr(command, "run", lambda *_, **__: (6, "", said))
    with pytest.raises(SpillwayError, match="Failed to access"):
        munge.decode(CREDENTIAL)


@pytest.mark.parametrize("text", ["", "x", "MUNGE:a b:", CREDENTIAL + "\n", None, "MUNGE:;id;:"])
def test_what_is_no_credential(text):
    with pytest.raises(SpillwayError) as error:
        munge.decode(text)
    assert error.value.kind == "bad-input"


def test_encode_is_in_the_name_of_nobody(monkeypatch):
    seen = {}

    def run(argv, timeout, **popen):
        seen.update(popen, argv=argv)
        return 0, CREDENTIAL + "\n", ""

    monkeypatch.setattr(command, "run", run)
    monkeypatch.setattr(munge.os, "geteuid", lambda: 0)
    assert munge.encode() == CREDENTIAL
    assert seen["user"] == munge.pwd.getpwnam("nobody").pw_uid
    assert "--restrict-uid=0" in seen["argv"]
