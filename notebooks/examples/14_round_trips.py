"""How long a round trip takes, seven times over: what one run shows, and what it hides.

python 14_round_trips.py ws://127.0.0.1:8765      # a server that answers each message: 00_echo.py
"""

import asyncio
import sys
import time
from statistics import mean, quantiles

from websockets.asyncio.client import connect


async def measure(websocket, count):
    """Return what each round trip took, in milliseconds."""
    took = []
    for _ in range(count):
        began = time.perf_counter()
        await websocket.send("x" * 32)
        await websocket.recv()
        took.append((time.perf_counter() - began) * 1000)
    return took


async def main(url):
    """Print a line for each run; the first is a warm-up. Let runs on a public server be short."""
    async with connect(url, compression=None, proxy=None) as websocket:  # None: connect directly
        for run in ("warm-up", *range(1, 8)):
            took = await measure(websocket, 500)
            p = quantiles(took, n=100)
            print(f"{run}: median {p[49]:.3f} ms, mean {mean(took):.3f}, p99 {p[98]:.3f}")


asyncio.run(main(sys.argv[1]))
