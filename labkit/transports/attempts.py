"""The attempts of a client to reconnect: how many there were, and how long to wait before the next.

The library's loop, ``async for websocket in connect(...)``, asks for a delay only after an attempt
that failed, and one success makes it forget the attempts before. So it dials a server that accepts
and closes without any pause. Here, there is a delay before each attempt, and only a connection that
stood for a while counts as a success.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from random import Random

from labkit.backoff import Backoff
from labkit.clock import clock


class Attempts:
    """The attempts in a row of one client.

    Parameters
    ----------
    backoff
        How long to wait before each of them.
    on_delay
        Called before each wait, with the number of the attempt, from 1, and the seconds (scaled).
    stable
        Seconds for which a connection must have stood, so that it counts as a success.
    """

    def __init__(
        self,
        backoff: Backoff,
        on_delay: Callable[[int, float], None],
        stable: float,
    ) -> None:
        self.backoff = backoff
        self._stable = stable
        self._on_delay = on_delay
        self._rng = Random()
        self._number = 0
        self._open_since: float | None = None

    @property
    def any_was_open(self) -> bool:
        """Whether there ever was a connection."""
        return self._open_since is not None

    def on_opened(self, now: float) -> None:
        """Remember when the connection was opened, by the loop's time."""
        self._open_since = now

    def on_lost(self, now: float) -> None:
        """Start to count again if the connection that was lost had been stable."""
        if self._open_since is not None and now - self._open_since >= clock.seconds(self._stable):
            self._number = 0

    def next_delay(self) -> float:
        """Return the seconds (scaled) to wait before the next attempt."""
        self._number += 1
        delay = clock.seconds(self.backoff.delay(self._number, self._rng))
        self._on_delay(self._number, delay)
        return delay

    def delays(self) -> Generator[float]:
        """Return the delays after failed attempts, as the library's `reconnect_delays` does."""
        while True:
            yield self.next_delay()
