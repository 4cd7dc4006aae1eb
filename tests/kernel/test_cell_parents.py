"""A cell's outputs and its end are told as its own, while widgets' messages pass."""

from __future__ import annotations

import asyncio

from tests.kernel.conftest import Kernel

SLOW_MESSAGES = """
import asyncio
import ipywidgets
import labkit as lab
kernel = get_ipython().kernel
handle, took = kernel.shell_handlers["comm_msg"], []
async def handle_late(*message):
    took.append("begun")
    await asyncio.sleep(0.4)
    handle(*message)
    took.append("done")
kernel.shell_handlers["comm_msg"] = handle_late
print(ipywidgets.Button().model_id)
"""
"""As if much were to do for a message: the next cell has begun before that is done."""


async def test_a_message_that_outlasts_its_cell(kernel: Kernel) -> None:
    """It comes while one cell waits, and is done while the next one does."""
    model_id = await kernel.run(SLOW_MESSAGES)
    begun = asyncio.Event()
    cell = "print('waiting', flush=True)\nwhile not took: await asyncio.sleep(0.01)"
    first = asyncio.create_task(kernel.run(cell, begun=begun))
    await asyncio.wait_for(begun.wait(), 10)
    kernel.send_to_widget(model_id, {"event": "click"}, None)
    assert await first == "waiting"
    cell = "while len(took) < 2: await asyncio.sleep(0.01)\nawait asyncio.sleep(0)\nprint('mine')"
    assert await kernel.run(cell, timeout=10) == "mine"
