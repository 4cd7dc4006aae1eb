"""Copies of answers."""

from __future__ import annotations

import asyncio
import functools
from collections import defaultdict, deque
from types import ModuleType
from typing import Any

import pytest

from labkit.exercises.isolation import isolate
from labkit.source_lines import source_line_of_traceback

CELL = """
import asyncio, functools
from collections import defaultdict, deque
from contextlib import contextmanager
from dataclasses import dataclass

CONFIG = {"limit": 3, "words": ["a", "b"]}
people = set()
also_people = people
rooms = defaultdict(set)
last = deque(maxlen=2)
queue = asyncio.Queue(5)
lock = asyncio.Lock()
count = 0

@dataclass
class Person:
    name: str
    websocket: object

class Room:
    def __init__(self):
        self.people = []
    def handler(self, websocket):
        self.people.append(websocket)
        return self
    def __call__(self, websocket):
        return self.handler(websocket)

room = Room()

def helper(websocket):
    people.add(websocket)
    return people

def answer(websocket, seen=[]):
    global count
    count += 1
    seen.append(websocket)
    rooms["new"].add(websocket)
    last.append(websocket)
    return helper(websocket), also_people, CONFIG, rooms, last, seen, count, room, queue, lock

def fail(websocket):
    raise ValueError(websocket)

@contextmanager
def joined(websocket):
    people.add(websocket)
    yield people

def with_manager(websocket):
    with joined(websocket) as found:
        return found

def make():
    own = set()
    def inner(websocket):
        own.add(websocket)
        return own
    return inner

inner = make()
"""


def names_of_cell() -> dict[str, Any]:
    """Run the cell, and return its names."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(CELL, "<cell>", "exec"), names)
    return names


async def test_what_changes_is_copied(lab: ModuleType) -> None:
    """The answer and its helpers share one copy, and the notebook's variables stay as they are."""
    names = names_of_cell()
    before = {name: repr(names[name]) for name in ("people", "rooms", "last", "count")}
    for _ in range(2):
        found = isolate(names["answer"])("alice")
        people, same, config, rooms, last, seen, count, room, queue, lock = found
        assert people is same == {"alice"} and seen == ["alice"] and count == 1
        assert config == names["CONFIG"] and config is not names["CONFIG"]
        assert isinstance(rooms, defaultdict) and rooms["new"] == {"alice"}
        assert isinstance(last, deque) and last.maxlen == 2
        assert room is not names["room"] and type(room) is names["Room"]
        assert isinstance(queue, asyncio.Queue) and queue is not names["queue"]
        assert queue.maxsize == 5 and lock is not names["lock"]
    assert {name: repr(names[name]) for name in before} == before


async def test_live_connections_are_left_out(lab: ModuleType) -> None:
    """Of sets, values, keys, tuples and objects, at any depth; all else in them stays."""
    names, zoe = names_of_cell(), await lab.connect(await lab.serve("websocket"), "zoe")
    names["people"] |= {zoe, "a text"}
    names["CONFIG"].update({zoe: 1, "zoe": zoe, "both": ("zoe", zoe)})
    names["rooms"]["old"] |= {zoe, "b"}
    names["last"].append(names["Person"]("zoe", zoe))
    names["room"].people.append(zoe)
    people, _, config, rooms, last, _, _, room, *_ = isolate(names["answer"])("alice")
    assert people == {"alice", "a text"} and room.people == []
    assert config == {"limit": 3, "words": ["a", "b"]}
    assert rooms == {"old": {"b"}, "new": {"alice"}} and list(last) == ["alice"]
    assert zoe in names["people"] and zoe in names["CONFIG"] and zoe in names["room"].people


@pytest.mark.parametrize("name", ["inner", "with_manager"])
def test_closures_and_decorated_helpers(name: str) -> None:
    """What a factory made, and what a library's decorator wraps, is copied, too."""
    names = names_of_cell()
    assert isolate(names[name])("alice") == {"alice"}
    assert isolate(names[name])("bob") == {"bob"}
    assert names[name]("carol") == {"carol"}


def test_methods_partials_and_objects() -> None:
    """Each is one of a copied object."""
    names = names_of_cell()
    room = names["room"]
    for answer in (room.handler, functools.partial(room.handler), room):
        copied = isolate(answer)("alice")
        assert copied.people == ["alice"] and room.people == []


def test_an_error_names_the_learners_line() -> None:
    """The code is the same, with its file and line."""
    with pytest.raises(ValueError, match="alice") as caught:
        isolate(names_of_cell()["fail"])("alice")
    assert caught.value.__traceback__ is not None
    last = caught.value.__traceback__.tb_next
    assert last is not None and last.tb_frame.f_code.co_filename == "<cell>"
    assert source_line_of_traceback(caught.value.__traceback__) is not None


def test_all_else_is_itself() -> None:
    """Values, classes, and functions of libraries."""
    names = names_of_cell()
    for thing in (7, "text", names["Room"], print, asyncio.sleep, None):
        assert isolate(thing) is thing
