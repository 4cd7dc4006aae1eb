"""The shortest WebSocket server and its client, with nothing but the library `websockets`.

python 00_echo.py                # the server: it sends back what it hears; Ctrl-C ends it
python 00_echo.py "hello"        # the client, in another terminal: it prints what comes back
"""

import asyncio
import os
import sys
from contextlib import suppress

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

# On a public server: put a proxy in front that speaks TLS, and let it connect to this port;
# clients then use the proxy's address, wss://chat.example
HOST = "127.0.0.1"
PORT = int(os.environ.get("PORT", "8765"))


async def echo(websocket):
    """Send back each message of one connection."""
    async for message in websocket:
        await websocket.send(message)


async def main(text=None):
    """Serve until Ctrl-C; or say one text and print the answer."""
    if text is not None:
        async with connect(f"ws://{HOST}:{PORT}", proxy=None) as websocket:
            await websocket.send(text)
            print(await websocket.recv())
        return
    async with serve(echo, HOST, PORT) as server:
        print(f"The echo is at ws://{HOST}:{PORT}; Ctrl-C ends it.", flush=True)
        await server.serve_forever()


with suppress(KeyboardInterrupt):
    asyncio.run(main(*sys.argv[1:2]))
