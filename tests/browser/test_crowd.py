"""The view of a crowd, in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from labkit.commands.refresh import execute_notebook, tidy_notebook
from tests.browser.conftest import Jupyter, Page, expect

SET_UP = """
import labkit as lab
from labkit.backoff import Backoff
from labkit.measure.simulation import simulate
from labkit.views.chart import Chart, Plot, Series
await lab.fresh()
server = await lab.serve("websocket")
crowd = await lab.crowd(server, 30, reconnect=Backoff(0.2, cap=2))
lab.show(crowd)
"""

DETECTION = """
Chart("Time to detection of a black hole", "interval + timeout (s)", Plot("seconds", [
    Series("raw WebSocket", [(0.5, 0.6), (1, 1.1), (2, 2.2), (3, 3.1)]),
    Series("Socket.IO", [(0.5, 0.9), (1, 1.4), (2, 2.6), (3, 3.9)]),
    Series("interval + timeout", [(0, 0), (3, 3)], "line"),
]))
"""

LOSS = """
import asyncio
crowd.link.cut()
await crowd.until_connected(0)
await asyncio.sleep(0.7)  # sleeps: for so long is the server away
crowd.link.restore()
await crowd.until_connected()
"""


@pytest.fixture(scope="module", params=["light", "dark"])
def crowd(jupyter: Jupyter, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Show a crowd of thirty."""
    with jupyter.notebook("00-start-here.ipynb", request.param) as page:
        page.run_new(SET_UP)
        yield page


def charts(page: Page) -> Any:
    """Return the charts of the last cell."""
    return page.page.locator(".jp-CodeCell").last.locator("svg.lk-drawing")


def test_the_chart_follows(crowd: Page) -> None:
    """It shows the loss and the return, without a cell run again."""
    chart = crowd.page.locator("svg.lk-drawing").last
    expect(chart).to_be_visible()
    expect(crowd.page.get_by_role("img", name="30 websocket clients").last).to_be_visible()
    crowd.run_new(LOSS)
    chart.evaluate("e => e.scrollIntoView({block: 'center'})")
    expect(chart.locator("desc")).to_contain_text("connected from 0 to 30, 30 at the end")
    crowd.shot(f"crowd-{crowd.scheme}")


def test_a_simulation_beside_it(crowd: Page) -> None:
    """Both charts stand side by side, and fit, also where there is less room."""
    crowd.run_new("lab.show(crowd, simulate(100_000, crowd.reconnect, away=0.7))")
    expect(charts(crowd)).to_have_count(2)
    for width in (1024, 1280):
        crowd.page.set_viewport_size({"width": width, "height": 900})
        left, right = charts(crowd).evaluate_all("all => all.map(e => e.getBoundingClientRect())")
        assert left["top"] == right["top"] and left["right"] <= right["left"]
    charts(crowd).first.evaluate("e => e.scrollIntoView({block: 'center'})")
    crowd.shot(f"crowd-simulated-{crowd.scheme}")


def test_points_and_lines(crowd: Page) -> None:
    """A chart that is the value of a cell is drawn whole, and its figures stand below it."""
    crowd.run_new(DETECTION)
    expect(charts(crowd)).to_be_visible()
    for width in (1024, 1280):
        crowd.page.set_viewport_size({"width": width, "height": 768})
        scrolls = "svg => svg.parentElement.scrollWidth > svg.parentElement.clientWidth"
        assert not charts(crowd).evaluate(scrolls)
    crowd.page.set_viewport_size({"width": 1280, "height": 900})
    charts(crowd).evaluate("e => e.scrollIntoView({block: 'center'})")
    crowd.shot(f"chart-{crowd.scheme}")
    last = crowd.page.locator(".jp-CodeCell").last
    last.get_by_text("The same in figures").click()
    expect(last.get_by_text("Socket.IO: 0.9 at 0.5, 1.4 at 1")).to_be_visible()


def test_nothing_is_inaccessible(crowd: Page, node_modules: Path) -> None:
    """axe-core finds nothing serious in the charts."""
    assert crowd.violations(node_modules) == []
    assert crowd.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_notebook_that_nobody_trusts(jupyter: Jupyter, course_root: Path, scheme: str) -> None:
    """There a chart is a picture, also that of a crowd, and its figures can be read."""
    cells = [nbformat.v4.new_code_cell(source) for source in (SET_UP, DETECTION)]
    notebook = execute_notebook(nbformat.v4.new_notebook(cells=cells), course_root)
    tidy_notebook(notebook)
    nbformat.write(notebook, course_root / "my-course" / "notebooks" / "stored-chart.ipynb")
    with jupyter.notebook("stored-chart.ipynb", scheme) as page:
        figures = page.page.locator(".lk-chart")
        expect(figures).to_have_count(2)
        expect(figures.locator("svg")).to_have_count(0)  # or else it is trusted
        for number, name in enumerate(("30 websocket clients", "Time to detection")):
            picture = figures.nth(number).get_by_role("img", name=name)
            expect(picture).to_be_visible()
            assert picture.evaluate("picture => picture.naturalWidth") == 836
        page.shot(f"chart-untrusted-{scheme}")
