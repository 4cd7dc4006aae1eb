"""What makes a server worse by a known amount, so that an instrument can be calibrated."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Burden:
    """A burden, of which a server that is measured has none.

    Attributes
    ----------
    work
        Seconds for which the processor works before each message is sent. Where other programs
        work, too, the message is later than that.
    wait
        Seconds for which the server waits before each message is sent, without any work.
    memory
        Bytes that are held for each connection.
    characters
        By which each message is longer.
    """

    work: float = 0.0
    wait: float = 0.0
    memory: int = 0
    characters: int = 0
    held: dict[Hashable, bytes] = field(default_factory=dict)

    def load(self, connection: Hashable) -> None:
        """Hold memory for a connection."""
        if self.memory:
            self.held[connection] = b"x" * self.memory  # written, not only reserved

    def unload(self, connection: Hashable) -> None:
        """Let go of it."""
        self.held.pop(connection, None)

    def apply(self, message: str) -> str:
        """Return a longer message, after a while."""
        if self.work:
            until = time.thread_time() + self.work
            while time.thread_time() < until:
                pass
        if self.wait:
            time.sleep(self.wait)
        return message + "x" * self.characters
