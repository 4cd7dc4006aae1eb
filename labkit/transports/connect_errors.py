"""Connect errors, as far as they are the same in each protocol.

The rest is in each protocol's folder, in a file of the same name.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from labkit.clock import clock
from labkit.exceptions import ConnectError, LabError
from labkit.faults.http_fault import HttpFault
from labkit.links import Link
from labkit.transports.answers import HttpAnswer
from labkit.transports.contract.variable import variable_of
from labkit.transports.what_answers import Answer, what_answers

COMMON_REASONS: dict[Answer, str] = {
    "nothing": (
        "nothing listens there (the connection was refused). Is the server running? "
        "`await lab.serve(...)` starts one; a restarted kernel has none."
    ),
    "unknown host": "no machine has that name. Check the name in the address.",
    "unreachable": (
        "that machine cannot be reached. Check the address, and whether a firewall or another "
        "network is in between."
    ),
    "silence": (
        "something accepts connections there, but stays silent. It may speak another protocol, "
        "or be stuck."
    ),
    "hangup": (
        "something accepts connections there, and closes them without an answer. It may speak "
        "another protocol, or fail."
    ),
    "tls": (
        "the server there speaks TLS, as for `wss://` or `https://`. A link would see only "
        "ciphertext, so labkit does not speak TLS: connect to the server's unencrypted address."
    ),
}
"""The reasons that are the same for each protocol, by what answers."""

_OURS: dict[str, Answer] = {
    "websocket": "websocket",
    "socketio": "socketio",
    "http": "http",
    "poll": "http",
    "longpoll": "http",
    "sse": "http",
    "chain": "http",
}
"""The kind of answer of the bench's own servers, by their protocol."""


class Connecting(Protocol):
    """A client that tries to connect."""

    name: str
    link: Link
    uri: str


def cannot_connect(client: Connecting, why: str) -> ConnectError:
    """Return the error of a client that cannot connect to its address, with the reason."""
    return ConnectError(f"{client.name} cannot connect to {client.uri}: {why}")


def changed_between(client: Connecting, asked: str, answer: HttpAnswer) -> ConnectError | None:
    """Return the error if this is the answer to a request that a fault refused or changed.

    The server behind the link has not seen what the client asked for, so it cannot be blamed.

    Parameters
    ----------
    client
        The client that could not connect.
    asked
        What it asked for, such as "the upgrade".
    answer
        What it got.
    """
    link = client.link
    if not any(isinstance(handle.fault, HttpFault) for handle in link.faults):
        return None
    requests = link.trace.rows(kind="request")
    fate = requests[-1].fate if requests else "passed"
    if fate == "dropped":
        what = f"refused {asked} ({answer.status_line}), and the server never saw it"
    elif fate == "altered":
        what = f"changed {asked}, and to what it saw, the server answered {answer.status_line}"
    else:
        return None
    return cannot_connect(client, f"something between {what}. {_acting(client.name, link)}")


def _acting(name: str, link: Link) -> str:
    return f"Faults act on the link ({link.faults}); `{_heal(name, link)}` removes them."


def _heal(name: str, link: Link) -> str:
    """Return the call that removes the faults of a link from where they were added."""
    is_own = any(handle.holders[0] is link.faults for handle in link.faults)
    return f"{variable_of(name)}.link.heal()" if is_own else "server.faults.heal()"


async def find_cause(name: str, link: Link, how_far: str) -> ConnectError | Answer:
    """Return the error if the link knows why a client cannot connect, otherwise what answers there.

    It takes at most 2 s (scaled). The bench's own servers are not asked, because a learner would
    see the request. Nor is anybody asked through a link with faults: the question would meet them,
    too.

    Parameters
    ----------
    name, link
        The client, and the link that it dialled.
    how_far
        How far it came, as a sentence without its end.
    """
    heal = _heal(name, link)
    if link.state == "cut":
        restore = heal.replace(".link.heal", ".link.restore")
        return ConnectError(
            f"{name} cannot connect: the link is cut. `{restore}` puts the plug back."
        )
    if link.state == "closed":
        return ConnectError(
            f"{name} cannot connect: the link to {link.leads_to!r} is closed, as `lab.fresh()` and "
            f"`lab.close()` leave it. `await lab.connect(..., {name!r})` makes a new one."
        )
    if link.faults:
        return ConnectError(f"{name} cannot connect: {how_far}. {_acting(name, link)}")
    try:
        host, port = link.target()
    except LabError as reason:
        return ConnectError(f"{name} cannot connect: {reason}.")
    if link.protocol in _OURS:
        return _OURS[link.protocol]
    try:
        async with asyncio.timeout(clock.seconds(2)):
            return await what_answers(host, port)
    except TimeoutError:
        return "silence"
