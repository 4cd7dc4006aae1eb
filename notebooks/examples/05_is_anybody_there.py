"""Connect to a WebSocket server, print what it says, and at the end say how that came.

python 05_is_anybody_there.py ws://127.0.0.1:8765       # Ctrl-C leaves politely
"""

import asyncio
import os
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

# On a public server: an interval below its proxy's idle timeout (nginx: 60 s), on both ends, and
# a timeout above the slowest answer of the people that you want to keep.
INTERVAL = float(os.environ.get("INTERVAL", "5"))
TIMEOUT = float(os.environ.get("TIMEOUT", "5"))


async def main(address):
    """Listen until the connection ends, however it ends."""
    async with connect(address, ping_interval=INTERVAL, ping_timeout=TIMEOUT) as line:
        print(f"Connected to {address}; a dead line is noticed in {INTERVAL + TIMEOUT:g} s.")
        try:
            while True:
                print(await line.recv())
        except asyncio.CancelledError:
            print("You left.")
        except ConnectionClosed as end:
            if end.rcvd is not None:
                print(f"The server closed: {end.rcvd.code} {end.rcvd.reason}".rstrip())
            elif end.sent is not None:
                print(f"Nobody answered the heartbeat: {end.sent.code} {end.sent.reason}")
            else:
                print(f"It ended without a close frame: {end.__cause__!r}")


asyncio.run(main(*sys.argv[1:2]))
