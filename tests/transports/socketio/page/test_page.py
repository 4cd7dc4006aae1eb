"""The chat page and its script, with the JavaScript client and without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import aiohttp
import pytest
import socketio

from labkit.transports.socketio.page import page


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Give a plain HTTP client."""
    async with aiohttp.ClientSession() as session:
        yield session


async def get(session: aiohttp.ClientSession, url: str) -> tuple[int, str, str]:
    """Return status, type and text of an answer that no browser stores or guesses about."""
    async with session.get(url) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        return answer.status, answer.content_type, await answer.text()


async def test_every_server_has_the_page(lab: ModuleType, session: aiohttp.ClientSession) -> None:
    """The finished chat and a learner's own server give the page, directly and through a link."""
    chat = await lab.serve("socketio")
    own = await lab.serve(socketio.AsyncServer(async_mode="aiohttp"), name="own")
    link = await lab.link(chat)
    for url in (chat.page, own.page, f"http://127.0.0.1:{link.port}/"):
        status, kind, text = await get(session, url)
        assert (status, kind) == (200, "text/html")
        assert text.index('<script src="socket.io.min.js">') < text.index("class MinimalClient")


async def test_the_client_is_served_as_installed(
    lab: ModuleType,
    session: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The bundle comes byte for byte; where there is none, an empty script comes."""
    bundle = tmp_path / "socket.io.min.js"
    monkeypatch.setattr(page, "BUNDLE", bundle)
    server = await lab.serve("socketio")
    url = f"{server.page}socket.io.min.js"
    assert await get(session, url) == (200, "text/javascript", "")
    bundle.write_text("const io = '✓';", "utf-8")
    assert await get(session, url) == (200, "text/javascript", "const io = '✓';")


async def test_a_guest_who_only_looks_is_none(
    lab: ModuleType, session: aiohttp.ClientSession
) -> None:
    """Reading the page makes nobody a guest."""
    server = await lab.serve("socketio")
    await get(session, server.page)
    assert server.connections == [] and server.log_counts == {}
