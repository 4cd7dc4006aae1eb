"""The items by which control is counted, and what tries them.

"More control" is said of the protocol, so what counts is the protocol: each thing that RFC 6455,
RFC 7692 and TCP's flow control under them leave to an endpoint, in the order of their sections. An
item counts for a stack if a documented name or argument of its library lets an application set it
or see it. So does an argument that the library only passes on (`websocket_extra_options`), and
Engine.IO's heartbeat counts as a WebSocket's. What the web framework under Socket.IO could do
besides, such as a middleware that answers before the library does, does not count: it is no part of
the stack.

Beside them, and in no verdict: what only a layer above the protocol can have. There Socket.IO lets
an application set and see more.

A package for each stack has a check for each item, by its name, which tries it on real sockets.
"No" means that the nearest thing which the library has was without effect, or that nothing which it
documents has such a name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from labkit import bench
from labkit.exceptions import LabError
from labkit.measure.features.sources import Stack

Kind = Literal["protocol", "application"]


@dataclass(frozen=True)
class Item:
    """Something that an application may want to set or see.

    Attributes
    ----------
    name
        Of its check.
    text
        What it is, in a few words.
    section
        Where the protocol leaves it to an endpoint; "" for what is above the protocol.
    """

    name: str
    text: str
    section: str = ""

    @property
    def kind(self) -> Kind:
        """Whether it is a matter of the protocol, or of a layer above."""
        return "protocol" if self.section else "application"


ITEMS = (
    Item("request_headers", "headers of the opening request", "RFC 6455, 4.1"),
    Item("subprotocol", "the subprotocol that both agree on", "RFC 6455, 4.1"),
    Item("refusal_status", "the status with which a server refuses", "RFC 6455, 4.2.2"),
    Item("response_headers", "headers of the opening response", "RFC 6455, 4.2.2"),
    Item("fragments_sent", "how a message is cut into frames", "RFC 6455, 5.4"),
    Item("fragments_seen", "each frame of a message as it arrives", "RFC 6455, 5.4"),
    Item("ping", "a ping, and its round trip", "RFC 6455, 5.5.2"),
    Item("heartbeat", "the interval of pings, and the limit for pongs", "RFC 6455, 5.5.2"),
    Item("pong", "a pong that nobody asked for", "RFC 6455, 5.5.3"),
    Item("text_or_binary", "whether data travels as text or as bytes", "RFC 6455, 5.6"),
    Item("close_timeout", "how long the peer's close frame is awaited", "RFC 6455, 7.1.1"),
    Item("close_code", "the close code", "RFC 6455, 7.1.5"),
    Item("close_reason", "the close reason", "RFC 6455, 7.1.6"),
    Item("peers_close", "code and reason with which the peer closed", "RFC 6455, 7.1.5"),
    Item("origin", "which origins may connect", "RFC 6455, 10.2"),
    Item("message_size", "how long a message may be", "RFC 6455, 10.4"),
    Item("fragment_size", "how long a frame may be", "RFC 6455, 10.4"),
    Item("compression", "the parameters of compression", "RFC 7692, 7.1"),
    Item("back_pressure", "waiting until what was sent has left", "RFC 9293, 3.8.6"),
    Item("write_limit", "how much may wait to be sent", "RFC 9293, 3.8.6"),
    Item("reading_ahead", "how much is read before it is wanted", "RFC 9293, 3.8.6"),
    Item("acknowledgement", "an answer to a message"),
    Item("broadcasting", "one message to many"),
    Item("rooms", "groups of connections by name"),
    Item("namespaces", "several conversations on one connection"),
    Item("named_events", "a handler for each kind of message"),
    Item("transport", "the transport in use"),
    Item("credentials", "who connects"),
    Item("session_data", "data of an application for each connection"),
)


def find_check(stack: Stack, item: Item) -> Callable[[], Awaitable[bool]]:
    """Return what tries an item on a stack; its module is not imported before."""
    checks = import_module(f"labkit.measure.controls.{stack}.{item.kind}")
    check: Callable[[], Awaitable[bool]] = getattr(checks, item.name)
    return check


async def try_items(stack: Stack) -> dict[str, bool]:
    """Return of each item whether a stack lets an application set or see it.

    Raises
    ------
    LabError
        If a check did not come to an end.
    """
    found = {}
    async with bench.current().child("the controls"):  # it ends what the libraries leave behind
        for item in ITEMS:
            try:
                found[item.name] = await find_check(stack, item)()
            except Exception as error:
                raise LabError(
                    f"It was not found out whether {stack} has {item.text}, because the check "
                    f"failed: {error!r}. Measure again, with less running on this machine."
                ) from error
    return found
