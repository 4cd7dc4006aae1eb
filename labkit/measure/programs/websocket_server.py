"""A server of `websockets` that echoes, and broadcasts when it is asked to.

``python -m labkit.measure.programs.websocket_server``, with its settings as JSON on the first line.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve

from labkit.measure.parent import answer_parent, read_told
from labkit.measure.programs.burden import Burden


async def main(compression: str | None = "deflate", **burdens: Any) -> None:
    """Serve until the parent ends it.

    Parameters
    ----------
    compression
        As the library has it; "deflate" is its default.
    burdens
        The fields of a `Burden`.
    """
    burden = Burden(**burdens)

    async def echo(connection: ServerConnection) -> None:
        burden.load(connection)
        try:
            async for message in connection:
                await connection.send(burden.apply(str(message)))
        finally:
            burden.unload(connection)

    async with serve(echo, "127.0.0.1", 0, compression=compression) as server:

        async def broadcast_text(count: int, text: str) -> dict[str, float]:
            began = time.perf_counter()
            for _ in range(count):
                broadcast(server.connections, burden.apply(text))
                await asyncio.sleep(0)
            return {"began": began}

        port = next(iter(server.sockets)).getsockname()[1]
        await answer_parent({"broadcast": broadcast_text}, port=port)


if __name__ == "__main__":
    logging.disable()
    asyncio.run(main(**json.loads(read_told())))
