"""Whether an answer is still the stub."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from labkit.exercises.untouched import is_untouched

STUB = """
import functools
people = set()

async def handler(websocket): ...
"""

GIVEN = """
import functools
people = set()

async def handler(websocket):
    people.add(websocket)
    try:
        async for message in websocket:
            text = f"{message}: {len(people)}"
            if message in {"a", "b"}:
                continue
    finally:
        ...
"""

CLASS = """
class Outbox:
    limit = 10

    def __init__(self, send):
        self.send = send

    def put(self, text): ...

    async def flush(self):
        raise NotImplementedError
"""


def run(source: str, name: str = "handler") -> Any:
    """Run a cell, and return what it defines."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(source, names)
    return names[name]


UNTOUCHED = [
    "async def handler(websocket): ...",
    "async def handler(websocket):\n    # here?\n    pass",
    'async def handler(websocket):\n    """Relay."""',
    'async def handler(websocket):\n    """Relay."""\n    return None',
    "async def handler(someone):\n    return",
    "async def handler(websocket): raise NotImplementedError",
    'async def handler(websocket): raise NotImplementedError("to do")',
    "def handler(websocket): ...",
    "handler = lambda websocket: ...",
    "handler = lambda websocket: None",
    "async def other(websocket): ...\nhandler = functools.partial(other)",
    "class Room:\n    async def serve(self, websocket): ...\nhandler = Room().serve",
    "class Room:\n    async def __call__(self, websocket): ...\nhandler = Room()",
    "class Room:\n    @staticmethod\n    async def serve(w): ...\nhandler = Room.serve",
    "def logged(f):\n    @functools.wraps(f)\n    async def inner(w): return await f(w)\n"
    "    return inner\n@logged\nasync def handler(websocket): ...",
    "handler = ...",
]


@pytest.mark.parametrize("source", UNTOUCHED)
def test_what_does_nothing_is_untouched(source: str) -> None:
    """However it is written, wrapped or named."""
    assert is_untouched(run("import functools\n" + source), run(STUB))


TOUCHED = [
    "async def handler(websocket):\n    await websocket.close()",
    "async def handler(websocket):\n    return 0",
    "async def handler(websocket):\n    yield",
    "async def handler(websocket):\n    raise ValueError",
    "class Room:\n    async def serve(self, websocket): await websocket.close()\n"
    "handler = Room().serve",
    "def logged(f):\n    async def inner(w): return await f(w)\n    return inner\n"
    "@logged\nasync def handler(websocket): ...",
    "handler = print",
    "handler = 7",
    "handler = None",
]


@pytest.mark.parametrize("source", TOUCHED)
def test_what_does_something_is_touched(source: str) -> None:
    """Or is something else; a decorator that hides the function is judged as it behaves."""
    assert not is_untouched(run("import functools\n" + source), run(STUB))


SAME = [
    ("", ""),
    ("people.add(websocket)", "people.add(websocket)  # everybody"),
    ("    try:", "    pass\n    try:"),
    ("message", "said"),
    ("text", "line"),
    ("websocket", "connection"),
    ('{"a", "b"}', '{"b", "a"}'),
    ("async def handler(websocket):", 'async def handler(websocket):\n    """Relay."""'),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_a_stub_with_lines_of_its_own(old: str, new: str) -> None:
    """Run again, with comments, a docstring or other local names, it is the same."""
    assert is_untouched(run(GIVEN.replace(old, new) if old else GIVEN), run(GIVEN))


DIFFERENT = [
    ("        ...", "        people.discard(websocket)"),
    ("people.add", "people.discard"),
    ("people", "guests"),
    ('"b"', '"c"'),
    ("len(people)", "len(message)"),
    ("continue", "break"),
    ("people.add(websocket)\n    try:", "try:\n        people.add(websocket)"),
    ("websocket):", "websocket, *more):"),
]


@pytest.mark.parametrize(("old", "new"), DIFFERENT)
def test_a_change_of_such_a_stub_is_seen(old: str, new: str) -> None:
    """Also one of a name, a constant, or of where a `try` begins."""
    source = GIVEN.replace(old, new, 1) if old != "people" else GIVEN.replace(old, new)
    assert not is_untouched(run(source), run(GIVEN))


def test_constants_that_are_equal_are_not_the_same() -> None:
    """1 is not True, and 0.0 is not -0.0."""
    for one, other in (("1", "True"), ("0.0", "-0.0"), ("(1, 2)", "(1, 2.0)")):
        source = "def handler(x): return x, {}"
        first, second = (run(source.format(each)) for each in (one, other))
        assert not is_untouched(first, second) and is_untouched(first, first)


@pytest.mark.parametrize(
    ("old", "new", "untouched"),
    [
        ("", "", True),
        ("self.send = send", "self.send = send  # to whom", True),
        ("raise NotImplementedError", "...", True),
        ("text): ...", "text): self.send(text)", False),
        ("self.send = send", "self.texts = []", False),
        ("limit = 10", "limit = 20", False),
        ("    def put", "    def more(self): return 1\n\n    def put", False),
        ("    limit = 10\n", "    @property\n    def limit(self): return 1\n", False),
    ],
)
def test_a_class_is_judged_by_its_methods(old: str, new: str, untouched: bool) -> None:
    """By each of them, and by its attributes; so is an object of it."""
    answer = run(CLASS.replace(old, new) if old else CLASS, "Outbox")
    assert is_untouched(answer, run(CLASS, "Outbox")) is untouched


def test_a_value() -> None:
    """The dots are untouched, and so is what the stub gives."""
    assert is_untouched(..., ...) and is_untouched([1], [1]) and is_untouched(0, 0)
    assert not is_untouched(1000, ...) and not is_untouched(1.0, 1) and not is_untouched(None, ...)


def test_chains_end() -> None:
    """A function that says it wraps itself, and a partial of a partial."""

    def loop() -> int:
        return 1

    loop.__wrapped__ = loop  # type: ignore[attr-defined]
    assert not is_untouched(loop, run(STUB))
    assert is_untouched(functools.partial(functools.partial(run(STUB))), run(STUB))
