"""What the states ask of a node, for each family and kind of node."""

import re
import socket
import stat
import subprocess

import pytest
import salt.config
import salt.utils.reactor
import yaml
from conftest import STATES

CONTROLLER = ("salt_master", "munge", "chrony_server", "nfs_server", "nfs_client", "users", "slurm_controller")
COMPUTE = ("munge", "chrony_client", "nfs_client", "users", "slurm_compute")
VIRTUAL = (*COMPUTE, "clockguard")
LOGIN = ("munge", "chrony_client", "nfs_client", "users", "login")
DROP_IN = "/etc/systemd/system/slurmd.service.d/spillway.conf"
MOUNT = "/etc/systemd/system/home.mount"
GANESHA = "/etc/ganesha/ganesha.conf"


@pytest.mark.parametrize("roles", [CONTROLLER, VIRTUAL], ids=["controller", "virtual"])
def test_no_secret_is_in_what_is_rendered(render, roles):
    node = render("Debian", roles)
    text = repr(node.low) + repr(node.files)
    assert render.example["munge"]["key"] not in text
    assert "PEM of its key" not in text
    for chunk in node.low:
        assert "contents_pillar" not in chunk or chunk["fun"] == "decode" or chunk["show_changes"] is False


def test_ids_say_path_module_function(render):
    for chunk in render("Debian", CONTROLLER).low + render("Debian", VIRTUAL).low:
        path = chunk["__sls__"].removeprefix("spillway.").split(".")[0]
        assert chunk["__id__"].startswith(path), chunk["__id__"]


def test_packages_can_be_left_to_the_image(render):
    node = render("Debian", VIRTUAL, packages={"manage": False})
    assert not [chunk for chunk in node.low if chunk["state"] == "pkg"]


def test_the_two_kinds_of_node_differ_by_their_pillar_only(render):
    static = render("Debian", COMPUTE, slurm=render.example["slurm"] | {"node": {}})
    dynamic = render("Debian", COMPUTE)
    assert static.ids() == dynamic.ids()
    assert {path for path in static.files if static.files[path] != dynamic.files[path]} == {DROP_IN}


def exec_start(node):
    return re.findall(r"^ExecStart=(.+)$", node.files[DROP_IN], re.MULTILINE)


def test_a_dynamic_node_registers_itself(render):
    assert exec_start(render("Debian", COMPUTE)) == [
        "/usr/sbin/slurmd --systemd -N vn01 --conf-server ctl:6817"
        ' -Z --conf "CPUs=4 Feature=virtual RealMemory=7000 Weight=100"'
    ]


def test_a_static_node_has_a_line_at_the_controller(render):
    static = render("Debian", COMPUTE, slurm=render.example["slurm"] | {"node": {}})
    assert exec_start(static) == ["/usr/sbin/slurmd --systemd -N vn01 --conf-server ctl:6817"]
    nodes = render("Debian", CONTROLLER).files["/etc/slurm/nodes.conf"]
    assert "\nNodeName=cn[01-02] CPUs=16 Feature=physical RealMemory=64000\n" in nodes


def test_slurm_conf_keeps_the_jobs_of_a_node_that_is_away(render):
    conf = render("Debian", CONTROLLER).files["/etc/slurm/slurm.conf"].splitlines()
    for line in (
        "ClusterName=example",
        "SlurmctldHost=ctl(10.78.0.10)",
        "SlurmdTimeout=0",
        "TreeWidth=65533",
        "ReturnToService=1",
        "AuthInfo=cred_expire=30",
        "SlurmctldParameters=enable_configless",
        "SchedulerParameters=batch_sched_delay=0,sched_min_interval=0",
        "MinJobAge=3600",
        "Include nodes.conf",
        "NodeSet=virtual Feature=virtual",
    ):
        assert line in conf


def test_a_parameter_can_be_dropped(render):
    slurm = render.example["slurm"] | {"parameters": {"TaskPlugin": None, "MaxNodeCount": 7}}
    conf = render("Debian", CONTROLLER, slurm=slurm).files["/etc/slurm/slurm.conf"]
    assert "TaskPlugin" not in conf and "MaxNodeCount=7\n" in conf


GATE = "/usr/local/sbin/spillway-gate"
HOOK = "/usr/local/libexec/spillway-slurm-event"


def gate(render, hooks=(), parameters=(), family="Debian", **more):
    example = render.example["slurm"]
    pillar = example | {
        "gate": {"hosts": "cn[01-02]"} | more,
        "events": {"hooks": list(hooks)},
        "parameters": example["parameters"] | dict(parameters),
    }
    return render(family, CONTROLLER, slurm=pillar)


@pytest.mark.parametrize("family", ["Debian", "RedHat"])
def test_the_gate_adds_its_lines_and_program(render, family):
    plain, gated = render(family, CONTROLLER), gate(render, family=family)
    assert gated.errors == []
    conf = "/etc/slurm/slurm.conf"
    assert set(gated.files[conf].splitlines()) - set(plain.files[conf].splitlines()) == {
        f"PrologSlurmctld={GATE}",
        f"EpilogSlurmctld={GATE}",
    }
    assert GATE in gated.files and GATE not in plain.files
    said = gated.files["/etc/spillway/gate/conf"].splitlines()[1:]
    url = "url=unix:/run/spillway/spillwayd.sock"
    assert said == ["hosts=cn[01-02]", "start=when_clear", "timeout=10", "on_timeout=start", url]
    assert "spillway-gate" not in repr(plain.low) + repr(plain.files)


def test_the_gate_calls_the_hook_whose_place_it_has(render):
    gated = gate(render, hooks=["ended", "started"], timeout=3, on_timeout="requeue")
    assert f"PrologSlurmctld={GATE}\n" in gated.files["/etc/slurm/slurm.conf"]
    assert gated.files["/etc/spillway/gate/conf"].splitlines()[-1] == f"hook={HOOK}"
    assert HOOK in gated.files


@pytest.mark.parametrize("family", ["Debian", "RedHat"])
def test_where_jobs_start_at_once_a_service_sees_to_the_nodes(render, family):
    waiting, at_once = gate(render, family=family), gate(render, family=family, start="at_once")
    assert at_once.errors == []
    conf, unit = "/etc/slurm/slurm.conf", "/etc/systemd/system/spillway-gate.service"
    assert set(at_once.files[conf].splitlines()) - set(waiting.files[conf].splitlines()) == {
        f"PrologSlurmctld={GATE}-at-once",
        f"EpilogSlurmctld={GATE}-at-once",
    }
    assert set(at_once.files) - set(waiting.files) == {f"{GATE}-at-once", unit}
    assert "\nUser=slurm\nRuntimeDirectory=spillway-gate\n" in at_once.files[unit]
    # slurmctld is told of it only when it runs
    order = at_once.ids()
    running, written = (f"slurm-controller-{name}" for name in ("gate-service-running", "slurm.conf-file-managed"))
    assert order.index(running) < order.index(written)


@pytest.mark.parametrize(
    "family, guests, weight", [("Debian", "idle", "idle"), ("RedHat", "idle", "idle"), ("Debian", "equal", "100")]
)
def test_the_guests_of_a_hypervisor_yield(render, family, guests, weight):
    node = render(family, (*COMPUTE, "hypervisor"), hypervisor={"guests": guests})
    assert node.errors == []
    drop_in = node.files["/etc/systemd/system/machine.slice.d/spillway.conf"]
    assert drop_in.splitlines()[1:] == ["[Slice]", f"CPUWeight={weight}"]
    told = node.one("hypervisor-guests-cmd-run")
    assert told["name"] == f"systemctl set-property --runtime machine.slice CPUWeight={weight}"
    # which systemd would forget when it reads its files again
    assert {"module": "hypervisor-guests-module-run"} in told["require"]


def test_an_older_systemd_gives_them_the_least_weight(render):
    node = render("Old", (*COMPUTE, "hypervisor"))
    assert "CPUWeight=1\n" in node.files["/etc/systemd/system/machine.slice.d/spillway.conf"]


def test_a_wrong_word_for_guests_is_named(render):
    node = render("Debian", COMPUTE, hypervisor={"guests": "polite"})
    assert node.low == [] and "right is idle or equal" in " ".join(node.errors)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"start": "now"}, "right is when_clear or at_once"),
        ({"on_timeout": "stop"}, "right is start or requeue"),
        ({"timeout": 0}, "right is 1 to 300 seconds"),
        ({"parameters": {"EpilogSlurmctld": "/site/own"}}, "which spillway:slurm:gate needs"),
        ({"parameters": {"PrologSlurmctld": "/site/own"}}, "which spillway:slurm:gate needs"),
    ],
)
def test_a_wrong_gate_is_named(render, changes, words):
    gated = gate(render, **changes)
    assert gated.low == [] and words in " ".join(gated.errors)


def test_a_nudge_brings_its_service_and_the_script_that_tells_it(render):
    example = render.example["slurm"]
    plain, nudged = (render("Debian", CONTROLLER, slurm=example | {"nudge": one}) for one in ([], ["urgent"]))
    assert nudged.errors == []
    unit = "/etc/systemd/system/spillway-nudge.service"
    assert set(nudged.files) - set(plain.files) == {unit, "/usr/local/sbin/spillway-nudge", "/etc/slurm/job_submit.lua"}
    conf = "/etc/slurm/slurm.conf"
    assert set(nudged.files[conf].splitlines()) - set(plain.files[conf].splitlines()) == {"JobSubmitPlugins=lua"}
    assert "\nUser=slurm\nRuntimeDirectory=spillway-nudge\n" in nudged.files[unit]
    assert "spillway-nudge" not in repr(plain.low) + repr(plain.files)
    order = [f"slurm-controller-{one}" for one in ("job-submit-file-managed", "slurm.conf-file-managed")]
    order += [f"slurm-controller-{one}service-running" for one in ("", "nudge-")]
    assert sorted(order, key=nudged.ids().index) == order


@pytest.mark.parametrize(
    "nudge, release, words",
    [("urgent", 24.11, "right is a list of partitions"), (["urgent"], 25.11, "Slurm 25.11 cannot be told")],
)
def test_a_wrong_nudge_is_named(render, nudge, release, words):
    node = render("Debian", CONTROLLER, slurm=render.example["slurm"] | {"nudge": nudge, "release": release})
    assert node.low == [] and words in " ".join(node.errors)


CLOUD = {"vn[01-02]": {"CPUs": 4, "RealMemory": 7000, "Feature": "virtual", "NodeAddr": "10.78.0.[101-102]"}}


def power_saving(render, family="Debian", slurm=(), **more):
    pillar = render.example["slurm"] | {"power_saving": {"nodes": CLOUD} | more} | dict(slurm)
    return render(family, CONTROLLER, slurm=pillar)


@pytest.mark.parametrize("family", ["Debian", "RedHat"])
def test_power_saving_adds_its_lines_and_programs(render, family):
    plain, saving = render(family, CONTROLLER), power_saving(render, family)
    conf = "/etc/slurm/slurm.conf"
    assert set(saving.files[conf].splitlines()) - set(plain.files[conf].splitlines()) == {
        "SuspendProgram=/usr/local/sbin/spillway-suspend",
        "ResumeProgram=/usr/local/sbin/spillway-resume",
        "ResumeFailProgram=/usr/local/sbin/spillway-resume-fail",
        "SuspendTime=600",
        "SuspendTimeout=120",
        "ResumeTimeout=900",
        "SuspendExcNodes=cn[01-02]",
        "SuspendExcStates=DRAIN,DYNAMIC_NORM",
        "PrivateData=cloud",
    }
    nodes = "/etc/slurm/nodes.conf"
    assert set(saving.files[nodes].splitlines()) - set(plain.files[nodes].splitlines()) == {
        "NodeName=vn[01-02] CPUs=4 Feature=virtual NodeAddr=10.78.0.[101-102] RealMemory=7000 State=CLOUD"
    }
    links = {chunk["name"] for chunk in saving.low if chunk["fun"] == "symlink"}
    assert links == {f"/usr/local/sbin/spillway-{event}" for event in ("resume", "suspend", "resume-fail")}
    assert saving.files["/etc/spillway/power/url"] == "unix:/run/spillway/spillwayd.sock"


def test_without_power_saving_nothing_of_it_is_there(render):
    for slurm in (render.example["slurm"], render.example["slurm"] | {"power_saving": {"nodes": {}}}):
        plain = render("Debian", CONTROLLER, slurm=slurm)
        text = repr(plain.files) + repr(plain.low)
        for word in ("Suspend", "Resume", "CLOUD", "spillway-power", "PrivateData"):
            assert word not in plain.files["/etc/slurm/slurm.conf"] + plain.files["/etc/slurm/nodes.conf"], word
        assert "/etc/spillway/power" not in text


def test_power_saving_gives_way_to_the_sites_own_parameters(render):
    own = power_saving(
        render,
        slurm={"parameters": {"PrivateData": "jobs,cloud"}},
        parameters={"SuspendExcStates": None, "SuspendExcParts": "all", "SuspendTime": 60},
    ).files["/etc/slurm/slurm.conf"]
    assert "SuspendExcStates" not in own
    for line in ("SuspendExcParts=all", "SuspendTime=60", "PrivateData=jobs,cloud", "ResumeTimeout=900"):
        assert f"\n{line}\n" in own


def test_the_daemons_token_is_not_in_what_is_rendered(render):
    daemon = {"url": "https://10.78.0.1:8443", "token": "open sesame", "certificate": "PEM"}
    slurm = render.example["slurm"] | {"power_saving": {"nodes": CLOUD}}
    far = render("Debian", CONTROLLER, slurm=slurm, daemon=daemon)
    assert far.files["/etc/spillway/power/url"] == "https://10.78.0.1:8443"
    assert "open sesame" not in repr(far.low) + repr(far.files)
    token = far.one("slurm-controller-power-token-file-managed")
    assert (token["user"], token["mode"], token["show_changes"]) == ("slurm", "0400", False)


def test_new_nodes_restart_slurmctld_only_where_it_must(render):
    def watched(**slurm):
        node = render("Debian", CONTROLLER, slurm=render.example["slurm"] | slurm)
        return [file for item in node.one("slurm-controller-service-running")["watch"] for file in item.values()]

    assert "slurm-controller-nodes.conf-file-managed" not in watched()
    assert "slurm-controller-nodes.conf-file-managed" in watched(nodes_by_reconfigure=False)


EVENT = "/usr/local/libexec/spillway-slurm-event"
ENGINE = "/etc/salt/minion.d/spillway-slurm-events.conf"


def events(render, *hooks, **slurm):
    return render("Debian", CONTROLLER, slurm=render.example["slurm"] | {"events": {"hooks": list(hooks)}} | slurm)


def test_no_events_unless_asked_for(render):
    plain = render("Debian", CONTROLLER, slurm={k: v for k, v in render.example["slurm"].items() if k != "events"})
    none = events(render)
    assert none.files == plain.files and none.ids() == plain.ids()
    assert EVENT not in plain.files and ENGINE not in plain.files
    assert "spillway-slurm-event" not in plain.files["/etc/slurm/slurm.conf"]


@pytest.mark.parametrize(
    "hooks, lines",
    [
        (["ended"], {"JobCompType=jobcomp/script", f"JobCompLoc={EVENT}"}),
        (["started", "ended"], {"JobCompType=jobcomp/script", f"JobCompLoc={EVENT}", f"PrologSlurmctld={EVENT}"}),
    ],
)
def test_events(render, hooks, lines):
    node = events(render, *hooks)
    assert node.errors == []
    conf = node.files["/etc/slurm/slurm.conf"].splitlines()
    assert set(conf) - set(events(render).files["/etc/slurm/slurm.conf"].splitlines()) == lines
    # slurmctld does not start without the script that its configuration names
    assert node.ids().index("slurm-controller-event-file-managed") < node.ids().index(
        "slurm-controller-slurm.conf-file-managed"
    )
    assert yaml.safe_load(node.files[ENGINE]) == {"engines": [{"slurm_events": {"interval": 30, "user": "slurm"}}]}
    assert node.ids()[-1] == "slurm-controller-engine-cmd-run"


def test_the_hook_says_one_line_and_never_fails(tmp_path):
    hook = (STATES / "spillway/slurm/files/spillway-slurm-event").read_text()
    inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    inbox.bind(str(tmp_path / "in"))
    inbox.settimeout(10)

    def run(where, **env):
        script = hook.replace("/run/spillway-slurm-events", str(where))
        subprocess.run(["/bin/sh", "-euc", script], env=env, check=True, timeout=10)

    job = {"JOBID": "9", "ARRAYJOBID": "6", "ARRAYTASKID": "1", "JOBSTATE": "COMPLETED", "NODES": "vn[01-02]"}
    run(tmp_path / "in", **job)
    assert inbox.recv(4096).decode().endswith("spillway-slurm: ended 9 6 1 COMPLETED vn[01-02]")
    prolog = {"SLURM_SCRIPT_CONTEXT": "prolog_slurmctld", "SLURM_JOB_ID": "9", "SLURM_JOB_NODELIST": "vn01"}
    run(tmp_path / "in", **prolog)
    assert inbox.recv(4096).decode().endswith("spillway-slurm: started 9 0 0 RUNNING vn01")
    run(tmp_path / "nobody", **job)
    inbox.close()
    run(tmp_path / "in", **prolog)


def nfs_client(render, locks, **mount):
    home = {"from": "ctl:/export/home", "via": "nfs4"} | mount
    return render("Debian", COMPUTE, nfs={"locks": locks, "mounts": {"/home": home}})


def test_mounts_and_the_cures_for_lost_locks(render):
    plain, recover, nlm = (nfs_client(render, locks) for locks in ("none", "recover", "nlm"))
    assert "Type=nfs4\nOptions=vers=4.2,proto=tcp,hard\n" in plain.files[MOUNT]
    assert "RequiresMountsFor=/home\n" in plain.files[DROP_IN]
    assert recover.files["/etc/modprobe.d/spillway-nfs.conf"] == "options nfs recover_lost_locks=1"
    ids = recover.ids()
    assert ids.index("nfs-client-locks-cmd-run") < ids.index("nfs-client-/home-service-running")
    assert "Type=nfs\nOptions=vers=3,proto=tcp,hard\n" in nlm.files[MOUNT]
    bind = nfs_client(render, "none", via="bind")
    assert "Type=none\nOptions=bind\n" in bind.files[MOUNT]


def test_nfs_server_with_locks_by_nlm(render):
    nfs = render.example["nfs"]
    assert "Enable_NLM = false;" in render("Debian", CONTROLLER).files[GANESHA]
    both = render("Debian", CONTROLLER, nfs=nfs | {"protocols": [3, 4]})
    assert "Protocols = 3, 4;" in both.files[GANESHA] and "Enable_NLM = true;" in both.files[GANESHA]


def test_nfs_server_keeps_the_locks_of_silent_clients_where_it_can(render):
    nfs = render.example["nfs"]
    kept = render("Debian", CONTROLLER).files[GANESHA]
    assert "Expired_Client_Threshold = 256;" in kept and "Max_Alive_Time_For_Expired_Client = 604800;" in kept
    # ganesha 4.3 knows no such words
    assert "Expired" not in render("Debian 12", CONTROLLER).files[GANESHA]
    none = render("Debian", CONTROLLER, nfs=nfs | {"courtesy": {"clients": 0}}).files[GANESHA]
    assert "Expired_Client_Threshold = 0;" in none
    wrong = render("Debian", CONTROLLER, nfs=nfs | {"courtesy": {"clients": 300}})
    assert "courtesy:clients is 300; nfs-ganesha takes 0 to 256" in " ".join(wrong.errors)


def test_chronys_files_wait_for_its_package(render):
    for manage in (True, False):
        node = render("Debian", VIRTUAL, packages={"manage": manage})
        for name in ("config", "options"):
            needs = node.one(f"chrony-{name}-file-managed").get("require", [])
            assert ({"sls": "spillway.chrony.install"} in needs) == manage


def test_a_machine_without_a_clock_of_its_own_only_measures(render):
    chrony = render.example["chrony"] | {"set_clock": False}
    assert "-x" in render("Debian", CONTROLLER, chrony=chrony).files["/etc/default/chrony"]
    assert "-x" in render("RedHat", VIRTUAL, chrony=chrony).files["/etc/sysconfig/chronyd"]


@pytest.mark.parametrize(
    "family, changes, words",
    [
        ("Debian", {"roles": ("mung",)}, 'unknown role "mung"; known are: munge'),
        ("Debian", {"roles": COMPUTE, "nfs": {"locks": "nml"}}, 'locks is "nml"; it may be none, recover or nlm'),
        ("Suse", {"roles": COMPUTE}, "knows the families Debian and RedHat, not Suse"),
        (
            "Debian",
            {"roles": CONTROLLER, "slurm": {"events": {"hooks": ["end"]}}},
            'unknown hook "end"; known are: ended',
        ),
        (
            "Debian",
            {
                "roles": CONTROLLER,
                "slurm": {"events": {"hooks": ["ended"]}, "parameters": {"JobCompType": "jobcomp/filetxt"}},
            },
            'parameters has JobCompType, which the hook "ended"',
        ),
        (
            "Debian",
            {"roles": CONTROLLER, "slurm": {"parameters": {"JobCompPass": "s3cret"}}},
            "JobCompPass, a password that everybody could read in slurm.conf",
        ),
        ("Debian", {"roles": CONTROLLER, "master": {"api": {"tls": "nginx"}}}, 'tls is "nginx"; right is haproxy or'),
        (
            "Debian",
            {"roles": CONTROLLER, "master": {"api": {"port": 8000, "inner_port": 8000}}},
            "8000 as port and as inner_port; they must differ",
        ),
    ],
    ids=["role", "locks", "family", "hook", "hook taken", "password", "tls", "port"],
)
def test_a_wrong_pillar_is_named(render, family, changes, words):
    node = render(family, **changes)
    assert node.low == []
    assert words in " ".join(node.errors)


def test_programs_are_executable():
    for name in (
        "clockguard/files/spillway-clockguard",
        "slurm/files/spillway-check-slurm-conf",
        "slurm/files/spillway-gate",
        "slurm/files/spillway-power",
        "slurm/files/spillway-slurm-event",
    ):
        assert (STATES / "spillway" / name).stat().st_mode & stat.S_IXUSR


def master(render, family="Debian", **api):
    example = render.example["master"]
    node = render(family, ("salt_master",), master={**example, "api": {**example["api"], **api}})
    assert node.errors == []
    return node


@pytest.mark.parametrize("family", ["Debian", "RedHat"])
def test_haproxy_ends_tls_before_a_salt_api_that_only_this_machine_reaches(render, family):
    node = master(render, family, host="10.78.0.10", port=8443)
    api = yaml.safe_load(node.files["/etc/salt/master.d/spillway.conf"])["rest_cherrypy"]
    assert api == {"host": "127.0.0.1", "port": 8001, "disable_ssl": True}
    haproxy = node.files["/etc/salt/spillway/haproxy.cfg"]
    assert "bind 10.78.0.10:8443 ssl crt /etc/salt/spillway/api.crt" in haproxy
    assert "server salt-api 127.0.0.1:8001" in haproxy
    assert node.one("master-tls-package-pkg-installed")["pkgs"] == ["haproxy"]
    ids = node.ids()
    assert ids.index("master-api-service-running") < ids.index("master-tls-service-running")


def test_salt_api_may_end_tls_itself(render):
    node = master(render, tls="salt-api")
    api = yaml.safe_load(node.files["/etc/salt/master.d/spillway.conf"])["rest_cherrypy"]
    assert api == {
        "host": "0.0.0.0",
        "port": 8000,
        "ssl_crt": "/etc/salt/spillway/api.crt",
        "ssl_key": "/etc/salt/spillway/api.key",
    }
    assert "/etc/salt/spillway/haproxy.cfg" not in node.files
    ids = node.ids()
    # or it would find its port taken
    assert ids.index("master-tls-service-dead") < ids.index("master-api-service-running")
    # test=True foretells nothing where there never was one
    assert node.one("master-tls-service-dead")["onlyif"][0]["args"] == ["spillway-salt-api-tls"]


@pytest.mark.parametrize("tls", ["haproxy", "salt-api"])
def test_the_proxy_goes_whoever_ends_tls_now(render, tls):
    example = render.example["master"]
    changed = {**example, "api": {**example["api"], "tls": tls}}
    low, errors = render("Debian", ("salt_master",), master=changed, packages={"remove": True}).also["spillway.clean"]
    assert errors == []
    assert "spillway-salt-api-tls" in {one["name"] for one in low if one["fun"] == "dead"}
    assert "/etc/systemd/system/spillway-salt-api-tls.service" in {one["name"] for one in low if one["fun"] == "absent"}
    removed = [one["pkgs"] for one in low if one["state"] == "pkg"]
    assert removed == ([["haproxy"]] if tls == "haproxy" else [])  # else it is not ours


def test_nothing_of_salt_api_where_the_pillar_has_none(render):
    example = {key: value for key, value in render.example["master"].items() if key != "api"}
    node = render("Debian", ("salt_master",), master=example)
    assert node.errors == [] and not [one for one in node.ids() if "-api-" in one or "-tls-" in one]
    assert node.also["spillway.clean"][1] == []


@pytest.mark.parametrize("user", [None, "salt"])
def test_the_masters_secrets_are_for_its_user_alone(render, user):
    example = render.example["master"]
    node = render("Debian", ("salt_master",), master=example if user is None else {**example, "user": user})
    assert node.errors == []
    folder = node.one("master-api-file-directory")
    assert (folder["name"], folder["mode"], folder["user"]) == ("/etc/salt/spillway", "0700", user or "root")
    secrets = [one for one in node.low if one.get("show_changes") is False]
    assert {one["name"] for one in secrets} == {
        "/etc/salt/spillway/users",
        "/etc/salt/spillway/api.crt",
        "/etc/salt/spillway/api.key",
        "/etc/salt/cloud.providers.d/spillway.conf",
        "/etc/salt/cloud.profiles.d/spillway.conf",
    }
    assert {(one["user"], one["mode"]) for one in secrets} == {(user or "root", "0600")}


def reactors(render, **options):
    example = render.example["master"]
    node = render("Debian", ("salt_master",), master={**example, **options})
    assert node.errors == []
    return yaml.safe_load(node.files["/etc/salt/master.d/spillway.conf"]).get("reactor")


def test_a_removed_server_leaves_slurm_where_that_is_wanted(render):
    mine = {"salt/minion/*/start": ["/srv/reactor/start.sls"]}
    ours = {"salt/cloud/*/destroyed": ["salt://spillway/master/reactor/destroyed.sls"]}
    assert reactors(render) == [ours]
    assert reactors(render, options={"reactor": [mine]}) == [mine, ours]
    assert reactors(render, options={"reactor": [mine]}, forget_destroyed=False) == [mine]
    assert reactors(render, forget_destroyed=False) is None


@pytest.mark.parametrize(
    ("options", "controller"), [({}, "ctl"), ({"spillway.controller": "slurm-head"}, "slurm-head")]
)
def test_the_reactor_asks_the_controller_only(tmp_path, options, controller):
    config = salt.config.master_config(None)
    config.update(root_dir=str(tmp_path), cachedir=str(tmp_path / "cache"), **options)
    reactor = salt.utils.reactor.Reactor(config)
    sls = STATES / "spillway/master/reactor/destroyed.sls"
    ((_, call),) = reactor.render_reaction(
        str(sls), "salt/cloud/vn05/destroyed", {"name": "vn05", "instance_id": "8d3f"}
    ).items()
    assert call["local"] == [
        {"tgt": controller},
        {"tgt_type": "list"},
        {"args": [{"name": "vn05"}]},
        "slurm.delete_node",
    ]
