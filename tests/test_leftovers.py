"""What still listens."""

import asyncio

from labkit.leftovers import listening, ports


async def test_a_listener_is_found_until_it_closes() -> None:
    """A server of asyncio is found, with its port, while it accepts connections."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    assert server in listening()
    assert ports(server) == [server.sockets[0].getsockname()[1]]
    server.close()
    await server.wait_closed()
    assert server not in listening()
