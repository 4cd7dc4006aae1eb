"""The course's notebooks, for tests that run them."""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from labkit.commands.notebook_client import make_client
from tests.conftest import ROOT

PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))

DAMAGE = (b"", b"{", b"[]", b"null", b"{}", b'{"cells": 7}', b'{"cells": [{}]}', b"\xff\xfe{}")
"""What a file may hold that is no notebook."""

AT_A_TIME = 2
"""How many notebooks are run side by side: one waits for five sixths of its time, but what runs in
pytest's other processes needs a part of the machine, too."""

Tried = TypeVar("Tried")


REPEATS = {"LABKIT_REPEATS": "1"}
"""For pages that measure, where the verdicts are not what is tested."""


async def run_notebook(notebook: Any, folder: Path) -> None:
    """Run all cells in a kernel of their own; raise the error of a cell that may not fail."""
    await make_client(notebook, folder).async_execute(env=os.environ | REPEATS)


async def failures(
    attempt: Callable[[Tried], Awaitable[None]], each: Sequence[Tried]
) -> dict[Tried, str]:
    """Try each notebook, some at a time, and return the errors of those that fail.

    Parameters
    ----------
    attempt
        Runs one, and raises what is wrong with it.
    each
        The notebooks, or what is tried with them. The last ones begin: they take longest. One that
        measures keeps the machine busy, so it comes at the end, alone.
    """
    alone = [one for one in each if "14-the-court" in str(one)]
    several = [one for one in reversed(each) if one not in alone]
    turns = asyncio.Semaphore(AT_A_TIME)

    async def try_in_turn(one: Tried) -> str:
        async with turns:
            try:
                await attempt(one)
            except Exception as error:
                return "".join(traceback.format_exception(error))
        return ""

    found = await asyncio.gather(*map(try_in_turn, several))
    found += [await try_in_turn(one) for one in alone]
    return {one: told for one, told in zip([*several, *alone], found, strict=True) if told}
