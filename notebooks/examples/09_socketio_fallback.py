"""A Socket.IO client with the fallback that Python's lacks: WebSocket first, then polling.

python 09_socketio_fallback.py http://127.0.0.1:8080 hello      # Ctrl-C ends it
"""

import asyncio
import os
import sys
from contextlib import suppress

import aiohttp
import socketio

PATIENCE = float(os.environ.get("PATIENCE", "3"))  # on a public server: 10, and https://


async def connect(url, session):
    """Return a client over the first way that opens in time, by which it comes back, too."""
    for transport in ("websocket", "polling"):
        client = socketio.AsyncClient(handle_sigint=False, http_session=session)
        client.on("chat message", lambda text: print(text, flush=True))
        try:
            async with asyncio.timeout(PATIENCE):
                await client.connect(url, transports=[transport])
            print(f"connected over {transport}", flush=True)
            return client
        except (socketio.exceptions.ConnectionError, TimeoutError) as error:
            print(f"{transport}: {str(error) or 'no answer'}", flush=True)
    sys.exit("No way works.")


async def main(url, text):
    async with aiohttp.ClientSession() as session:  # else a failed attempt would leave its own open
        client = await connect(url, session)
        await client.emit("chat message", text)
        await client.wait()


with suppress(KeyboardInterrupt):
    asyncio.run(main(*sys.argv[1:3]))
