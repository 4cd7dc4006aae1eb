"""A server that welcomes whoever says hello, or hangs up without a word: at once, or behind it."""

from __future__ import annotations

from typing import Any, Literal

from labkit.observable import Observable

WELCOME = ("welcome", "you missed nothing")


class Host:
    """A server that welcomes, hangs up without a word, or sends away.

    Attributes
    ----------
    mood
        What it does with the next visitor.
    hellos
        What those whom it welcomed said first.
    unanswered
        How many said something first, and were hung up on.
    visits
        How many connections there were.
    """

    def __init__(self) -> None:
        self.mood: Literal["welcome", "hang up", "hang up behind the hello"] = "welcome"
        self.hellos: list[Any] = []
        self.visits = 0
        self.unanswered = 0
        self.changes = Observable()
        self._welcomed: Any = None

    async def handler(self, websocket: Any) -> None:
        """Serve a visit."""
        self.visits += 1
        self.changes.notify()
        mood = self.mood
        if mood == "hang up":
            return
        hello = await websocket.recv()
        if mood == "hang up behind the hello":
            self.unanswered += 1
            self.changes.notify()
            return
        self.hellos.append(hello)
        for message in WELCOME:
            await websocket.send(message)
        self._welcomed = websocket
        self.changes.notify()
        await websocket.wait_closed()

    async def close(self, code: int, reason: str) -> None:
        """Close the connection that was welcomed last, and wait until that is done."""
        await self._welcomed.close(code, reason)
