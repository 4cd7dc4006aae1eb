"""A way that is made of ways: it listens over the first one that works.

All of them share one conversation: the id, the cursor, and the numbers of what was posted. So
wherever one way breaks off, the next one goes on, and what arrives twice is recognized by its
number, on either side.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import Any

from labkit.clock import clock
from labkit.transports.chain.attempt import Attempt
from labkit.transports.chain.order import Order
from labkit.transports.contract import Message
from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.client.way import Way
from labkit.transports.settings import HEARTBEAT

ABOUT_THE_MESSAGE = frozenset({400, 410, 413, 415})
"""Statuses of answers that refuse what is posted or who posts, whatever the way."""

Make = Callable[[Requests, Conversation], Way]


class ChainWay(Way):
    """Listens over one of several ways.

    Parameters
    ----------
    requests, conversation
        As of any way.
    makers
        What makes each way, by its name.
    order
        The order in which they are tried.
    upgrades
        Whether to probe the better ways, and change to one that works.
    on_note
        Called with what happens to the ways, in words.
    """

    def __init__(
        self,
        requests: Requests,
        conversation: Conversation,
        makers: dict[str, Make],
        order: Order,
        *,
        upgrades: bool,
        on_note: Callable[[str], None],
    ) -> None:
        super().__init__(requests, conversation)
        self._makers = makers
        self._ways = {name: make(requests, conversation) for name, make in makers.items()}
        self._order = order
        self._upgrades = upgrades
        self._on_note = on_note
        self._attempt: Attempt | None = None
        self._proved = asyncio.Event()

    async def listen(self) -> None:
        """Prove a way, and listen over it until it breaks. Raises Failed, also if none works."""
        self._take(await self._find())
        self.on_answer()
        try:
            while True:
                await self._stay()
        finally:
            self._proved.clear()
            if self._attempt is not None:
                await self._attempt.stop()

    def _take(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._order.on_proved(attempt.name)
        self._proved.set()

    async def _find(self) -> Attempt:
        """Return a way that is proved. Raises Failed if there is none."""
        for name in self._order.next_round:
            attempt = await self._prove(name, self._ways[name])
            if attempt is not None:
                return attempt
        raise Failed("transport error", f"none of its ways works ({self._order.words})")

    async def _prove(self, name: str, way: Way) -> Attempt | None:
        """Return a way that listens and is proved, None if it is refused.

        Raises
        ------
        Failed
            If the server has sent this client away.
        """
        attempt = Attempt(name, way)
        try:
            await attempt.prove()
        except Failed as failure:
            await attempt.stop()
            if failure.reason == "server disconnect":
                raise
            if self._order.refusals.get(name) != str(failure):
                self._on_note(f"{name} refused: {failure}")
            self._order.on_refused(name, str(failure))
            return None
        except BaseException:
            await attempt.stop()
            raise
        return attempt

    async def _stay(self) -> None:
        """Return when a better way is taken. Raises Failed when the current one breaks."""
        attempt = self._attempt
        assert attempt is not None
        probing = asyncio.create_task(self._probe()) if self._may_upgrade else None
        try:
            awaited: set[asyncio.Future[Any]] = {attempt.broken}
            if probing is not None:
                awaited.add(probing)
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
            if probing is not None and probing.done() and not attempt.broken.done():
                await self._change(attempt, probing.result())
                return
        finally:
            if probing is not None:
                probing.cancel()
                await asyncio.wait({probing})
        self._order.on_broken(attempt.name, attempt.age)
        try:
            attempt.broken.result()
        except Failed as failure:
            raise _blame_way(failure, {410}) from failure

    @property
    def _may_upgrade(self) -> bool:
        return self._upgrades and bool(self._order.better)

    async def _probe(self) -> str:
        """Return the name of a better way that works, as soon as there is one."""
        while True:
            await asyncio.sleep(clock.seconds(self._order.next_probe()))
            for name in self._order.better:
                if await self._works(name):
                    return name

    async def _works(self, name: str) -> bool:
        """Return whether a way works for another client, so that this one goes on undisturbed."""
        nobody = Conversation(lambda message: None, lambda count: None)
        way = self._makers[name](self.requests, nobody)
        attempt = await self._prove(name, way)
        if attempt is None:
            return False
        try:
            with contextlib.suppress(Failed):
                await way.leave()
        finally:
            await attempt.stop()
        return True

    async def _change(self, old: Attempt, name: str) -> None:
        """Change to a better way, if it still works; the old one goes on until then."""
        self._order.on_probed(name)
        new = await self._prove(name, self._ways[name])
        if new is None:
            return
        self._take(new)
        self._on_note(f"changed to {name}")
        await old.stop()

    async def post(self, number: int, message: Message) -> None:
        """Post a message over the way that works now. Raises Failed."""
        try:
            async with asyncio.timeout(clock.seconds(HEARTBEAT)):
                await self._proved.wait()
        except TimeoutError:
            raise Failed("ping timeout", "none of its ways works") from None
        attempt = self._attempt
        assert attempt is not None
        try:
            await attempt.carry(attempt.way.post(number, message))
        except Failed as failure:
            raise _blame_way(failure, ABOUT_THE_MESSAGE) from failure

    async def leave(self) -> None:
        """Tell the server that this client leaves. Raises Failed."""
        if self._attempt is not None:
            await self._attempt.way.leave()


def _blame_way(failure: Failed, final: Collection[int]) -> Failed:
    """Return a failure after which another way is worth trying, unless its status is a final one.

    Something on the way may answer anything: that one way is forbidden says nothing of the others.
    """
    if failure.answer is None or failure.answer.status in final:
        return failure
    return Failed(failure.reason, str(failure))
