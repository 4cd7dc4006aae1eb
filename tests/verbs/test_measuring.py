"""The verb for the court: what it takes, and what it shows."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter

import labkit as lab
from labkit.measure.court import catalogue, claims, experiments
from labkit.measure.court import results as results_module
from labkit.shell.forgotten_await import explain_coroutines
from labkit.verbs import measuring
from tests.support.court import Stub, claim


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Let there be three claims and two experiments, and nothing be known."""
    monkeypatch.delenv("LABKIT_REPEATS", raising=False)
    stub = Stub(repeats=3)
    memory = Stub("memory", repeats=1, load="any")
    three = (claim("latency.connected"), claim("latency.connecting"), claim("memory.m", "memory"))
    for module in (claims, catalogue):
        monkeypatch.setattr(module, "CLAIMS", three)
    both = {"echo": stub.experiment, "memory": memory.experiment}
    monkeypatch.setattr(experiments, "EXPERIMENTS", both)
    monkeypatch.setattr(results_module, "results", results_module.Results())
    return stub


async def test_claims_are_measured_and_kept(lab: ModuleType, stub: Stub) -> None:
    """A topic measures all its claims; the list of all has them then, and those not measured."""
    shown = await lab.verdicts("latency")
    assert [verdict.claim.id for verdict in shown] == ["latency.connected", "latency.connecting"]
    assert stub.log.count("echo") == 3
    assert repr(lab.verdicts()).startswith("Verdicts on 3 claims: holds 2, not measured 1")
    assert "socketio: 2" in repr(shown.figures) and len(shown.chart("latency").plots) == 1


async def test_repeats(lab: ModuleType, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as are asked for, by argument or by the environment."""
    await lab.verdicts("latency.connected", repeats=5)
    assert stub.log.count("echo") == 5
    monkeypatch.setenv("LABKIT_REPEATS", "2")
    await lab.verdicts("latency.connected")
    assert stub.log.count("echo") == 7


def test_mistakes_are_told_at_once() -> None:
    """Before anything is awaited: a wrong id, senseless repeats, repeats of nothing."""
    with pytest.raises(lab.LabError, match=r"Did you mean 'latency\.connected'\?"):
        lab.verdicts("latency.conected")
    with pytest.raises(lab.LabError, match="a string in quotes, not 14"):
        lab.verdicts("latency", 14)  # type: ignore[arg-type]
    with pytest.raises(lab.LabError, match="whole number from 1 to 100, not 0"):
        lab.verdicts("latency", repeats=0)
    with pytest.raises(lab.LabError, match=re.escape('`await lab.verdicts("all", repeats=14)`')):
        lab.verdicts(repeats=14)


def test_a_fresh_kernel_sees_what_was_measured(
    working_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says when."""
    repeats = [{"latency": {"socketio": 2.0, "websocket": 1.0}}]
    results_module.Results().record("echo", "all in one process", repeats)
    shown = repr(lab.verdicts())
    assert "● holds" in shown and "Measured before this kernel began, 20" in shown


def test_a_forgotten_await_is_explained() -> None:
    """The value of the cell says that nothing has happened, and what to type."""
    cell = 'lab.verdicts("latency")'
    shell = SimpleNamespace(display_formatter=DisplayFormatter(), user_ns={"In": [cell]})
    explain_coroutines(shell)
    shown = shell.display_formatter.format(lab.verdicts("latency"))[0]["text/plain"]
    assert shown == (
        "Nothing has happened yet: verdicts(...) is a coroutine, which runs when it is awaited. "
        f"Type `await {cell}`."
    )


async def test_progress_is_shown_below_the_cell(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it runs, and at the end it has stopped."""
    shown: list[Any] = []
    monkeypatch.setattr(measuring, "_display", shown.append)
    await lab.verdicts("all")
    (panel,) = shown
    assert repr(panel).startswith("Measuring latency.connected, latency.connecting, memory.m")
    assert panel.views[0].widget.state["over"] is True


async def test_an_interrupt(lab: ModuleType, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends cleanly, and the view says so."""
    measuring_now, shown = asyncio.Event(), list[Any]()

    async def hang() -> None:
        measuring_now.set()
        await asyncio.Event().wait()

    stub.before["measure"] = hang
    monkeypatch.setattr(measuring, "_display", shown.append)
    task = asyncio.create_task(lab.verdicts("latency"))
    await measuring_now.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert shown[0].views[0].widget.state["said"].startswith("Ended in")
    assert stub.log[-1] == "close echo"
