"""A chat that keeps what is said in a file, once, and replays what somebody missed.

python 11_once.py            # {"after": 0} asks for all from the start, ["key 1", "hello"] speaks
"""

import asyncio
import json
import os
import sqlite3
from contextlib import suppress

from websockets.asyncio.server import broadcast, serve

INSERT = "INSERT OR IGNORE INTO messages (key, text) VALUES (?, ?) RETURNING id, text"
db = sqlite3.connect("chat.db", isolation_level=None)  # each write is committed at once
db.execute("CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, key UNIQUE, text)")


async def chat(websocket):
    """Store, acknowledge, tell: nothing awaits in between, so everybody has the same order."""
    async for message in websocket:
        match json.loads(message):  # on a public server: check it, limit it, ask who says it
            case {"after": int(last)}:
                rows = db.execute("SELECT id, text FROM messages WHERE id > ?", [last])
                broadcast([websocket], json.dumps(rows.fetchall()))
            case [str(key), str(text)]:
                rows = db.execute(INSERT, [key, text]).fetchall()  # none if the key was known
                broadcast([websocket], json.dumps({"stored": key}))
                broadcast(websocket.server.connections, json.dumps(rows))


async def main():
    """Serve until Ctrl-C."""
    async with serve(chat, "127.0.0.1", int(os.environ.get("PORT", "8765"))) as server:
        print(f"The chat is at ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()


with suppress(KeyboardInterrupt):
    asyncio.run(main())
