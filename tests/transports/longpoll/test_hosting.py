"""Making the server of the finished chat."""

from __future__ import annotations

from types import ModuleType

from labkit.transports import longpoll


async def test_the_chat_has_a_name(lab: ModuleType) -> None:
    """Its settings reach the server: the history, and the rate of each client."""
    server = await lab.serve("longpoll", history=7, messages_per_second=3)
    assert isinstance(server, longpoll.Server)
    assert server.room._most == 7 and server.room._limit.words.startswith("more than 3 ")
