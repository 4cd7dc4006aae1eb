"""Times in HAR files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from labkit.trace.har.times import MessageTimes, as_number, starts

START = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("given", "number"),
    [
        (1, 1.0),
        (1.5, 1.5),
        ("2.5", 2.5),
        *((value, None) for value in (None, True, "", "x", [], {}, 10**400)),
        *((value, None) for value in (float("inf"), float("nan"), "nan", "1e999")),
    ],
)
def test_numbers(given: Any, number: float | None) -> None:
    """A number is a finite one; anything else is none, and raises nothing."""
    assert as_number(given) == number


@pytest.mark.parametrize(
    "given",
    [
        [START + 1, START + 2, START + 4],
        [(START + each) * 1000 for each in (1, 2, 4)],
        [(START + each) * 10**6 for each in (1, 2, 4)],
    ],
)
def test_seconds_and_milliseconds(given: list[float]) -> None:
    """Whatever unit a program counts in, the messages are where they were."""
    times = MessageTimes(START)
    assert [round(times.of(each) - START, 3) for each in given] == [1, 2, 4]


def test_times_from_another_beginning() -> None:
    """Times that do not count from 1970 keep their distances, from the start of the entry on."""
    times = MessageTimes(START)
    assert [times.of(each) - START for each in (3600.0, 3601.5, 3603.0)] == [0, 1.5, 3]


@pytest.mark.parametrize("odd", [-1, None, "soon", 10**400, 1e300, START - 50, [1]])
def test_a_time_that_cannot_be(odd: Any) -> None:
    """It is the time of the message before, and the next one's is read."""
    times = MessageTimes(START)
    assert [times.of(each) - START for each in (START + 1, odd, START + 2)] == [1, 1, 2]


def test_entries_without_a_start() -> None:
    """They begin with the one before them, or with the first that knows."""
    known = {"startedDateTime": "2026-01-01T12:00:00.000Z"}
    later = {"startedDateTime": "2026-01-01T14:00:00+01:00"}
    odd: list[Any] = [{}, None, {"startedDateTime": "today"}, {"startedDateTime": 5}]
    for day in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):  # no date in UTC
        odd.append({"startedDateTime": day})
    found = starts([*odd, known, *odd, later])
    assert found == [START] * 13 + [START + 3600]
    assert len(starts(odd)) == 6 and starts([]) == []
