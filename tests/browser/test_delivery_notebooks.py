"""What a learner meets: notebooks in which messages are numbered, lost, repeated and replayed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Jupyter, Page, expect, meant_to_fail

NOTEBOOKS = ("10-what-got-lost.ipynb", "11-exactly-once-almost.ipynb")


@pytest.fixture(scope="module", params=[*zip(NOTEBOOKS, ("light", "dark"), strict=True)])
def page(jupyter: Jupyter, request: pytest.FixtureRequest) -> Iterator[tuple[str, Page]]:
    """Open a notebook, in another scheme than the other one, and run all its cells."""
    name, scheme = request.param
    with jupyter.notebook(name, scheme) as page:
        page.run_all()
        yield name, page


def test_nothing_fails_while_messages_are_lost(page: tuple[str, Page]) -> None:
    """After Run All no error stands anywhere; ladders of failing parts and cards of checks do."""
    name, opened = page
    assert opened.failing() == meant_to_fail(name) == []
    drawn = opened.page.locator("svg.lk-drawing:visible")
    expect(drawn).to_have_count(3)
    for number in range(3):
        drawn.nth(number).evaluate("view => view.scrollIntoView({block: 'center'})")
        opened.shot(f"notebook-{name[:2]}-ladder-{number}")
    cards = opened.page.locator(".lk-outcome-state", has_text="untouched")
    expect(cards).to_have_count(2)


def test_nothing_about_lost_messages_is_inaccessible(
    page: tuple[str, Page], node_modules: Path
) -> None:
    """axe-core finds nothing, and the browser does not complain."""
    _, opened = page
    assert opened.violations(node_modules) == []
    assert opened.complaints == []
