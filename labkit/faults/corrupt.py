"""Messages of which one byte is another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from labkit.exceptions import LabError
from labkit.faults.message_fault import AlteringFault
from labkit.faults.selecting_fault import SelectingFault
from labkit.protocols.units import Unit, header_size, unmasked

Mode = Literal["letter", "utf-8"]

BITS: dict[Mode, int] = {"letter": 0x01, "utf-8": 0x80}
"""Which bit of the byte changes."""


@dataclass(frozen=True, repr=False)
class Corrupt(AlteringFault, SelectingFault):
    """Changes one bit of selected messages; see `SelectingFault` for how to select.

    TCP's checksum lets few such mistakes through; memory and software make the others.

    Parameters
    ----------
    mode
        "letter": the last letter or digit becomes its neighbour, and the receiver sees nothing
        wrong. "utf-8": its highest bit changes, so a text is no longer UTF-8, and the receiver has
        to fail the connection with 1007. What has no letter is changed in its last byte, and what
        is compressed is changed as it is on the wire.
    """

    mode: Mode = "letter"

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        changed = "a letter" if self.mode == "letter" else "the UTF-8"
        return f"changes {changed} of {self.selection}"

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        super().__post_init__()
        if self.mode not in get_args(Mode):
            raise LabError(f'mode must be "letter" or "utf-8", not {self.mode!r}.')

    def alter(self, unit: Unit) -> Sequence[Unit]:
        """Return the message with the changed bit."""
        is_part = unit.agreed.is_polling and unit.kind == "attachment"  # of an event before it
        where = None if is_part else _find_last_byte(unit)
        if where is None:
            return (unit,)
        number, at = where
        frame = bytearray(unit.frames[number])
        frame[at] ^= BITS[self.mode]
        frames = (*unit.frames[:number], bytes(frame), *unit.frames[number + 1 :])
        return (unit.altered(frames),)


def _find_last_byte(unit: Unit) -> tuple[int, int] | None:
    """Return the frame and the offset in it of the byte that changes; None in an empty message."""
    last = None
    for number in reversed(range(len(unit.frames))):
        frame = unit.frames[number]
        payload, start = unmasked(frame), header_size(frame[1])
        if payload and last is None:
            last = number, len(frame) - 1
        for at in () if unit.is_compressed else reversed(range(len(payload))):
            if payload[at] < 0x80 and chr(payload[at]).isalnum():
                return number, start + at
    return last
