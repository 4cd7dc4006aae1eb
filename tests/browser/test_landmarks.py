"""The landmarks of a page with each view twice: assistive technology lists them by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Jupyter, Page, expect
from tests.support.accessibility import find_landmarks

SET_UP = """
import labkit as lab
await lab.fresh()
raw, rooms = await lab.serve("websocket"), await lab.serve("socketio")
alice, bob = await lab.connect(raw, "alice"), await lab.connect(rooms, "bob")
await alice.say("hello")
await bob.call("join", "tea")
"""

VIEWS = "lab.show(alice, bob, alice.link, bob.link, raw, rooms)"

OUTPUTS = """
from IPython.display import display
rows = alice.link.trace.rows(kind="text")
display(lab.ladder(alice), lab.ladder(bob), rows[0].open(), rows[-1].open())
"""


@pytest.fixture(scope="module")
def views(jupyter: Jupyter) -> Iterator[Page]:
    """Show each view and each output of labkit's twice, with a row of each link opened."""
    with jupyter.notebook("00-start-here.ipynb", viewport={"width": 1280, "height": 8000}) as page:
        for code in (SET_UP, VIEWS, VIEWS, OUTPUTS):
            page.run_new(code)
        wires = page.page.locator(".lk-wire")
        expect(wires).to_have_count(4)
        for wire in wires.all():
            wire.locator(".lk-space .lk-row").last.click()
            expect(wire.locator(".lk-lens")).to_be_visible()
        yield page


def repeated(page: Page) -> list[tuple[str, str]]:
    """Return the landmarks that share role and name with another one."""
    return [each for each, count in Counter(find_landmarks(page.page)).items() if count > 1]


def test_each_landmark_has_a_name_of_its_own(views: Page) -> None:
    """Boxes, views and the rows that are open in them are told apart."""
    assert len([role for role, _ in find_landmarks(views.page) if role == "region"]) >= 12
    assert repeated(views) == []


def test_a_cell_that_is_run_again_keeps_names_apart(views: Page) -> None:
    """Whichever of several boxes is replaced, its name is not that of one that stays."""
    first = views.page.locator(".jp-CodeCell").filter(has_text=VIEWS).first
    before = first.locator(".lk-box").first.get_attribute("aria-labelledby")
    first.locator(".cm-content").click()
    views.page.keyboard.press("Control+Enter")
    expect(first.locator(".lk-box").first).not_to_have_attribute("aria-labelledby", before or "")
    expect(views.page.locator(".lk-wire")).to_have_count(4)
    assert repeated(views) == []


def test_nothing_is_inaccessible(views: Page, node_modules: Path) -> None:
    """axe-core finds nothing in any view or output."""
    assert views.violations(node_modules) == []
