"""A client with a fallback chain: it takes the first way that works, or another if that breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from labkit.exceptions import ConnectError, LabError
from labkit.links import Link
from labkit.transports.chain.chain_way import ChainWay, Make
from labkit.transports.chain.order import PROOF_TIMEOUT, Order
from labkit.transports.chain.socket_way import WebSocketWay
from labkit.transports.connect_errors import COMMON_REASONS, cannot_connect, find_cause
from labkit.transports.http.chat.client.chat_client import ChatClient
from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.client.way import Way
from labkit.transports.longpoll.client import LongPolling
from labkit.transports.option_names import check_option_names
from labkit.transports.poll.client import Polling
from labkit.transports.settings import POLL_INTERVAL
from labkit.transports.sse.client import EventStream

WAYS: dict[str, Make] = {
    "websocket": WebSocketWay,
    "sse": EventStream,
    "longpoll": LongPolling,
    "poll": partial(Polling, interval=POLL_INTERVAL),
}
"""The ways that a chain may have."""

DEFAULT_ORDER = ("websocket", "sse", "longpoll")
"""The ways of a chain that names none."""


def check_ways(ways: Sequence[object]) -> tuple[str, ...]:
    """Return the names of a chain's ways. Raises LabError unless they are some of `WAYS`."""
    known = ", ".join(f'"{way}"' for way in WAYS)
    for way in ways:
        if not isinstance(way, str) or way not in WAYS:
            raise LabError(f"A chain has no way {way!r}. Its ways are {known}, the best one first.")
    if not ways or len(set(ways)) < len(ways):
        raise LabError(f"A chain needs one or more different ways ({known}), not {list(ways)!r}.")
    return tuple(str(way) for way in ways)


class Client(ChatClient):
    """A client with a fallback chain.

    Parameters
    ----------
    name, link, uri
        As of any client over HTTP.
    ways
        The ways to try, the best one first.
    upgrade
        Whether to go on probing the better ways, after 2, 4, 8, ... 60 s (scaled), and to change to
        one that works.
    options
        `reconnect`: whether to go on after a way has broken, with the same one or another.

    Raises
    ------
    LabError
        If there is no such way or option.
    """

    protocol = "chain"

    def __init__(
        self,
        name: str,
        link: Link,
        uri: str,
        ways: Sequence[str] = DEFAULT_ORDER,
        /,
        *,
        upgrade: bool = False,
        **options: Any,
    ) -> None:
        check_option_names(options, {"reconnect", "upgrade"}, "connect", "chain", {})
        if not isinstance(upgrade, bool):
            raise LabError(f"`upgrade` must be True or False, not {upgrade!r}.")
        super().__init__(name, link, uri, **options)
        self._upgrade = upgrade
        self._order = Order(check_ways(ways))

    @property
    def transport(self) -> str:
        """The way by which messages travel now, or travelled last."""
        return self._order.current or self._order.ways[0]

    @property
    def refusals(self) -> Mapping[str, str]:
        """Why each way that does not work was refused or left, since the client was opened."""
        return MappingProxyType(self._order.refusals)

    def _describe_transport(self) -> str:
        return f"{self.protocol} over {self.transport}"

    @property
    def _over(self) -> str:
        return f" over {self.transport}"

    @property
    def _connect_timeout(self) -> float:
        return PROOF_TIMEOUT * (len(self._order.ways) + 1)

    def make_way(self, requests: Requests, conversation: Conversation) -> Way:
        """Return a way that is made of all ways; what was known of them is forgotten."""
        self._order = Order(self._order.ways)
        makers = {name: WAYS[name] for name in self._order.ways}
        return ChainWay(
            requests,
            conversation,
            makers,
            self._order,
            upgrades=self._upgrade,
            on_note=self._on_note,
        )

    def _on_note(self, text: str) -> None:
        self._note(text)
        self.changes.notify()

    async def _connect_error(self, failure: Failed, how_far: str) -> ConnectError:
        """Return the error of a client that cannot connect: why each of its ways was refused."""
        found = await find_cause(self.name, self.link, str(failure))
        if isinstance(found, ConnectError):
            return found
        known = COMMON_REASONS.get(found, "Check the address, and that it is a chain's.")
        return cannot_connect(self, f"{failure}. {known[0].upper()}{known[1:]}")
