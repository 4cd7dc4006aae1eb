"""The HTTP requests of Engine.IO: polls, posts and upgrades, each of which is answered.

This is the request guard before the library, which also logs refusals, and reads bodies whole.

The library leaves a polling POST unanswered if its body is too large, or if a client may not send a
packet in it: it waits for the next poll, which never comes (`packet_queue` ends that wait). After a
WebSocket packet that it cannot read, it leaves the connection half-open.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.hdrs import UPGRADE

from labkit.transports.http import Server
from labkit.transports.http.aiohttp_server import Request
from labkit.transports.socketio.server.current_request import CurrentRequest, current_request
from labkit.transports.socketio.server.sessions import Sessions

SPOKEN_BY = {"2": "Socket.IO 1", "3": "Socket.IO 1 or 2"}
"""The Socket.IO versions of old versions of Engine.IO."""


class EngineIORequests:
    """The requests to one Socket.IO server."""

    def __init__(self, host: Server, sessions: Sessions) -> None:
        self._host = host
        self._sessions = sessions

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Let the library answer a poll, a post or an upgrade, or refuse it."""
        sid = request.query.get("sid", "")
        session = self._sessions.get(sid)
        who = session.name if session else self._host.requester_name(request)
        if "j" in request.query:
            self._host.log("refused", who, "400 Bad Request: it asks for a script (JSONP)")
            return web.Response(status=400, text="JSONP is not supported; use XHR polling.\n")
        if not sid and len(self._sessions) >= self._host.max_connections:
            most = self._host.max_connections
            return self._host.refuse_surplus(
                f"there are {most} sessions already, the most that this server accepts"
            )
        served = CurrentRequest(who, sid, self._sessions)
        current_request.set(served)  # each request of a connection is answered in a task of its own
        try:
            response = await self._answer(request, served)
        except web.HTTPException as refusal:
            self._note(request, refusal, who)
            if served.session is not None and (UPGRADE in request.headers or refusal.status == 413):
                await served.session.end()
            raise
        if served.is_unreadable:
            return web.Response(status=400, text="Its packets cannot be read.\n")
        if response.status >= 400:
            self._note(request, response, served.who)
        return response

    async def _answer(self, request: web.Request, served: CurrentRequest) -> web.StreamResponse:
        if request.method != "POST" and UPGRADE in request.headers:
            return await self._answer_upgrade(request, served)
        if request.method != "POST":
            return await self._host.answer_while_connected(request)  # a poll
        if served.session is None:  # before reading the body, which may take long to arrive
            return web.Response(status=400, text=f"Invalid session {request.query.get('sid')}\n")
        assert isinstance(request, Request)
        await request.prepare_whole_body(self._sessions.library.max_body)
        return await self._host.answer(request)

    async def _answer_upgrade(
        self, request: web.Request, served: CurrentRequest
    ) -> web.StreamResponse:
        try:
            return await self._host.answer(request)
        except web.HTTPException:
            raise
        except Exception as error:
            why = f"an invalid packet: {error or type(error).__name__}"
            self._host.log("refused", served.who, why)
            if served.session is not None:
                await served.session.end()
            await self._host.open.break_off(request)
            return web.Response()  # the connection is closed, so nothing is sent

    def _note(self, request: web.Request, refusal: web.StreamResponse, who: str) -> None:
        if request.transport is not None and not request.transport.is_closing():
            why = f"{refusal.status} {refusal.reason}: {_why(request, refusal)}"
            self._host.log("refused", who, why)

    def on_upgraded(self, request: web.Request) -> None:
        """Remember the request of a session's WebSocket."""
        session = self._sessions.get(request.query.get("sid", ""))
        if session is not None:
            session.request = request


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
