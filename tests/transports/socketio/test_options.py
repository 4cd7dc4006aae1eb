"""What a Socket.IO client may be told."""

from __future__ import annotations

import math
import time
from types import ModuleType
from typing import Any

import pytest
import socketio

from labkit.backoff import Backoff
from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.transports.socketio.options import (
    checked_transports,
    client_options,
    reconnect_options,
    serve_options,
)
from tests.conftest import soon
from tests.support.engineio import upgraded
from tests.support.raw import TEXT, frame


@pytest.mark.parametrize(
    ("given", "checked"),
    [
        (None, ["polling", "websocket"]),
        ("polling", ["polling"]),
        (["websocket", "polling"], ["websocket", "polling"]),
    ],
)
def test_transports(given: Any, checked: list[str]) -> None:
    """By default polling and the upgrade; else what is asked for, in its order."""
    assert checked_transports(given) == checked


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"transports": ["webtransport"]}, "no transport 'webtransport'"),
        ({"transports": []}, 'has "polling" and "websocket"'),
        ({"reconnect": "yes"}, "`reconnect` must be True, False or a Backoff.*, not 'yes'"),
        ({"reconnect": Backoff()}, "cannot wait as Backoff.* says: it doubles"),
        ({"reconnect": True, "reconnection": True}, "`reconnect` sets reconnection: give one"),
        ({"namespace": "/chat"}, "It is called namespaces"),
        ({"extra_headers": {}}, "It is called headers"),
        ({"uri": "http://127.0.0.1/"}, "does not know the option uri"),
        ({"namespaces": "chat"}, "'chat' is not a valid namespace.*slash"),
        ({"namespaces": []}, "not a valid namespace"),
        ({"transports": 5}, "no transport 5"),
        ({"reconnection_delay": "1"}, "seconds, 0 or more, for reconnection_delay, not '1'"),
        ({"request_timeout": 0}, "seconds, above 0, for request_timeout .*, not 0"),
        ({"reconnection_attempts": "1"}, "needs a number for reconnection_attempts, not '1'"),
        ({"ping_interval": 5}, "client sends no pings of its own.* options of `lab.serve`"),
        ({"ping_timeout": 5}, "client sends no pings of its own.* options of `lab.serve`"),
        ({"json": 5}, "every client and server in this process"),
        ({"namespaces": 7}, "7 is not a valid namespace"),
        ({"namespaces": [7]}, "7 is not a valid namespace"),
    ],
)
async def test_what_is_none_is_explained(
    lab: ModuleType, options: dict[str, Any], words: str
) -> None:
    """An unknown transport or option fails before anything is dialled, and leaves no client."""
    server = await lab.serve("socketio")
    with pytest.raises(lab.LabError, match=words):
        await lab.connect(server, "alice", **options)
    assert server.log_entries == []


async def test_a_path_means_two_things(lab: ModuleType) -> None:
    """In an address it is refused, with both ways to say it."""
    with pytest.raises(lab.LabError, match=r"namespaces=\[\"/admin\"\].*admin/socket.io"):
        await lab.connect("http://127.0.0.1:1/admin", "alice")


async def test_what_a_server_cannot_be_told(lab: ModuleType) -> None:
    """The finished chat's options are looked at before it is made."""
    for options, words in (
        ({"ping_interval": "5"}, "needs whole seconds, 1 or more, for ping_interval, not '5'"),
        ({"ping_interval": 0.5}, "not 0.5: python-engineio announces a fraction"),
        ({"ping_interval": 0}, "not 0: python-engineio"),
        ({"ping_interval": math.nan}, "not nan: python-engineio"),
        ({"ping_interval": None}, "not None: .* cannot do without pings"),
        ({"ping_interval": (5, 0.5)}, r"not \(5, 0.5\): python-engineio"),
        ({"ping_interval": (5, 5, 5)}, r"not \(5, 5, 5\): python-engineio"),
        ({"ping_timeout": None}, "seconds, above 0, for ping_timeout, not None"),
        ({"ping_timeout": 0}, "seconds, above 0, for ping_timeout, not 0"),
        ({"json": 5}, "every client and server in this process"),
        ({"ping_intervall": 5}, "Did you mean ping_interval"),
    ):
        with pytest.raises(lab.LabError, match=words):
            await lab.serve("socketio", **options)
    await lab.finish()


@pytest.mark.parametrize(
    ("reconnect", "waits"),
    [
        (Backoff(1, factor=2, cap=9, jitter="none"), (0.5, 4.5)),
        (Backoff(3, factor=1, cap=9, jitter="none"), (1.5, 1.5)),
        (Backoff(4, factor=3, cap=4, jitter="none"), (2, 2)),
        (Backoff(0, factor=3, cap=4, jitter="none"), (0, 2)),
    ],
)
def test_a_backoff_that_the_library_can_follow(
    reconnect: Backoff, waits: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its waits are the library's, by the lab's clock; doubling never is more than the library's
    two options and no jitter say."""
    monkeypatch.setattr(clock, "_scale", 0.5)
    options = reconnect_options(reconnect, {"reconnection_attempts": 3})
    library = socketio.AsyncClient(**client_options(options))
    assert (library.reconnection_delay, library.reconnection_delay_max) == waits
    assert (library.randomization_factor, library.reconnection_attempts) == (0, 3)
    delay = waits[0]  # as the library computes it
    for attempt in range(1, 6):
        assert min(delay, waits[1]) == clock.seconds(reconnect.delay(attempt))
        delay *= 2


@pytest.mark.parametrize(
    ("reconnect", "options", "told"),
    [
        (Backoff(jitter="full"), {}, "its jitter is a fixed number of seconds"),
        (Backoff(jitter="equal"), {}, 'factor=2 and jitter="none"'),
        (Backoff(1, factor=3, jitter="none"), {}, "it doubles each wait"),
        (Backoff(jitter="none"), {"reconnection_delay": 1}, "sets reconnection_delay: give one"),
        (Backoff(jitter="none"), {"reconnection": True}, "sets reconnection: give one"),
        (False, {"reconnection": True}, "sets reconnection: give one"),
        (Backoff, {}, "must be True, False or a Backoff"),
    ],
)
def test_a_reconnect_that_the_library_cannot_follow(
    reconnect: Any, options: dict[str, Any], told: str
) -> None:
    """One sentence says why, and what can be said instead."""
    with pytest.raises(LabError, match=told):
        reconnect_options(reconnect, options)


def test_whether_to_reconnect_at_all() -> None:
    """True and False are the library's own option, beside its others."""
    waits = {"reconnection_delay": 3}
    assert reconnect_options(True, waits) == {"reconnection": True, "reconnection_delay": 3}
    assert reconnect_options(False, {}) == {"reconnection": False}


@pytest.mark.parametrize(
    ("scale", "given", "interval", "timeout"),
    [
        (1, {}, 5, 5),
        (1, {"ping_interval": 7, "ping_timeout": 0.5}, 7, 0.5),
        (0.1, {"ping_interval": 25, "ping_timeout": 20}, 3, 2),
        (0.1, {}, 1, 0.5),
        (2, {"ping_interval": (3, 1)}, (6, 2), 10),
    ],
)
def test_the_heartbeat_of_a_server(
    scale: float,
    given: dict[str, Any],
    interval: Any,
    timeout: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes by the lab's clock, the interval rounded up to whole seconds, at least one."""
    monkeypatch.setattr(clock, "_scale", scale)
    options = serve_options(given)
    assert (options["ping_interval"], options["ping_timeout"]) == (interval, timeout)


@pytest.mark.exhaustive
async def test_a_silent_client_is_found(lab: ModuleType) -> None:
    """One that answers no ping is left within interval and timeout, and one sweep more."""
    server = await lab.serve("socketio", ping_interval=2, ping_timeout=0.2)
    started = time.monotonic()
    async with upgraded(server.port) as silent:
        await silent.send(frame(TEXT, b"40"))
        await soon(lambda: server.connections)
        assert await server.changes.until(lambda: not server.connections, within=5)
    assert 2.2 <= time.monotonic() - started < 4  # with the next ping it would be 4.2
    (ending,) = [entry.text for entry in server.log_entries if entry.kind == "closed"]
    assert ending == "ping timeout"
    alice = await lab.connect(server, "alice")
    assert (alice.raw.eio.ping_interval, alice.raw.eio.ping_timeout) == (2, 0.2)
