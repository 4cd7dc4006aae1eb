"""What leaves a real kernel while 10 000 messages arrive in a chat box that is open."""

from __future__ import annotations

import asyncio
import subprocess
import time
from bisect import bisect_left
from statistics import median
from typing import Any

from jupyter_client.manager import start_new_async_kernel

MESSAGES = 10_000

SET_UP = """
import labkit as lab
await lab.fresh()
server = await lab.serve("websocket")
alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
await bob.hears("Welcome")
"""

SHOW = "lab.show(bob)"

FLOOD = f"""
for number in range({MESSAGES}):
    await alice.say(f"message {{number}}")
    await bob.hears(f"message {{number}}")
assert bob.inbox[1:] == [f"message {{number}}" for number in range({MESSAGES})]
"""


async def _run(client: Any, code: str) -> list[float]:
    """Run a cell and return when each message of a widget left the kernel meanwhile."""
    request = client.execute(code)
    updates = []
    while True:
        message = await client.get_iopub_msg(timeout=120)
        kind, content = message["msg_type"], message["content"]
        if kind == "comm_msg":
            updates.append(time.perf_counter())
        elif kind == "error":
            raise SystemExit("\n".join(content["traceback"]))
        mine = message["parent_header"].get("msg_id") == request
        if mine and content.get("execution_state") == "idle":
            return updates


async def run_cells(codes: list[str]) -> str:
    """Run cells in a kernel of their own and return what the last one printed."""
    manager, client = await start_new_async_kernel(stderr=subprocess.DEVNULL)
    printed = ""

    def keep(message: dict[str, Any]) -> None:
        nonlocal printed
        if message["msg_type"] == "stream":
            printed += message["content"]["text"]
        elif message["msg_type"] == "error":
            raise SystemExit("\n".join(message["content"]["traceback"]))

    try:
        for code in codes:
            await client.execute_interactive(code, output_hook=keep, timeout=120)
        return printed
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def _flood(shown: bool) -> tuple[float, list[float]]:
    """Return how many seconds the flood took, and when each update left."""
    manager, client = await start_new_async_kernel(stderr=subprocess.DEVNULL)
    try:
        await _run(client, SET_UP)
        if shown:
            await _run(client, SHOW)
        started = time.perf_counter()
        updates = await _run(client, FLOOD)
        return time.perf_counter() - started, updates
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def _busiest(updates: list[float]) -> int:
    """Return how many updates left in the busiest second, wherever it began."""
    return max((bisect_left(updates, at + 1) - n for n, at in enumerate(updates)), default=0)


def report(repeats: int) -> bool:
    """Measure and print; return whether updates left, and at most 20 in any second."""
    turns = [(asyncio.run(_flood(True)), asyncio.run(_flood(False))) for _ in range(repeats)]
    counts = [len(updates) for (_, updates), _ in turns]
    most = max(_busiest(updates) for (_, updates), _ in turns)
    ratio = median(without / seconds for (seconds, _), (without, _) in turns)
    print(
        f"{MESSAGES:,} messages, each heard before the next, into an open chat box, all in `inbox` "
        f"and in order: {min(counts)} to {max(counts)} updates left the kernel in "
        f"{median(seconds for (seconds, _), _ in turns):.1f} s, {most} in the busiest second. "
        f"Speed against no box: {ratio:.2f}."
    )
    return 0 < most <= 20
