"""Why a client did not hear what it waited for: what it heard instead, and the likely cause."""

from __future__ import annotations

from typing import Protocol

from labkit.links import Link
from labkit.loop.background_errors import pending_errors
from labkit.protocols.states import State
from labkit.transports.contract.expected import Expectation, short_repr
from labkit.transports.contract.history import Inbox
from labkit.transports.settings import MAX_KEPT_BYTES
from labkit.untrusted import plain_text

MAX_MESSAGES_LISTED = 5
"""Messages to quote, the last ones."""

MAX_ERROR_QUOTED = 200
"""Characters of a background error to quote."""


class Listener(Protocol):
    """What the explanation needs to know of a client."""

    name: str
    link: Link
    inbox: Inbox

    @property
    def state(self) -> State:
        """The state of the connection."""

    @property
    def ending(self) -> object:
        """How the last connection ended, None if it has not."""


def explain_unheard(client: Listener, wanted: Expectation, within: float, read: int) -> str:
    """Return a text that says why a client did not hear what it waited for.

    Parameters
    ----------
    client
        The client that waited.
    wanted
        The message that it waited for.
    within
        The seconds that it waited.
    read
        The number of messages read before, including those that the inbox has dropped.
    """
    dropped = client.inbox.dropped - read
    unread = client.inbox[max(-dropped, 0) :]
    heard = ", ".join(short_repr(message) for message in unread[-MAX_MESSAGES_LISTED:])
    more = f"{len(unread)} messages, the last: " if len(unread) > MAX_MESSAGES_LISTED else ""
    since = " since the last `hears` that returned something" if read else ""
    lost = (
        f" {_messages(dropped)} dropped before anything read {_them(dropped)}: an inbox keeps the "
        f"last {MAX_KEPT_BYTES >> 20} MiB."
        if dropped > 0
        else ""
    )
    when = f"within {within:g} s"
    if client.state == "closed":  # nothing more could come, so nobody waited any longer
        when = "before the connection ended"
    return (
        f"{client.name} did not hear {wanted.words} {when}. "
        f"{client.name} has heard {f'{more}{heard}' if unread else 'nothing'}{since}.{lost} "
        f"{_cause(client)}"
    )


def explain_unended(client: Listener, within: float) -> str:
    """Return a text that says of a client's connection that it did not end in so many seconds."""
    failed = background_error_hint()
    but = f", but {failed}" if failed else ""
    return f"{client.name}'s connection did not end within {within:g} s; it is {client.state}{but}."


def _messages(count: int) -> str:
    return "1 earlier message was" if count == 1 else f"{count} earlier messages were"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _cause(client: Listener) -> str:
    if client.link.state != "whole":
        return f"The link is {client.link.state}: {reconnect_hint(client)}."
    failed = background_error_hint()
    if client.state != "open":
        ending = "" if client.ending is None else f" with {client.ending!r}"
        also = f"; {failed}" if failed else ""
        return f"The connection is {client.state}{ending}{also}."
    if failed:
        return f"The connection is open, but {failed}."
    if client.link.faults:
        return f"The connection is open, but faults act on the link: {client.link.faults}."
    return (
        "The connection is open, so check which clients the server sends to: show it with "
        "`lab.show`."
    )


def reconnect_hint(client: Listener) -> str:
    """Return the code that connects a client again, given the state of its link."""
    if client.link.state == "closed":  # by `fresh` or `close`
        return f"`await lab.connect(..., {client.name!r})` makes a new one"
    first = f"`{client.name}.link.restore()`, then " if client.link.state == "cut" else ""
    return f"{first}`await {client.name}.open()`"


def background_error_hint() -> str:
    """Return a hint that quotes the last background error, "" if there is none.

    A handler that fails while it serves one client may leave others waiting.
    """
    errors = pending_errors()
    if not errors:
        return ""
    what, where = plain_text(errors[-1].what, MAX_ERROR_QUOTED), errors[-1].where
    return f"something failed in the background: {what} ({where}); see `lab.errors()`"
