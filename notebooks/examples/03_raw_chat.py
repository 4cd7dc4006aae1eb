"""A raw chat that runs in a terminal, with nothing but the library `websockets`.

python 03_raw_chat.py                            # the server; Ctrl-C ends it
python -m websockets ws://127.0.0.1:8765         # somebody who joins, in another terminal
"""

import asyncio
import os
from contextlib import suppress

from websockets.asyncio.server import broadcast, serve

# On a public server: put a proxy in front that speaks TLS (wss://), let it connect to this port,
# name your pages in `origins=["https://chat.example"]`, and ask people who they are.
HOST = os.environ.get("HOST", "127.0.0.1")  # 0.0.0.0: whoever reaches this machine
PORT = int(os.environ.get("PORT", "8765"))

people = set()


async def chat(websocket):
    """Relay each message of one connection to all others."""
    people.add(websocket)
    try:
        async for message in websocket:
            broadcast(people - {websocket}, message)
    finally:
        people.discard(websocket)


async def main():
    """Serve until Ctrl-C."""
    async with serve(chat, HOST, PORT, max_size=2**16) as server:  # 64 KiB, then 1009
        print(f"The chat is at ws://{HOST}:{PORT}; Ctrl-C ends it.", flush=True)
        await server.serve_forever()


with suppress(KeyboardInterrupt):
    asyncio.run(main())
