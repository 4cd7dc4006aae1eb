"""The chain's way over WebSocket, on the client's side: one connection for both directions."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from labkit.clock import clock
from labkit.protocols.close_codes import CloseCode
from labkit.transports.answers import HttpAnswer
from labkit.transports.chain.frames import BadFrame, read_frame, write_post
from labkit.transports.chain.socket_route import SENT_AWAY
from labkit.transports.contract import Message
from labkit.transports.http.chat.client.failed_request import Failed, refused
from labkit.transports.http.chat.client.way import Way
from labkit.transports.settings import HEARTBEAT, MAX_MESSAGE

NOT_HERE = 4001
"""The close code of a client that goes on in another way; with 1000 it would leave."""


class WebSocketWay(Way):
    """Reads one WebSocket; two heartbeats of silence break it."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._socket: ClientWebSocketResponse | None = None
        self._acks: dict[int, asyncio.Future[Failed | None]] = {}
        self._leaves = False

    async def listen(self) -> None:
        """Read until the connection ends or breaks. Raises Failed."""
        silence = 2 * clock.seconds(HEARTBEAT)
        failure = Failed("transport error", "it stopped listening")
        query = self.conversation.query
        self._socket = socket = await self.requests.open_websocket("/ws", query, silence)
        try:
            while True:
                self._take(await _receive(socket, silence))
        except Failed as error:
            failure = error
            raise
        finally:
            self._socket = None
            for number in tuple(self._acks):
                self._answer(number, failure)
            await socket.close(code=1000 if self._leaves else NOT_HERE)

    async def post(self, number: int, message: Message) -> None:
        """Send a message under its number, and wait until it is acknowledged. Raises Failed.

        One that is too long goes as a request, whose answer refuses it; a WebSocket would only be
        closed.
        """
        if len(message.encode() if isinstance(message, str) else message) > MAX_MESSAGE:
            await super().post(number, message)
            return
        if self._socket is None:
            raise Failed("transport close", "the WebSocket is not open")
        ack = self._acks[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(clock.seconds(HEARTBEAT)):
                await self._socket.send_str(write_post(number, message))
                failed = await ack
        except TimeoutError:
            raise Failed("ping timeout", "no acknowledgement came in time") from None
        except ConnectionError:
            raise Failed("transport error", "the connection broke") from None
        finally:
            del self._acks[number]
        if failed is not None:
            raise failed

    async def leave(self) -> None:
        """Close the WebSocket with 1000, by which the server knows that this client has left."""
        self._leaves = True
        if self._socket is not None:
            await self._socket.close()

    def _take(self, frame: str) -> None:
        try:
            content = read_frame(frame)
        except BadFrame as error:
            raise Failed("transport error", f"the server broke the rules: {error}") from None
        self.on_answer()
        if "ack" in content:
            self._answer(content["ack"], None)
        elif "lost" in content:
            self.conversation.lose(content["lost"])
        elif "next" in content:
            self.conversation.move(content["next"])
        elif "heartbeat" not in content:
            self.conversation.take(content)

    def _answer(self, number: object, failed: Failed | None) -> None:
        ack = self._acks.get(number) if isinstance(number, int) else None
        if ack is not None and not ack.done():
            ack.set_result(failed)


async def _receive(socket: ClientWebSocketResponse, silence: float) -> str:
    """Return the next text. Raises Failed if there is none."""
    try:
        async with asyncio.timeout(silence):
            frame = await socket.receive()
    except TimeoutError:
        raise Failed("ping timeout", "the WebSocket was silent") from None
    if frame.type is WSMsgType.TEXT:
        return str(frame.data)
    if socket.close_code == SENT_AWAY:
        raise refused(HttpAnswer(410, "", b"", ""))
    if frame.type is WSMsgType.BINARY:
        raise Failed("transport error", "the server sent bytes, which a chain does not")
    code = CloseCode(1006 if socket.close_code is None else socket.close_code)
    reason = "transport error" if code == 1006 else "transport close"
    raise Failed(reason, f"the WebSocket ended with {code}")
