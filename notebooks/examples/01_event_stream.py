"""A server that tells what happens, over server-sent events, with the library `aiohttp`.

python 01_event_stream.py                       # the server; Ctrl-C ends it
curl -N http://127.0.0.1:8080/events            # its stream; in pages: new EventSource("/events")
curl -d hello http://127.0.0.1:8080/messages    # something to tell
"""

import asyncio
import json
import os

from aiohttp import web

# On a public server: TLS, by a proxy that passes on at once (nginx: `proxy_buffering off`).
HOST, PORT = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080"))
app, messages, arrived = web.Application(), [], asyncio.Event()


async def say(request):
    """Take a message, and wake the streams."""
    messages.append(await request.text())
    arrived.set()
    arrived.clear()
    return web.Response(status=204)


async def events(request):
    """Send what is behind the last event that this client has, and then what comes."""
    read = int(request.headers.get("Last-Event-ID", len(messages)))
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await stream.prepare(request)
    while True:
        while len(messages) <= read:
            await arrived.wait()
        read += 1
        await stream.write(f"id: {read}\ndata: {json.dumps(messages[read - 1])}\n\n".encode())


app.add_routes([web.post("/messages", say), web.get("/events", events)])
web.run_app(app, host=HOST, port=PORT, shutdown_timeout=1)  # 60 s otherwise, if a stream is open
