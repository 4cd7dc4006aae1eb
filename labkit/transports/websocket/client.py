"""A raw WebSocket client: what it sends."""

from __future__ import annotations

import time

from websockets.exceptions import ConnectionClosed

from labkit.exceptions import Disconnected
from labkit.transports.contract import Entry, Message
from labkit.transports.contract.not_heard import reconnect_hint
from labkit.transports.sayable import check_sayable
from labkit.transports.websocket.life import Life


class Client(Life):
    """A client that speaks raw WebSocket."""

    async def say(self, text: Message) -> None:
        """Send a text or bytes.

        Raises
        ------
        Disconnected
            If the connection is not open.
        NotSayable
            If the message is neither text nor bytes.
        LabError
            If the text contains a lone surrogate.
        """
        check_sayable(text, "A WebSocket message")
        connection = self._connection
        if self._state != "open" or connection is None:
            raise Disconnected(self._cannot_say())
        number = self._write(Entry("said", text, time.time(), "sending"))
        self.changes.notify()
        try:
            await connection.send(text)
        except ConnectionClosed as error:
            self._set_status(number, "failed")
            await self.changes.until(lambda: self._has_left(connection), within=1)
            raise Disconnected(self._cannot_say()) from error
        except BaseException:
            self._set_status(number, "failed")
            raise
        self._set_status(number, "sent")

    def _cannot_say(self) -> str:
        if self._state in ("reconnecting", "connecting"):
            hint = (
                f"{self.name} keeps nothing for later, so the message would be lost. "
                "To connect at once"
            )
        elif self._reconnects:
            hint = "To connect again"
        else:
            hint = "Raw WebSocket does not reconnect by itself"
        return (
            f"{self.name} cannot say anything: the connection is {self._state}{self._with()}. "
            f"{hint}: {reconnect_hint(self)}."
        )
