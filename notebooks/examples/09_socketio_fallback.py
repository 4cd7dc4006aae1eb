"""A Socket.IO client with the fallback that Python's lacks: WebSocket first, then polling.

python 09_socketio_fallback.py http://127.0.0.1:8080 hello      # Ctrl-C ends it
"""

import asyncio
import sys
from contextlib import suppress

import aiohttp
import socketio


async def connect(url, session, patience):
    """Return a client that is connected over the first way that opens in time."""
    for transport in ("websocket", "polling"):
        client = socketio.AsyncClient(handle_sigint=False, http_session=session)
        client.on("chat message", lambda text: print(text, flush=True))
        try:
            async with asyncio.timeout(patience):
                await client.connect(url, transports=[transport])
            print(f"connected over {transport}", flush=True)
            return client
        except (socketio.exceptions.ConnectionError, TimeoutError) as error:
            print(f"{transport}: {str(error) or 'no answer'}", flush=True)
    sys.exit("No way works.")


async def main(url, text, patience="3"):  # a public server: https://, and more seconds
    """Say something, and print what comes; the client comes back by itself, over the same way."""
    async with aiohttp.ClientSession() as session:  # else a failed attempt leaves its own open
        client = await connect(url, session, float(patience))
        await client.emit("chat message", text)
        await client.wait()


with suppress(KeyboardInterrupt):
    asyncio.run(main(*sys.argv[1:4]))
