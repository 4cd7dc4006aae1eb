"""A server that hosts an `aiohttp` application as it is.

The application's own handlers answer. Everything that can be guarded from outside is: the origin
policy, silent connections, the read limit, and a clean end.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from functools import partial
from typing import Any, cast

from aiohttp import web
from aiohttp.hdrs import SEC_WEBSOCKET_EXTENSIONS

from labkit.clock import clock
from labkit.loop.exception_groups import describe_exception
from labkit.loop.lifetime import Lifetime, current_lifetime
from labkit.protocols.close_codes import CloseCode
from labkit.sockets.read_limit import limit_reads
from labkit.transports import contract
from labkit.transports.cancelled import end_tasks, is_being_cancelled
from labkit.transports.contract import Connection, ServerSettings
from labkit.transports.hosted import claim_hosting, release_hosting
from labkit.transports.http.aiohttp_server import (
    Answer,
    add_hooks,
    connection_of,
    task_of,
    why_malformed,
)
from labkit.transports.http.failures import AiohttpLog, is_connection_lost
from labkit.transports.http.listening_sockets import start_listening, stop_listening
from labkit.transports.http.sockets import (
    OpenSocket,
    OpenSockets,
    SocketConnection,
    client_port,
)
from labkit.transports.settings import CLOSE_TIMEOUT, HEARTBEAT

CANCEL_TIMEOUT = 0.3
"""Seconds that cancelled tasks get to end when a server stops. Not scaled."""


class Server(contract.Server):
    """A web server.

    Parameters
    ----------
    app
        The application.
    settings
        The server's settings.
    """

    protocol = "http"
    scheme = "http"
    sockets_each = 2  # one waits for an answer, one sends

    def __init__(self, app: web.Application, settings: ServerSettings) -> None:
        super().__init__(settings)
        self.app = app
        self.open = OpenSockets()
        self._serving: set[asyncio.Task[Any]] = set()
        self._waiting: dict[web.RequestHandler, web.Request] = {}
        self._runner: web.AppRunner | None = None
        self._listening: list[asyncio.Server] = []
        self._answer: Answer | None = None

    @property
    def raw(self) -> web.Application:
        """The library's own object."""
        return self.app

    async def _start(self) -> None:
        """Listen. Raises LabError if the port is not available."""
        claim_hosting(*self._hosted_things())
        log = logging.Logger(f"labkit.{self.name}", logging.DEBUG)
        log.addHandler(AiohttpLog(self._logged))
        runner = web.AppRunner(
            self.app,
            access_log=None,
            keepalive_timeout=clock.seconds(HEARTBEAT),  # it also ends silent connections
            lingering_time=clock.seconds(CLOSE_TIMEOUT),  # for the rest of a body that nobody reads
            shutdown_timeout=0.05,
            logger=log,
        )
        try:
            await self._host(runner)
        except BaseException:
            self._release()
            await runner.cleanup()
            raise
        self._runner = runner
        self.port = self._listening[0].sockets[0].getsockname()[1]
        self.running = True
        self.changes.notify()

    async def _host(self, runner: web.AppRunner) -> None:
        await runner.setup()
        assert runner.server is not None
        self._answer = add_hooks(runner.server, self)
        await self._listen(partial(start_listening, runner.server, self._listening))

    def _hosted_things(self) -> list[Any]:
        """Return the library's objects that this server hosts while it runs."""
        return [self.app]

    def _release(self) -> None:
        release_hosting(*self._hosted_things())

    async def _stop(self) -> None:
        """Refuse new clients, close each WebSocket with 1001, and end, within 3 s."""
        self.running = False
        runner, self._runner = self._runner, None
        if runner is None:
            return
        self._release()
        await stop_listening(self._listening)
        await self.end_connections()
        await runner.cleanup()
        # the library forgets tasks whose connection has ended; one of them may have called this
        await end_tasks(self._serving, CANCEL_TIMEOUT)
        self.changes.notify()

    async def end_connections(self) -> None:
        """Close each WebSocket with 1001; abort those that stay silent for 2 s (scaled)."""
        await self.open.close_all()

    async def _disconnect(self, connection: Connection) -> None:
        """Close a connection's WebSocket with 1000."""
        await cast("web.WebSocketResponse", connection.raw).close(message=b"the server ended it")

    def _queued_bytes(self, connection: Connection) -> int | None:
        transport = cast("SocketConnection", connection).request.transport
        return None if transport is None else int(transport.get_write_buffer_size())

    def _abort(self, connection: Connection) -> None:
        transport = cast("SocketConnection", connection).request.transport
        if transport is not None:
            transport.abort()

    # requests

    def on_connected(self, connection: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Limit what is read from a new connection, and refuse it if there are too many."""
        limit_reads(transport)
        self.admit(connection, transport)

    def on_disconnected(self, connection: web.RequestHandler) -> None:
        """End the poll that waits on a connection which has ended."""
        self.connection_limit.discard(connection)
        request = self._waiting.pop(connection, None)
        if request is not None:
            task_of(request).cancel()

    async def answer_or_refuse(self, request: web.BaseRequest) -> web.StreamResponse:
        """Pass a request to the application, or refuse it."""
        task = task_of(request)
        if task not in self._serving:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        headers, connection, lifetime = request.headers, connection_of(request), Lifetime()
        before = current_lifetime.set(lifetime)
        try:
            if self.connection_limit.is_surplus(connection):
                return self.refuse_surplus(self.connection_limit.refusal)
            target = request.path_qs if self.token else ""  # aiohttp builds it for each request
            refusal = self.refusal(target, partial(headers.getall, default=()))
            if refusal is not None:
                return self.refuse(refusal.status, f"{refusal.why}.")
            if SEC_WEBSOCKET_EXTENSIONS in headers:
                # compression would hide the text on the wire
                plain = headers.copy()
                del plain[SEC_WEBSOCKET_EXTENSIONS]
                request = request.clone(headers=plain)
            return await self.handle(cast("web.Request", request))
        finally:
            lifetime.is_over = True
            current_lifetime.reset(before)
            self._closed(connection)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Let the application answer, and report its mistakes."""
        try:
            return await self.answer(request)
        except web.HTTPException as error:
            return self.answer_of(error)
        except web.RequestPayloadError as error:
            return self.refuse(400, f"Its body cannot be read: {error}")
        except (Exception, asyncio.CancelledError) as error:
            if is_connection_lost(error) and request.transport is None:
                raise  # the request's own connection has ended, which is not a mistake
            if isinstance(error, asyncio.CancelledError) and is_being_cancelled():
                raise
            self.on_handler_error(
                error, self.requester_name(request), f"{request.method} {request.path}"
            )
            raise

    def answer_of(self, error: web.HTTPException) -> web.StreamResponse:
        """Return the answer that the application has raised, or raise it for aiohttp to send."""
        raise error

    def answer(self, request: web.Request) -> Awaitable[web.StreamResponse]:
        """Let the application answer."""
        assert self._answer is not None
        return self._answer(request)

    async def answer_while_connected(self, request: web.Request) -> web.StreamResponse:
        """Let the application answer a request, which is cancelled when its connection ends.

        Otherwise it would go on waiting, and the next message to it would be lost.
        """
        connection = connection_of(request)
        self._waiting[connection] = request
        try:
            return await Server.answer(self, request)
        finally:
            self._waiting.pop(connection, None)

    def abort_waiting(self) -> None:
        """Abort the connections of the polls that wait for an answer."""
        for request in self._waiting.values():
            if request.transport is not None:
                request.transport.abort()

    def requester_name(self, request: web.BaseRequest) -> str:
        """Return the name of the client that sent a request, or "a request"."""
        return self.find_name(client_port(request)) or "a request"

    def refuse(self, status: int, why: str) -> web.Response:
        """Return the response that refuses a request, and log it."""
        response = web.Response(status=status, text=f"{why}\n")
        self.log("refused", "a request", f"{status} {response.reason}: {why}".strip("."))
        return response

    def refuse_surplus(self, why: str) -> web.Response:
        """Return the response for a connection beyond the limit, and close it afterwards."""
        response = self.refuse(503, f"Refused: {why}.")
        response.force_close()
        return response

    def on_handler_error(self, error: BaseException, who: str, on: str) -> None:
        """Report and log an error in a learner's handler."""
        where = f"handler of {on!r} in {self.name!r}, serving {who}"
        self.observer.on_error(error, where, server=self)
        self.log("error", who, describe_exception(error))

    def _logged(self, error: BaseException | None, text: str) -> None:
        if error and (why := why_malformed(error)):
            self.log("refused", "a request", f"its request cannot be read: {why}")
        elif error and not is_connection_lost(error):
            # perhaps its handler's: kept once
            self.observer.on_error(error, f"server {self.name!r}", server=self)

    # WebSockets

    def on_websocket_opened(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        """Handle a WebSocket that the application has accepted."""
        self.open[connection_of(request)] = each = OpenSocket(request, socket)
        if self.counts_as_connection(request):
            each.connection = self.new_connection(
                partial(SocketConnection, request=request), client_port(request), socket
            )
            self.connections.append(each.connection)
            self.log("connected", each.connection.name)

    def counts_as_connection(self, request: web.Request) -> bool:
        """Return whether a WebSocket is a connection by itself."""
        return True

    def _closed(self, connection: web.RequestHandler) -> None:
        each = self.open.pop(connection, None)
        if each is not None and each.connection is not None:
            self.remove_connection(each.connection, each.close_code or CloseCode(1006))
