"""The court: turns, repeats, and what becomes of an experiment that fails."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.measure.court.court import REPEATS_VARIABLE, Court, checked_repeats, judge
from labkit.measure.court.experiment import Load
from tests.support.court import Stub, claim


@pytest.fixture(autouse=True)
def default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure as often as experiments say."""
    monkeypatch.delenv(REPEATS_VARIABLE, raising=False)


def court(*stubs: Stub) -> Court:
    """Return a court with these experiments."""
    return Court({stub.name: stub.experiment for stub in stubs})


async def test_experiments_take_turns() -> None:
    """All are opened first; then each is measured once before any is measured again."""
    log: list[str] = []
    stubs = [Stub(name, repeats=2, log=log) for name in ("echo", "connecting", "fan_out")]
    verdicts = await court(*stubs).hear([claim("a.b", "echo", "connecting", "fan_out")])
    assert log[:3] == ["open echo", "open connecting", "open fan_out"]
    assert log[3:9] == ["echo", "connecting", "fan_out"] * 2
    assert sorted(log[9:]) == ["close connecting", "close echo", "close fan_out"]
    assert [verdict.text for verdict in verdicts] == ["holds"]


async def test_a_shared_experiment_is_measured_once() -> None:
    """Whatever number of claims need it."""
    stub = Stub()
    first, second = await court(stub).hear([claim("a.b"), claim("c.d")])
    assert stub.log.count("open echo") == 1 and stub.log.count("echo") == 7
    assert first.findings == second.findings


@pytest.mark.parametrize(("load", "beside"), [("alone", False), ("waits", True), ("any", True)])
async def test_what_does_not_mind_runs_beside_each_other(load: Load, beside: bool) -> None:
    """Two that no load changes are measured at once, two others never are."""
    both = asyncio.Barrier(2)

    async def meet() -> None:
        await asyncio.wait_for(both.wait(), 0.05)

    stubs = [Stub(name, repeats=1, load=load, before={"measure": meet}) for name in ("x", "y")]
    verdicts = await court(*stubs).hear([claim("a.b", "x", "y")])
    assert (verdicts[0].text == "holds") is beside


async def test_nothing_runs_beside_what_is_to_be_alone() -> None:
    """Those that do not mind come afterwards, those that wait first."""
    log: list[str] = []
    stubs = [
        Stub("memory", load="any", repeats=1, log=log),
        Stub("far", load="waits", repeats=1, log=log),
        Stub("echo", repeats=2, log=log),
    ]
    await court(*stubs).hear([claim("a.b", "memory", "far", "echo")])
    assert log[:4] == ["open echo", "echo", "echo", "close echo"]
    assert log[4] == "open far"


@pytest.mark.parametrize(
    ("own", "asked", "environment", "often"),
    [
        (7, None, "", 7),
        (7, 14, "", 14),
        (3, 1, "", 1),
        (1, 14, "", 1),
        (7, None, "2", 2),
        (1, None, "5", 1),
        (7, 3, "2", 3),
    ],
)
async def test_repeats(
    own: int, asked: int | None, environment: str, often: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An argument goes before the environment; what is the same each time is measured once."""
    monkeypatch.setenv(REPEATS_VARIABLE, environment)
    stub = Stub(repeats=own)
    (verdict,) = await court(stub).hear([claim()], asked)
    assert len(verdict.findings[0].figures) == often


@pytest.mark.parametrize("repeats", [0, -1, 101, 2.0, True, "7"])
async def test_repeats_that_make_no_sense(repeats: Any) -> None:
    """They are named before anything is measured."""
    stub = Stub()
    with pytest.raises(LabError, match=r"`repeats` must be a whole number from 1 to 100, not"):
        await court(stub).hear([claim()], repeats)
    assert stub.log == []


def test_a_variable_that_makes_no_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable, for nobody typed it here."""
    monkeypatch.setenv(REPEATS_VARIABLE, "many")
    with pytest.raises(LabError, match=r"LABKIT_REPEATS must be a whole number .*, not 'many'"):
        checked_repeats(None)


async def test_one_that_fails_stops_no_other() -> None:
    """Its claims are not measured, with the reason; the others have their verdicts."""

    async def fail() -> None:
        raise OSError("no port is free")

    kept: list[str] = []
    stubs = [Stub(before={"open": fail}), Stub("memory", load="any")]
    here = Court({stub.name: stub.experiment for stub in stubs}, lambda name, *_: kept.append(name))
    verdicts = await here.hear(
        [claim("a.b"), claim("c.d", "memory"), claim("e.f", "memory", "echo")]
    )
    assert [verdict.text for verdict in verdicts] == [
        "not measured: echo: OSError: no port is free",
        "holds",
        "not measured: echo: OSError: no port is free",
    ]
    assert kept == ["memory"]


async def test_an_interrupt_ends_everything() -> None:
    """What is open is closed, what was complete is kept, and no task is left."""
    measuring, kept = asyncio.Event(), list[str]()

    async def hang() -> None:
        measuring.set()
        await asyncio.Event().wait()

    stubs = [Stub("echo", repeats=2), Stub("slow", load="waits", before={"measure": hang})]
    here = Court({stub.name: stub.experiment for stub in stubs}, lambda name, *_: kept.append(name))
    before = asyncio.all_tasks()
    task = asyncio.create_task(here.hear([claim("a.b", "echo", "slow")]))
    await measuring.wait()
    assert [sitting.name for sitting in here.at_work] == ["slow"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept == ["echo"] and here.at_work == []
    assert stubs[1].log == ["open slow", "close slow"]
    assert asyncio.all_tasks() == before


async def test_progress() -> None:
    """Whoever follows sees how much is done of what is wanted, which may grow."""
    stub = Stub(ratios=(0.5, 2.0, 0.6, 2.2, 0.7, 2.1, 1.9))
    here = court(stub)
    seen: list[tuple[int, int, bool]] = []
    here.changes.subscribe(lambda: seen.append((here.done, here.wanted, bool(here.at_work))))
    await here.hear([claim()])
    assert seen[0] == (0, 7, True) and seen[-1] == (14, 14, False)
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)


def test_judge_wants_all_of_a_claim() -> None:
    """What is missing, or was measured otherwise by another version, is not measured."""
    repeats = [{"latency": {"socketio": 2.0, "websocket": 1.0}}]
    assert judge(claim(), {"echo": repeats}).text == "holds"
    assert judge(claim(), {}).text == "not measured yet"
    assert judge(claim(), {"echo": [{"other": {}}]}).text == "not measured yet"


async def test_nothing_to_hear() -> None:
    """No claims, no verdicts."""
    assert await court().hear([]) == []
