"""A cell's outputs and its end are told as its own, while widgets' messages pass."""

from __future__ import annotations

import asyncio

import ipykernel
import pytest

from tests.kernel.conftest import Kernel

SLOW_MESSAGES = """
import asyncio
import ipywidgets
import labkit as lab
handlers = get_ipython().kernel.shell_handlers
handle = handlers["comm_msg"]
begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
async def handle_late(*message):
    begun.set()
    await may_end.wait()
    handle(*message)
    ended.set()
handlers["comm_msg"] = handle_late
print(ipywidgets.Button().model_id)
"""
"""As if much were to do for a message: the next cell has begun before that is done."""

WAITING = "print('waiting', flush=True)\nawait begun.wait()"

NEXT = """
may_end.set()
await ended.wait()
for _ in range(20):
    await asyncio.sleep(0)  # sleeps: the loop turns until the kernel is done with the message
print("mine")
"""


@pytest.mark.skipif(ipykernel.version_info < (7, 4), reason="messages wait for the cell's end")
async def test_a_message_that_outlasts_its_cell(kernel: Kernel) -> None:
    """It comes while one cell waits, and is done while the next one does."""
    model_id = await kernel.run(SLOW_MESSAGES)
    begun = asyncio.Event()
    first = asyncio.create_task(kernel.run(WAITING, begun=begun))
    await asyncio.wait_for(begun.wait(), 10)
    kernel.send_to_widget(model_id, {"event": "click"}, None)
    assert await first == "waiting"
    assert await kernel.run(NEXT, timeout=10) == "mine"
