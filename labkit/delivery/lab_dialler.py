"""A client of labkit's own that takes part in a run."""

from __future__ import annotations

import contextlib

from labkit.bench import Bench
from labkit.bench.starting import open_client
from labkit.delivery.history import History
from labkit.delivery.participant import Dialler
from labkit.exceptions import ConnectError, Disconnected
from labkit.links import Link
from labkit.transports.contract import Client


class LabDialler(Dialler):
    """A client of labkit's, which does not come back by itself.

    Parameters
    ----------
    bench
        Where it is connected.
    name, link, history, hears, can_say
        See `Dialler`.
    """

    def __init__(
        self, bench: Bench, name: str, link: Link, history: History, *, hears: bool, can_say: bool
    ) -> None:
        super().__init__(name, link, history, hears=hears, can_say=can_say)
        self._bench = bench
        self._client: Client | None = None
        self._read = 0
        self._was_open = False
        self._unacknowledged: dict[int, tuple[int, str]] = {}

    @property
    def is_open(self) -> bool:
        """Whether it is connected."""
        return self._client is not None and self._client.state == "open"

    async def until_closed(self, within: float) -> None:
        """Wait until it has noticed that its link was cut, at most some seconds (scaled)."""
        if self._client is not None:
            await self._client.changes.until(lambda: not self.is_open, within)

    async def come(self) -> None:
        """Connect, for the first time or again; a server that refuses it has ended it."""
        self.number = self.history.dial(self.name)
        try:
            if self._client is None:
                options = {"transports": ["websocket"]} if self.link.protocol == "socketio" else {}
                self._client = await open_client(
                    self._bench, self.link, self.name, reconnect=False, **options
                )
                self._client.changes.subscribe(self._look)
            else:
                await self._client.open()
        except ConnectError:
            self._over(self.number, by_client=False)
            return
        self._look()

    async def say(self, message: str) -> None:
        """Say a message; one that is not connected fails at once."""
        number, history = self.number, self.history
        history.send(self.name, number, message)
        if self._client is None:
            history.failed(self.name, number, message)
            return
        self._unacknowledged[self._client.transcript.total] = number, message
        try:
            await self._client.say(history.text(message))
        except Disconnected:
            history.failed(self.name, number, message)
        else:
            history.sent(self.name, number, message)

    async def probe(self, text: str) -> None:
        """Say a probe or a barrier, which is not recorded."""
        if self._client is not None and self.is_open:
            with contextlib.suppress(Disconnected):  # its end is recorded already
                await self._client.say(text)

    async def end(self) -> None:
        """Do nothing: the bench closes the client."""

    def _look(self) -> None:
        """Record what has changed at the client: what was heard, acknowledged, and its end."""
        client = self._client
        assert client is not None
        inbox = client.inbox
        for what in inbox[max(self._read - inbox.dropped, 0) :]:
            self._heard(self.number, what)
        self._read = inbox.dropped + len(inbox)
        self._look_for_acknowledgements(client)
        if self._was_open and client.state == "closed":
            self._over(self.number, by_client=False)
        self._was_open = client.state == "open"

    def _look_for_acknowledgements(self, client: Client) -> None:
        transcript = client.transcript
        first = transcript.total - len(transcript)
        for at, (number, message) in tuple(self._unacknowledged.items()):
            if at >= transcript.total:
                continue
            status = transcript[at - first].send_status if at >= first else "failed"
            if status in ("acknowledged", "failed"):
                del self._unacknowledged[at]
            if status == "acknowledged":
                self.history.ack(self.name, number, message)
