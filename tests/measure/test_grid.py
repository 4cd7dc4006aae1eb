"""The grid's rows and columns."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import pytest

import labkit.faults
from labkit.exceptions import LabError
from labkit.faults import RotateConnections
from labkit.faults.connection_fault import ConnectionFault
from labkit.faults.link_fault import LinkFault
from labkit.measure.grid import COLUMNS, ROWS, try_cell
from labkit.transports.registry import CHATS


def test_the_rows_are_all_middleboxes() -> None:
    """Each fault that stands for one, and nothing to compare with."""
    kinds = {type(row.middlebox) for row in ROWS.values()}
    offered = {getattr(labkit.faults, name) for name in labkit.faults.__all__}
    middleboxes = {each for each in offered if issubclass(each, ConnectionFault | LinkFault)}
    assert middleboxes - kinds == {RotateConnections}  # which a function makes for two servers
    assert callable(ROWS["rotate connections"].middlebox)
    assert ROWS["nothing"].middlebox is None


def test_the_columns_are_all_transports() -> None:
    """Each finished chat has one, and Socket.IO one for each way to begin."""
    assert {column.protocol for column in COLUMNS.values()} == set(CHATS)


@pytest.mark.parametrize("column", ["websocket", "sse"])
async def test_a_cell(lab: ModuleType, column: str) -> None:
    """It is tried by the names of its row and its column."""
    assert (await try_cell("nothing", column)).verdict == "survives"


@pytest.mark.parametrize(
    ("box", "way", "words"),
    [
        (
            "limit connection 1",
            "longpoll",
            "no middlebox 'limit connection 1'. Did you mean 'l",
        ),
        ("drop upgrade", "longpol", "no transport 'longpol'. Did you mean 'longpoll'? There are "),
        (None, "sse", "no middlebox None. There are 'nothing', 'strip upgrade', "),
    ],
)
async def test_an_unknown_name(box: Any, way: str, words: str) -> None:
    """It is answered with the nearest name and all that there are, before anything is started."""
    with pytest.raises(LabError, match=re.escape(words)):
        await try_cell(box, way)
