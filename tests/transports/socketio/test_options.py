"""What a Socket.IO client may be told."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from labkit.transports.socketio.options import checked_transports


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
        ({"reconnect": True}, "does not know the option reconnect.* Did you mean reconnection"),
        ({"namespace": "/chat"}, "It is called namespaces"),
        ({"extra_headers": {}}, "It is called headers"),
        ({"uri": "http://127.0.0.1/"}, "does not know the option uri"),
        ({"namespaces": "chat"}, "'chat' is not a valid namespace.*slash"),
        ({"namespaces": []}, "not a valid namespace"),
        ({"transports": 5}, "no transport 5"),
        ({"reconnection_delay": "1"}, "needs a number for reconnection_delay, not '1'"),
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
        ({"ping_interval": "5"}, "needs a number for ping_interval"),
        ({"json": 5}, "every client and server in this process"),
        ({"ping_intervall": 5}, "Did you mean ping_interval"),
    ):
        with pytest.raises(lab.LabError, match=words):
            await lab.serve("socketio", **options)
    await lab.finish()
