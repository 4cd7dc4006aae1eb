"""Where arrows begin and end."""

from __future__ import annotations

import pytest

from labkit.trace.rows import Row
from labkit.views.ladder.arrow import Arrow
from labkit.views.ladder.ranks import place


def arrow(entered: float, left: float | None = None, size: int = 1) -> Arrow:
    """Return an arrow of a row that entered and left at these times."""
    row = Row(1, entered, 1, "upstream", "text", size, "hello")
    return Arrow(row, "alice", "server", "passed", entered if left is None else left)


def steps(*arrows: Arrow) -> tuple[list[tuple[int, int | None, int]], int]:
    """Return tail, head and the number of later ones of each arrow, and the number of steps."""
    placed, count = place(arrows)
    return [(each.tail, each.head, each.overtaken) for each in placed], count


def test_without_faults_each_row_has_a_step() -> None:
    """And ends at it."""
    assert steps(arrow(1), arrow(2), arrow(3)) == ([(0, None, 0), (1, None, 0), (2, None, 0)], 3)
    assert steps() == ([], 0)


def test_what_left_late_ends_at_a_step_of_its_own() -> None:
    """Below all that entered before it left, of which messages are counted."""
    found, count = steps(arrow(1, 3.5), arrow(2), arrow(3, size=0), arrow(4))
    assert found == [(0, 3, 1), (1, None, 0), (2, None, 0), (4, None, 0)] and count == 5


def test_what_left_together_shares_a_step() -> None:
    """Unless something entered in between."""
    assert steps(arrow(1, 1.001))[0] == [(0, None, 0)]
    assert steps(arrow(1, 3), arrow(2, 3.001))[0] == [(0, 2, 1), (1, 2, 0)]
    assert steps(arrow(1, 3), arrow(2, 3.001), arrow(3.0005))[0][:2] == [(0, 2, 1), (1, 4, 1)]


def test_what_left_in_another_order_ends_in_that_order() -> None:
    """Heads follow the times of leaving, tails those of entering."""
    assert [each[1] for each in steps(arrow(1, 9), arrow(2, 8))[0]] == [3, 2]


@pytest.mark.parametrize(
    ("left", "words"),
    [(1.5, ""), (2.5, " (held up: 1 later message entered before it left)")],
)
def test_the_list_says_what_was_held_up(left: float, words: str) -> None:
    """Only what other messages could overtake, since that is the same in each run."""
    placed, _ = place([arrow(1, left), arrow(2)])
    assert str(placed[0]) == f"alice -> server: text hello{words}"
