"""What would end the kernel's loop; `tests/kernel` tries the same in a real kernel."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType, SimpleNamespace

import pytest
from tornado.ioloop import IOLoop

import labkit
from labkit import bench
from labkit.loop.loop_guard import LoopGuard
from tests.conftest import soon, turn_loop


def leave(*arguments: object) -> None:
    """Leave the program."""
    sys.exit("bye")


class Leaving:
    """An object whose method leaves the program."""

    def leave(self) -> None:
        """Leave."""
        raise SystemExit

    def interrupt(self) -> None:
        """Leave as with Ctrl-C."""
        raise KeyboardInterrupt


EXITS: list[Callable[[], object]] = [
    leave,
    lambda: sys.exit(3),
    sys.exit,
    partial(sys.exit, 3),
    partial(leave, 3),
    Leaving().leave,
    Leaving().interrupt,
]


@pytest.mark.parametrize("number", range(len(EXITS)))
async def test_a_callback_that_leaves_ends_alone(lab: ModuleType, number: int) -> None:
    """Whichever way it was handed to the loop, the loop goes on, and the error is reported."""
    loop, callback = asyncio.get_running_loop(), EXITS[number]
    done = loop.create_future()
    loop.call_soon(callback)
    loop.call_soon_threadsafe(callback)
    loop.call_later(0.001, callback)
    loop.call_later(0.002, done.set_result, None)
    await done
    errors = lab.errors()
    assert len(errors) == 3
    assert all("TaskExited: This callback " in error.what for error in errors)
    assert "which would end the kernel, so only the callback was ended" in errors[0].what


async def test_a_callback_of_a_task_that_leaves_ends_alone(lab: ModuleType) -> None:
    """So does one that runs when a task is done."""
    task = asyncio.create_task(turn_loop())
    task.add_done_callback(leave)
    await task
    await turn_loop()
    (error,) = lab.errors()
    assert "sys.exit('bye')" in error.what and error.source_line.line == 'sys.exit("bye")'


@pytest.mark.skipif(sys.platform == "win32", reason="Windows' loop has no readers and writers")
async def test_a_callback_of_a_socket_that_leaves_ends_alone(lab: ModuleType) -> None:
    """So does one that runs when a socket can be read or written."""
    loop = asyncio.get_running_loop()
    reading, writing = socket.socketpair()
    with reading, writing:
        writing.send(b"x")
        for add, remove, end in (
            (loop.add_reader, loop.remove_reader, reading),
            (loop.add_writer, loop.remove_writer, writing),
        ):
            left = asyncio.Event()

            def leave_once(remove=remove, end=end, left=left) -> None:  # type: ignore[no-untyped-def]
                remove(end)
                left.set()
                sys.exit("bye")

            add(end, leave_once)
            await left.wait()
            (error,) = lab.errors()
            assert "This callback called sys.exit('bye')" in error.what


async def test_other_callbacks_are_not_touched(lab: ModuleType) -> None:
    """They get their arguments in their context, can be cancelled, and their errors are theirs."""
    loop, seen = asyncio.get_running_loop(), list[object]()
    loop.call_soon(seen.append, 1)
    loop.call_soon(lambda a, b: seen.append((a, b)), 2, 3)
    loop.call_soon(lambda: seen.append("never")).cancel()
    loop.call_soon(lambda: int("x"))
    await turn_loop()
    assert seen == [1, (2, 3)]
    assert [error.what.partition(":")[0] for error in lab.errors()] == ["ValueError"]


async def test_stopping_the_loop_is_refused(lab: ModuleType) -> None:
    """With a sentence, at once or from a callback; the loop goes on."""
    loop = asyncio.get_running_loop()
    with pytest.raises(lab.LabError, match="would end the kernel"):
        loop.stop()
    for callback in (loop.stop, partial(loop.stop), lambda: loop.stop()):
        loop.call_soon(callback)
        await turn_loop(2)
        (error,) = lab.errors()
        assert error.what.startswith("LabError: `loop.stop()` would end the kernel")


@pytest.mark.usefixtures("lab")
async def test_a_kernel_stops_its_own_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """ipykernel asks tornado to stop, whose call goes through to the loop."""
    stopped = list[str]()
    guard = bench.current().monitor._guard
    io_loop = IOLoop.current()
    with monkeypatch.context() as changed:
        changed.setitem(guard._former, "stop", lambda: stopped.append("stopped"))
        io_loop.add_callback(io_loop.stop)
        await soon(lambda: stopped)


async def test_what_was_there_comes_back(lab: ModuleType) -> None:
    """The loop has its own methods again, and what others had put before them."""
    loop = asyncio.get_running_loop()
    bench.current().stop()
    assert not {"stop", "call_soon", "call_at", "add_reader", "create_server"} & set(vars(loop))
    other = SimpleNamespace(loop=loop).loop.call_soon
    vars(loop)["call_soon"] = other
    guard = LoopGuard(loop)
    guard.install()
    assert vars(loop)["call_soon"] is not other
    guard.uninstall()
    assert vars(loop).pop("call_soon") is other


@pytest.fixture
def own_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Give a loop that a program runs itself."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def test_a_program_may_stop_its_own_loop(own_loop: asyncio.AbstractEventLoop) -> None:
    """A learner's program that runs a loop ends it as it likes, but not from within a check."""
    refused = list[str]()

    async def in_a_run() -> None:
        async with bench.current().child():
            try:
                own_loop.stop()
            except labkit.LabError:
                refused.append("in a run")

    async def main() -> None:
        await labkit.fresh()
        await in_a_run()
        own_loop.call_later(0.001, own_loop.stop)

    task = own_loop.create_task(main())
    own_loop.run_forever()
    assert task.done() and refused == ["in a run"]

    async def close() -> None:
        bench.current().stop()

    own_loop.run_until_complete(close())


def test_a_program_may_leave_from_a_callback_of_its_loop() -> None:
    """A learner's program ends with `sys.exit` in a callback, as it would without labkit."""

    async def main() -> None:
        await labkit.fresh()
        try:
            asyncio.get_running_loop().call_soon(leave)
            await asyncio.sleep(60)  # sleeps: until the program ends
        finally:
            bench.current().stop()

    with pytest.raises(SystemExit, match="bye"):
        asyncio.run(main())
