"""What raw WebSocket may be told."""

from __future__ import annotations

import math
import re
import ssl
from types import ModuleType
from typing import Any

import pytest

from labkit.transports.websocket.options import connect_options, serve_options


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("extra_headers", "additional_headers since websockets 14"),
        ("ping_intervall", "Did you mean ping_interval"),
        ("namespaces", "belongs to Socket.IO"),
        ("ssl", "ciphertext"),
        ("sock", "dials only its link"),
        ("uri", "does not know the option uri"),
        ("link", "does not know the option link"),
        ("create_connection", "know its port"),
        ("reconnect_delays", r"from its Backoff: `reconnect=Backoff\(\.\.\.\)`"),
        ("reconnection", "It is called reconnect"),
        ("process_exception", "does not reconnect: add `reconnect=True`"),
    ],
)
async def test_an_option_that_a_client_has_not(lab: ModuleType, option: str, words: str) -> None:
    """It gets a sentence before anything is dialled, and leaves no client."""
    server = await lab.serve("websocket")
    with pytest.raises(lab.LabError, match=words):
        await lab.connect(server, "alice", **{option: 1})
    assert server.log_entries == []


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("extra_headers", "in process_response"),
        ("ping_intervall", "Did you mean ping_interval"),
        ("transports", "belongs to Socket.IO"),
        ("path", "websocket.request.path"),
        ("sock", "with `host` and `port`"),
        ("handler", "does not know the option handler"),
        ("sink", "does not know the option sink"),
    ],
)
async def test_an_option_that_a_server_has_not(lab: ModuleType, option: str, words: str) -> None:
    """It gets a sentence, and nothing listens."""
    with pytest.raises(lab.LabError, match=words):
        await lab.serve("websocket", **{option: 1})
    with pytest.raises(lab.LabError, match="ciphertext"):
        await lab.serve("websocket", ssl=ssl.create_default_context())
    await lab.finish()


@pytest.mark.parametrize(
    ("verb", "options"),
    [
        ("connect", {"subprotocols": "chat"}),
        ("connect", {"additional_headers": 7}),
        ("connect", {"compression": "zip"}),
        ("serve", {"compression": True}),
        ("serve", {"subprotocols": "chat"}),
    ],
)
async def test_a_value_that_the_library_refuses(
    lab: ModuleType, verb: str, options: dict[str, Any]
) -> None:
    """The option and the library's words are told; nothing is left."""
    with pytest.raises(lab.LabError, match=f"`{verb}` cannot use these options"):
        if verb == "serve":
            await lab.serve("websocket", **options)
        else:
            await lab.connect(await lab.serve("websocket"), "alice", **options)
    await lab.finish()


@pytest.mark.parametrize("verb", ["connect", "serve"])
async def test_a_number_is_asked_for(lab: ModuleType, verb: str) -> None:
    """At once, and not when the heartbeat fails."""
    wrong = {
        "ping_interval": ("5", 0, -1, math.nan, (5, 5)),
        "ping_timeout": (0, True),
        "open_timeout": (-1,),
        "close_timeout": (math.inf,),
        "max_size": ("5",),
    }
    server = await lab.serve("websocket")
    for option, values in wrong.items():
        for value in values:
            told = f"`{verb}` needs a number.* for {option}.*, not {re.escape(repr(value))}"
            with pytest.raises(lab.LabError, match=told):
                if verb == "serve":
                    await lab.serve("websocket", **{option: value})
                else:
                    await lab.connect(server, "alice", **{option: value})
    assert server.running and server.log_entries == []


async def test_heartbeats_are_set_for_each_side(lab: ModuleType) -> None:
    """Interval and timeout go by the lab's clock, and None switches a heartbeat off."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve("websocket", ping_interval=30, ping_timeout=20)
    alice = await lab.connect(server, "alice", ping_interval=4, ping_timeout=3)
    bob = await lab.connect(server, "bob", ping_interval=None, ping_timeout=None)
    carol = await lab.connect(server, "carol")
    assert (alice.raw.ping_interval, alice.raw.ping_timeout) == pytest.approx((0.4, 0.3))
    assert (bob.raw.ping_interval, bob.raw.ping_timeout) == (None, None)
    assert (carol.raw.ping_interval, carol.raw.ping_timeout) == (0.5, 0.5)
    for connection in server.connections:
        assert (connection.raw.ping_interval, connection.raw.ping_timeout) == (3, 2)
    await lab.fresh()


async def test_no_proxy_is_what_is_done_anyway(lab: ModuleType) -> None:
    """`proxy=None`, as it is written for the bare library, is taken; a proxy is not."""
    for protocol in ("websocket", "socketio"):
        server = await lab.serve(protocol)
        assert (await lab.connect(server, "alice", proxy=None)).state == "open"
        with pytest.raises(lab.LabError, match="never a proxy"):
            await lab.connect(server, "bob", proxy="http://127.0.0.1:9/")


def test_what_the_library_has_passes() -> None:
    """As it is."""
    assert connect_options({"max_size": 1, "proxy": None}, False) == {"max_size": 1}
    asked = {"process_exception": print}
    assert connect_options(asked, True) == asked
    assert serve_options({"origins": [None], "backlog": 5}) == {"origins": [None], "backlog": 5}
