"""Changes of an object: listeners are called, and coroutines wait, bounded, for a condition."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from labkit.clock import check_wait, clock


class Observable:
    """Notifies listeners of changes, and lets coroutines wait for a condition.

    All calls belong on the event loop's thread. A listener takes no argument, reads the state
    itself, and must not raise.
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Call every listener, and let every waiting coroutine check its condition again."""
        for listener in tuple(self._listeners):
            listener()
        if self._waiting:
            for waiting in self._waiting:
                if not waiting.done():
                    waiting.set_result(None)
            self._waiting.clear()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each change, until the returned function is called."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def until(self, condition: Callable[[], bool], within: float) -> bool:
        """Wait until `condition` holds, for at most `within` seconds by the lab's clock.

        Returns
        -------
        bool
            Whether it holds; False means that the time ran out.

        Raises
        ------
        LabError
            If `within` is not a finite number of seconds.
        """
        check_wait(within)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + clock.seconds(within)
        while not condition():
            left = deadline - loop.time()
            if left <= 0:
                return False
            waiting: asyncio.Future[None] = loop.create_future()
            self._waiting.add(waiting)
            try:
                await asyncio.wait({waiting}, timeout=left)
            finally:
                self._waiting.discard(waiting)
        return True
