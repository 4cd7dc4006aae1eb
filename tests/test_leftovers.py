"""What still listens."""

import asyncio

from labkit.leftovers import Baseline, listening, ports


async def test_a_listener_is_found_until_it_closes() -> None:
    """A server of asyncio is found, with its port, while it accepts connections."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    assert server in listening()
    assert ports(server) == [server.sockets[0].getsockname()[1]]
    server.close()
    await server.wait_closed()
    assert server not in listening()


async def test_what_listened_before_is_not_new() -> None:
    """Only what came after the baseline is told, by its ports."""
    before = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    baseline = Baseline()
    after = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    assert baseline.new_ports() == set(ports(after))
    for server in (before, after):
        server.close()
        await server.wait_closed()
    assert baseline.new_ports() == set()
