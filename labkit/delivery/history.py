"""The history of a run: one ordered log of what its clients did, and of what reached them.

A history is recorded on one event loop, so its order is the order in which things happened there.
It is stopped before the run is torn down: otherwise the closing of the servers would be recorded as
if they had hung up on their clients.

Messages are told apart by their ids. On the wire an id carries the number of the run,
``alice#17.3``, for a server that keeps a log would otherwise replay the last run's messages, which
look like this run's. In the log the id of this run's message is short, ``alice#17``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import overload

from labkit.delivery.event import Cause, Event, Kind
from labkit.exceptions import LabError

PROBE = "probe"
"""The name in the ids of probes, which prove that a client has joined and are not judged."""

_ID = re.compile(r"(?<!\w)(\w+)#(\d+)\.(\d+)(?!\w)")
"""An id in what was heard. It is bounded by what is no word, since `alice#1` is in `alice#11`."""


class History(Sequence[Event]):
    """The log of one run, in which events are found by their position.

    Parameters
    ----------
    run
        The number of the run, which its messages' ids carry.

    Examples
    --------
    >>> history = History()
    >>> first = history.dial("alice"), history.dial("bob")
    >>> history.join("bob", 1)
    >>> message = history.new_message("alice")
    >>> history.send("alice", 1, message)
    >>> history.text(message)
    'alice#1.1'
    >>> history.sent("alice", 1, message)
    >>> history.hear("bob", 1, "alice says: alice#1.1")
    ['alice#1']
    >>> print(history[-1])
    5 bob/1 hears alice#1
    """

    def __init__(self, run: int = 1) -> None:
        self.run = run
        self._events: list[Event] = []
        self._connections: Counter[str] = Counter()
        self._messages: Counter[str] = Counter()
        self._joined: set[tuple[str, int]] = set()
        self._ended: set[tuple[str, int]] = set()
        self._stopped = False

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | Sequence[Event]:
        return self._events[index]

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    def __repr__(self) -> str:
        clients = len(self._connections)
        return f"<History: {len(self)} events of {clients} client{'s'[: clients != 1]}>"

    def stop(self) -> None:
        """Record nothing from now on: what follows is the end of the run, and not its subject."""
        self._stopped = True

    def dial(self, client: str) -> int:
        """Record that a client begins to connect, and return the number of the connection.

        Raises
        ------
        LabError
            If the name cannot stand in an id.
        """
        if not re.fullmatch(r"\w+", client) or client == PROBE:
            raise LabError(
                f"{client!r} cannot be the name of a client in a history: messages are found by "
                f"ids like alice#17, so a name is one word of letters, digits and _, "
                f"and not {PROBE!r}."
            )
        self._connections[client] += 1
        number = self._connections[client]
        self._record("dial", client, number)
        return number

    def join(self, client: str, connection: int) -> None:
        """Record that a client has joined, as it has heard something; the first time counts."""
        if (client, connection) not in self._joined:
            self._joined.add((client, connection))
            self._record("joined", client, connection)

    def leave(self, client: str, connection: int) -> None:
        """Record that a client begins to close its connection: now nothing is owed to it."""
        self._record("leave", client, connection)

    def left(self, client: str, connection: int) -> None:
        """Record that the server has taken note: from now on the client is not to hear anything."""
        self._record("left", client, connection)

    def end(self, client: str, connection: int, cause: Cause) -> None:
        """Record that a connection is over, and who ended it; the first to notice counts."""
        if (client, connection) not in self._ended:
            self._ended.add((client, connection))
            self._record("ended", client, connection, cause=cause)

    def new_message(self, client: str) -> str:
        """Return the id of the client's next message, as ``alice#17``."""
        self._messages[client] += 1
        return f"{client}#{self._messages[client]}"

    def text(self, message: str) -> str:
        """Return what to send for a message of this run, with the number of the run in it."""
        return f"{message}.{self.run}"

    def probe(self) -> str:
        """Return the text of a new probe: whoever hears it has joined, and it is not judged."""
        return self.text(self.new_message(PROBE))

    def send(self, client: str, connection: int, message: str) -> None:
        """Record that a client begins to send a message, for the first time or again."""
        self._record("send", client, connection, message)

    def sent(self, client: str, connection: int, message: str) -> None:
        """Record that the call that sent a message has returned."""
        self._record("sent", client, connection, message)

    def failed(self, client: str, connection: int, message: str) -> None:
        """Record that the call that was to send a message has raised."""
        self._record("failed", client, connection, message)

    def ack(self, client: str, connection: int, message: str) -> None:
        """Record that the sender of a message got its acknowledgement."""
        self._record("ack", client, connection, message)

    def hear(self, client: str, connection: int, what: object) -> list[str]:
        """Record the messages in what a client received, and return their ids.

        Parameters
        ----------
        client, connection
            Who received it, and on which connection.
        what
            A text, bytes, or what was decoded from it: handlers add names, or make it JSON. An id
            of another run stays as it is.
        """
        text = what.decode("utf-8", "replace") if isinstance(what, bytes) else str(what)
        ids = _ID.findall(text)
        self.join(client, connection)
        found = []
        for name, number, run in ids:
            if name == PROBE:
                continue
            message = f"{name}#{number}" if int(run) == self.run else f"{name}#{number}.{run}"
            found.append(message)
            self._record("hear", client, connection, message)
        return found

    def _record(
        self,
        kind: Kind,
        client: str,
        connection: int,
        message: str = "",
        *,
        cause: Cause | None = None,
    ) -> None:
        if not self._stopped:
            position = len(self._events)
            self._events.append(Event(kind, client, connection, message, cause, position))
