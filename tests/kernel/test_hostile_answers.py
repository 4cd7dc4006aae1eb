"""What would end a kernel, inside a check and in a plain cell: the kernel and the chat live on."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest

from tests.kernel.conftest import CellError, Kernel

CHAT = """
import asyncio, sys
import labkit as lab
await lab.fresh()
server = await lab.serve("websocket")
alice = await lab.connect(server, "alice")
bob = await lab.connect(server, "bob")
"""

HELLO = 'await alice.say("hello"); print(await bob.hears("hello"))'

HANDLER = """
people = set()
async def handler(websocket):
    people.add(websocket)
    {line}
    async for message in websocket:
        for person in people - {{websocket}}:
            await person.send(message)
print(await lab.check("raw_chat.skips_the_sender", handler))
"""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("while True: pass", "was stopped at `while True: pass`"),
        ("sys.exit()", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("asyncio.create_task(asyncio.to_thread(sys.exit))", "would end the kernel"),
        ("asyncio.get_running_loop().stop()", "would end the kernel"),
        ("asyncio.get_running_loop().call_soon(sys.exit)", "would end the kernel"),
        ("[task.cancel() for task in asyncio.all_tasks()]", "cancelled every task of the loop"),
    ],
)
async def test_an_answer_does_not_end_the_kernel(kernel: Kernel, line: str, said: str) -> None:
    """The check says what it did; the learner's chat can go on, and another check is right."""
    await kernel.run(CHAT)
    started = time.monotonic()
    outcome = await kernel.run(HANDLER.format(line=line))
    assert "not yet" in outcome and said in outcome and time.monotonic() - started < 10
    if "all_tasks" in line:  # the learner's own clients were cancelled, too
        await kernel.run(CHAT)
    assert await kernel.run(HELLO) == "hello"
    assert "done" in await kernel.run(HANDLER.format(line="pass"))
    await kernel.run("await lab.finish()")


FUNCTION = """
from labkit.exercises.check import check_answer
from labkit.exercises.exercise import Exercise

async def judge(answer, child):
    answer()

exercise = Exercise("made.up", "made up", "", "def answer(): ...", (), "", (), judge, "")
def answer():
    {line}
print(await check_answer(exercise, answer))
"""


@pytest.mark.parametrize(
    ("line", "said"),
    [("while True: pass", "was stopped at `while True: pass`"), ("sys.exit()", "sys.exit()")],
)
async def test_a_plain_function_does_not_end_the_kernel(
    kernel: Kernel, line: str, said: str
) -> None:
    """It runs in a task of its own, not under the cell, so an endless loop in it is broken."""
    await kernel.run(CHAT)
    assert said in await kernel.run(FUNCTION.format(line=line), timeout=10)
    assert await kernel.run(HELLO) == "hello"


READER = """
import socket
ends = socket.socketpair()
ends[1].send(b"x")
def leave():
    asyncio.get_running_loop().remove_reader(ends[0])
    sys.exit()
asyncio.get_running_loop().add_reader(ends[0], leave)
"""

PROTOCOL = """
class Leaving(asyncio.Protocol):
    def data_received(self, data):
        sys.exit()
listening = await asyncio.get_running_loop().create_server(Leaving, "127.0.0.1", 0)
_, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
writer.write(b"x")
"""


@pytest.mark.parametrize(
    "code",
    [
        "asyncio.get_running_loop().call_soon(asyncio.get_running_loop().stop)",
        "asyncio.get_running_loop().call_soon(sys.exit)",
        "asyncio.get_running_loop().call_later(0.01, lambda: sys.exit(3))",
        "async def leave(): raise KeyboardInterrupt\ntask = asyncio.create_task(leave())",
        pytest.param(
            READER,
            marks=pytest.mark.skipif(
                sys.platform == "win32", reason="Windows' loop has no readers and writers"
            ),
        ),
        PROTOCOL,
    ],
)
async def test_a_cell_does_not_end_the_loop(kernel: Kernel, code: str) -> None:
    """What leaves later, when the cell is done, is a background error, and the kernel goes on."""
    await kernel.run(CHAT)
    await kernel.run(code)
    # sleeps: until what the cell left for later has run
    await kernel.run("for _ in range(3): await asyncio.sleep(0.02)")
    assert await kernel.run(HELLO) == "hello"
    assert "would end the kernel" in await kernel.run("print(lab.errors())")


async def test_a_cell_that_stops_the_loop_gets_an_error(kernel: Kernel) -> None:
    """At once, and with the reason; the kernel's own end works as before."""
    await kernel.run(CHAT)
    with pytest.raises(CellError, match=r"`loop\.stop\(\)` would end the kernel"):
        await kernel.run("asyncio.get_running_loop().stop()")
    assert await kernel.run(HELLO) == "hello"
    await kernel.manager.shutdown_kernel(now=False)
    assert not await kernel.manager.is_alive()


async def test_an_interrupt_ends_a_check(kernel: Kernel) -> None:
    """Jupyter's interrupt cancels the cell at once; everything of the check is closed."""
    await kernel.run(CHAT)
    begun = asyncio.Event()
    code = FUNCTION.format(line="pass").replace(
        "    answer()\n", "    print('begun', flush=True)\n    await asyncio.Event().wait()\n"
    )
    # the function must be touched for the judge to run
    code = code.replace("    pass", "    return 1")
    checking = asyncio.create_task(kernel.run(code, begun=begun))
    await asyncio.wait_for(begun.wait(), 10)
    started = time.monotonic()
    await kernel.manager.interrupt_kernel()
    with pytest.raises(CellError, match="CancelledError"):
        await checking
    assert time.monotonic() - started < 3
    assert await kernel.run(HELLO) == "hello"
    await kernel.run("await lab.finish()")
