"""Say something to a Socket.IO server without its library, and print each packet that comes.

python 08_socketio_by_hand.py http://127.0.0.1:8080 "hello, all"     # Ctrl-C ends it

It shows whether a server answers, behind whatever proxy, and what a client in JavaScript would get.
"""

import asyncio
import json
import sys
from contextlib import suppress

from websockets.asyncio.client import connect


async def main(address, text):
    """Enter the namespace "/", emit one `chat message`, and answer pings."""
    # http becomes ws, https becomes wss; a public server may ask for a token: see `auth`, after 40
    url = address.replace("http", "ws", 1).rstrip("/") + "/socket.io/?EIO=4&transport=websocket"
    async with connect(url, proxy=None) as websocket:  # leave `proxy` out where you need one
        async for packet in websocket:
            print(packet, flush=True)
            if isinstance(packet, bytes):  # an attachment
                continue
            if packet.startswith("0"):  # open: these are the session's settings
                await websocket.send("40")
            elif packet.startswith("40"):  # entered
                await websocket.send("421" + json.dumps(["chat message", text]))
            elif packet.startswith("2"):  # ping
                await websocket.send("3")


with suppress(KeyboardInterrupt):
    asyncio.run(main(*sys.argv[1:3]))
