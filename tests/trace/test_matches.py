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
