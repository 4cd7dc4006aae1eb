"""How message faults select."""

from __future__ import annotations

from itertools import count

import pytest

from labkit.exceptions import LabError
from labkit.faults import (
    Drop,
)
from labkit.protocols.units import Agreed
from tests.support.message_line import ENGINE, PLAIN, MessageLine
from tests.support.raw import BINARY, CLOSE, PING, PONG, frame

RAW = [frame(PING, b"i"), frame(BINARY, b"b"), frame(PONG, b"o"), frame(CLOSE, b""), "t"]
PACKETS = [
    "0{}",
    "2",
    "3",
    "40",
    '42["a"]',
    '42["b"]',
    "430[]",
    "41",
    "6",
    '451-["c"]',
    frame(BINARY, b"c"),
]


@pytest.mark.parametrize(
    ("selection", "agreed", "sent", "lost"),
    [
        ({}, PLAIN, RAW, ["b", "t"]),
        ({"kind": "text"}, PLAIN, RAW, ["t"]),
        ({"kind": "binary"}, PLAIN, RAW, ["b"]),
        ({"kind": "ping"}, PLAIN, RAW, ["i"]),
        ({"kind": "pong"}, PLAIN, RAW, ["o"]),
        ({"kind": "close"}, PLAIN, RAW, ["close"]),
        ({"text": "o"}, PLAIN, RAW, []),
        ({"kind": "pong", "text": "o"}, PLAIN, RAW, ["o"]),
        ({}, ENGINE, PACKETS, ['42["a"]', '42["b"]', "430[]", '451-["c"]']),
        ({"kind": "event"}, ENGINE, PACKETS, ['42["a"]', '42["b"]', '451-["c"]']),
        ({"kind": "binary event"}, ENGINE, PACKETS, ['451-["c"]']),
        ({"kind": "ack"}, ENGINE, PACKETS, ["430[]"]),
        ({"kind": "ping"}, ENGINE, PACKETS, ["2"]),
        ({"kind": "connect"}, ENGINE, PACKETS, ["40"]),
        ({"event": "b"}, ENGINE, PACKETS, ['42["b"]']),
        ({"event": "c"}, ENGINE, PACKETS, ['451-["c"]']),
        ({"event": "a", "text": "b"}, ENGINE, PACKETS, []),
        ({"text": "]"}, ENGINE, PACKETS, ['42["a"]', '42["b"]', "430[]", '451-["c"]']),
        ({"nth": 2}, ENGINE, PACKETS, ['42["b"]']),
        ({"every": 2}, ENGINE, PACKETS, ['42["b"]', '451-["c"]']),
        ({"event": "b", "nth": 2}, ENGINE, PACKETS, []),
        ({"probability": 0}, PLAIN, RAW, []),
    ],
    ids=count(),
)
def test_selection(
    selection: dict[str, object], agreed: Agreed, sent: list[str], lost: list[str]
) -> None:
    """All that is given must match; without arguments, what an application sent is selected."""
    line, whole = MessageLine(Drop(**selection), agreed), MessageLine(Drop(nth=99), agreed)  # type: ignore[arg-type]
    for each in (line, whole):
        each.send(*sent)
    assert [each for each in whole.heard() if each not in line.heard()] == lost
    assert line.notes == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "txt"}, "kind must be one of text, binary, ping, .*, not 'txt'"),
        ({"text": ""}, "text must be a text that is not empty, not ''"),
        ({"text": 7}, "text must be a text that is not empty, not 7"),
        ({"event": ""}, "event must be a text that is not empty, not ''"),
        ({"event": "a", "kind": "ack"}, "event='a' selects events, .* 'ack': leave kind out"),
        ({"nth": 0}, "nth must be a whole number from 1 "),
        ({"every": 1.5}, "every must be a whole number from 1 "),
        ({"nth": 1, "every": 2}, "give one of the two"),
        ({"probability": 2}, "probability must be a number from 0 to 1, not 2"),
        ({"seed": 1.5}, "seed must be a whole number or a text, not 1.5"),
    ],
    ids=str,
)
def test_bad_values(values: dict[str, object], sentence: str) -> None:
    """One sentence each."""
    with pytest.raises(LabError, match=sentence):
        Drop(**values)  # type: ignore[arg-type]
