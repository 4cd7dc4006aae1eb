"""The court, in a real JupyterLab: while it measures, and what it shows then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Jupyter, Page, expect

MEASURE = """
import labkit as lab
await lab.fresh()
verdicts = await lab.verdicts("latency.connected", "buffering", "samples", repeats=4)
verdicts
"""


@pytest.fixture(scope="module", params=["light", "dark"])
def court(jupyter: Jupyter, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Measure three claims in a new cell, and do not wait for the end."""
    forced = "active" if request.param == "light" else "none"
    with jupyter.notebook("00-start-here.ipynb", request.param, forced_colors=forced) as page:
        page.run_new(MEASURE, finished=False)
        yield page


def last(page: Page) -> Any:
    """Return the last cell."""
    return page.page.locator(".jp-CodeCell").last


def test_it_is_seen_measuring(court: Page, node_modules: Path) -> None:
    """A progress bar with a name says how far it is, and a sentence what is measured now."""
    bar = last(court).get_by_role("progressbar", name="Repeats measured")
    expect(bar).to_be_visible()
    expect(last(court).locator(".lk-hearing-said")).to_contain_text("repeats. Now:")
    bar.evaluate("e => e.scrollIntoView({block: 'center'})")
    court.shot(f"verdicts-measuring-{court.scheme}")
    assert court.violations(node_modules) == []


def test_verdicts_stand_in_a_table(court: Page) -> None:
    """Each has a shape, words and a source, below the sentence that says how long it took."""
    table = last(court).get_by_role("table", name="Verdicts on 3 claims")
    expect(table).to_be_visible(timeout=60_000)
    expect(last(court).get_by_role("progressbar")).to_be_hidden()
    expect(last(court).locator(".lk-hearing-said")).to_contain_text("Measured in")
    expect(table.get_by_role("row", name="What is emitted offline")).to_contain_text(
        "◐ holds for JavaScript only"
    )
    link = table.get_by_role("link", name="RavApps")
    link.focus()
    expect(link).to_be_focused()
    table.evaluate("e => e.scrollIntoView({block: 'center'})")
    court.shot(f"verdicts-{court.scheme}")


def test_figures_and_a_chart(court: Page, node_modules: Path) -> None:
    """Medians with their spread, and bars; nothing in them is inaccessible."""
    court.run_new("verdicts.figures")
    expect(last(court).get_by_role("table", name="Medians")).to_contain_text("socketio")
    last(court).evaluate("e => e.scrollIntoView({block: 'end'})")
    court.shot(f"verdicts-figures-{court.scheme}")
    court.run_new('verdicts.chart("latency")')
    drawing = last(court).locator("svg.lk-drawing")
    expect(drawing).to_be_visible()
    drawing.evaluate("e => e.scrollIntoView({block: 'center'})")
    court.shot(f"verdicts-chart-{court.scheme}")
    assert court.violations(node_modules) == []
    assert court.complaints == []


def test_the_list_has_what_is_known(court: Page) -> None:
    """Without arguments, all claims are there: also those that another notebook has measured."""
    court.run_new("lab.verdicts()")
    table = last(court).get_by_role("table", name="Verdicts on 19 claims")
    expect(table.get_by_role("row")).to_have_count(20)
