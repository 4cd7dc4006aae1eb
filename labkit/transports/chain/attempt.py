"""A way that listens, and the proof that it works: something came down, and something went up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from labkit.clock import clock
from labkit.transports.chain.order import PROOF_TIMEOUT
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.client.way import Way

MOST_UNPOSTED = 2
"""Posts in a row that may fail while the way still listens, before it counts as broken."""


class Attempt:
    """A way of a chain that listens from now on, until `stop`.

    Parameters
    ----------
    name
        Its name.
    way
        The way.

    Attributes
    ----------
    broken
        Done, with the failure as its exception, when the way no longer works.
    """

    def __init__(self, name: str, way: Way) -> None:
        self.name = name
        self.way = way
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        self._heard: asyncio.Future[None] = loop.create_future()
        self.broken: asyncio.Future[None] = loop.create_future()
        self._unposted = 0
        way.on_answer = self._on_answer
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        try:
            await self.way.listen()
        except Exception as error:  # a Failed, or a mistake of labkit, which must not go unseen
            self._break(error)

    def _break(self, error: Exception) -> None:
        if not self.broken.done():
            self.broken.set_exception(error)

    def _on_answer(self) -> None:
        if not self._heard.done():
            self._heard.set_result(None)

    @property
    def age(self) -> float:
        """The seconds since it began, as the lab's clock counts them."""
        return (asyncio.get_running_loop().time() - self._began) / clock.scale

    async def prove(self) -> None:
        """Wait until the way is proved in both directions.

        The order matters: a way up that works alone may have no connection left while the way down
        occupies one.

        Raises
        ------
        Failed
            If it breaks, or is not proved within 3 s (scaled).
        """
        deadline = asyncio.get_running_loop().time() + clock.seconds(PROOF_TIMEOUT)
        await self._until(self._heard, deadline, "nothing came down")
        up = asyncio.create_task(self.way.post(0, ""))
        try:
            await self._until(up, deadline, "nothing that goes up is answered")
        finally:
            up.cancel()
            await asyncio.wait({up})

    async def _until(self, proof: asyncio.Future[None], deadline: float, why: str) -> None:
        left = deadline - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait(
            {proof, self.broken}, timeout=left, return_when=asyncio.FIRST_COMPLETED
        )
        if proof in done:
            proof.result()
        elif self.broken in done:
            self.broken.result()
        else:
            raise Failed("ping timeout", f"{why} within {PROOF_TIMEOUT:g} s")

    async def carry(self, posting: Awaitable[None]) -> None:
        """Await a post over this way, which breaks if posts fail while it still listens.

        Raises
        ------
        Failed
            If the post failed.
        """
        try:
            await posting
        except Failed as failure:
            self._unposted += 1
            if failure.reason == "ping timeout" or self._unposted >= MOST_UNPOSTED:
                self._break(failure)
            raise
        self._unposted = 0

    async def stop(self) -> None:
        """Stop listening."""
        self._listening.cancel()
        await asyncio.wait({self._listening})
        self._break(Failed("client disconnect", "it stopped listening"))
        self.broken.exception()  # asyncio reports what nobody has looked at
