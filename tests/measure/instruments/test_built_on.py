"""What Socket.IO has of WebSocket."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit import bench
from labkit.exceptions import ConnectError
from labkit.measure.instruments.built_on import ENDPOINT, EXPERIMENT
from labkit.measure.instruments.chat import open_chat, say_to
from tests.support.experiments import measured


async def test_the_figures(lab: ModuleType) -> None:
    """Its frames are a WebSocket's where it uses one; nobody understands a plain client."""
    await lab.fresh(timescale=0.2)
    assert await measured(EXPERIMENT) == {
        "texts in WebSocket frames": {
            "websocket": 1,
            "socketio": 1,
            "socketio websocket": 1,
            "socketio polling": 0,
        },
        "a plain client connects": {"websocket": 1, "socketio": 0, "socketio endpoint": 1},
        "a plain client is heard": {"websocket": 1, "socketio": 0, "socketio endpoint": 0},
    }


async def test_what_a_plain_client_meets(lab: ModuleType) -> None:
    """At ``/`` an HTTP answer; at the endpoint a packet of Engine.IO, and none of the texts."""
    alice = (await open_chat(bench.current(), "socketio", "alice")).people[0]
    url = f"ws://127.0.0.1:{bench.current().servers['socketio alice'].port}/"
    with pytest.raises(ConnectError, match=r"Socket\.IO is not WebSocket"):
        await lab.connect(url, "refused")
    plain = await lab.connect(url + ENDPOINT, "plain")
    assert (await plain.hears()).startswith('0{"sid":')
    await say_to(alice, "hello", alice)
    assert "hello" not in "".join(plain.inbox)


async def test_the_frames_are_those_of_rfc_6455(lab: ModuleType) -> None:
    """After the upgrade, text frames cross and nothing else, here read by hand."""
    chat = await open_chat(bench.current(), "socketio websocket", "alice")
    alice = chat.people[0]
    await say_to(alice, "hello", alice)
    wire = alice.link.trace.bytes("downstream").partition(b"\r\n\r\n")[2]
    texts = []
    while wire:
        head, length = wire[:2]
        assert head == 0b1000_0001 and length < 126  # FIN and text; no mask, a short length
        texts.append(wire[2 : 2 + length].decode())
        wire = wire[2 + length :]
    assert [text[:2] for text in texts] == ["0{", "40", "42"]
    assert texts[-1] == '42["chat message","hello"]'
