"""What a learner meets: the notebook in which claims are measured and judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Jupyter, Page, expect

COURT = "14-the-court.ipynb"


@pytest.fixture(scope="module")
def page(jupyter: Jupyter) -> Iterator[Page]:
    """Open the notebook and run all its cells; most of them measure."""
    with jupyter.notebook(COURT) as page:
        page.run_all(within=180)
        yield page


def test_nothing_fails_in_court(page: Page) -> None:
    """After Run All no error stands anywhere; verdicts, figures and both charts do."""
    assert page.failing() == []
    verdicts = page.page.locator("caption").filter(has_text="Verdicts on")
    expect(verdicts).to_have_count(6)
    charts = page.page.locator("svg.lk-drawing:visible")
    expect(charts).to_have_count(2)
    for scheme in page.schemes():
        for name, view in (("verdicts", verdicts.first), ("chart", charts.first)):
            view.evaluate("view => view.scrollIntoView({block: 'start'})")
            page.shot(f"notebook-14-{name}-{scheme}")
        charts.last.evaluate("view => view.scrollIntoView({block: 'center'})")
        page.shot(f"notebook-14-memory-{scheme}")


def test_nothing_in_court_is_inaccessible(page: Page, node_modules: Path) -> None:
    """axe-core finds nothing in either colour scheme, and the browser does not complain."""
    for scheme in page.schemes():
        assert page.violations(node_modules) == [], scheme
    assert page.complaints == []
