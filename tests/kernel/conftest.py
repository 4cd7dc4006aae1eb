"""A real kernel, driven over Jupyter's own protocol as a front end drives it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from labkit.commands.notebook_client import NOT_STARTED


class CellError(Exception):
    """A cell of the kernel under test raised: its error, and what is shown below the cell."""

    def __init__(self, error: str, shown: list[str]) -> None:
        super().__init__(error)
        self.shown = "\n".join(shown)


@dataclass
class Kernel:
    """One running kernel of this interpreter."""

    manager: AsyncKernelManager
    client: AsyncKernelClient

    async def run(self, code: str, timeout: float = 30, begun: asyncio.Event | None = None) -> str:
        """Run a cell and return its printed output; set `begun` at the first of it."""
        printed: list[str] = []
        raised: list[CellError] = []

        def collect(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                printed.append(content["text"])
                if begun is not None:
                    begun.set()
            elif message["msg_type"] == "error":
                error = f"{content['ename']}: {content['evalue']}"
                raised.append(CellError(error, content["traceback"]))

        await self.client.execute_interactive(code, timeout=timeout, output_hook=collect)
        if raised:
            raise raised[0]
        return "".join(printed).strip()

    async def ask_control(self, request: str) -> dict[str, Any]:
        """Send a request on the control channel and return the reply's content."""
        message = self.client.session.msg(request)
        self.client.control_channel.send(message)
        while True:
            reply = await self.client.get_control_msg(timeout=10)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return dict(reply["content"])

    def send_to_widget(self, model_id: str, content: object, subshell: str | None) -> None:
        """Send what a front end sends when a widget's `model.send(content)` is called."""
        data = {"method": "custom", "content": content}
        message = self.client.session.msg("comm_msg", {"comm_id": model_id, "data": data})
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)

    async def end(self) -> None:
        """End it at once."""
        self.client.stop_channels()
        await self.manager.shutdown_kernel(now=True)


async def start_kernel() -> Kernel:
    """Start a kernel of this interpreter; raise RuntimeError if it does not begin."""
    manager = AsyncKernelManager()
    manager.shutdown_wait_time = 20.0  # seconds; after half of them, SIGTERM ends a graceful end
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager._kernel_spec = KernelSpec(argv=argv, display_name="under test", language="python")
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    kernel = Kernel(manager, client)
    try:
        await client.wait_for_ready(timeout=60)
    except BaseException:
        await kernel.end()
        raise
    return kernel


@contextlib.asynccontextmanager
async def running_kernel() -> AsyncIterator[Kernel]:
    """Start a kernel, another one if that does not begin; it is gone afterwards."""
    try:
        kernel = await start_kernel()
    except RuntimeError as error:
        if str(error) not in NOT_STARTED:
            raise
        kernel = await start_kernel()
    try:
        yield kernel
    finally:
        await kernel.end()


@pytest.fixture
async def kernel() -> AsyncIterator[Kernel]:
    """Give a running kernel."""
    async with running_kernel() as kernel:
        yield kernel
