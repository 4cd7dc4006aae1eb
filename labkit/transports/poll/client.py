"""A client that polls: it asks, waits, and asks again."""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.clock import clock
from labkit.links import Link
from labkit.transports.http.chat.client.chat_client import ChatClient
from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.way import Way
from labkit.transports.option_names import check_option_names
from labkit.transports.seconds import Seconds, check_seconds
from labkit.transports.settings import POLL_INTERVAL


class Client(ChatClient):
    """A client over short polling.

    Parameters
    ----------
    interval
        Seconds between two polls.
    options
        `reconnect`.
    """

    protocol = "poll"
    transport = "polling"

    def __init__(
        self, name: str, link: Link, uri: str, /, *, interval: float = POLL_INTERVAL, **options: Any
    ) -> None:
        check_option_names(options, {"interval", "reconnect"}, "connect", "poll", {})
        check_seconds({"interval": interval}, {"interval": Seconds(may_be_zero=False)}, "connect")
        super().__init__(name, link, uri, **options)
        self._interval = float(interval)

    def make_way(self, requests: Requests, conversation: Conversation) -> Way:
        """Return the way in which it listens."""
        return Polling(requests, conversation, self._interval)


class Polling(Way):
    """Asks at once, and again after each interval."""

    def __init__(self, requests: Requests, conversation: Conversation, interval: float) -> None:
        super().__init__(requests, conversation)
        self._interval = interval

    async def listen(self) -> None:
        """Ask until a request fails. Raises Failed."""
        while True:
            await self.poll()
            await asyncio.sleep(clock.seconds(self._interval))
