"""The story of a wait in vain: what was heard instead, and the likely cause."""

from __future__ import annotations

from typing import Protocol

from labkit.links import Link
from labkit.loop.background_errors import pending_errors
from labkit.protocols.states import State
from labkit.transports.contract.expected import Expectation, shortened
from labkit.transports.contract.kept import Inbox
from labkit.transports.settings import MAX_KEPT

LISTED = 5
"""Messages that are named, the last ones."""


class Listener(Protocol):
    """What the story needs to know of a client."""

    name: str
    link: Link
    inbox: Inbox

    @property
    def state(self) -> State:
        """Where the connection is in its life."""

    @property
    def ending(self) -> object:
        """How the last connection ended, None if it has not."""


def unheard(client: Listener, wanted: Expectation, within: float, read: int) -> str:
    """Say why a client did not hear what it waited for.

    Parameters
    ----------
    client
        Who waited.
    wanted
        What for.
    within
        For how many seconds.
    read
        How many messages had been read before, also of those that the inbox has let go.
    """
    dropped = client.inbox.dropped - read
    unread = client.inbox[max(-dropped, 0) :]
    heard = ", ".join(shortened(message) for message in unread[-LISTED:])
    more = f"{len(unread)} messages, the last: " if len(unread) > LISTED else ""
    instead = f"{client.name} heard {more}{heard}" if unread else f"{client.name} heard nothing new"
    before = " (earlier messages were read by an earlier `hears`)" if read else ""
    lost = (
        f" {_messages(dropped)} dropped before anything read {_them(dropped)}: an inbox keeps the "
        f"last {MAX_KEPT >> 20} MiB."
        if dropped > 0
        else ""
    )
    return (
        f"{client.name} did not hear {wanted.words} within {within:g} s. "
        f"In that time {instead}{before}.{lost} {_cause(client)}"
    )


def _messages(count: int) -> str:
    return "1 earlier message was" if count == 1 else f"{count} earlier messages were"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _cause(client: Listener) -> str:
    if client.link.state != "whole":
        return f"The link is {client.link.state}: {way_back(client)}."
    failed = background_failure()
    if client.state != "open":
        ending = "" if client.ending is None else f" with {client.ending!r}"
        also = f"; {failed}" if failed else ""
        return f"The connection is {client.state}{ending}{also}."
    if failed:
        return f"The connection is open, but {failed}."
    return "The connection is open, so look at who the server sends to: `lab.show(server)`."


def way_back(client: Listener) -> str:
    """Say what connects a client again, in the state in which its link is."""
    if client.link.state == "closed":  # by `fresh` or `close`
        return f"`await lab.connect(..., {client.name!r})` makes a new one"
    first = f"`{client.name}.link.restore()`, then " if client.link.state == "cut" else ""
    return f"{first}`await {client.name}.open()`"


def background_failure() -> str:
    """Say that something failed unseen: a handler that fails for one leaves others waiting."""
    errors = pending_errors()
    if not errors:
        return ""
    return f"something failed in the background ({errors[-1].where}): see `lab.errors()`"
