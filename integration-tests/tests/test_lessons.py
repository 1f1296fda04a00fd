"""What the plays on the lab decide by themselves: their programs, pillars, and what they read out of an answer."""

import json
import pathlib
import sys
import time

import pytest

yaml = pytest.importorskip("yaml")

HERE = pathlib.Path(__file__).parents[1]
sys.path[:0] = [str(HERE), str(HERE / "lessons")]

import address  # noqa: E402
import clock  # noqa: E402
import locks  # noqa: E402
import tenants  # noqa: E402
from onlab import site  # noqa: E402

SHOWN = "NodeName=vn04 Arch=x86_64 NodeAddr=10.78.0.144 NodeHostName=vn04 Version=24.11.5 State=IDLE+DYNAMIC_NORM\n"


def test_the_address_that_slurm_sends_to(monkeypatch):
    monkeypatch.setattr(address, "on", lambda *_, **__: SHOWN)
    assert address.address_of("vn04") == "10.78.0.144"
    monkeypatch.setattr(address, "on", lambda *_, **__: "Node vn04 not found\n")
    assert address.address_of("vn04") == ""


@pytest.mark.parametrize("text", [address.PILLAR, tenants.PILLAR, tenants.HOSTS])
def test_pillars_are_yaml_for_spillway(text):
    assert list(yaml.safe_load(text)) == ["spillway"]


@pytest.mark.parametrize("names, of", [("*", ["cluster", "more0"]), ("vn0*", ["more0"])])
def test_minions_have_one_pillar_more(names, of):
    top = yaml.safe_load(site._with("base:\n  '*': [cluster]\n  'vn*': [virtual]\n", names, "more0"))["base"]
    assert top == {"*": ["cluster"], "vn*": ["virtual"]} | {names: of}


def test_a_nodes_profile_gives_it_the_address_that_is_looked_for():
    profiles = yaml.safe_load(tenants.PILLAR)["spillway"]["master"]["cloud"]["profiles"]
    assert profiles["inside"]["addresses"] == {tenants.INSIDE: tenants.INSIDE_ADDRESS}
    assert profiles["nat"]["addresses"] == {tenants.NAT: tenants.NAT_ADDRESS}
    assert profiles["nat"]["minion"]["systemd.scope"] is False


@pytest.mark.parametrize("text", [clock.WATCH, tenants.NO_SNAT, tenants.FLOAT, locks.WRITER.format(file="/f")])
def test_programs_are_python(text):
    compile(text, "program", "exec")


class Guest:
    """A guest's clocks, which a sleep moves on; away from the third look, and repaired some time after the return."""

    AWAY = 15

    def __init__(self, folder, repaired_after):
        self.rtc, self.looks, self.real, self.monotonic, self.clock = folder / "rtc", 0, 1000.0, 50.0, 1000.0
        self.returned, self.repaired_after = None, repaired_after
        self.sleep(0)

    def sleep(self, seconds):
        self.looks += 1
        away = self.AWAY if self.looks == 3 else 0
        self.real += seconds + away
        self.monotonic += seconds
        self.clock += seconds
        if away:
            self.returned = self.monotonic
        if self.returned and self.monotonic - self.returned >= self.repaired_after:
            self.clock = self.real
        self.rtc.write_text(f"{int(self.real)}\n")

    def settime(self, _, value):
        self.clock = value


@pytest.mark.parametrize("after", [1.0, 33.0])
def test_the_guest_measures_how_long_it_is_wrong(tmp_path, monkeypatch, after):
    guest = Guest(tmp_path, after)
    monkeypatch.setattr(time, "sleep", guest.sleep)
    monkeypatch.setattr(time, "monotonic", lambda: guest.monotonic)
    monkeypatch.setattr(time, "time", lambda: guest.clock)
    monkeypatch.setattr(time, "clock_settime", guest.settime)
    program = clock.WATCH.replace("/sys/class/rtc/rtc0/since_epoch", str(guest.rtc))
    exec(program.replace(clock.FILE, str(tmp_path / "seen")), {})
    seen = json.loads((tmp_path / "seen").read_text())
    assert seen["seconds"] == pytest.approx(after, abs=0.3)
    assert seen["worst"] < -3590
    assert abs(seen["off"]) <= 1
