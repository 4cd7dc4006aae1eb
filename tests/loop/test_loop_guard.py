"""What would end the kernel's loop; `tests/kernel` tries the same in a real kernel."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType

import pytest
from tornado.ioloop import IOLoop

import labkit
from labkit import bench
from labkit.loop.loop_guard import LoopGuard
from tests.conftest import soon, turn_loop
from tests.support.ends import close


def leave(*arguments: object) -> None:
    """Leave the program."""
    sys.exit("bye")


async def leave_soon() -> None:
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


class LeavingProtocol(asyncio.Protocol):
    """A protocol that leaves the program at the first bytes."""

    def data_received(self, data: bytes) -> None:
        """Leave."""
        sys.exit("bye")


class LeavingBuffered(asyncio.BufferedProtocol):
    """Another kind of protocol that does."""

    def get_buffer(self, sizehint: int) -> bytearray:
        """Return a buffer."""
        return bytearray(10)

    def buffer_updated(self, nbytes: int) -> None:
        """Leave."""
        raise KeyboardInterrupt


class LeavingAtOnce(asyncio.Protocol):
    """A protocol that leaves the program before the first bytes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Leave."""
        transport.close()
        sys.exit("bye")


class LeavingDatagrams(asyncio.DatagramProtocol):
    """A protocol of datagrams that leaves the program at the first one."""

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Leave."""
        sys.exit("bye")


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


@pytest.mark.parametrize("protocol", [LeavingProtocol, LeavingBuffered, LeavingAtOnce])
async def test_it_does_not_end_the_loop(
    protocol: type[asyncio.BaseProtocol], lab: ModuleType
) -> None:
    """The loop goes on, also for the next connection, and each error is a background error."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol_factory=protocol, host="127.0.0.1", port=0)
    async with server:
        for _ in range(2):
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello")
            await soon(bench.current().monitor.background_errors.pending_errors)
            await close(writer)
            (error,) = lab.errors()
            assert error.what.startswith("TaskExited: This callback ")


async def test_a_protocol_of_datagrams(lab: ModuleType) -> None:
    """So does one without connections."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(LeavingDatagrams, ("127.0.0.1", 0))
    transport.sendto(b"x", transport.get_extra_info("sockname"))
    await soon(lambda: bench.current().monitor.background_errors.pending_errors())
    transport.close()
    (error,) = lab.errors()
    assert "sys.exit('bye')" in error.what


@pytest.mark.on_proactor
@pytest.mark.parametrize("protocol", [LeavingProtocol, LeavingBuffered, LeavingAtOnce])
async def test_in_a_run_it_does_not_end_the_loop_either(
    protocol: type[asyncio.BaseProtocol], lab: ModuleType
) -> None:
    """Neither does it with Windows' transports; those do not always say whose the error is."""
    loop, around = asyncio.get_running_loop(), bench.current()
    async with around.child() as child:
        collectors = [around.monitor.background_errors, child.monitor.background_errors]
        server = await loop.create_server(protocol, "127.0.0.1", 0)
        async with server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello")
            await soon(lambda: any(each.pending_errors() for each in collectors))
            await close(writer)  # from Python 3.12 on, the server waits for this
        (error,) = [*child.take_errors(), *collectors[0].take_errors()]
        assert error.what.startswith("TaskExited: This callback ")


async def test_in_a_run_it_is_the_runs(lab: ModuleType) -> None:
    """On a child bench, the error is the child's."""
    loop = asyncio.get_running_loop()
    async with bench.current().child() as child:
        server = await loop.create_server(LeavingBuffered, "127.0.0.1", 0)
        async with server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello")
            await soon(child.monitor.background_errors.pending_errors)
            await close(writer)  # from Python 3.12 on, the server waits for this
        assert len(child.take_errors()) == 1
    assert lab.errors() == []


@pytest.mark.parametrize("protocol", [LeavingProtocol, LeavingBuffered])
async def test_the_connection_of_one_that_leaves_ends(
    protocol: type[asyncio.BaseProtocol], lab: ModuleType
) -> None:
    """As after any other exception, so that its peer does not wait for ever."""
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello")
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        await close(writer)
    (error,) = lab.errors()
    assert error.where.startswith("callback `")


async def test_one_that_took_over_a_connection_ends_alone(lab: ModuleType) -> None:
    """So does a protocol that was set on a transport, and what `start_server` was given."""
    left = list[object]()

    def leave_server(reader: object, writer: asyncio.StreamWriter) -> None:
        left.append(reader)
        writer.transport.set_protocol(LeavingProtocol())
        sys.exit("early")

    server = await asyncio.start_server(leave_server, "127.0.0.1", 0)
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        await soon(lambda: left)
        writer.write(b"hello")
        await soon(lambda: len(bench.current().monitor.background_errors.pending_errors()) == 2)
        await close(writer)
    early, late = lab.errors()
    assert "'early'" in early.what and "'bye'" in late.what


async def test_a_librarys_task_that_leaves_ends_alone(lab: ModuleType) -> None:
    """A library may run a learner's function in a task of its own."""
    task = asyncio.Task(leave_soon())  # made past the loop's task factory
    await asyncio.wait([task])
    (error,) = lab.errors()
    assert error.what.startswith("TaskExited: This task called sys.exit('bye')")
    assert error.where == "task `leave_soon`" and isinstance(error.exception.__cause__, SystemExit)
    del task
    assert lab.errors() == []


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
        changed.setattr(guard, "_former_stop", lambda: stopped.append("stopped"))
        io_loop.add_callback(io_loop.stop)
        await soon(lambda: stopped)


async def test_what_was_there_comes_back(lab: ModuleType) -> None:
    """The loop has its own methods again, and what others had put before them."""
    loop = asyncio.get_running_loop()
    bench.current().stop()
    assert not {"stop", "_run_once"} & set(vars(loop))

    def others() -> None: ...

    loop.stop = others  # type: ignore[method-assign]
    guard = LoopGuard(loop)
    guard.install()
    assert loop.stop is not others
    guard.uninstall()
    assert vars(loop).pop("stop") is others


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
