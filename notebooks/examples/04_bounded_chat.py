"""A raw chat that no slow reader stops or fills: whoever reads too little is thrown out.

python 04_bounded_chat.py                        # the server; Ctrl-C ends it
python -m websockets ws://127.0.0.1:8765         # somebody who joins, in another terminal
"""

import asyncio
import os
from contextlib import suppress

from websockets.asyncio.server import broadcast, serve
from websockets.exceptions import ConnectionClosedError

# On a public server: TLS by a proxy in front, `origins=[...]`, and less LIMIT for more people.
PORT, LIMIT = int(os.environ.get("PORT", "8765")), 1_000_000  # bytes that may wait for one person
people = set()


async def chat(websocket):
    """Relay each message to all others, and end the connections of those who do not read."""
    people.add(websocket)
    try:
        with suppress(ConnectionClosedError):  # the line broke, or was aborted below
            async for message in websocket:
                for slow in {p for p in people if p.transport.get_write_buffer_size() > LIMIT}:
                    slow.transport.abort()  # a close frame would wait behind the rest
                broadcast(people - {websocket}, message)
    finally:
        people.discard(websocket)


async def main():
    """Serve until Ctrl-C."""
    async with serve(chat, "127.0.0.1", PORT, max_size=2**16) as server:  # 64 KiB, then 1009
        print(f"The chat is at ws://127.0.0.1:{PORT}; Ctrl-C ends it.", flush=True)
        await server.serve_forever()


with suppress(KeyboardInterrupt):
    asyncio.run(main())
