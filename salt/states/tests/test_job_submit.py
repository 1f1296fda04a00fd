"""What slurmctld runs at each submission: it tells, never slows or refuses one, and the site's own script decides."""

import shutil

import lupa
import pytest
from conftest import STATES
from test_render import events

SCRIPT = "/etc/slurm/job_submit.lua"
NUDGE = "/run/spillway-nudge/submitted"
FILE = "/run/spillway-slurm-submitted"


class Slurmctld:
    """Loads the script as the plugin job_submit/lua does, and asks it."""

    def __init__(self, text):
        self.lua = lupa.LuaRuntime(unpack_returned_tuples=True)
        self.lua.execute("slurm = {SUCCESS = 0, ERROR = -1}")
        assert self.lua.execute(text) == 0
        self.submit = self.lua.globals().slurm_job_submit
        self.modify = self.lua.globals().slurm_job_modify

    def table(self, **fields):
        return self.lua.table_from(fields)


@pytest.fixture
def slurmctld(render, tmp_path):
    def call(own=None, **more):
        name = ""
        if own is not None:
            (tmp_path / "own.lua").write_text(own)
            name = str(tmp_path / "own.lua")
        hooks = {"hooks": ["submitted"], "interval": 30, "job_submit": name}
        node = events(render, **{"events": hooks} | more)
        assert node.errors == []
        text = node.files[SCRIPT].replace(FILE, str(tmp_path / "told"))
        return Slurmctld(text.replace(NUDGE, str(tmp_path / "nudge")))

    call.told, call.nudge = tmp_path / "told", tmp_path / "nudge"
    return call


def written(told):
    return told.stat().st_mtime_ns


def test_a_submission_is_told_and_changes_nothing(slurmctld):
    slurmctld.told.touch()
    ctld, before = slurmctld(), written(slurmctld.told)
    job = ctld.table(partition="low")
    assert ctld.submit(job, None, 1000) == 0
    assert written(slurmctld.told) > before
    assert dict(job) == {"partition": "low"}
    assert slurmctld.told.stat().st_size == 1  # however many there are
    assert ctld.submit(job, None, 1000) == 0
    assert slurmctld.told.stat().st_size == 1


def test_a_change_of_a_job_is_none(slurmctld):
    slurmctld.told.touch()
    ctld, before = slurmctld(), written(slurmctld.told)
    assert ctld.modify(None, None, None, 1000) == 0
    assert written(slurmctld.told) == before


@pytest.mark.parametrize("what", ["away", "a folder"])
def test_where_nobody_listens_it_is_submitted_all_the_same(slurmctld, what):
    if what == "a folder":
        slurmctld.told.mkdir()
    assert slurmctld().submit(None, None, 1000) == 0
    assert slurmctld.told.exists() == (what == "a folder")  # nothing is made


OWN = """
function slurm_job_submit(job_desc, part_list, submit_uid)
    job_desc.partition = "theirs"
    return submit_uid == 0 and slurm.SUCCESS or slurm.ERROR
end
function slurm_job_modify() return 2017 end
return slurm.SUCCESS
"""


def test_the_sites_own_script_decides(slurmctld):
    slurmctld.told.touch()
    ctld, before = slurmctld(OWN), written(slurmctld.told)
    job = ctld.table(partition="low")
    assert ctld.submit(job, None, 1000) == -1
    assert written(slurmctld.told) == before  # what is refused is not told
    assert job["partition"] == "theirs"
    assert ctld.submit(job, None, 0) == 0
    assert written(slurmctld.told) > before
    assert ctld.modify(None, None, None, 0) == 2017


def test_a_mistake_in_the_sites_own_is_slurmctlds_to_tell(slurmctld):
    with pytest.raises(lupa.LuaError, match=r"own\.lua"):
        slurmctld("function slurm_job_submit(")


NO_HOOKS = {"hooks": [], "interval": 30, "job_submit": ""}


@pytest.mark.parametrize(
    "partition, nudges",
    [("urgent", True), ("low,rush", True), ("low", False), ("urgently", False), ("", False), (None, True)],
)
def test_a_job_that_presses_nudges(slurmctld, partition, nudges):
    slurmctld.told.touch()
    slurmctld.nudge.touch()
    ctld = slurmctld(events=NO_HOOKS, nudge=["urgent", "rush"])
    part = ctld.table(low=ctld.table(flag_default=0), urgent=ctld.table(flag_default=1))
    assert ctld.submit(ctld.table(partition=partition), part, 1000) == 0
    assert bool(slurmctld.nudge.stat().st_size) is nudges
    assert slurmctld.told.stat().st_size == 0  # there is no engine


def test_one_that_gets_another_default_partition_does_not(slurmctld):
    slurmctld.nudge.touch()
    ctld = slurmctld(events=NO_HOOKS, nudge=["urgent"])
    part = ctld.table(low=ctld.table(flag_default=1), urgent=ctld.table(flag_default=0))
    assert ctld.submit(ctld.table(), part, 1000) == 0
    assert slurmctld.nudge.stat().st_size == 0


def test_hook_and_nudge_are_both_told(slurmctld):
    slurmctld.told.touch()
    slurmctld.nudge.touch()
    ctld = slurmctld(OWN, nudge=["theirs"])
    assert ctld.submit(ctld.table(partition="low"), None, 0) == 0  # by what the site's own script made of it
    assert slurmctld.told.stat().st_size == slurmctld.nudge.stat().st_size == 1


def conf(node):
    return node.files["/etc/slurm/slurm.conf"].splitlines()


def test_the_hook_adds_one_line_and_the_script(render):
    plain, told = events(render), events(render, "submitted")
    assert set(conf(told)) - set(conf(plain)) == {"JobSubmitPlugins=lua"}
    assert SCRIPT in told.files and SCRIPT not in plain.files
    assert told.ids().index("slurm-controller-job-submit-file-managed") < told.ids().index(
        "slurm-controller-slurm.conf-file-managed"
    )


@pytest.mark.parametrize("plugins, line", [("all_partitions", "all_partitions,lua"), ("lua,logging", "lua,logging")])
def test_the_sites_other_plugins_stay(render, plugins, line):
    parameters = render.example["slurm"]["parameters"] | {"JobSubmitPlugins": plugins}
    assert f"JobSubmitPlugins={line}" in conf(events(render, "submitted", parameters=parameters))


def test_a_script_of_the_sites_is_not_replaced(render, tmp_path, monkeypatch):
    tree, theirs = tmp_path / "states", tmp_path / "job_submit.lua"
    shutil.copytree(STATES, tree)
    sls = tree / "spillway/slurm/controller/job_submit.sls"
    sls.write_text(sls.read_text().replace(SCRIPT, str(theirs)))
    theirs.write_text(OWN)
    monkeypatch.setattr("conftest.STATES", tree)
    node = events(render, "submitted", events={"hooks": ["submitted"], "interval": 31})
    assert node.low == [] and "is the site's own. Move it" in " ".join(node.errors)
    theirs.write_text("-- Kept by Salt (spillway.slurm.controller).\n" + OWN)
    assert events(render, "submitted", events={"hooks": ["submitted"], "interval": 32}).errors == []
