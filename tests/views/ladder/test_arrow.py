"""One arrow: how it is drawn, and what stands on it."""

from __future__ import annotations

import pytest

from labkit.trace.passage import Fate
from labkit.trace.rows import Row
from labkit.views.ladder.arrow import Arrow


@pytest.mark.parametrize(
    ("fate", "pattern", "label", "line"),
    [
        ("passed", "data", "hello", "a -> s: text hello"),
        ("held", "held", "hello (held in the link)", "a -| s: text hello (held in the link)"),
        (
            "lost",
            "broken",
            "hello (never left the link)",
            "a -x s: text hello (never left the link)",
        ),
        (
            "dropped",
            "broken",
            "hello (dropped in the link)",
            "a -x s: text hello (dropped in the link)",
        ),
        (
            "altered",
            "data",
            "hello (altered in the link)",
            "a -> s: text hello (altered in the link)",
        ),
    ],
)
def test_a_fate_in_words_and_in_a_pattern(fate: Fate, pattern: str, label: str, line: str) -> None:
    """What a fault did is told by more than a colour."""
    arrow = Arrow(Row(1, 0.0, 1, "upstream", "text", 9, "hello"), "a", "s", fate, None)
    assert (arrow.pattern, arrow.label, str(arrow)) == (pattern, label, line)


@pytest.mark.parametrize(
    ("kind", "content", "pattern", "label"),
    [
        ("event", "hello  (id …-7)", "data", "hello (id …-7)"),
        ("lost", "at most 3 messages", "data", "lost at most 3 messages"),
        ("cursor", "…-7", "control", "cursor …-7"),
        ("retry", "1000 ms", "control", "retry 1000 ms"),
        ("heartbeat", "", "control", "heartbeat"),
        ("end", "the event stream ends", "control", "end the event stream ends"),
    ],
)
def test_blocks_of_an_event_stream(kind: str, content: str, pattern: str, label: str) -> None:
    """Events are data, and say what they say; what controls the stream names itself."""
    row = Row(1, 0.0, 1, "downstream", kind, 9, content)
    arrow = Arrow(row, "alice", "chat", "passed", 0.0)
    assert arrow.pattern == pattern and " ".join(arrow.label.split()) == label
