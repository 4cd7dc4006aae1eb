"""A polite end: bounded, and with an outcome."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ProtocolError

from labkit.transports.websocket.closing import close_or_abort


async def test_what_the_library_refuses_is_raised(lab: ModuleType) -> None:
    """A code that the library does not send is an error here, and the connection stays open."""
    server = await lab.serve("websocket")
    async with connect(server.url, proxy=None) as guest:
        with pytest.raises(ProtocolError):
            await close_or_abort(guest, 1006)
        assert guest.state.name == "OPEN"
        await close_or_abort(guest, 4000, "lunch")
        assert guest.close_code == 4000


async def test_a_peer_that_reads_nothing_is_aborted(lab: ModuleType) -> None:
    """Though the library was told to wait for ever."""
    await lab.fresh(timescale=0.1)

    async def deaf(websocket) -> None:  # type: ignore[no-untyped-def]
        websocket.transport.pause_reading()
        await asyncio.Event().wait()

    server = await lab.serve(deaf)
    async with connect(server.url, proxy=None, close_timeout=None) as guest:
        await close_or_abort(guest)
        assert guest.close_code == 1006
