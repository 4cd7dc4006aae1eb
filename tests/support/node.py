"""A program of Node's beside the tests: it is told what to do, and tells what happens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

PEERS = Path(__file__).parents[1] / "peers"


class Node:
    """A running script; actions and events are lines of JSON."""

    def __init__(self, running: asyncio.subprocess.Process) -> None:
        self._running = running

    async def does(self, action: str, **fields: Any) -> None:
        """Tell the script to act."""
        assert self._running.stdin is not None
        self._running.stdin.write(json.dumps({"action": action, **fields}).encode() + b"\n")
        await self._running.stdin.drain()

    async def tells(self, event: str, within: float = 20) -> dict[str, Any]:
        """Return the next event of that name; others before it are passed over."""
        assert self._running.stdout is not None
        seen = []
        async with asyncio.timeout(within):
            while line := await self._running.stdout.readline():
                seen.append(json.loads(line))
                if seen[-1]["event"] == event:
                    return dict(seen[-1])
        raise AssertionError(f"the script ended without {event!r}: {seen}")


@contextlib.asynccontextmanager
async def node(script: str, *arguments: Any) -> AsyncIterator[Node]:
    """Run a script of `tests/peers/`; arguments that are no text are given as JSON."""
    running = await asyncio.create_subprocess_exec(
        shutil.which("node") or "node",
        str(PEERS / script),
        *(part if isinstance(part, str) else json.dumps(part) for part in arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    try:
        yield Node(running)
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
        await running.wait()
