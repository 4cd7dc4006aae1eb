"""A connection that ends after so many bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labkit.faults.fault import ByteFault, Decision, Live, Random, check_whole, make_close
from labkit.faults.wording import describe_bytes


@dataclass(frozen=True, repr=False)
class LimitData(ByteFault):
    """Closes the connection when so many bytes have passed (Toxiproxy: limit_data).

    The bytes up to there still arrive. With 0, it is closed when the first bytes come.
    """

    bytes: int

    def __post_init__(self) -> None:
        """Raise LabError unless the limit is a whole number, 0 or more."""
        check_whole("bytes", self.bytes)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return f"closed after {describe_bytes(self.bytes)}"

    def live(self, random: Random) -> Live:
        """Return a live part that counts."""
        return _Limiting(self)


class _Limiting(Live):
    def __init__(self, fault: LimitData) -> None:
        self._left = fault.bytes
        self._close = make_close(fault)
        self._is_over = False

    def data(self, data: bytes, now: float, /) -> Sequence[Decision]:
        if self._is_over:
            return ()
        passed, self._left = data[: self._left], self._left - len(data)
        self._is_over = self._left <= 0
        decisions: list[Decision] = [(now, passed)] if passed else []
        return [*decisions, (now, self._close)] if self._is_over else decisions
