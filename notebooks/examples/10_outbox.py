"""Say something to a WebSocket chat, and keep it while there is no connection.

python 10_outbox.py ws://127.0.0.1:8765 "first line" "second line"      # the chat of 03_raw_chat.py
"""

import asyncio
import sys
from collections import deque
from contextlib import suppress

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


async def deliver(url, outbox):
    """Send all that is in the outbox, over as many connections as it takes."""
    async for websocket in connect(url, proxy=None):  # a public server: wss://, no `proxy`
        print("Connected.", flush=True)
        try:
            while outbox:
                await websocket.send(outbox[0])
                print(f"Handed over: {outbox.popleft()}", flush=True)  # after `send`, not before
            await websocket.close()  # the server has read all that came before its answer to this
            return
        except ConnectionClosed:
            print(f"The connection broke; {len(outbox)} are kept for the next one.", flush=True)


with suppress(KeyboardInterrupt):
    asyncio.run(deliver(sys.argv[1], deque(sys.argv[2:])))
