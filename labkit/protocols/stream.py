"""What travels through a TCP connection in one direction: bytes, and in the end a FIN or an RST."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StreamEnd:
    """The end of one direction of a connection; `fact` is its name in the record."""

    fact: str


FIN = StreamEnd("half-closed")
RST = StreamEnd("reset")

Item = bytes | StreamEnd
"""Bytes, or the end behind them."""
