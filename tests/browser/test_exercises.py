"""What a learner does with an exercise: fills it in, checks it, and sees how far they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labkit.exercises.catalogue import find_exercise
from labkit.exercises.inject import cell_sources
from labkit.exercises.progress import FILE
from tests.browser.conftest import (
    Jupyter,
    Page,
    copy_course,
    expect,
    meant_to_fail,
    run_jupyter,
)

RAW_CHAT = "03-a-raw-chat.ipynb"

EXERCISE = find_exercise("raw_chat.skips_the_sender")
MISTAKE = EXERCISE.mistakes[0]
SOURCES = cell_sources(EXERCISE)

CHAT = """import asyncio

await lab.fresh(timescale=5)  # waits are long enough for whoever looks for the menu
server = await lab.serve("websocket")
alice, bob = [await lab.connect(server, name) for name in ("alice", "bob")]"""
"""A chat beside the check."""

FOR_EVER = """async def for_ever(websocket):
    async for message in websocket:
        print("heard", message)
        await asyncio.Event().wait()


await lab.check("raw_chat.skips_the_sender", for_ever)"""
"""An answer that never answers, and its check, which waits for it."""


@pytest.fixture(scope="module")
def course_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course in which nobody has run anything: other files open the same notebook."""
    return copy_course(tmp_path_factory)


@pytest.fixture(scope="module")
def jupyter(course_root: Path, browser: Any) -> Iterator[Jupyter]:
    """Start JupyterLab for that course."""
    with run_jupyter(course_root, browser) as running:
        yield running


@pytest.fixture(scope="module", params=["light", "dark"])
def raw_chat(jupyter: Jupyter, course_root: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open the notebook of somebody who has not begun, and run all its cells."""
    (course_root / "my-course" / "notebooks" / FILE).unlink(missing_ok=True)
    with jupyter.notebook(RAW_CHAT, request.param) as page:
        page.run_all()
        yield page


def cell(page: Page, text: str) -> Any:
    """Return the code cell that has a text."""
    return page.page.locator(".jp-CodeCell").filter(has_text=text).first


def card(page: Page) -> Any:
    """Return the card below the exercise's check."""
    return cell(page, SOURCES["check"]).locator(".lk-outcome")


def fill_in(page: Page, source: str) -> None:
    """Fill the exercise in, run its cell, and then its check."""
    check = cell(page, SOURCES["check"])
    stub = check.locator("xpath=preceding-sibling::*[contains(@class, 'jp-CodeCell')][1]")
    stub.locator(".cm-content").click()
    page.page.keyboard.press("Control+a")
    page.page.keyboard.insert_text(source)
    page.page.keyboard.press("Shift+Enter")
    page.page.keyboard.press("Shift+Enter")


def test_an_unsolved_notebook_runs(raw_chat: Page) -> None:
    """After Run All no error stands anywhere; the card says that the exercise is untouched."""
    assert raw_chat.failing() == meant_to_fail(RAW_CHAT)
    expect(card(raw_chat)).to_contain_text("untouched")
    card(raw_chat).evaluate("card => card.scrollIntoView({block: 'center'})")
    raw_chat.shot(f"exercise-untouched-{raw_chat.scheme}")


def test_a_mistake_is_explained(raw_chat: Page) -> None:
    """The card says what was expected, and what happened instead."""
    fill_in(raw_chat, MISTAKE.source)
    expect(card(raw_chat)).to_contain_text("not yet")
    expect(card(raw_chat)).to_contain_text(MISTAKE.message)
    card(raw_chat).evaluate("card => card.scrollIntoView({block: 'center'})")
    raw_chat.shot(f"exercise-not-yet-{raw_chat.scheme}")


def test_the_solution_is_done(raw_chat: Page) -> None:
    """The card has something to think about."""
    fill_in(raw_chat, EXERCISE.solution)
    expect(card(raw_chat)).to_contain_text(EXERCISE.next)
    expect(card(raw_chat)).to_have_attribute("data-state", "done")
    card(raw_chat).evaluate("card => card.scrollIntoView({block: 'center'})")
    raw_chat.shot(f"exercise-done-{raw_chat.scheme}")


def test_hints_and_the_board(raw_chat: Page, course_root: Path) -> None:
    """The board knows what is done and which hints were seen, as the file beside the notebooks."""
    raw_chat.run_new(f'lab.hint("{EXERCISE.id}", 1)')
    hint = raw_chat.page.locator(".jp-CodeCell").last.locator(".jp-RenderedMarkdown")
    expect(hint).to_contain_text(f"Hint 1 of {len(EXERCISE.hints)}.")
    raw_chat.run_new("lab.progress()")
    board = raw_chat.page.locator(".lk-board").last
    row = board.get_by_role("row").filter(has_text=EXERCISE.id)
    expect(row).to_contain_text("done")
    expect(row).to_contain_text("1 hint seen")
    expect(board.locator(".lk-board-note")).to_have_count(0)
    board.evaluate("board => board.scrollIntoView({block: 'center'})")
    raw_chat.shot(f"exercise-board-{raw_chat.scheme}")
    assert EXERCISE.id in (course_root / "my-course" / "notebooks" / FILE).read_text("utf-8")


def test_this_notebooks_exercises(raw_chat: Page) -> None:
    """`lab.check()` knows which notebook it stands in."""
    raw_chat.run_new("lab.check()")
    board = raw_chat.page.locator(".jp-CodeCell").last.locator(".lk-board")
    expect(board.locator("caption")).to_have_text("03 a raw chat")


def test_a_check_is_interrupted(raw_chat: Page) -> None:
    """Jupyter's interrupt ends it, once its server is closed; bench and kernel go on as before."""
    raw_chat.run_new(CHAT)
    raw_chat.run_new(FOR_EVER, finished=False)
    last = raw_chat.page.locator(".jp-CodeCell").last
    expect(last.locator(".jp-OutputArea")).to_contain_text("heard one")
    raw_chat.menu("Kernel", "kernelmenu:interrupt")
    expect(last).to_contain_text("CancelledError", timeout=30_000)  # 2 s to close, scaled
    raw_chat.run_new('await alice.say("still here")\nprint(await bob.hears("still here"))')
    expect(raw_chat.page.locator(".jp-CodeCell").last).to_contain_text("still here")
    raw_chat.run_new("await lab.finish()")
    expect(raw_chat.page.locator(".jp-CodeCell").last).to_contain_text("Nothing failed unseen.")


def test_nothing_is_inaccessible(raw_chat: Page, node_modules: Path) -> None:
    """axe-core finds nothing in cards, hints and boards, and the browser does not complain."""
    assert raw_chat.violations(node_modules) == []
    assert raw_chat.complaints == []
