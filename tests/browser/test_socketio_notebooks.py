"""What a learner meets: the notebooks about Socket.IO in a real JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import ERRORS, Jupyter, Page, expect, meant_to_fail, say

CHAT, BYTES = "07-the-same-chat-on-socketio.ipynb", "08-socketio-byte-by-byte.ipynb"


@pytest.fixture(scope="module")
def speak(jupyter: Jupyter) -> Iterator[Page]:
    """Open the notebook about the chat on Socket.IO and run all its cells."""
    with jupyter.notebook(CHAT) as page:
        page.run_all()
        yield page


@pytest.fixture(scope="module")
def read(jupyter: Jupyter) -> Iterator[Page]:
    """Open the notebook about the bytes of Socket.IO and run all its cells."""
    with jupyter.notebook(BYTES) as page:
        page.run_all()
        yield page


def test_only_what_is_meant_to_fail_fails(speak: Page) -> None:
    """After Run All, errors stand below the cells that are tagged for it, and nowhere else."""
    cells = speak.page.locator(".jp-CodeCell")
    failed = cells.filter(has=speak.page.locator(ERRORS))  # drawn after a cell has its number
    expect(failed).to_have_count(len(meant_to_fail(CHAT)))
    assert speak.failing() == meant_to_fail(CHAT) != []


def test_its_boxes_are_alive(speak: Page) -> None:
    """What is typed into alice's box is sent, and heard by bob alone: carol left in step 2."""
    alice, bob, carol = (speak.box(name) for name in ("alice", "bob", "carol"))
    said = say(alice, "typed after Run All")
    expect(said.locator(".lk-tick")).to_have_text("✓")  # step 1 connects without acknowledgements
    expect(bob.locator(".lk-heard").get_by_text("typed after Run All")).to_be_visible()
    expect(carol.get_by_role("status")).to_have_text("Closed")
    speak.show_box("bob")
    speak.shot("notebook-07-boxes")


def test_who_comes_later_is_acknowledged(speak: Page) -> None:
    """A client of an own cell chats with the notebook's; its messages get two ticks."""
    speak.run_new("lab.show(await lab.connect(server, 'judy'))")
    judy, bob = speak.box("judy"), speak.box("bob")
    said = say(judy, "typed with a receipt")
    expect(said.locator(".lk-tick")).to_have_text("✓✓")
    expect(bob.locator(".lk-heard").get_by_text("typed with a receipt")).to_be_visible()
    say(bob, "welcome, judy")
    expect(judy.locator(".lk-heard").get_by_text("welcome, judy")).to_be_visible()
    speak.show_box("judy")
    speak.shot("notebook-07-judy")


def test_run_all_again(speak: Page) -> None:
    """A second run in the same kernel ends as the first did, and its boxes are alive."""
    prompts = speak.page.locator(".jp-CodeCell .jp-InputPrompt")
    number = int(re.sub(r"\D", "", prompts.last.text_content()))
    speak.menu("Run", "runmenu:run-all")
    expect(prompts.last).to_have_text(f"[{number + prompts.count()}]:", timeout=60_000)
    assert speak.failing() == meant_to_fail(CHAT)
    say(speak.box("alice"), "typed after the second run")
    heard = speak.box("bob").locator(".lk-heard").get_by_text("typed after the second run")
    expect(heard).to_be_visible()
    speak.show_box("bob")
    speak.shot("notebook-07-again")


def test_the_browser_had_nothing_to_complain_about(speak: Page) -> None:
    """No error stands in the browser's console."""
    assert speak.complaints == []


def test_the_views_of_the_wire(read: Page, node_modules: Path) -> None:
    """The upgrade stands in henry's ladder; axe-core finds nothing, in either colour scheme."""
    ladder = read.page.locator(".lk-ladder").first
    expect(ladder).to_contain_text("upgrade")
    ladder.evaluate("view => view.scrollIntoView({block: 'center'})")
    assert read.failing() == []
    for scheme in read.schemes():
        read.shot(f"notebook-08-ladder-{scheme}")
        assert read.violations(node_modules) == [], scheme
    assert read.complaints == []
