"""The lab as the soak sees it: its machines, a daemon of its own, a job that counts, and what lies about."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
ENTRY = TREE / "integration-tests" / "lab" / "lab"
STATE = Path(os.environ.get("SPILLWAY_LAB", "/var/lib/spillway-lab"))
CONFIG = STATE / "spillway.yaml"
SOCKET = STATE / "run" / "spillwayd.sock"
HOME = "/home/alice/soak"
HYPERVISOR = {"cn01": "hyp01", "cn02": "hyp02"}

# Run by Salt's Python on ctl, with the account that Spillway itself uses.
CLOUD_FOOTPRINT = """
import json, openstack
cloud = openstack.connect(cloud="spillway")
print(json.dumps({"servers": [one.name for one in cloud.compute.servers()],
                  "ports": [one.name for one in cloud.network.ports()]}))
"""


class Broken(Exception):
    """Something is not as it must be; the text says what was seen."""


def run(*command: str, timeout: float = 120, check: bool = True, stdin: str | None = None) -> str:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)
    if check and done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Broken(f"{' '.join(command[1:])[:120]}: exit {done.returncode}: {' / '.join(said[-3:])}")
    return done.stdout


def on(machine: str, *command: str, **more) -> str:
    """Runs a command inside a lab machine."""
    return run(str(ENTRY), "sh", machine, *command, **more)


def guest(node: str, *command: str, **more) -> str:
    """Runs a command inside a virtual node."""
    return run(str(ENTRY), "guest", node, *command, **more)


def as_admin(statement: str) -> str:
    """Runs a line of Python with the cloud's administrator connected as ``cloud``."""
    return on("cloud", "python3", "-c", f"import openstack; cloud = openstack.connect(cloud='admin'); {statement}")


def eventually(what: str, test: Callable[[], object], seconds: float = 60):
    """The first true answer of a test; Broken when it stays false."""
    end = time.monotonic() + seconds
    while True:
        answer = test()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Broken(f"not seen within {seconds:.0f} s: {what}")
        time.sleep(0.5)


def footprint() -> dict[str, list[str]]:
    """Everything a virtual node leaves somewhere: servers, ports, minion keys, Slurm nodes."""
    cloud = json.loads(on("ctl", "/opt/salt/bin/python", "-c", CLOUD_FOOTPRINT))
    keys = json.loads(on("ctl", "salt-key", "--out=json", "-L"))
    slurm = on("ctl", "sinfo", "--noheader", "--Node", "--format=%N").split()
    return {
        "servers": sorted(cloud["servers"]),
        "ports": sorted(cloud["ports"]),
        "minion keys": sorted(name for names in keys.values() for name in names),
        "Slurm nodes": sorted(set(slurm)),
    }


class _UnixConnection(http.client.HTTPConnection):
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(SOCKET))


def spillway(*words: str, config: Path = CONFIG, timeout: float = 900) -> dict:
    """The product's command, as an admin types it, with --json: its answer."""
    command = [str(ENTRY), "exec", str(TREE / "daemon" / "bin" / "spillway"), "--config", str(config)]
    return json.loads(run(*command, *words, "--json", timeout=timeout))


class Lines:
    """What a process says, line by line, read beside the one who waits for it."""

    def __init__(self, stream) -> None:
        self.seen: list[str] = []
        self._times: list[float] = []
        self._news = threading.Condition()
        self._over = False
        self._reader = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._reader.start()

    def _read(self, stream) -> None:
        for line in stream:
            with self._news:
                self._times.append(time.time())
                self.seen.append(line.rstrip())
                self._news.notify_all()
        with self._news:
            self._over = True
            self._news.notify_all()

    def until(self, pattern: str, timeout: float) -> bool:
        """Whether a line with that pattern came before the end, or the time was over."""
        with self._news:
            return self._news.wait_for(lambda: self._find(pattern) or self._over, timeout) and self._find(pattern)

    def timed(self) -> list[tuple[float, str]]:
        """Each line with the moment it was read, by this machine's clock."""
        with self._news:
            return list(zip(self._times, self.seen, strict=True))

    def _find(self, pattern: str) -> bool:
        return any(re.search(pattern, line) for line in self.seen)


class Daemon:
    """A ``spillwayd`` on the lab. With ``met`` it is killed at each boundary that this file does not know yet."""

    def __init__(self, met: Path | None = None, config: Path = CONFIG) -> None:
        classes = TREE / "integration-tests" / "target" / "test-classes"
        jar = TREE / "daemon" / "target" / "spillway-daemon.jar"
        words = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"]
        words += ["-Dlogback.configurationFile=spillwayd-logback.xml", "-cp", f"{classes}:{jar}"]
        words += ["io.spillway.daemon.server.Spillwayd", "--config", str(config)]
        more = {"SPILLWAY_SOAK_MET": str(met)} if met else {}
        self._process = subprocess.Popen(
            [str(ENTRY), "exec", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **more},
            start_new_session=True,
        )
        self.log = Lines(self._process.stdout)

    def lives(self) -> bool:
        return self._process.poll() is None

    def looked(self) -> bool:
        """Waits for its first look; whether it lived to see it."""
        return self.log.until("all parts answer", 60) and self.lives()

    def get(self, path: str) -> dict:
        return self._ask("GET", path)

    def node(self, name: str) -> dict:
        """The node as it is now; phase ABSENT if there is nothing of it."""
        nodes = {one["name"]: one for one in self.get("/v1/nodes")["nodes"]}
        return nodes.get(name, {"name": name, "phase": "ABSENT", "goal": None, "host": None, "reason": ""})

    def _ask(self, method: str, path: str) -> dict:
        connection = _UnixConnection("localhost", timeout=90)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            document = json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError) as cause:
            raise Broken(f"the daemon does not answer {path}: {cause}") from cause
        finally:
            connection.close()
        if answer.status >= 400:
            raise Broken(f"{path}: {document.get('error', {}).get('message', answer.status)}")
        return document

    def end(self) -> None:
        """Ends it by SIGKILL, with the script that started it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextlib.contextmanager
def served(nodes: str) -> Iterator[Daemon]:
    """A daemon that has looked, for as long as something is played; no job of it is left, and none of these nodes."""
    daemon = Daemon()
    try:
        if not daemon.looked():
            raise Broken("spillwayd has no first look: " + " / ".join(daemon.log.seen[-3:]))
        yield daemon
    finally:
        try:
            on("ctl", "scancel", "--user=alice", check=False)
            spillway("down", nodes)
        finally:
            daemon.end()


class Order:
    """A ``spillway`` command on its way."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.began = time.monotonic()
        self._process = subprocess.Popen(
            [str(ENTRY), "exec", str(TREE / "daemon" / "bin" / "spillway"), "--config", str(CONFIG), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.said = Lines(self._process.stderr)

    def over(self) -> bool:
        return self._process.poll() is not None

    def exit(self, timeout: float) -> int | None:
        """Its exit code; None if it has none in that time."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def must(self, seconds: float, *codes: int) -> None:
        """Ends it, and is Broken, unless its exit code is 0, or one of these, in that time."""
        if self.exit(seconds) not in (0, *codes):
            self.end()
            raise Broken(f"{' '.join(self.words)}: {self.reason()}")

    def end(self) -> None:
        if not self.over():
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def reason(self) -> str:
        """What it said of its trouble: the last doubt, repetition or failure; else the empty string."""
        telling = [
            line
            for line in self.said.seen
            if line.startswith("spillway: ") or ", once more: " in line or "waits (DOUBT)" in line
        ]
        return re.sub(r"^(spillway: )?(vn\d+(: |  ))?", "", telling[-1]) if telling else ""


class Job:
    """A job that writes a number each second, until it is told to finish; busy ones use a CPU beside that."""

    def __init__(self, node: str, busy: bool = False) -> None:
        self.node = node
        self.file = f"{HOME}/{node}-{time.time_ns()}"
        script = f"n=0; until [ -e {self.file}.finish ]; do n=$((n+1)); echo $n >>{self.file}; sleep 1; done"
        if busy:
            script = f"while :; do :; done & {script}; kill $!"
        on("ctl", "runuser", "-u", "alice", "--", "mkdir", "-p", HOME)
        submit = ["sbatch", "--parsable", f"--chdir={HOME}", f"--nodelist={node}", f"--wrap={script}"]
        self.number = on("ctl", "runuser", "-u", "alice", "--", *submit).strip()
        try:
            eventually(f"job {self.number} counts on {node}", lambda: len(self.numbers()) >= 2)
        except Broken:
            self.cancel()  # nobody else knows of it, and its node would wait for its end
            raise

    def shown(self) -> dict[str, str]:
        text = on("ctl", "scontrol", "--oneliner", "show", "job", self.number, check=False)
        return dict(re.findall(r"(\w+)=(\S*)", text))

    def numbers(self) -> list[int]:
        return [int(line) for line in on("ctl", "cat", self.file, check=False).split()]

    def must_be(self, state: str) -> None:
        """Broken unless it is in that state, was never restarted, has left no gap, and counts if it runs."""
        shown = eventually(f"an answer about job {self.number}", self.shown)
        if shown.get("JobState") != state or shown.get("Restarts") != "0":
            raise Broken(f"job {self.number} is {shown.get('JobState')}, restarts {shown.get('Restarts')}, not {state}")
        if state == "RUNNING":
            before = len(self.numbers())
            eventually(f"job {self.number} counts on", lambda: len(self.numbers()) > before)
        self.must_be_unbroken()

    def must_be_unbroken(self) -> None:
        for at, number in enumerate(self.numbers(), start=1):
            if number != at:
                raise Broken(f"job {self.number}: line {at} says {number}")

    def cancel(self) -> None:
        on("ctl", "scancel", self.number, check=False)

    def finish(self) -> None:
        """Lets it end; Broken unless it ends COMPLETED 0:0."""
        on("ctl", "runuser", "-u", "alice", "--", "touch", f"{self.file}.finish")
        over = {"COMPLETED", "FAILED", "CANCELLED", "NODE_FAIL"}
        eventually(f"the end of job {self.number}", lambda: self.shown().get("JobState") in over, 90)
        end = self.shown()
        if (end["JobState"], end["ExitCode"], end["Restarts"]) != ("COMPLETED", "0:0", "0"):
            raise Broken(f"job {self.number} ended {end['JobState']} {end['ExitCode']}, restarts {end['Restarts']}")
        self.must_be_unbroken()


def said_by(program: str, pattern: str, since: float) -> float | None:
    """When a program on ctl first said such a line to the journal since then, by the clock that all machines share."""
    log = on("ctl", "journalctl", f"--identifier={program}", f"--since=@{since:.3f}", "--output=short-unix")
    found = re.search(rf"^(\d+\.\d+) .*{pattern}", log, re.MULTILINE)
    return float(found.group(1)) if found else None


def closed(node: str) -> str:
    """Why Slurm starts no job on a node; the empty string if it does. An ended drain's reason stands on in Slurm."""
    shown = dict(re.findall(r"(\w+)=(\S*)", on("ctl", "scontrol", "--oneliner", "show", "node", node)))
    return f"{shown['State']} {shown.get('Reason', '')}" if re.search("DRAIN|DOWN|FAIL", shown["State"]) else ""


def other_host(host: str) -> str:
    return "cn02" if host == "cn01" else "cn01"
