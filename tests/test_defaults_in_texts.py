"""Times and limits that a page names are the defaults of the installed libraries, and labkit's."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import engineio
import nbformat
import pytest
import socketio
from engineio import payload
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.client import backoff

from labkit.backoff import Backoff
from labkit.exercises.inject import find_kind
from labkit.measure.simulation import simulate
from labkit.transports.chain.order import PROOF_TIMEOUT
from labkit.transports.contract import Client
from labkit.transports.settings import HEARTBEAT, MAX_HISTORY_MESSAGES, POLL_INTERVAL
from tests.support.notebooks import PATHS


def defaults(function: Callable[..., Any], *names: str) -> tuple[Any, ...]:
    """Return the defaults of a function's parameters."""
    parameters = inspect.signature(function).parameters
    return tuple(parameters[name].default for name in names)


def own_limit() -> int:
    """Return python-engineio's limit, which labkit raises, as its source has it."""
    found = re.search(r"max_decode_packets = (\d+)", inspect.getsource(payload.Payload))
    assert found is not None
    return int(found[1])


SIMULATED = defaults(simulate, "away", "takes")
RECONNECTION = ("reconnection_delay", "reconnection_delay_max", "randomization_factor")

FACTS = [
    ("00", "for two seconds at most", defaults(Client.hears, "within"), (2.0,)),
    (
        "01",
        "a poll every second, a hold or a heartbeat every 5 s",
        (POLL_INTERVAL, HEARTBEAT),
        (1, 5),
    ),
    ("01", "here every 5 s", HEARTBEAT, 5),
    ("01", "the last thousand messages", MAX_HISTORY_MESSAGES, 1000),
    ("02", "the library stops at 1 MiB", defaults(serve, "max_size"), (2**20,)),
    ("03", "one message may have 1 MiB", defaults(serve, "max_size"), (2**20,)),
    ("03", "up to 16 frames unread", defaults(serve, "max_queue"), (16,)),
    (
        "03",
        "pings every 20 s and gives up 20 s later",
        defaults(serve, "ping_interval", "ping_timeout"),
        (20, 20),
    ),
    ("03", "the bench's servers take 5 s each", HEARTBEAT, 5),
    (
        "05",
        "are 20 + 20 s",
        defaults(serve, "ping_interval", "ping_timeout"),
        (20, 20),
    ),
    ("05", "up to 40 s", sum(defaults(serve, "ping_interval", "ping_timeout")), 40),
    (
        "05",
        "pings every 20 s and waits 20 s",
        defaults(serve, "ping_interval", "ping_timeout"),
        (20, 20),
    ),
    (
        "05",
        "Socket.IO 25 s and 20 s",
        defaults(engineio.AsyncServer, "ping_interval", "ping_timeout"),
        (25, 20),
    ),
    (
        "06",
        "up to 5 s at random, then 3.1 s, growing by 1.618 up to 90 s",
        defaults(backoff, "initial_delay", "min_delay", "factor", "max_delay"),
        (5, 3.1, 1.618, 90),
    ),
    (
        "06",
        "Socket.IO waits 1 s, doubling up to 5 s: in JavaScript give or take half of it, "
        "in Python half a second",
        defaults(socketio.AsyncClient, *RECONNECTION),
        (1, 5, 0.5),
    ),
    (
        "06",
        "the server is away for 5 s, then takes 10 000 a second; at best, all are back after 15 s",
        (*SIMULATED, SIMULATED[0] + 100_000 / SIMULATED[1]),
        (5, 10_000, 15),
    ),
    ("06", "`reconnect=True` grows from 1 s to 5 s", (Backoff().first, Backoff().cap), (1, 5)),
    (
        "07",
        "each time a little later, up to five seconds",
        defaults(socketio.AsyncClient, RECONNECTION[1]),
        (5,),
    ),
    ("07", "`call` waits 60 s", defaults(socketio.AsyncClient.call, "timeout"), (60,)),
    (
        "07",
        "after 1 s, then doubling up to 5 s, give or take half a second",
        defaults(socketio.AsyncClient, *RECONNECTION),
        (1, 5, 0.5),
    ),
    (
        "08",
        "pings every 25 s and waits 20 s",
        defaults(engineio.AsyncServer, "ping_interval", "ping_timeout"),
        (25, 20),
    ),
    (
        "08",
        "1 MB a message",
        defaults(engineio.AsyncServer, "max_http_buffer_size"),
        (1_000_000,),
    ),
    ("08", "more than 16 packets", own_limit(), 16),
    ("09", "an `open_timeout` (10 s", defaults(connect, "open_timeout"), (10,)),
    ("09", "prove itself within 3 s", PROOF_TIMEOUT, 3),
    ("14", "ping each other every 20 s", defaults(serve, "ping_interval"), (20,)),
    (
        "14",
        "only the server does, every 25 s",
        defaults(engineio.AsyncServer, "ping_interval"),
        (25,),
    ),
]
"""The notebook, its words, what is installed, and what the words mean."""

SOURCED = [
    ("01", "Hold a request for 30 s at most"),
    ("01", "into a silent stream each 15 s"),
    ("05", "nginx after 60 s"),
    ("09", "ends a WebSocket after 60 s of silence"),
]
"""The notebook, and words about what is not installed; a link stands beside them."""

SECONDS = re.compile(r"\b(\d+(?:\.\d+)?|one|two|five|ten) (?:s|ms|seconds?)\b")


@pytest.mark.parametrize(("number", "words", "installed", "meant"), FACTS)
def test_a_page_names_the_default(number: str, words: str, installed: Any, meant: Any) -> None:
    """The page has these words, and they are true of what is installed."""
    (path,) = (path for path in PATHS if path.name.startswith(number))
    cells = nbformat.read(path, as_version=4).cells
    assert any(words in cell.source for cell in cells)
    assert installed == meant


def test_each_number_of_seconds_is_known() -> None:
    """A page names no time in seconds but one of the tables, or one that its own code has.

    The task of an exercise may set times of its own.
    """
    known = {(number, words) for number, words, *_ in FACTS} | set(SOURCED)
    for path in PATHS:
        cells = nbformat.read(path, as_version=4).cells
        code = " ".join(cell.source for cell in cells if cell.cell_type == "code")
        own = set(re.findall(r"\b\d+(?:\.\d+)?\b", code))
        for cell in cells:
            text = cell.source if cell.cell_type == "markdown" and not find_kind(cell) else ""
            for number, words in known:
                text = text.replace(words, "") if number == path.name[:2] else text
            assert set(SECONDS.findall(text)) <= own, text
