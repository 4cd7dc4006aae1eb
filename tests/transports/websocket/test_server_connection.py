"""Connections that never become WebSocket; `tests/peers/test_hostile.py` has what they send."""

from __future__ import annotations

from types import ModuleType

from tests.conftest import soon
from tests.support.raw import raw, request


async def test_who_asks_for_the_page_is_not_turned_away(lab: ModuleType) -> None:
    """An answer that is no error is no refusal, and neither is a WebSocket that ends."""
    server = await lab.serve("websocket")
    async with raw(server.port) as browser:
        await browser.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"new WebSocket" in await browser.rest()
    async with raw(server.port) as peer:
        await peer.shake_hands()
    await soon(lambda: "closed" in server.log_counts)
    assert "refused" not in server.log_counts


async def test_a_strangers_words_are_cut(lab: ModuleType) -> None:
    """Of a reason that a stranger can make long, the first 200 characters are kept."""
    server = await lab.serve("websocket")
    async with raw(server.port) as stranger:
        await stranger.send(request(host="x" * 5000))
        assert b" 403 " in await stranger.rest()
    await soon(lambda: "refused" in server.log_counts)
    assert len(server.log_entries[-1].text) == 200


async def test_equal_refusals_are_one_event(lab: ModuleType) -> None:
    """Who comes again and again is told once, with a number; somebody else is told beside it."""
    server = await lab.serve("websocket")
    for host in ("evil.example", "evil.example", "bad.example", "evil.example"):
        async with raw(server.port) as stranger:
            await stranger.send(request(host=host))
            await stranger.rest()
    await soon(lambda: server.log_counts.get("refused") == 4)
    assert [event.times for event in server.log_entries] == [1, 3]
    assert "(3 times)" in lab.show(server).html
