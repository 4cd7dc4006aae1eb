"""A client that polls, and lets the server hold its requests until there is something to say."""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.clock import clock
from labkit.links import Link
from labkit.transports.http.chat.client.chat_client import ChatClient
from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.client.way import Way
from labkit.transports.option_names import check_option_names
from labkit.transports.settings import HEARTBEAT, POLL_INTERVAL

SHORTEST_HOLD = 1.0
"""Seconds (scaled) below which a hold is not halved."""


class Client(ChatClient):
    """A client over long polling; its only option is `reconnect`."""

    protocol = "longpoll"
    transport = "long polling"

    def __init__(self, name: str, link: Link, uri: str, /, **options: Any) -> None:
        check_option_names(options, {"reconnect"}, "connect", "longpoll", {})
        super().__init__(name, link, uri, **options)

    def make_way(self, requests: Requests, conversation: Conversation) -> Way:
        """Return the way in which it listens."""
        return LongPolling(requests, conversation)


class LongPolling(Way):
    """Asks, and is answered when something is new."""

    def __init__(self, requests: Requests, conversation: Conversation) -> None:
        super().__init__(requests, conversation)
        self._hold = clock.seconds(HEARTBEAT)  # so that silence is noticed as soon as elsewhere

    async def listen(self) -> None:
        """Ask until a request fails. Raises Failed.

        The first request is answered at once, since one that is held proves nothing until it ends.
        """
        await self.poll(wait=0)
        loop = asyncio.get_running_loop()
        while True:
            asked = loop.time()
            try:
                has_news = await self.poll(wait=self._hold)
            except Failed:  # what ended it may end each one that is held for so long
                self._hold = max(clock.seconds(SHORTEST_HOLD), self._hold / 2)
                raise
            if not has_news and loop.time() - asked < self._hold / 2:
                await asyncio.sleep(clock.seconds(POLL_INTERVAL))  # it is not held: do not flood it
