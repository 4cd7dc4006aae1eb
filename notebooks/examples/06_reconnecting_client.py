"""A WebSocket client that comes back, with nothing but the library `websockets`.

python 06_reconnecting_client.py ws://127.0.0.1:8765 "hello, I am back"      # Ctrl-C ends it
"""

import asyncio
import random
import sys
import time
from contextlib import suppress

from websockets.asyncio.client import connect
from websockets.client import process_exception
from websockets.exceptions import ConnectionClosed


async def stay(url, hello):
    """Print what comes, and say hello on each connection: the server has forgotten us."""
    attempt, opened = 0, None
    while True:
        try:
            async with connect(url, proxy=None) as websocket:  # a public server: wss://, no `proxy`
                opened = time.monotonic()
                await websocket.send(hello)
                async for message in websocket:
                    print(message, flush=True)
        except ConnectionClosed:
            pass
        except Exception as error:
            if process_exception(error):  # such as 404: the next attempt would fail, too
                print(f"Giving up: {error}", flush=True)
                return
        attempt = 1 if opened and time.monotonic() - opened >= 10 else attempt + 1
        opened, seconds = None, random.uniform(0, min(2 ** (attempt - 1), 60))
        print(f"No connection. Attempt {attempt} in {seconds:.1f} s.", flush=True)
        await asyncio.sleep(seconds)


with suppress(KeyboardInterrupt):
    asyncio.run(stay(*sys.argv[1:3]))
