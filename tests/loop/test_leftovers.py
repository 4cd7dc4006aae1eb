"""What still listens."""

import asyncio

import pytest

from labkit.loop.leftovers import (
    Baseline,
    find_listening_servers,
    listening_ports,
    take_gather_errors,
)
from tests.conftest import turn_loop


async def test_a_listener_is_found_until_it_closes() -> None:
    """A server of asyncio is found, with its port, while it accepts connections."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    assert server in find_listening_servers()
    assert listening_ports(server) == [server.sockets[0].getsockname()[1]]
    server.close()
    await server.wait_closed()
    assert server not in find_listening_servers()


async def test_what_listened_before_is_not_new() -> None:
    """Only what came after the baseline is told, by its ports."""
    before = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    baseline = Baseline()
    after = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    assert baseline.new_ports() == set(listening_ports(after))
    for server in (before, after):
        server.close()
        await server.wait_closed()
    assert baseline.new_ports() == set()


async def test_a_gathering_is_unheard_until_it_is_awaited() -> None:
    """Its error is found once; one that runs, went well or was cancelled has none to be heard."""

    async def fail(text: str) -> None:
        raise ValueError(text)

    loop = asyncio.get_running_loop()
    failed, running = asyncio.gather(fail("lost")), asyncio.gather(asyncio.Event().wait())
    well = asyncio.gather(turn_loop())
    await well
    await asyncio.wait([failed])
    running.cancel()
    await asyncio.wait([running])
    (error,) = take_gather_errors(loop)
    assert error is failed.exception()
    with pytest.raises(ValueError, match="heard"):
        await asyncio.gather(fail("heard"))
    assert take_gather_errors(loop) == []
