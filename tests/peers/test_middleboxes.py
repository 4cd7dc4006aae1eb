"""The grid: which transport survives which middlebox, in Python, and in Node where it differs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest

from labkit.faults import (
    DropUpgrade,
    Fault,
    LimitConnections,
    RefuseUpgrade,
    RotateConnections,
    StripUpgrade,
    SwallowFrames,
)
from labkit.measure.cell import Cell, Verdict
from labkit.measure.grid import COLUMNS, ROWS, try_cell
from labkit.transports.contract import Client
from tests.support.node import Node, node

SCALE = 0.4
"""The time scale: the cells are those of scale 1."""

AT_A_TIME = 9
"""How many cells are tried side by side: most of them wait for what does not come."""

WORDS: dict[str, Verdict] = {"S": "survives", "D": "degrades", "X": "dies"}

GRID = {
    # websocket; socketio: default, websocket, polling, [websocket, polling]; longpoll, sse, poll;
    # chain
    "nothing": "S S S S S  S S S  S",
    "strip upgrade": "X D X S X  S S S  D",
    "refuse upgrade": "X D X S X  S S S  D",
    "drop upgrade": "X X X S X  S S S  D",
    "swallow frames": "X X X S X  S S S  D",
    "buffer responses": "S S S S S  S X S  S",
    "buffer bodies": "S S S S S  S X S  S",
    "buffer 4096 bytes": "S S S S S  S X S  S",
    "idle kill 3 s": "X D D D D  D D S  D",
    "idle kill 8 s": "S S S S S  S S S  S",
    "idle forget 3 s": "X D D D D  D D S  D",
    "limit life 3.5 s": "X D D D D  D D S  D",
    "limit connections 1": "S S S X S  X X S  S",
    "require proxy": "X X X X X  X X X  X",
    "rotate connections": "S S S X S  X X S  S",
}
"""The verdicts, in the order of `COLUMNS`."""

REFUSED = r"something between refused the (upgrade|request) \(HTTP 403 Forbidden\)"
CHANGED = "something between changed the (upgrade|request), and to what it saw, the server answered"
NO_ANSWER = "TCP is connected and the (handshake|request) was sent, but no "
HALF_OPEN = "the open packet came, but the (upgrade to WebSocket did not finish|namespaces did not)"
ENDED = r"it opened, and its connection ended with 1006 \(abnormal closure"
OTHER = "(polling|sse) instead of websocket"
AGAIN = "it connected again"
MUTE = "it looks open and hears, but nothing that it says arrives"

EVIDENCE = {
    ("strip upgrade", "D"): OTHER,
    ("strip upgrade", "X"): CHANGED + " HTTP (200 OK|400 Bad Request)",
    ("refuse upgrade", "D"): OTHER,
    ("refuse upgrade", "X"): REFUSED,
    ("drop upgrade", "D"): OTHER,
    ("drop upgrade", "X"): f"{NO_ANSWER}|{HALF_OPEN}",
    ("swallow frames", "D"): OTHER,
    ("swallow frames", "X"): f"{ENDED}|{NO_ANSWER}|{HALF_OPEN}",
    ("buffer responses", "X"): NO_ANSWER,
    ("buffer bodies", "X"): NO_ANSWER,
    ("buffer 4096 bytes", "X"): NO_ANSWER,
    ("idle kill 3 s", "X"): ENDED,
    ("idle kill 3 s", "D"): AGAIN,
    ("idle forget 3 s", "X"): ENDED,
    ("idle forget 3 s", "D"): AGAIN,
    ("limit life 3.5 s", "X"): ENDED,
    ("limit life 3.5 s", "D"): AGAIN,
    ("limit connections 1", "X"): f"{HALF_OPEN}|{MUTE}",
    ("require proxy", "X"): f"{REFUSED}|none of its ways works",
    ("rotate connections", "X"): f"{HALF_OPEN}|{MUTE}|it (opened|lost|looks open and is heard)",
}
"""How the evidence of a cell that does not survive begins, by its row and its verdict."""


def test_the_grid_is_whole() -> None:
    """Each cell has its verdict."""
    assert list(GRID) == list(ROWS)
    assert {len(row.split()) for row in GRID.values()} == {len(COLUMNS)}


def is_expected(row: str, letter: str, cell: Cell) -> bool:
    """Whether a cell has its verdict, and evidence for it."""
    evidence = EVIDENCE.get((row, letter), "over ")
    return cell.verdict == WORDS[letter] and re.match(evidence, cell.evidence) is not None


async def find_unexpected(letters: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Try cells side by side, and return those that are not as their letters say."""
    turns = asyncio.Semaphore(AT_A_TIME)

    async def try_in_turn(row: str, column: str) -> Cell:
        async with turns:
            return await try_cell(row, column)

    async with asyncio.TaskGroup() as group:
        tasks = {pair: group.create_task(try_in_turn(*pair)) for pair in letters}
    cells = {pair: task.result() for pair, task in tasks.items()}
    return {
        pair: str(cell)
        for pair, cell in cells.items()
        if not is_expected(pair[0], letters[pair], cell)
    }


async def test_the_grid(lab: ModuleType) -> None:
    """Each transport gets its verdict behind each box, and the evidence says why, at the second
    try at the latest."""
    await lab.fresh(timescale=SCALE)
    letters = {
        (row, column): letter
        for row in reversed(GRID)  # the last ones take longest
        for column, letter in zip(COLUMNS, GRID[row].split(), strict=True)
    }
    disturbed = await find_unexpected(letters)
    assert await find_unexpected({pair: letters[pair] for pair in disturbed}) == {}


# npm `socket.io-client`, where it differs from Python's

TIMEOUT = 2000
"""Milliseconds until its connection has to be open, which are 20 000 by default."""

JS: dict[str, dict[str, Any]] = {
    "default": {},
    "polling": {"transports": ["polling"]},
    "websocket": {"transports": ["websocket"]},
    "both": {"transports": ["websocket", "polling"]},
    "all": {"transports": ["websocket", "polling"], "tryAllTransports": True},
}
"""How it connects."""

ERROR = "websocket error"
"""What it says of a WebSocket that was refused; of one that gets no answer, "timeout"."""

LOOP = "ping timeout"
"""What it says again and again of a session of polling, on which it waits for the upgrade."""

JS_GRID: list[tuple[Fault, dict[str, str]]] = [
    (StripUpgrade(), {"default": "polling", "websocket": ERROR, "both": ERROR, "all": "polling"}),
    (RefuseUpgrade(), {"default": "polling", "websocket": ERROR, "both": ERROR, "all": "polling"}),
    (
        DropUpgrade(),
        {"default": "polling", "websocket": "timeout", "both": "timeout", "all": "timeout"},
    ),
    (
        SwallowFrames(),
        {"default": LOOP, "websocket": "timeout", "both": "timeout", "all": "timeout"},
    ),
    (
        LimitConnections(1),
        {"default": LOOP, "polling": "polling", "websocket": "websocket", "all": "websocket"},
    ),
]
"""How it talks in the end, or why it does not."""


async def talk(client: Node, other: Client) -> None:
    """Let Node's client and another one say something, and hear it."""
    await client.does("emit", name="chat message", values=["from Node"])
    await other.hears("from Node", within=15)
    await other.say("to Node")
    while (await client.tells("event"))["values"] != ["to Node"]:
        pass


async def try_in_node(lab: ModuleType, fault: Fault, how: str, end: str) -> None:
    """Connect npm's client behind a middlebox, and fail if it ends in another way."""
    server = await lab.serve("socketio", name=how)
    other, link = await lab.connect(server, f"other, {how}"), await lab.link(server, how)
    link.add(fault)
    options = JS[how] | {"timeout": TIMEOUT, "reconnectionDelay": 200}
    async with node("socketio_client.cjs", link.url, options) as client:
        if end in ("polling", "websocket"):
            await client.tells("connect")
            await talk(client, other)
            assert [each.transport for each in server.connections][1:] == [end], how
            return
        for _ in range(2):
            told = await client.tells("disconnect" if end == LOOP else "connect_error")
            assert end in (told.get("reason"), told.get("text")), how


@pytest.mark.usefixtures("node_modules")
@pytest.mark.parametrize(("fault", "row"), JS_GRID, ids=[repr(fault) for fault, _ in JS_GRID])
async def test_a_row_in_node(lab: ModuleType, fault: Fault, row: dict[str, str]) -> None:
    """What npm's client does behind a middlebox, however it connects."""
    await lab.fresh(timescale=SCALE)
    async with asyncio.TaskGroup() as group:
        for how, end in row.items():
            group.create_task(try_in_node(lab, fault, how, end))


def rotate(servers: Sequence[Any]) -> RotateConnections:
    """Return what leads to each of some servers in turns."""
    return RotateConnections(tuple(server.url for server in servers))


@pytest.mark.usefixtures("node_modules")
@pytest.mark.parametrize(
    ("how", "said"),
    [("default", "xhr p"), ("polling", "xhr p"), ("websocket", ""), ("both", ""), ("all", "")],
)
async def test_rotation_in_node(lab: ModuleType, how: str, said: str) -> None:
    """Its requests are connections of their own, so that a polling session is torn apart."""
    servers = [await lab.serve("socketio", name=name) for name in ("one", "two")]
    link = await lab.link(servers[0])
    link.add(rotate(servers))
    options = JS[how] | {"timeout": TIMEOUT}
    async with node("socketio_client.cjs", link.url, options) as client:
        if not said:
            await client.tells("connect")
            return
        assert (await client.tells("open"))["transport"] == "polling"
        assert (await client.tells("connect_error"))["text"].startswith(said)
