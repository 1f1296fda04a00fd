"""The lab's site with more in its pillar, and with a daemon that the controller reaches over TLS."""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Self

from onlab.lab import CONFIG, STATE, TREE, Broken, Daemon, eventually, on

ADDRESS = "10.78.0.254"
TLS_CONFIG = STATE / "tls.yaml"

_SERVED = STATE / "site" / "now" / "pillar"
_TOP = TREE / "integration-tests" / "lab" / "site" / "pillar" / "top.sls"
_FILES = STATE / "tls"

_DAEMON = """
spillway:
  daemon:
    url: https://{address}:8443
    token: {token}
    certificate: |
{certificate}
"""

_TCP = """  tcp:
    address: {address}
    port: 8443
    keystore: {files}/spillwayd.p12
    password-file: {files}/password
    tokens: {files}/tokens
"""


def _with(top: str, names: str, pillar: str) -> str:
    """A top.sls in which these minions have one pillar more; it may name a pattern once only."""
    line = rf"^(  '{re.escape(names)}': \[.*)\]$"
    more, found = re.subn(line, rf"\1, {pillar}]", top, flags=re.MULTILINE)
    return more if found else f"{top}  '{names}': [{pillar}]\n"


def apply_states() -> None:
    on("ctl", "salt-call", "--retcode-passthrough", "--log-level=warning", "state.apply", timeout=300)


def starts_at_once(host: str) -> None:
    """Waits until the gate knows that the host's memory bears both, so that no job waits there."""
    there = f"test -e /run/spillway-gate/at-once/{host} && echo yes"
    eventually(f"jobs start at once on {host}", lambda: "yes" in on("ctl", "sh", "-c", there, check=False), 90)


def _make_secrets() -> str:
    """The daemon's certificate from the lab's CA, and a token for slurmctld; returns the token."""
    _FILES.mkdir(mode=0o700, exist_ok=True)
    token = secrets.token_hex(24)
    (_FILES / "password").write_text(secrets.token_hex(16) + "\n", encoding="ascii")
    (_FILES / "tokens").write_text(f"slurmctld {sha256(token.encode()).hexdigest()}\n", encoding="ascii")
    (_FILES / "extensions").write_text(f"subjectAltName=IP:{ADDRESS}\nextendedKeyUsage=serverAuth\n", encoding="ascii")
    authority = STATE / "secrets" / "ca"
    for words in (
        "genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
        "req -new -key key.pem -subj /CN=spillwayd -out request.pem",
        f"x509 -req -in request.pem -CA {authority}.pem -CAkey {authority}.key"
        " -days 30 -extfile extensions -out crt.pem",
        "pkcs12 -export -inkey key.pem -in crt.pem -passout file:password -out spillwayd.p12",
    ):
        subprocess.run(["openssl", *words.split()], cwd=_FILES, check=True, capture_output=True)
    return token


class Site:
    """The lab's pillar with more in it for the controller, and for some minions; as before when this ends.

    ``TLS_CONFIG`` is then Spillway's configuration, changed by ``config``, that a daemon at ADDRESS serves.
    """

    def __init__(
        self,
        pillar: str,
        minions: dict[str, str] | None = None,
        config: Callable[[str], str] = lambda text: text,
    ) -> None:
        self._pillar = pillar
        self._minions = minions or {}
        self._config = config
        self._top = _TOP.read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        try:
            self._change()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _change(self) -> None:
        certificate = (STATE / "secrets" / "ca.pem").read_text(encoding="ascii")
        daemon = _DAEMON.format(
            address=ADDRESS,
            token=_make_secrets(),
            certificate="".join(f"      {line}\n" for line in certificate.splitlines()),
        )
        tcp = _TCP.format(address=ADDRESS, files=_FILES)
        text = CONFIG.read_text(encoding="utf-8").replace("daemon:\n", f"daemon:\n{tcp}")
        TLS_CONFIG.write_text(self._config(text), encoding="utf-8")
        (_SERVED / "daemon.sls").write_text(daemon, encoding="utf-8")
        top = self._top.replace("secrets.api]", "secrets.api, daemon, more]")
        for number, (names, pillar) in enumerate(self._minions.items()):
            (_SERVED / f"more{number}.sls").write_text(pillar, encoding="utf-8")
            top = _with(top, names, f"more{number}")
        self.set(self._pillar)
        (_SERVED / "top.sls").write_text(top, encoding="utf-8")
        apply_states()

    def set(self, pillar: str) -> None:
        """Another pillar in the place of the first; :func:`apply_states` brings it to Slurm."""
        (_SERVED / "more.sls").write_text(pillar, encoding="utf-8")

    def start(self) -> Daemon:
        """A daemon that has looked at the site."""
        daemon = Daemon(config=TLS_CONFIG)
        if not daemon.looked():
            daemon.end()
            raise Broken("spillwayd has no first look: " + " / ".join(daemon.log.seen[-3:]))
        return daemon

    @contextlib.contextmanager
    def served(self) -> Iterator[Daemon]:
        """A daemon for as long as something is played, and what it said last if that breaks; no job of it is left."""
        daemon = self.start()
        try:
            yield daemon
        except BaseException:
            print("\n".join(daemon.log.seen[-40:]), flush=True)
            raise
        finally:
            on("ctl", "scancel", "--user=alice", check=False)
            daemon.end()

    def __exit__(self, *_: object) -> None:
        (_SERVED / "top.sls").write_text(self._top, encoding="utf-8")
        for file in _SERVED.glob("more*.sls"):
            file.unlink()
        (_SERVED / "daemon.sls").unlink(missing_ok=True)
        apply_states()
        units = ["spillway-gate", "spillway-nudge"]
        on("ctl", "systemctl", "disable", "--now", "--quiet", *units, check=False)
        files = [f"/etc/systemd/system/{unit}.service" for unit in units]
        on("ctl", "rm", "-rf", "/etc/spillway/power", "/etc/spillway/gate", *files)
        TLS_CONFIG.unlink(missing_ok=True)
        shutil.rmtree(_FILES, ignore_errors=True)
