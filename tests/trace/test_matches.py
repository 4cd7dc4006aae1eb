"""The rows that match a filter."""

from __future__ import annotations

import pytest

from labkit.trace.matches import Filter, Matches
from tests.support.raw import TEXT, frame
from tests.support.traces import SESSION, recorded


@pytest.mark.parametrize(
    ("wanted", "kinds"),
    [
        (Filter(), ["opened", "request", "response", "text", "ping", "close", "text", "close"]),
        (Filter(direction="upstream"), ["request", "text", "ping", "close"]),
        (Filter(kind="close"), ["close", "close"]),
        (Filter(text="HELLO"), ["text", "text"]),
        (Filter(text="key asks for"), ["response"]),
        (Filter("downstream", "text", "nothing like it"), []),
    ],
)
def test_what_a_filter_wants(wanted: Filter, kinds: list[str]) -> None:
    """Direction, kind, and text in content or problem."""
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    trace.lens.read()
    matches = Matches(trace.lens, wanted)
    matches.update()
    assert [row.kind for row in matches.rows] == kinds


@pytest.mark.parametrize(("kind", "shown"), [("", False), ("ping", True)])
def test_heartbeats_are_hidden_unless_their_kind_is_wanted(kind: str, shown: bool) -> None:
    """Hidden ones are counted as long as they are kept."""
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    trace.lens.read()
    matches = Matches(trace.lens, Filter(kind=kind, heartbeats=False))
    matches.update()
    assert [row.kind for row in matches.hidden] == ([] if shown else ["ping"])
    assert ("ping" in [row.kind for row in matches.rows]) is shown
    trace.lens._rows.clear()
    matches.update()
    assert matches.hidden == matches.rows == []


def test_a_row_is_among_the_matches_until_it_is_filtered_away() -> None:
    """One that is no longer kept is not filtered away, and 0 is no row."""
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    trace.lens.read()
    matches = Matches(trace.lens, Filter(kind="close"))
    matches.update()
    assert [matches.has(row.number) for row in trace.rows()] == [
        row.kind == "close" for row in trace.rows()
    ]
    assert matches.has(0)
    trace.lens._rows.popleft()
    assert matches.has(1)


@pytest.mark.exhaustive
def test_what_is_new_is_added_and_the_oldest_go() -> None:
    """An update looks at new rows only, and so many are kept."""
    trace = recorded(*SESSION[:2])  # type: ignore[arg-type]
    trace.lens.read()
    matches = Matches(trace.lens, Filter(kind="text"))
    for _ in range(3):
        trace.append(1, "upstream", frame(TEXT, b"again") * 20_000)
        trace.lens.read()
        matches.update()
    assert len(matches.rows) == trace.max_records and matches.rows[-1].number == 60_003


def test_large_messages_are_forgotten_sooner() -> None:
    """Rows hold no more bytes than the trace may, however few they are."""
    trace = recorded(*SESSION[:2])  # type: ignore[arg-type]
    matches = Matches(trace.lens, Filter())
    for _ in range(40):
        trace.append(1, "upstream", frame(TEXT, b"x" * 2**20))
        trace.lens.read()
        matches.update()
    assert 0 < sum(row.size for row in matches.rows) <= trace.max_bytes
    assert len(trace.rows()) == len(matches.rows) == 15
