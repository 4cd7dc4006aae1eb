"""One experiment in court."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.measure.court import sitting as module
from labkit.measure.court.sitting import Sitting
from tests.support.court import Stub, claim

STRADDLING = (0.5, 2.0, 0.6, 2.2, 0.7, 2.1, 1.9)


def sitting(stub: Stub, repeats: int = 3, **options: Any) -> Sitting:
    """Return a sitting on a stub."""
    return Sitting(stub.name, stub.experiment, repeats, claim(**options).parts)


def raising(error: BaseException) -> Callable[[], Awaitable[None]]:
    """Return what raises an error."""

    async def fail() -> None:
        raise error

    return fail


async def for_ever() -> None:
    """Wait for what never comes."""
    await asyncio.Event().wait()


async def test_it_is_measured_as_often_as_wanted() -> None:
    """It is opened and closed once, and each repeat is kept in its order."""
    stub = Stub(ratios=(2.0, 3.0, 4.0))
    this = sitting(stub)
    await this.run(nullcontext())
    assert stub.log == ["open echo", "echo", "echo", "echo", "close echo"]
    assert [each["latency"]["socketio"] for each in this.figures] == [2, 3, 4]
    assert (this.wanted, this.why, this.is_at_work) == (3, "", False)


@pytest.mark.parametrize(
    ("ratios", "exact", "repeats"),
    [(STRADDLING, False, 14), (STRADDLING, True, 7), ((2.0,), False, 7)],
)
async def test_what_straddles_its_line_is_measured_more(
    ratios: tuple[float, ...], exact: bool, repeats: int
) -> None:
    """As often again, once; what is the same each time never is."""
    this = sitting(Stub(ratios=ratios), 7, exact=exact)
    await this.run(nullcontext())
    assert len(this.figures) == this.wanted == repeats


@pytest.mark.parametrize("step", ["open", "measure", "close"])
@pytest.mark.parametrize(
    ("error", "why"),
    [
        (LabError("no port is free.\nDo this."), "no port is free."),
        (ConnectionResetError("gone"), "ConnectionResetError: gone"),
        (TimeoutError(), "TimeoutError"),
        (ValueError("\x1b[2J"), "ValueError: ␛[2J"),
        (asyncio.CancelledError(), "it was cancelled."),
    ],
)
async def test_what_goes_wrong_is_told(step: str, error: BaseException, why: str) -> None:
    """Whatever an instrument raises, at whichever step; nothing half measured is left."""
    stub = Stub(before={step: raising(error)})
    this = sitting(stub)
    await this.run(nullcontext())
    assert (this.why, this.figures, this.wanted) == (why, [], 0)
    assert step != "measure" or stub.log[-1] == "close echo"


@pytest.mark.parametrize(
    ("step", "limit", "what"),
    [
        ("open", "OPENING", "starting it"),
        ("measure", "REPEAT", "measuring it once"),
        ("close", "CLOSING", "ending it"),
    ],
)
async def test_every_step_ends(
    step: str, limit: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes too long is told as just that."""
    monkeypatch.setattr(module, limit, 0.01)
    this = sitting(Stub(before={step: for_ever}))
    await this.run(nullcontext())
    assert this.why == f"{what} took longer than 0.01 s."


async def test_an_interrupt_closes_it() -> None:
    """A cancelled sitting closes what it opened, and lets the cancellation out."""
    measuring = asyncio.Event()

    async def hang() -> None:
        measuring.set()
        await for_ever()

    stub = Stub(before={"measure": hang})
    task = asyncio.create_task(sitting(stub).run(nullcontext()))
    await measuring.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stub.log == ["open echo", "close echo"]


@pytest.mark.parametrize("ratio", [math.nan, math.inf, -1.0])
async def test_a_figure_that_is_none_is_named(ratio: float) -> None:
    """No verdict is built on it."""
    this = sitting(Stub(ratios=(ratio,)))
    await this.run(nullcontext())
    assert this.why == f"its figure 'latency' of 'socketio' is {ratio!r}."


@pytest.mark.parametrize(
    ("experiment", "missing"), [("socketio polling", "socketio polling"), ("socketio", "")]
)
async def test_a_figure_that_is_missing_is_named(experiment: str, missing: str) -> None:
    """A part of a claim needs its figure and its subjects."""
    stub = Stub()
    part = module.Part("", "echo", "latency", "ms", experiment)
    parts: Sequence[module.Part] = [part]
    this = Sitting("echo", stub.experiment, 1, parts)
    await this.run(nullcontext())
    told = f"it gives no figure 'latency' of {missing!r}." if missing else ""
    assert this.why == told


async def test_changes_are_notified() -> None:
    """Whoever follows sees it at work, and each repeat."""
    this = sitting(Stub())
    seen: list[tuple[bool, int]] = []
    this.changes.subscribe(lambda: seen.append((this.is_at_work, len(this.figures))))
    await this.run(nullcontext())
    assert (True, 0) in seen and seen[-1] == (False, 3)
    assert [count for _, count in seen] == sorted(count for _, count in seen)
