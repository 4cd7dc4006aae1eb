"""What the live view counts."""

from __future__ import annotations

from labkit.delivery import Promise, judge
from labkit.delivery.tally import Tally, count_runs, tally_of
from tests.support.told import told

THERE = ("alice enter", "bob enter", "carol enter")


def test_messages_are_counted_as_the_sentence_does() -> None:
    """What two did not hear is one message; what is excused is none."""
    verdict = judge(told(*THERE, "alice say alice#1", "alice say alice#2"), Promise())
    assert len(verdict.broken) == 4
    assert verdict.sentence == "Broken: 2 of 2 messages were lost."
    assert tally_of(verdict) == Tally(1, said=2, lost=2)
    excused = judge(told(*THERE, "alice say alice#1", "alice ended fault"), Promise())
    assert tally_of(excused) == Tally(1, said=1)


def test_what_came_twice_or_in_another_order_is_counted() -> None:
    """Each for itself."""
    said = ["alice say alice#1", "alice say alice#2"]
    hears = ["bob hear alice#2", "bob hear alice#1", "bob hear alice#2"]
    hears += ["carol hear alice#1", "carol hear alice#2"]
    verdict = judge(told(*THERE, *said, *hears), Promise("exactly once", order="per sender"))
    assert tally_of(verdict) == Tally(1, said=2, duplicated=1, reordered=1)


def test_tallies_of_runs_are_added() -> None:
    """The title says of how many, or of which."""
    both = Tally(1, 2, 1, 0, 1, which="this run") + Tally(3, 5, 0, 2, 0)
    assert both == Tally(4, 7, 1, 2, 1)
    assert both.title == "Messages in 4 runs"
    assert Tally(1, which="this run").title == "Messages in this run"
    assert (count_runs(1), count_runs(0)) == ("1 run", "0 runs")


def test_what_is_not_over_counts_nothing() -> None:
    """Not even as a run."""
    assert tally_of(None) == Tally()
