"""The two directions of a connection."""

from __future__ import annotations

from typing import Literal, get_args

Direction = Literal["upstream", "downstream"]
"""Upstream: from client to server. Downstream: from server to client."""

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
"""Both, the client's first: it begins."""
