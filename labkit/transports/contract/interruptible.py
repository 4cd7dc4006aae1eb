"""An attempt to connect that a call of `close` from another task can end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from labkit.exceptions import ConnectError


class Interruptible:
    """Awaits one thing at a time, until it is done or another task interrupts it.

    Parameters
    ----------
    told
        The text of the error after an interruption.
    """

    def __init__(self, told: str) -> None:
        self._told = told
        self._scope: asyncio.Timeout | None = None

    async def run(self, what: Awaitable[None]) -> None:
        """Await something. Raises ConnectError if it was interrupted."""
        try:
            async with asyncio.timeout(None) as self._scope:
                await what
        except TimeoutError as error:
            if self._scope is None or not self._scope.expired():
                raise
            raise ConnectError(self._told) from error
        finally:
            self._scope = None

    def interrupt(self) -> None:
        """End what is awaited, if anything is."""
        if self._scope is not None:
            self._scope.reschedule(asyncio.get_running_loop().time())
