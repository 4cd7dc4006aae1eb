"""Windows' event loop on any system: asyncio's own proactor loop and transports, over a selector.

The kernel's loop on Windows is asyncio's `ProactorEventLoop` (ipykernel 7.4, `thread.py`). All of
it but the system calls is plain Python that asyncio brings along everywhere. `Proactor` stands for
those: it completes a read, a write, an accept or a connect when a selector says that it can be
done. What Windows' TCP itself does differently is not shown; Linux refuses to shut down a socket
whose both directions have ended, Windows one that was reset.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
from asyncio.proactor_events import BaseProactorEventLoop
from collections.abc import Callable
from typing import Any

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Operation(asyncio.Future[Any]):
    """What was asked for; one that is cancelled is not tried any more, as with CancelIoEx."""

    def __init__(self, forget: Callable[[Operation], None], loop: asyncio.AbstractEventLoop):
        super().__init__(loop=loop)
        self._forget = forget

    def cancel(self, msg: Any | None = None) -> bool:
        self._forget(self)
        return super().cancel(msg)


class Proactor:
    """In the place of asyncio's `IocpProactor`, with those of its methods that sockets need."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._pending: dict[int, dict[int, tuple[Operation, Callable[[], Any]]]] = {}
        self._loop: asyncio.AbstractEventLoop

    def set_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        """Complete what can be completed; the loop looks for nothing in the answer."""
        for key, mask in self._selector.select(timeout):
            for event in (READ, WRITE):
                operation, attempt = self._pending[key.fd].get(event, (None, None))
                if not mask & event or operation is None or attempt is None:
                    continue
                try:
                    result = attempt()
                except BlockingIOError:
                    continue
                except OSError as error:
                    operation.set_exception(error)
                else:
                    operation.set_result(result)
                self._change(key.fd, event, None)
        return []

    def close(self) -> None:
        self._selector.close()

    def recv(self, sock: socket.socket, size: int) -> Operation:
        return self._ask(sock, READ, lambda: sock.recv(size))

    def recv_into(self, sock: socket.socket, buffer: bytearray) -> Operation:
        return self._ask(sock, READ, lambda: sock.recv_into(buffer))

    def accept(self, listener: socket.socket) -> Operation:
        def attempt() -> tuple[socket.socket, Any]:
            sock, address = listener.accept()
            sock.setblocking(False)
            return sock, address

        return self._ask(listener, READ, attempt)

    def send(self, sock: socket.socket, data: bytes) -> Operation:
        """Complete when all of it is on its way, not before."""
        rest = memoryview(data)

        def attempt() -> int:
            nonlocal rest
            while rest:
                rest = rest[sock.send(rest) :]
            return len(data)

        return self._ask(sock, WRITE, attempt)

    def connect(self, sock: socket.socket, address: Any) -> Operation:
        sock.connect_ex(address)

        def attempt() -> socket.socket:
            if error := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(error, "cannot connect")
            return sock

        return self._ask(sock, WRITE, attempt)

    def _stop_serving(self, listener: socket.socket) -> None:
        """Nothing is left to do: the loop has cancelled the accept."""

    def _ask(self, sock: socket.socket, event: int, attempt: Callable[[], Any]) -> Operation:
        fd = sock.fileno()

        def forget(operation: Operation) -> None:
            if self._pending.get(fd, {}).get(event, (None,))[0] is operation:
                self._change(fd, event, None)

        operation = Operation(forget, self._loop)
        self._change(fd, event, (operation, attempt))
        return operation

    def _change(
        self, fd: int, event: int, asked: tuple[Operation, Callable[[], Any]] | None
    ) -> None:
        """Note or forget an operation, and have the selector look for what is left."""
        before = self._pending.setdefault(fd, {})
        watched = bool(before)
        if asked is None:
            del before[event]
        else:
            assert event not in before, "a second operation of the same kind"
            before[event] = asked
        if watched and before:
            self._selector.modify(fd, sum(before))
        elif before:
            self._selector.register(fd, sum(before))
        else:
            self._selector.unregister(fd)


class ProactorLoop(BaseProactorEventLoop):
    """As asyncio's `ProactorEventLoop`, without pipes and processes."""

    def __init__(self) -> None:
        super().__init__(Proactor())

    def run_forever(self) -> None:
        self.call_soon(self._loop_self_reading)
        try:
            super().run_forever()
        finally:
            if self._self_reading_future is not None:
                self._self_reading_future.cancel()
                self._self_reading_future = None
