"""What README says of JupyterLab on a projector: pinned boxes, and a side bar out of the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import Jupyter, Page, expect

SET_UP = """
import labkit as lab
await lab.fresh()
server = await lab.serve("websocket")
alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
lab.show(alice, bob)
"""


@pytest.fixture(scope="module")
def notebook(jupyter: Jupyter) -> Iterator[Page]:
    """Show two boxes and pin them by the menu of a right click beside them."""
    with jupyter.notebook("00-start-here.ipynb") as page:
        page.run_new(SET_UP)
        cell = page.page.locator(".jp-CodeCell").last
        cell.locator(".jp-OutputArea-promptOverlay").last.click(button="right")
        page.page.click('.lm-Menu-itemLabel:text-is("Create New View for Cell Output")')
        expect(pinned(page, "alice")).to_be_visible()
        yield page


def pinned(page: Page, name: str) -> Any:
    """Return a person's box in the new view."""
    boxes = page.page.locator(".jp-LinkedOutputView .lk-box")
    return boxes.filter(has=page.page.locator(f'.lk-name:text-is("{name}")'))


def test_a_pinned_box_sends_and_receives(notebook: Page) -> None:
    """What is typed there is heard, what a cell says arrives there, and its plug is the plug."""
    alice, bob = pinned(notebook, "alice"), pinned(notebook, "bob")
    line = alice.get_by_role("textbox", name="Message")
    line.fill("typed into the pinned box")
    line.press("Enter")
    expect(bob.locator(".lk-heard").get_by_text("typed into the pinned box")).to_be_visible()
    notebook.run_new("await bob.say('from a cell'); await alice.hears('from a cell')")
    expect(alice.locator(".lk-heard").get_by_text("from a cell")).to_be_visible()
    alice.get_by_role("button", name="Pull the plug").click()
    expect(alice.get_by_role("status")).to_have_text("Closed")
    alice.get_by_role("button", name="Put the plug back").click()
    alice.get_by_role("button", name="Connect again").click()
    expect(alice.get_by_role("status")).to_have_text("Open")
    notebook.shot("chat-pinned")


def test_its_cell_may_be_run_again(notebook: Page) -> None:
    """The pinned boxes are those of the new clients then."""
    cell = notebook.page.locator(".jp-Notebook .jp-CodeCell").filter(has_text="lab.fresh()").last
    cell.locator(".cm-content").click()
    notebook.page.keyboard.press("Control+Enter")
    alice = pinned(notebook, "alice")
    expect(alice.get_by_text("from a cell")).to_have_count(0)
    line = alice.get_by_role("textbox", name="Message")
    line.fill("to the new bob")
    line.press("Enter")
    heard = pinned(notebook, "bob").locator(".lk-heard").get_by_text("to the new bob")
    expect(heard).to_be_visible()


def test_the_side_bar_makes_room(notebook: Page) -> None:
    """Ctrl+B hides the list of files, and shows it again."""
    cells = notebook.page.locator(".jp-Notebook").first
    files = notebook.page.locator("#filebrowser")
    before = cells.bounding_box()["width"]
    notebook.page.locator(".jp-Notebook .cm-content").last.click()
    notebook.page.keyboard.press("Control+b")
    expect(files).to_be_hidden()
    assert cells.bounding_box()["width"] > before + 200
    notebook.page.keyboard.press("Control+b")
    expect(files).to_be_visible()
