"""What a learner meets: the notebook about the four ways to be told, in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Jupyter, Page, expect, meant_to_fail, say

TOLD = "01-from-asking-to-being-told.ipynb"


@pytest.fixture(scope="module")
def told(jupyter: Jupyter) -> Iterator[Page]:
    """Open the notebook and run all its cells."""
    with jupyter.notebook(TOLD) as page:
        page.run_all()
        yield page


def test_nothing_fails(told: Page) -> None:
    """After Run All no error stands anywhere; ladders and charts do."""
    assert told.failing() == meant_to_fail(TOLD) == []
    for view, count in (("ladder", 2), ("chart", 2)):
        figures = told.page.locator(f".lk-{view}")
        expect(figures).to_have_count(count)
        figures.last.evaluate("view => view.scrollIntoView({block: 'center'})")
        for scheme in told.schemes():
            told.shot(f"notebook-01-{view}-{scheme}")


@pytest.mark.parametrize("way", ["poll", "longpoll", "sse", "websocket"])
def test_each_way_goes_on(told: Page, way: str) -> None:
    """What is typed into a box is sent over its way, also after its plug was pulled again."""
    box = told.box(way)
    told.show_box(way)
    box.get_by_role("button", name="Pull the plug").click()
    expect(box.get_by_role("status")).to_have_text("Reconnecting")
    box.get_by_role("button", name="Put the plug back").click()
    expect(box.get_by_role("status")).to_have_text("Open")
    ticks = "✓" if way == "websocket" else "✓✓"
    expect(say(box, "typed after Run All").locator(".lk-tick")).to_have_text(ticks)
    told.shot(f"notebook-01-{way}")


def test_nothing_is_inaccessible(told: Page, node_modules: Path) -> None:
    """axe-core finds nothing in either colour scheme, and the browser does not complain."""
    for scheme in told.schemes():
        assert told.violations(node_modules) == [], scheme
    assert told.complaints == []
