"""What a node is, as facts in JSON: run in the node itself, as root, by Python 3.10 or later and nothing else.

Argument: {"files": [PATH…], "secrets": [PATH…], "units": [UNIT…], "mounts": [PATH…]}, what to look at.
Standard output: {NAME: VALUE}, names as `package bash`, `file /etc/hosts`, `limit slurmd Max open files`.
What is not there has the value null.
"""

import glob
import grp
import hashlib
import json
import os
import pwd
import re
import subprocess
import sys

LIMITS_OF = ("slurmd", "munged", "chronyd")


def said(*command):
    """What a command printed, whatever its exit code; the empty string if there is no such command."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return None


def packages():
    for line in said("dpkg-query", "-W", "-f", "${db:Status-Abbrev}\t${binary:Package}\t${Version}\n").splitlines():
        status, name, version = line.split("\t")
        if status.strip() == "ii":
            yield f"package {name}", version


def files(paths, secrets):
    for path in paths:
        try:
            status = os.lstat(path)
        except OSError:
            yield f"file {path}", None
            continue
        owner = f"{name_of(pwd.getpwuid, status.st_uid)}:{name_of(grp.getgrgid, status.st_gid)}"
        yield f"owner and mode {path}", f"{owner} {status.st_mode & 0o7777:04o}"
        if os.path.isfile(path):
            yield f"file {path}", digest(path) if path in secrets else read(path)


def digest(path):
    with open(path, "rb") as file:
        return "sha256 " + hashlib.sha256(file.read()).hexdigest()


def name_of(look_up, number):
    try:
        return look_up(number)[0]
    except KeyError:
        return str(number)


def accounts():
    for one in pwd.getpwall():
        yield f"user {one.pw_name}", f"{one.pw_uid}:{one.pw_gid} {one.pw_dir} {one.pw_shell}"
    for one in grp.getgrall():
        yield f"group {one.gr_name}", f"{one.gr_gid}:{','.join(sorted(one.gr_mem))}"


def mounts(paths):
    seen = {}
    for line in (read("/proc/self/mounts") or "").splitlines():
        source, target, kind, options = line.split()[:4]
        seen[target] = (source, kind, sorted(options.split(",")))
    for path in paths:
        source, kind, options = seen.get(path, (None, None, None))
        yield f"mount {path} from", source
        yield f"mount {path} type", kind
        yield f"mount {path} options", options


def limits():
    for name in LIMITS_OF:
        for limit, value in limits_of(process(name)).items():
            yield f"limit {name} {limit}", value


def process(name):
    """The number of the eldest process of that name."""
    found = []
    for path in glob.glob("/proc/[0-9]*/comm"):
        if (read(path) or "").strip() == name:
            found.append(int(path.split("/")[2]))
    return min(found, default=None)


def limits_of(number):
    """soft and hard limit by name, as /proc says them."""
    text = read(f"/proc/{number}/limits") or ""
    return {line[:26].strip(): line[26:].split()[:2] for line in text.splitlines()[1:]}


def time_source():
    yield "time source", [line.split(",")[:3:2] for line in said("chronyc", "-n", "-c", "sources").splitlines()]
    tracking = said("chronyc", "-n", "-c", "tracking").split(",")
    yield "time source in use", tracking[1] if len(tracking) > 1 else None


def slurmd():
    for key, value in re.findall(r"(\w+)=(\S+)", said("slurmd", "-C")):
        if key not in ("NodeName", "UpTime"):
            yield f"slurmd -C {key}", value
    yield "slurmd version", said("slurmd", "-V")


def services(units):
    names = "ActiveState,SubState,UnitFileState,FragmentPath,DropInPaths"
    shown = said("systemctl", "show", f"--property={names}", *units).split("\n\n")
    for unit, block in zip(units, shown, strict=False):  # in the order of the question
        for key, value in re.findall(r"(\w+)=(.*)", block):
            yield f"unit {unit} {key}", value
            for path in value.split() if key in ("FragmentPath", "DropInPaths") else ():
                yield f"unit {unit} {path}", read(path)
    for line in said("systemctl", "list-unit-files", "--no-legend", "--no-pager", "--state=enabled").splitlines():
        yield f"enabled {line.split()[0]}", True
    for line in said("systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager").splitlines():
        yield f"failed {line.split()[0]}", True


def surroundings():
    yield "timezone", [os.path.realpath("/etc/localtime"), (read("/etc/timezone") or "").strip(), said("date", "+%Z")]
    yield "locale", [read("/etc/default/locale"), said("locale")]
    yield "machine", [os.uname().sysname, os.uname().machine]
    yield "kernel", os.uname().release
    yield "distribution", read("/etc/os-release")
    yield "recover_lost_locks", (read("/sys/module/nfs/parameters/recover_lost_locks") or "").strip() or None
    yield "salt", sorted(map(os.path.basename, glob.glob("/opt/salt/lib/python*/site-packages/salt*.dist-info")))


def facts(asked):
    found = {}
    for part in (
        packages(),
        files(asked["files"], asked["secrets"]),
        accounts(),
        mounts(asked["mounts"]),
        limits(),
        time_source(),
        slurmd(),
        services(asked["units"]),
        surroundings(),
    ):
        found.update(part)
    return found


if __name__ == "__main__":
    json.dump(facts(json.loads(sys.argv[1])), sys.stdout, sort_keys=True)
