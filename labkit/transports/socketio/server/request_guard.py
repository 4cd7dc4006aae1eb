"""The request guard before Engine.IO: it ensures that each request is answered, and logs refusals.

The library leaves a polling POST unanswered if its body is too large, or if a client may not send a
packet in it: it waits for the next poll, which never comes (`packet_queue` ends that wait).
After a WebSocket packet that it cannot read, it leaves the connection half-open.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from aiohttp import web
from aiohttp.hdrs import UPGRADE

from labkit.transports.contract import Kind
from labkit.transports.http.sockets import OpenSockets
from labkit.transports.socketio.server.handler_errors import Served, serving
from labkit.transports.socketio.server.instrumentation import Watch
from labkit.transports.socketio.server.sessions import Session

SPOKEN_BY = {"2": "Socket.IO 1", "3": "Socket.IO 1 or 2"}
"""The Socket.IO versions of old versions of Engine.IO."""


class Host(Protocol):
    """The labkit server of a request guard."""

    open: OpenSockets
    max_connections: int

    def log(self, kind: Kind, who: str, text: str = "") -> None:
        """Write a log entry."""

    def refuse_surplus(self, why: str) -> web.Response:
        """Return the response for a connection beyond the limit."""

    def requester_name(self, request: web.BaseRequest) -> str:
        """Return the name of the client that sent a request."""

    def answer(self, request: web.Request) -> Awaitable[web.StreamResponse]:
        """Let the library answer."""


class Gate:
    """The request guard of one Socket.IO server.

    Parameters
    ----------
    watch
        The instrumentation, which knows the sessions.
    host
        The labkit server, which logs refusals.
    """

    def __init__(self, watch: Watch, host: Host) -> None:
        self._watch = watch
        self._host = host
        self._polls: dict[web.RequestHandler, web.Request] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Let the library answer a request."""
        sid = request.query.get("sid", "")
        session = self._watch.sessions.get(sid)
        who = session.name if session else self._host.requester_name(request)
        if "j" in request.query:
            self._host.log("refused", who, "400 Bad Request: it asks for a script (JSONP)")
            return web.Response(status=400, text="JSONP is not supported; use XHR polling.\n")
        if not sid and len(self._watch.sessions) >= self._host.max_connections:
            most = self._host.max_connections
            return self._host.refuse_surplus(
                f"there are {most} sessions already, the most that this server accepts"
            )
        served = Served(who, sid)
        serving.set(served)  # each request of a connection is answered in a task of its own
        try:
            if request.method == "POST":
                response = await self._post(request, session)
            elif UPGRADE in request.headers:
                response = await self._websocket(request, sid)
            else:
                response = await self._poll(request)
        except web.HTTPException as refusal:
            self._note(request, refusal, served.who)
            raise
        if served.unreadable and self._watch.finished:
            return web.Response(status=400, text="Its packets cannot be read.\n")
        if response.status >= 400:
            self._note(request, response, served.who)
        return response

    def _note(self, request: web.Request, refusal: web.StreamResponse, who: str) -> None:
        if request.transport is not None and not request.transport.is_closing():
            why = f"{refusal.status} {refusal.reason}: {_why(request, refusal)}"
            self._host.log("refused", who, why)

    def cut_polls(self) -> None:
        """Abort the connections of the open polls."""
        for request in self._polls.values():
            if request.transport is not None:
                request.transport.abort()

    def on_socket_lost(self, protocol: web.RequestHandler) -> None:
        """End the poll of a connection that has ended, and its session, as Node's server does.

        The library would leave the poll waiting, and lose the next message to it.
        """
        request = self._polls.pop(protocol, None)
        if request is not None and request.task is not None:
            request.task.cancel()

    def upgraded(self, request: web.Request) -> None:
        """Remember the request of a session's WebSocket."""
        session = self._watch.sessions.get(request.query.get("sid", ""))
        if session is not None:
            session.request = request

    async def _poll(self, request: web.Request) -> web.StreamResponse:
        protocol = request.protocol
        self._polls[protocol] = request
        try:
            return await self._host.answer(request)
        finally:
            self._polls.pop(protocol, None)

    async def _post(self, request: web.Request, session: Session | None) -> web.StreamResponse:
        if session is None:  # before reading the body, which may take long to arrive
            return web.Response(status=400, text=f"Invalid session {request.query.get('sid')}\n")
        length = request.content_length or 0
        most = self._watch.max_body
        if length > most:
            await self._watch.end(session.raw)
            told = f"The body has {length} bytes; at most {most} are allowed.\n"
            return web.Response(status=413, text=told)
        return await self._host.answer(request)

    async def _websocket(self, request: web.Request, sid: str) -> web.StreamResponse:
        try:
            return await self._host.answer(request)
        except web.HTTPException:
            await self._watch.end(self._sid_of(request) or sid)
            raise
        except Exception as error:
            sid = self._sid_of(request) or sid
            why = f"an invalid packet: {error or type(error).__name__}"
            self._host.log("refused", self._watch.session_name(sid), why)
            await self._watch.end(sid)
            await self._host.open.break_off(request)
            return web.Response()  # the connection is closed, so nothing is sent

    def _sid_of(self, request: web.Request) -> str:
        """Return the id of the session that began with a request, "" if none did."""
        sessions = self._watch.sessions.items()
        return next((sid for sid, session in sessions if session.request is request), "")


def _why(request: web.Request, response: web.StreamResponse) -> str:
    version = request.query.get("EIO", "none")
    if "sid" not in request.query and version != "4":
        spoken = SPOKEN_BY.get(version)
        by = f", as {spoken} does" if spoken else ""
        return (
            f"it speaks Engine.IO {version}{by}; this server speaks Engine.IO 4 (Socket.IO 3 and 4)"
        )
    body = response.body if isinstance(response, web.Response) else None
    text = body.decode("utf-8", "replace") if isinstance(body, (bytes, bytearray)) else ""
    return text.strip('".\n')
