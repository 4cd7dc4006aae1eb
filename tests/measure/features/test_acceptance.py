"""The acceptance tests find what is wrong: each file is broken in one place, and found out."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from labkit.measure.features import acceptance
from labkit.measure.features.acceptance import accept
from labkit.measure.features.sources import Feature, Stack, find_source, load_source
from labkit.measure.features.stage import Broken

BROKEN = [
    ("websocket", "broadcast", " - {websocket}", "", "got"),
    ("socketio", "rooms", ", room=room", "", "got"),
    ("socketio", "acknowledgement", "return len(texts)", "return 1", "second text"),
    ("websocket", "reconnection", "uniform(0.5, 1.5)", "uniform(0, 0)", "at once"),
    ("socketio", "fallback", "self.sio.transport()", '"websocket"', "travel by"),
]
"""Stack, feature, what is right, what is wrong, and what the error says."""

MORE = [
    ("socketio", "broadcast", ", skip_sid=sid", "", "got"),
    ("websocket", "broadcast", "connections.remove(websocket)", "1 / 0", "in the background"),
    ("websocket", "rooms", " if room in rooms[each]", "", "got"),
    ("websocket", "rooms", "].discard(", "].add(", "got"),
    ("socketio", "rooms", "sio.leave_room(", "sio.enter_room(", "got"),
    ("websocket", "acknowledgement", ".get(request)", ".get(max(self.pending))", "second text"),
    ("socketio", "acknowledgement", ", timeout=timeout", "", "time limit"),
    ("websocket", "reconnection", "        await self.websocket.send", "        ", "silence"),
    ("socketio", "reconnection", "        await self.sio.emit", "        ", "silence"),
    ("socketio", "reconnection", 'on_status("disconnected")', 'on_status("gone")', "gone"),
    ("websocket", "fallback", " and sender != reader", "", "got"),
    ("websocket", "fallback", "number > position and", "True and", "got"),
]


@pytest.mark.parametrize(
    ("stack", "feature", "right", "wrong", "found"),
    [*BROKEN, *(pytest.param(*each, marks=pytest.mark.exhaustive) for each in MORE)],
)
async def test_what_is_broken_is_found(
    stack: Stack,
    feature: Feature,
    right: str,
    wrong: str,
    found: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lab: ModuleType,
) -> None:
    """The error says what the feature should have done."""
    monkeypatch.setattr(acceptance, "DELAY", 8)  # nobody on a busy machine is as late by chance
    source = find_source(stack, feature).read_text("utf-8")
    assert source.count(right) == 1
    path = tmp_path / f"{feature}.py"
    path.write_text(source.replace(right, wrong), "utf-8")
    with pytest.raises(Broken, match=found):
        await accept(feature, load_source(path))
