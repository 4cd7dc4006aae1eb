"""A click in a chat box reaches the bench's loop, whichever thread the kernel delivers it on.

JupyterLab may send widget messages to a subshell. ipykernel 7.0 to 7.3 then run the callback on the
subshell's thread, which has a loop of its own; 7.4 does so after the widget was updated in its own
callback. CI runs this file against both.
"""

from __future__ import annotations

import asyncio

import ipykernel
import pytest

from tests.kernel.conftest import Kernel

CHAT = """
import threading
import labkit as lab
from labkit.views.chat import chat_box
await lab.fresh()
server = await lab.serve("websocket")
alice = await lab.connect(server, "alice")
bob = await lab.connect(server, "bob")
box = lab.show(alice).views[0]
threads = []
arrived = box._arrived
def spy(*args):
    threads.append(threading.current_thread() is threading.main_thread())
    arrived(*args)
box.widget.on_msg(box._arrived, remove=True)
box.widget.on_msg(spy)
print(box.widget.model_id)
"""


@pytest.mark.parametrize("on_subshell", [False, True], ids=["main shell", "subshell"])
async def test_what_is_typed_is_sent(kernel: Kernel, on_subshell: bool) -> None:
    """Three messages typed into a box are heard, in order, whatever thread they arrive on."""
    model_id = await kernel.run(CHAT)
    subshell = None
    if on_subshell:
        subshell = (await kernel.ask_control("create_subshell_request"))["subshell_id"]
    for number in range(3):
        request = {"kind": "send", "id": number + 1, "text": f"typed {number}"}
        kernel.send_to_widget(model_id, request, subshell)
        assert await kernel.run(f"print(await bob.hears('typed {number}', within=5))") == (
            f"typed {number}"
        )
    on_main = await kernel.run("print(threads)")
    if on_subshell and ipykernel.version_info[:2] < (7, 4):
        assert on_main == "[False, False, False]", "the case that this test is for"
    await kernel.run("await lab.finish()")
    assert await kernel.run("print(lab.errors())") == "[]"


async def test_what_is_typed_while_a_cell_awaits_is_sent_at_once(kernel: Kernel) -> None:
    """A cell that waits for bob hears what alice's box sends meanwhile, on a subshell."""
    model_id = await kernel.run(CHAT)
    subshell = (await kernel.ask_control("create_subshell_request"))["subshell_id"]
    begun = asyncio.Event()
    cell = "print('waiting', flush=True)\nprint(await bob.hears('meanwhile', within=10))"
    waiting = asyncio.create_task(kernel.run(cell, begun=begun))
    await asyncio.wait_for(begun.wait(), 10)
    kernel.send_to_widget(model_id, {"kind": "send", "id": 1, "text": "meanwhile"}, subshell)
    assert await asyncio.wait_for(waiting, 20) == "waiting\nmeanwhile"
