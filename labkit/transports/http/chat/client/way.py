"""A way for a client over HTTP to listen; what it says goes up in the same way over all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from labkit.clock import clock
from labkit.transports.contract import Message
from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.settings import CLOSE_TIMEOUT, HEARTBEAT


class Way(ABC):
    """A way to listen.

    Parameters
    ----------
    requests
        Makes the requests.
    conversation
        Who asks, and how far it has read; it is told what comes.

    Attributes
    ----------
    on_answer
        Called whenever something came from the server: messages can pass.
    """

    def __init__(self, requests: Requests, conversation: Conversation) -> None:
        self.requests = requests
        self.conversation = conversation
        self.on_answer: Callable[[], None] = lambda: None

    @abstractmethod
    async def listen(self) -> None:
        """Listen until it fails, always with Failed. It can be called again afterwards."""

    async def post(self, number: int, message: Message) -> None:
        """Post a message under its number. Raises Failed if there is no answer, or another one."""
        query = {"client": self.conversation.client, "number": number}
        await self.requests.send("POST", "/messages", query, message)

    async def leave(self) -> None:
        """Tell the server that this client leaves. Raises Failed."""
        path = f"/clients/{self.conversation.client}"
        await self.requests.send("DELETE", path, {}, within=CLOSE_TIMEOUT)

    async def poll(self, wait: float | None = None) -> bool:
        """Ask for messages once, and return whether any answer but "nothing new" came.

        Parameters
        ----------
        wait
            Seconds for which the server may hold the request; None to be answered at once.
        """
        held = {} if wait is None else {"wait": f"{round(wait, 3):g}"}
        answer = await self.requests.fetch(
            "/messages", {**self.conversation.query, **held}, clock.seconds(HEARTBEAT) + (wait or 0)
        )
        if answer is None:
            self.on_answer()
        else:
            self._take(answer)
        return answer is not None

    def _take(self, answer: Any) -> None:
        try:
            messages, cursor, lost = answer["messages"], answer["next"], answer.get("lost", 0)
            if not isinstance(messages, list):
                raise TypeError
        except (TypeError, KeyError, AttributeError):
            raise Failed("transport error", "the answer is not that of a chat") from None
        if lost is None:
            self.conversation.move(cursor)  # which fails if that was another server's answer
        self.on_answer()
        if lost != 0:
            self.conversation.lose(lost)
        for envelope in messages:
            self.conversation.take(envelope)
        self.conversation.move(cursor)
