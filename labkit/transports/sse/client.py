"""A client that reads an event stream, and goes on where it broke, as a browser's does."""

from __future__ import annotations

import json
from typing import Any

from labkit.clock import clock
from labkit.links import Link
from labkit.protocols.event_stream import Block, EventStreamParser
from labkit.transports.http.chat.client.chat_client import ChatClient
from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.client.way import Way
from labkit.transports.option_names import check_option_names
from labkit.transports.settings import HEARTBEAT


class Client(ChatClient):
    """A client over server-sent events; its only option is `reconnect`."""

    protocol = "sse"
    transport = "event stream"

    def __init__(self, name: str, link: Link, uri: str, /, **options: Any) -> None:
        check_option_names(options, {"reconnect"}, "connect", "sse", {})
        super().__init__(name, link, uri, **options)

    def make_way(self, requests: Requests, conversation: Conversation) -> Way:
        """Return the way in which it listens."""
        return EventStream(requests, conversation)


class EventStream(Way):
    """Reads one stream; two heartbeats of silence break it."""

    async def listen(self) -> None:
        """Read until the stream ends or breaks. Raises Failed."""
        conversation, headers = self.conversation, {"Accept": "text/event-stream"}
        if conversation.cursor is not None:
            headers["Last-Event-ID"] = str(conversation.cursor)
        query = {"client": conversation.client}
        parser, silence = EventStreamParser(), 2 * clock.seconds(HEARTBEAT)
        async with self.requests.stream("/events", query, headers, silence) as pieces:
            async for piece in pieces:
                self.on_answer()  # it is open at its first byte, not with its headers
                for block in parser.feed(piece):
                    self._take(block)

    def _take(self, block: Block) -> None:
        """Take an event, or a cursor that stands alone."""
        conversation, data = self.conversation, block.data or "null"
        if block.event in (None, "", "message", "private") and block.data:
            conversation.take(_read_json(data), block.id)
        elif block.event == "lost":
            conversation.lose(_read_json(data))
        if block.id is not None:
            conversation.move(block.id)


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Failed("transport error", "an event's data is not JSON") from None
