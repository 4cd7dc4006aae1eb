"""The bench inside a real kernel: interrupt, blocked loop, restart, a second kernel."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from labkit.shell.interrupts import SENTENCE
from tests.conftest import soon
from tests.kernel.conftest import CellError, Kernel, running_kernel

CHAT = """
import asyncio, time
import labkit as lab
await lab.fresh()
server = await lab.serve("websocket")
alice = await lab.connect(server, "alice")
bob = await lab.connect(server, "bob")
"""

HELLO = 'await alice.say("hello"); print(await bob.hears("hello"))'

BLOCKING = """
async def blocking(websocket):
    async for message in websocket:
        if message == "spin":
            while True: pass
        # sleeps: the block is what is tested
        time.sleep(60)
blocked = await lab.serve(blocking)
carol = await lab.connect(blocked, "carol")
"""

FAULT = """
from labkit.faults import BlackHole, Latency
handle = alice.link.add({fault})
"""

LINK_AND_CROWD = """
import os
from labkit.faults import BlackHole, Latency
link = await lab.link(server)
crowd = await lab.crowd(server, 3)
print(os.getpid(), server.port, link.port)
"""

IN_A_BLOCK = """
with alice.link.add(BlackHole()):
    await alice.say("held")
    print("awaiting", flush=True)
    await bob.hears("held", 60)
"""


no_sleep_is_broken = pytest.mark.skipif(
    sys.platform == "win32", reason="nothing breaks a sleep on Windows"
)


async def test_an_interrupt_ends_an_await_at_once_and_the_chat_goes_on(kernel: Kernel) -> None:
    """Jupyter's interrupt ends an awaiting cell within 0.5 s, and says so in few lines."""
    await kernel.run(CHAT + "print('ready')")
    begun = asyncio.Event()
    cell = "print('awaiting', flush=True)\nawait bob.ends(60)"
    awaiting = asyncio.create_task(kernel.run(cell, begun=begun))
    await asyncio.wait_for(begun.wait(), 10)
    started = time.monotonic()
    await kernel.manager.interrupt_kernel()
    with pytest.raises(CellError, match="CancelledError") as caught:
        await awaiting
    assert time.monotonic() - started < 2  # 0.5 s on an idle machine; without the ticker: 60 s
    assert caught.value.shown.endswith(SENTENCE) and len(caught.value.shown.splitlines()) < 10
    assert await kernel.run(HELLO) == "hello"


@pytest.mark.parametrize("how", ["spin", pytest.param("sleep", marks=no_sleep_is_broken)])
async def test_a_handler_that_blocks_is_broken_and_named(kernel: Kernel, how: str) -> None:
    """An endless loop or a long sleep in a handler ends with 1011; the others chat on."""
    await kernel.run(CHAT + BLOCKING)
    started = time.monotonic()
    ended = await kernel.run(f'await carol.say("{how}"); print(await carol.ends(10))')
    assert time.monotonic() - started < 10
    assert ended.startswith("1011")
    assert await kernel.run(HELLO) == "hello"
    # sleeps: not here, but in the line that is named
    line = "while True: pass" if how == "spin" else "time.sleep(60)"
    errors = await kernel.run("print(lab.errors())")
    assert "LoopBlocked" in errors and f"`{line}`" in errors
    await kernel.run("await lab.finish()")


async def test_a_task_that_calls_exit_does_not_end_the_kernel(kernel: Kernel) -> None:
    """Only the task ends; the chat goes on, and the error names the learner's line."""
    await kernel.run(CHAT)
    code = (
        "import sys\nasync def leave():\n    sys.exit('bye')\ntask = asyncio.create_task(leave())"
    )
    await kernel.run(code)
    assert await kernel.run(HELLO) == "hello"
    said = await kernel.run("print(lab.errors())")
    assert "TaskExited: This task called sys.exit('bye')" in said and "task `leave`" in said


async def test_a_cell_that_blocks_is_left_alone(kernel: Kernel) -> None:
    """A cell of the learner's own may block; only the interrupt button ends it."""
    await kernel.run(CHAT)
    # sleeps: the block is what is tested
    assert await kernel.run("time.sleep(4.6); print('awake')") == "awake"
    assert await kernel.run("print(lab.errors())") == "[]"
    assert await kernel.run(HELLO) == "hello"


async def test_a_foreign_client_is_told_when_the_kernel_restarts(kernel: Kernel) -> None:
    """A client from outside sees 1001 at a graceful restart, and the port is free again."""
    port = int(await kernel.run(CHAT + "print(server.port)"))
    async with connect(f"ws://127.0.0.1:{port}/", proxy=None) as guest:
        await kernel.manager.restart_kernel(now=False)
        with pytest.raises(ConnectionClosed):
            while True:
                await asyncio.wait_for(guest.recv(), 5)
    assert guest.close_code == 1001
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_notebook_runs_again_after_an_unfinished_first_run(kernel: Kernel) -> None:
    """`fresh` closes what an earlier run left, and the same cells work again."""
    await kernel.run(CHAT)
    await kernel.run(CHAT)
    assert await kernel.run(HELLO) == "hello"
    await kernel.run("await lab.finish()")


async def test_two_notebooks_do_not_disturb_each_other(kernel: Kernel) -> None:
    """The same cells in two kernels at once: two servers, two ports, no crosstalk."""
    async with running_kernel() as other:
        ports = await asyncio.gather(
            kernel.run(CHAT + "print(server.port)"), other.run(CHAT + "print(server.port)")
        )
        assert ports[0] != ports[1]
        assert await asyncio.gather(kernel.run(HELLO), other.run(HELLO)) == ["hello", "hello"]
        count, finish = "print(len(bob.inbox))", "await lab.finish()"
        assert await asyncio.gather(kernel.run(count), other.run(count)) == ["2", "2"]
        await asyncio.gather(kernel.run(finish), other.run(finish))


async def test_a_killed_kernel_leaves_no_port(kernel: Kernel) -> None:
    """After SIGKILL foreign clients see 1006, and nothing listens any more."""
    port = int(await kernel.run(CHAT + "print(server.port)"))
    async with connect(f"ws://127.0.0.1:{port}/", proxy=None) as guest:
        await guest.recv()
        await kernel.manager.shutdown_kernel(now=True)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(guest.recv(), 5)
    assert guest.close_code == 1006
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)


@pytest.mark.parametrize("fault", ["BlackHole()", "Latency(60)"])
async def test_an_interrupt_during_a_fault_changes_nothing_but_the_cell(
    kernel: Kernel, fault: str
) -> None:
    """The cell ends at once; fault, link and connection stay, and what was held arrives later."""
    await kernel.run(CHAT + FAULT.format(fault=fault))
    print_state = "print(list(alice.link.faults) == [handle], alice.link.state, alice.state)"
    await kernel.run('await alice.say("held")')
    begun = asyncio.Event()
    cell = "print('awaiting', flush=True)\nawait bob.hears('held', 60)"
    awaiting = asyncio.create_task(kernel.run(cell, begun=begun))
    await asyncio.wait_for(begun.wait(), 10)
    started = time.monotonic()
    await kernel.manager.interrupt_kernel()
    with pytest.raises(CellError, match="CancelledError"):
        await awaiting
    assert time.monotonic() - started < 2  # without the ticker: 60 s
    assert await kernel.run(print_state) == "True whole open"
    assert await kernel.run("handle.remove(); print(await bob.hears('held'))") == "held"
    assert await kernel.run(HELLO) == "hello"
    await kernel.run("await lab.finish()")


async def test_an_interrupt_ends_the_fault_of_a_with_block(kernel: Kernel) -> None:
    """The block ends, its fault goes, and what it held arrives."""
    await kernel.run(CHAT + "from labkit.faults import BlackHole")
    begun = asyncio.Event()
    awaiting = asyncio.create_task(kernel.run(IN_A_BLOCK, begun=begun))
    await asyncio.wait_for(begun.wait(), 10)
    await kernel.manager.interrupt_kernel()
    with pytest.raises(CellError, match="CancelledError"):
        await awaiting
    assert await kernel.run("print(await bob.hears('held'), alice.link.faults)") == "held none"
    await kernel.run("await lab.finish()")


@pytest.mark.parametrize(
    ("how", "fault", "codes"),
    [
        ("restart", "Latency(0.1)", (1001, 1001)),
        ("restart", "BlackHole()", (1001, 1006)),
        ("kill", "Latency(0.1)", (1006, 1006)),
        ("kill", "BlackHole()", (1006, 1006)),
    ],
)
async def test_a_kernel_that_ends_during_a_fault_leaves_nothing(
    kernel: Kernel, how: str, fault: str, codes: tuple[int, int]
) -> None:
    """Foreign clients see its end, one behind the fault too; no port and no process stays."""
    pid, *ports = map(int, (await kernel.run(CHAT + LINK_AND_CROWD)).split())
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    assert len(processes) == 2, "the kernel and its crowd"
    direct, damaged = [await connect(f"ws://127.0.0.1:{port}/", proxy=None) for port in ports]
    await kernel.run(f"handle = link.add({fault})")
    if how == "restart":
        await kernel.manager.restart_kernel(now=False)
    else:
        await kernel.manager.shutdown_kernel(now=True)
    for guest in (direct, damaged):
        await asyncio.wait_for(guest.wait_closed(), 5)
    assert (direct.close_code, damaged.close_code) == codes
    await soon(lambda: not any(map(runs, processes)))
    for port in ports:
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", port)


def runs(process: psutil.Process) -> bool:
    """Whether a process has not ended."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


async def test_a_forgotten_await_is_named(kernel: Kernel) -> None:
    """The cell's value says so, with the line to type; nothing is said under the next cells."""
    await kernel.run(CHAT)
    values: list[str] = []

    def collect(message: dict[str, Any]) -> None:
        if message["msg_type"] == "execute_result":
            values.append(message["content"]["data"]["text/plain"])

    await kernel.client.execute_interactive('alice.say("hi")', output_hook=collect)
    assert 'is awaited. Type `await alice.say("hi")`.' in values[0]
    assert await kernel.run("import gc; _ = Out.clear(); print(gc.collect() >= 0)") == "True"


CROWD = """
import labkit as lab
from labkit.backoff import Backoff
await lab.fresh()
crowd = await lab.crowd(await lab.serve("websocket"), 5, reconnect=Backoff(0.3, jitter="none"))
print(crowd._child.pid)
"""

BACK = """
crowd.link.reset()
await crowd.until_connected(0)
await crowd.until_connected(within=10)
print(crowd, crowd.attempts)
"""


@pytest.mark.parametrize("now", [False, True])
async def test_a_crowd_survives_an_interrupt_and_ends_with_its_kernel(
    kernel: Kernel, now: bool
) -> None:
    """Jupyter interrupts each process of a kernel's group; a restart, or a kill, ends them all."""
    pid = int(await kernel.run(CROWD))
    begun = asyncio.Event()
    cell = "print('awaiting', flush=True)\nawait crowd.until_connected(0, within=60)"
    awaiting = asyncio.create_task(kernel.run(cell, begun=begun))
    await asyncio.wait_for(begun.wait(), 10)
    await kernel.manager.interrupt_kernel()
    with pytest.raises(CellError, match="CancelledError"):
        await awaiting
    assert await kernel.run(BACK) == "<Crowd 'crowd': 5 clients, running> 10"
    await kernel.manager.restart_kernel(now=now)
    await soon(lambda: not psutil.pid_exists(pid))


MEASURING = """
import psutil
from labkit.measure.instruments.echo import EXPERIMENT
async with EXPERIMENT.open() as measure:
    print(len(psutil.Process().children()), flush=True)
    while True:
        await measure()
"""

LEFT = "print([each for each in psutil.Process().children() if each.status() != 'zombie'])"


async def test_an_interrupt_of_a_measurement_leaves_no_process(kernel: Kernel) -> None:
    """Servers and clients in processes of their own end with the cell that measures them."""
    begun = asyncio.Event()
    measuring = asyncio.create_task(kernel.run(MEASURING, begun=begun))
    await asyncio.wait_for(begun.wait(), 30)
    await kernel.manager.interrupt_kernel()
    with pytest.raises(CellError, match="CancelledError"):
        await measuring
    assert await kernel.run(LEFT) == "[]"
