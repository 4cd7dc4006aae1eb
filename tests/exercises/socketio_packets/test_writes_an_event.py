"""Right answers to the packet of an event that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.socketio_packets.writes_an_event import EXERCISE

COMPACT = """
import json


def write_event(event, arguments, ack=None, namespace="/"):
    content = json.dumps([event] + list(arguments), ensure_ascii=False, separators=(",", ":"))
    return f"42{namespace},{'' if ack is None else ack}{content}"
"""

LIBRARY = """
from socketio.packet import EVENT, Packet


def write_event(event, arguments, ack=None, namespace="/"):
    return "4" + Packet(EVENT, data=[event, *arguments], namespace=namespace, id=ack).encode()
"""


@pytest.mark.parametrize("source", [COMPACT, LIBRARY], ids=["compact", "library"])
async def test_another_right_answer_is_done(source: str, lab: ModuleType) -> None:
    """The namespace / may be named, JSON may hold any letters, and the library writes it, too."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done", outcome


@pytest.mark.parametrize(
    ("change", "happened"),
    [
        (('"42"', '"2"'), """It returned '2["chat message", "hello"]'."""),
        (("namespace + ", "namespace + ';' + "), "42/news;,["),
        (("str(ack)", "f'{ack}-'"), "It returned '427-["),
        (("return packet", "return b'42' or packet"), "bytes would be an attachment"),
        (("return packet", "return ''"), """It returned '["chat message", "hello"]'."""),
        (("return packet + json.dumps", "return print"), "It returned None, which is not text"),
    ],
)
async def test_a_wrong_packet(change: tuple[str, str], happened: str, lab: ModuleType) -> None:
    """What was returned is quoted, and the smallest case is the call."""
    assert change[0] in EXERCISE.solution
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(EXERCISE.solution.replace(*change)))
    assert happened in outcome.happened
    assert outcome.case.startswith("write_event('chat message', ('hello',), ")
