"""Each component of the states, for each family: its parts, and that `clean` takes away what the others put there."""

import fnmatch
import re
import stat

import pytest
import yaml
from conftest import STATES
from test_render import COMPUTE, CONTROLLER, LOGIN, VIRTUAL

FAMILIES = ("Debian 12", "Debian", "RedHat")
DBD = ("munge", "slurm_dbd")
HYPERVISOR = (*COMPUTE, "hypervisor")
KINDS = {
    "controller": (*CONTROLLER, "slurm_dbd"),
    "dbd": DBD,
    "physical": COMPUTE,
    "virtual": VIRTUAL,
    "hypervisor": HYPERVISOR,
    "login": LOGIN,
}
SLURM = ("controller", "compute", "login", "dbd")
FULL = {"munge", "chrony", "nfs/server", "nfs/client", *(f"slurm/{one}" for one in SLURM)}
PASSWORD = "s3cret-of-the-database"
CLOUD = {"vn[01-02]": {"CPUs": 4, "RealMemory": 7000, "Feature": "virtual", "NodeAddr": "10.78.0.[101-102]"}}


ALONE = sorted(
    str(path.relative_to(STATES).with_suffix("")).replace("/", ".").removesuffix(".init")
    for path in (STATES / "spillway").rglob("*.sls")
    if "reactor" not in path.parts
)


def kind_for(sls):
    """A kind of node on which this part does something."""
    if "hypervisor" in sls:
        return "hypervisor"
    return "virtual" if "compute" in sls or "clockguard" in sls else "login" if "login" in sls else "controller"


@pytest.fixture(scope="session")
def node(render):
    """node(family, kind): a site with everything on, accounting too."""

    def call(family, kind):
        slurm = render.example["slurm"] | {
            "dbd": {"host": "ctl", "password": PASSWORD},
            "power_saving": {"nodes": CLOUD},
            "gate": {"hosts": "cn01", "start": "at_once"},
            "nudge": ["urgent"],
            "events": {"hooks": ["ended", "started", "submitted"]},
        }
        alone = [sls for sls in ALONE if family == "Debian" and kind_for(sls) == kind]
        also = {*alone, "spillway.clean"}
        return render(family, KINDS[kind], sorted(also), slurm=slurm, packages={"remove": True})

    return call


everywhere = pytest.mark.parametrize("family", FAMILIES)
every_kind = pytest.mark.parametrize("kind", KINDS)


def references(chunk):
    for requisite in ("require", "watch", "onchanges"):
        for reference in chunk.get(requisite, []):
            yield from reference.items()


def unresolved(low):
    """The requisites that name nothing in this run, as Salt sees it: an sls stands for what it includes, too."""
    sls = {name for chunk in low for name in (chunk["__sls__"], *chunk.get("__sls_included_from__", []))}
    ids = {(chunk["state"], chunk["__id__"]) for chunk in low}
    return [
        f"{chunk['__id__']} asks for {kind} {name}"
        for chunk in low
        for kind, name in references(chunk)
        if not (name in sls if kind == "sls" else any(k == kind and fnmatch.fnmatch(i, name) for k, i in ids))
    ]


def paths(low, *functions):
    return {chunk["name"] for chunk in low if chunk["state"] == "file" and chunk["fun"] in functions}


def services(low, function):
    return {chunk["name"] for chunk in low if (chunk["state"], chunk["fun"]) == ("service", function)}


@everywhere
@every_kind
def test_renders_and_every_requisite_exists(node, family, kind):
    made = node(family, kind)
    assert made.errors == []
    assert unresolved(made.low) == []
    for path, text in made.files.items():
        assert text and "{{" not in text and "{%" not in text, path


@everywhere
@every_kind
def test_clean_takes_away_what_was_put_there(node, family, kind):
    made = node(family, kind)
    low, errors = made.also["spillway.clean"]
    assert errors == [] and unresolved(low) == []
    absent = paths(low, "absent")
    # /etc/hosts loses its block; a key is looked at before; in the gate's and power saving's folders all is ours
    kept = {"/etc/munge/munge.key"}
    for path in paths(made.low, "managed", "symlink", "serialize") - kept:
        assert path in absent or any(path.startswith(f"{folder}/") for folder in absent), path
    # the database is the site's; the master may be what runs this
    assert services(made.low, "running") - services(low, "dead") <= {"mariadb", "salt-master"}
    installed = {name for chunk in made.low if chunk["state"] == "pkg" for name in chunk["pkgs"]}
    removed = {name for chunk in low if chunk["state"] == "pkg" for name in chunk["pkgs"]}
    assert installed - removed <= {"mariadb-server", "python3", "iproute2", "iproute"}
    assert removed <= installed


@every_kind
def test_clean_leaves_data_alone(node, kind):
    made = node("Debian", kind)
    low, _ = made.also["spillway.clean"]
    removed = paths(low, "absent")
    for path in ("/export/home", "/home/alice", "/var/lib/slurm/slurmctld", "/var/log/slurm", "/etc/munge/munge.key"):
        assert not any(path == one or path.startswith(f"{one}/") for one in removed), path
    assert all(chunk["purge"] is False for chunk in low if (chunk["state"], chunk["fun"]) == ("user", "absent"))
    assert not [chunk for chunk in low if chunk["state"] == "cmd"]


def test_clean_leaves_the_sites_own_job_submit(node):
    low, _ = node("Debian", "controller").also["spillway.clean"]
    (chunk,) = [chunk for chunk in low if chunk.get("name") == "/etc/slurm/job_submit.lua"]
    (asked,) = chunk["onlyif"]
    assert (asked["fun"], asked["path"], asked["ignore_if_missing"]) == ("file.search", chunk["name"], True)
    ours = (STATES / "spillway/slurm/files/job_submit.lua.jinja").read_text()
    assert re.search(asked["pattern"], ours) and not re.search(asked["pattern"], "function slurm_job_submit() end")


def test_packages_stay_unless_the_pillar_says_otherwise(render):
    low, _ = render("Debian", VIRTUAL).also["spillway.clean"]
    assert not [chunk for chunk in low if chunk["state"] == "pkg"]


@pytest.mark.parametrize("component", [*sorted(FULL), "users"])
def test_a_component_has_its_parts(component):
    parts = {path.stem for path in (STATES / "spillway" / component).glob("*.sls")}
    wanted = {"init", "config", "clean"} | ({"install", "service"} if component in FULL else set())
    assert wanted <= parts


@pytest.mark.parametrize("sls", ALONE)
def test_each_part_can_be_applied_alone(node, sls):
    low, errors = node("Debian", kind_for(sls)).also[sls]
    assert errors == [] and low and unresolved(low) == []


@everywhere
@every_kind
def test_every_file_says_its_mode(node, family, kind):
    for chunk in node(family, kind).low:
        if chunk["state"] == "file" and chunk["fun"] in ("managed", "serialize"):
            wanted = "0755" if chunk["name"].startswith("/usr/local/") else "0[46][04][04]"
            assert re.fullmatch(wanted, chunk["mode"]), chunk["name"]


@every_kind
def test_secrets_are_in_the_pillar_only(node, render, kind):
    made = node("Debian", kind)
    cleaned, _ = made.also["spillway.clean"]
    for secret in (PASSWORD, render.example["munge"]["key"], render.example["master"]["api"]["password_line"]):
        assert secret not in repr(made.low) + repr(cleaned)
        assert secret not in repr({k: v for k, v in made.files.items() if k != "/etc/slurm/slurmdbd.conf"})


NAMES = {  # family -> what it calls things
    "Debian 12": {
        "chrony": "chrony", "chrony.conf": "/etc/chrony/chrony.conf", "nfs": "nfs-common", "slurmd": "slurmd",
        "login": {"slurm-client"}, "StateSaveLocation": "/var/lib/slurm/slurmctld",
        "mariadb": "/etc/mysql/mariadb.conf.d/60-spillway-slurm.cnf", "slurmd runs": "/usr/sbin/slurmd -D -N vn01",
    },
    "RedHat": {
        "chrony": "chronyd", "chrony.conf": "/etc/chrony.conf", "nfs": "nfs-utils", "slurmd": "slurm-slurmd",
        "login": {"slurm", "slurm-sackd"}, "StateSaveLocation": "/var/spool/slurm/ctld",
        "mariadb": "/etc/my.cnf.d/spillway-slurm.cnf", "slurmd runs": "/usr/sbin/slurmd --systemd -N vn01",
    },
}  # fmt: skip
NAMES["Debian"] = NAMES["Debian 12"] | {
    "login": {"sackd", "slurm-client"},
    "slurmd runs": "/usr/sbin/slurmd --systemd -N vn01",
}


@everywhere
def test_the_map_knows_the_familys_names(node, family):
    names = NAMES[family]
    controller, virtual, login = (node(family, kind) for kind in ("controller", "virtual", "login"))

    def packages(made, state_id):
        return set(made.one(state_id)["pkgs"])

    assert services(virtual.low, "running") >= {names["chrony"], "munge", "slurmd", "spillway-clockguard", "home.mount"}
    assert names["chrony.conf"] in virtual.files
    assert packages(virtual, "nfs-client-package-pkg-installed") == {names["nfs"]}
    assert names["slurmd"] in packages(virtual, "slurm-compute-package-pkg-installed")
    assert packages(login, "slurm-login-package-pkg-installed") == names["login"]
    assert f"\nStateSaveLocation={names['StateSaveLocation']}\n" in controller.files["/etc/slurm/slurm.conf"]
    assert names["mariadb"] in controller.files
    drop_in = virtual.files["/etc/systemd/system/slurmd.service.d/spillway.conf"]
    assert f"\nExecStart={names['slurmd runs']} --conf-server ctl:6817" in drop_in


def test_slurm_22_05_gets_no_parameter_that_it_does_not_know(node):
    old, new = (node(family, "controller") for family in ("Debian 12", "Debian"))
    conf = "/etc/slurm/slurm.conf"
    lines = [{line for line in made.files[conf].splitlines() if "PidFile" not in line} for made in (new, old)]
    assert lines[0] - lines[1] == {"SuspendExcStates=DRAIN,DYNAMIC_NORM"} and lines[1] < lines[0]

    def watched(made):
        return {file for item in made.one("slurm-controller-service-running")["watch"] for file in item.values()}

    # and ends itself at a reconfigure that brings other nodes
    assert watched(old) - watched(new) == {"slurm-controller-nodes.conf-file-managed"}


def test_a_login_machine_without_sackd_has_the_controllers_files(node, render):
    login, controller = (node("Debian 12", kind) for kind in ("login", "controller"))
    for name in ("slurm.conf", "nodes.conf", "cgroup.conf"):
        assert login.files[f"/etc/slurm/{name}"] == controller.files[f"/etc/slurm/{name}"]
    assert "sackd" in services(node("Debian", "login").low, "running")
    poor = render("Debian 12", LOGIN, slurm={"controller": "ctl"})
    assert "give this machine the pillar spillway:slurm of the controller" in " ".join(poor.errors)


def test_slurmd_22_05_starts_without_a_slurm_conf(node):
    drop_in = "/etc/systemd/system/slurmd.service.d/spillway.conf"
    assert "\nConditionPathExists=\n" in node("Debian 12", "virtual").files[drop_in]
    # an image may have conditions of its own
    assert "Condition" not in node("Debian", "virtual").files[drop_in]


def test_what_debian_starts_with_its_package_is_configured_before(node):
    ids = node("Debian", "virtual").ids()
    assert ids.index("slurm-compute-unit-file-managed") < ids.index("slurm-compute-package-pkg-installed")
    ids = node("Debian", "login").ids()
    assert ids.index("slurm-login-unit-file-managed") < ids.index("slurm-login-package-pkg-installed")


# --- accounting


def accounting(render, family="Debian", roles=(*CONTROLLER, "slurm_dbd"), **dbd):
    return render(family, roles, slurm=render.example["slurm"] | {"dbd": {"host": "ctl", "password": PASSWORD} | dbd})


def test_slurm_conf_speaks_of_accounting_only_where_the_pillar_does(render):
    conf = "/etc/slurm/slurm.conf"
    plain, asked = render("Debian", CONTROLLER), accounting(render)
    assert "Accounting" not in plain.files[conf]
    assert set(asked.files[conf].splitlines()) - set(plain.files[conf].splitlines()) == {
        "AccountingStorageType=accounting_storage/slurmdbd",
        "AccountingStorageHost=ctl",
        "AccountingStoragePort=6819",
    }


def test_slurmdbd_conf_is_for_its_user_alone(render):
    chunk = accounting(render).one("slurm-dbd-config-file-managed")
    assert (chunk["user"], chunk["mode"], chunk["show_changes"]) == ("slurm", "0600", False)
    conf = accounting(render).files["/etc/slurm/slurmdbd.conf"].splitlines()
    storage = {"StorageType=accounting_storage/mysql", "StorageLoc=slurm_acct_db", f"StoragePass={PASSWORD}"}
    assert {"DbdHost=ctl", *storage} <= set(conf)
    assert "StoragePass" not in accounting(render, password="").files["/etc/slurm/slurmdbd.conf"]


def test_the_database_comes_before_slurmdbd_and_that_before_slurmctld(render):
    made = accounting(render)
    order = [
        "slurm-dbd-package-pkg-installed",
        "slurm-dbd-config-file-managed",
        "slurm-dbd-mariadb-service-running",
        "slurm-dbd-database-cmd-run",
        "slurm-dbd-service-running",
        "slurm-dbd-cmd-run",
        "slurm-controller-service-running",
    ]
    assert [one for one in made.ids() if one in order] == order
    # by requisites, not by their place alone
    assert {"sls": "spillway.slurm.dbd.service"} in made.one("slurm-controller-service-running")["require"]
    assert "After=slurmdbd.service\n" in made.files["/etc/systemd/system/slurmctld.service.d/spillway.conf"]
    assert {"sls": "spillway.slurm.dbd.database"} in made.one("slurm-dbd-service-running")["require"]


def test_a_database_elsewhere_is_let_be(render):
    made = accounting(render, manage_database=False, parameters={"StorageHost": "db1"})
    assert "StorageHost=db1" in made.files["/etc/slurm/slurmdbd.conf"]
    assert made.errors == []
    assert not [one for one in made.ids() if "mariadb" in one or "database" in one]
    assert "mariadb-server" not in made.one("slurm-dbd-package-pkg-installed")["pkgs"]


@pytest.mark.parametrize(
    "dbd, words",
    [
        ({"host": ""}, "right is the name of the machine with the role slurm_dbd"),
        ({"parameters": {"StoragePass": "x"}}, "right is spillway:slurm:dbd:password"),
    ],
)
def test_a_wrong_dbd_is_named(render, dbd, words):
    made = accounting(render, **dbd)
    assert made.low == [] and words in " ".join(made.errors)


def test_rendered_yaml_is_yaml(node):
    made = node("Debian", "controller")
    for path in ("/etc/salt/master.d/spillway.conf", "/etc/salt/minion.d/spillway-slurm-events.conf"):
        assert isinstance(yaml.safe_load(made.files[path]), dict)


def test_the_masters_grant_is_the_documented_one(node):
    """The extension's tests show what that one lets through."""
    manual = (STATES.parents[1] / "docs/salt-extension.md").read_text().split("\n## salt-api\n")[1]
    said = yaml.safe_load(re.match(r"\n((?: {4}.*\n)+)", manual)[1])
    made = yaml.safe_load(node("Debian", "controller").files["/etc/salt/master.d/spillway.conf"])
    for key in ("netapi_enable_clients", "token_expire"):
        assert made[key] == said[key]
    for key in ("spillway", "^hashtype"):
        assert made["external_auth"]["file"][key] == said["external_auth"]["file"][key]


def test_the_databases_program_can_be_run():
    assert (STATES / "spillway/slurm/files/spillway-slurm-database").stat().st_mode & stat.S_IXUSR
