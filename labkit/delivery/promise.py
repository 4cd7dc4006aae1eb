"""What a way of sending promises about its messages: the measure by which a history is judged.

A promise belongs to one leg of a message's way: from the sender to a store, or from a store to the
receivers. Each leg has its own history and its own promise. Judged as one, a server that stores
each message once, and never said that it would replay anything, would be accused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from labkit.exceptions import LabError

Delivery = Literal["at most once", "at least once", "exactly once"]
Order = Literal["per sender", "total"]
Audience = Literal["others", "everybody"] | Callable[[str, str], bool]

_DELIVERIES = ("at most once", "at least once", "exactly once")
_ORDERS = (None, "per sender", "total")


@dataclass(frozen=True)
class Promise:
    """What is promised about each message.

    Attributes
    ----------
    delivery
        ``"at most once"``: a message reaches the connections that are open, and may be lost with
        one that ends. ``"at least once"``: it reaches whoever had joined before, on whichever
        connection, and perhaps more than once. ``"exactly once"``: the same, and only once.
    order
        ``"per sender"``: whoever hears two messages of one sender hears them as they were sent.
        ``"total"``: besides, all hear all messages in one and the same order.
    audience
        Who is to hear a message: ``"others"``, all but its sender; ``"everybody"``, the sender
        too; or a function of the sender's and a receiver's name that says whether the receiver is.
    acknowledged
        Whether the sender of each message gets an acknowledgement.
    replayed
        Whether those who come later hear what was said before; otherwise it is stale to them.
    fresh_for
        How many later messages its sender may have begun to send when a message is heard; with one
        more it is stale. Without a limit if None.
    """

    delivery: Delivery = "at most once"
    order: Order | None = None
    audience: Audience = "others"
    acknowledged: bool = False
    replayed: bool = False
    fresh_for: int | None = None

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        _check("delivery", self.delivery, _DELIVERIES)
        _check("order", self.order, _ORDERS)
        if not callable(self.audience):
            _check("audience", self.audience, ("others", "everybody"), or_else="or a function")
        _check("acknowledged", self.acknowledged, (False, True))
        _check("replayed", self.replayed, (False, True))
        limit = self.fresh_for
        if limit is not None and (
            isinstance(limit, bool) or not isinstance(limit, int) or limit < 0
        ):
            raise LabError(
                f"fresh_for must be a number of messages, 0 or more, or None, not {limit!r}"
            )

    @property
    def is_to_identity(self) -> bool:
        """Whether a message is owed to a client across its connections, and not to a connection."""
        return self.delivery != "at most once"

    @property
    def is_once(self) -> bool:
        """Whether nobody is to hear a message twice."""
        return self.delivery != "at least once"

    def is_for(self, sender: str, receiver: str) -> bool:
        """Return whether a receiver is to hear what a sender sends."""
        if callable(self.audience):
            return bool(self.audience(sender, receiver))
        return self.audience == "everybody" or sender != receiver


def _check(name: str, value: object, allowed: tuple[object, ...], or_else: str = "") -> None:
    if not any(value is one or (isinstance(value, str) and value == one) for one in allowed):
        these = ", ".join(repr(one) for one in allowed)
        raise LabError(f"{name} must be one of {these}{or_else and ' '}{or_else}, not {value!r}")
