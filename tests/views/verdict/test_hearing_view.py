"""The view of a hearing."""

from __future__ import annotations

import asyncio
import re
from types import ModuleType

from labkit.measure.court.court import Court
from labkit.views.panel import Panel
from labkit.views.verdict.hearing_view import HearingView
from tests.conftest import soon
from tests.support.court import Stub, claim

CLAIMS = [claim("a.b"), claim("c.d")]


async def test_it_follows_a_hearing(lab: ModuleType) -> None:
    """How many repeats of how many, and what is measured now; at the end how long it took."""
    go_on = asyncio.Event()
    stub = Stub(repeats=2, before={"close": go_on.wait})
    court = Court({"echo": stub.experiment})
    view = HearingView(court, CLAIMS)
    assert view.widget.state["over"] is False
    hearing = asyncio.create_task(court.hear(CLAIMS))
    await soon(lambda: view.widget.state["done"] == 2)
    assert view.widget.state["said"] == "2 of 2 repeats. Now: echo."
    go_on.set()
    await hearing
    view.close()
    assert view.widget.state["over"] is True
    assert re.fullmatch(r"Measured in \d s: 2 of 2 repeats\.", view.widget.state["said"])


async def test_an_experiment_is_named_in_words(lab: ModuleType) -> None:
    """Not by the name that the program has for it."""
    go_on = asyncio.Event()
    stub = Stub(repeats=1, before={"close": go_on.wait})
    court = Court({"far_echo": stub.experiment})
    far = [claim("a.b", "far_echo")]
    view = HearingView(court, far)
    hearing = asyncio.create_task(court.hear(far))
    await soon(lambda: view.widget.state["done"] == 1)
    assert view.widget.state["said"] == "1 of 1 repeats. Now: far echo."
    go_on.set()
    await hearing
    view.close()


async def test_one_that_is_interrupted_says_so(lab: ModuleType) -> None:
    """It was not measured to the end."""
    measuring = asyncio.Event()

    async def hang() -> None:
        measuring.set()
        await asyncio.Event().wait()

    court = Court({"echo": Stub(before={"measure": hang}).experiment})
    view = HearingView(court, CLAIMS)
    hearing = asyncio.create_task(court.hear(CLAIMS))
    await measuring.wait()
    hearing.cancel()
    await asyncio.wait({hearing})
    view.close()
    assert re.fullmatch(r"Ended in \d s: 0 of 7 repeats\.", view.widget.state["said"])


async def test_the_twins_have_nothing_that_changes(lab: ModuleType) -> None:
    """A stored output says what is measured, not how far it is."""
    court = Court({"echo": Stub().experiment})
    panel = Panel([HearingView(court, CLAIMS)])
    before = repr(panel), panel.html
    await court.hear(CLAIMS)
    panel.close()
    assert (repr(panel), panel.html) == before
    assert repr(panel) == "Measuring a.b, c.d"
