"""The clock guard's decisions, without a clock."""

import importlib.machinery
import importlib.util
import pathlib

import pytest

PROGRAM = pathlib.Path(__file__).parents[1] / "spillway/clockguard/files/spillway-clockguard"


@pytest.fixture(scope="module")
def guard():
    loader = importlib.machinery.SourceFileLoader("clockguard", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("clockguard", loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "rtc, clock, off",
    [
        (1000, 1000.0, 0.0),
        (1000, 1000.999, 0.0),  # the RTC counts whole seconds: this is no difference
        (1000, 999.5, -0.5),
        (1000, 1003.5, 2.5),
        (1000, 591.5, -408.5),  # back after nearly seven minutes
    ],
)
def test_offset(guard, rtc, clock, off):
    assert guard.offset(rtc, clock) == pytest.approx(off)


@pytest.mark.parametrize(
    "clock, wanted",
    [(1000.5, False), (998.1, False), (997.9, True), (1002.9, False), (1003.1, True), (591.5, True)],
)
def test_steps_only_beyond_the_threshold(guard, clock, wanted):
    assert guard.must_step(1000, clock, 2.0) is wanted


@pytest.mark.parametrize(
    "rtc, monotonic, wanted",
    [
        ((1000, 1001), (5.0, 6.0), False),
        ((1000, 1002), (5.0, 6.0), False),  # a tick more is the RTC's resolution
        ((1000, 1003), (5.0, 6.0), True),
        ((1000, 1010), (5.0, 15.0), False),  # a slow machine was there all the time
        ((1000, 1400), (5.0, 6.0), True),
    ],
)
def test_tells_an_absence_from_another_hand_on_the_clock(guard, rtc, monotonic, wanted):
    assert guard.was_absent(rtc, monotonic) is wanted


def test_every_absence_is_corrected(guard):
    brake = guard.Brake()
    assert all(brake.allows(float(now), absent=True) for now in range(50))


def test_a_fight_over_the_clock_ends(guard, capsys):
    brake = guard.Brake(steps=3, within=60, rest=600)
    assert [brake.allows(float(now), absent=False) for now in range(6)] == [True] * 3 + [False] * 3
    assert not brake.allows(602.0, absent=False)
    assert brake.allows(602.0, absent=True)
    assert brake.allows(604.0, absent=False)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_rare_steps_are_no_fight(guard):
    brake = guard.Brake(steps=3, within=60, rest=600)
    assert all(brake.allows(now * 30.0, absent=False) for now in range(20))


@pytest.mark.parametrize("off, killed", [(-8.0, False), (-408.5, True), (90.0, True)])
def test_only_an_absence_that_the_master_noticed_costs_the_minion_its_connections(guard, monkeypatch, off, killed):
    ran = []
    monkeypatch.setattr(guard, "run", lambda *command: ran.append(command[0]))
    guard.tell(off)
    assert ran == (["ss"] if killed else []) + ["chronyc"]
