"""What a cell says whose value is a coroutine."""

from __future__ import annotations

import gc
import warnings
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter

from labkit.shell.forgotten_await import MAX_CALL_SHOWN, explain_coroutines


@pytest.fixture
def shell() -> Any:
    """Return what is used of IPython's shell; a cell's value explains itself in it."""
    shell = SimpleNamespace(display_formatter=DisplayFormatter(), user_ns={"In": [""]})
    explain_coroutines(shell)
    return shell


def value_of(shell: Any, cell: str, value: object) -> str:
    """Return how the value of a cell is shown."""
    shell.user_ns["In"].append(cell)
    return str(shell.display_formatter.format(value)[0]["text/plain"])


async def test_what_it_is_and_what_to_type(shell: Any, lab: ModuleType) -> None:
    """It names the coroutine, and quotes the call with `await` in front."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    assert value_of(shell, 'print(1)\nalice.say("hi")', alice.say("hi")) == (
        "Nothing has happened yet: Client.say(...) is a coroutine, which runs when it is awaited. "
        'Type `await alice.say("hi")`.'
    )
    assert alice.transcript[-1].kind != "said"


@pytest.mark.parametrize("cell", ["later", "x = 1 +", "", f"lab.fresh({' ' * MAX_CALL_SHOWN})"])
async def test_a_call_that_cannot_be_quoted(shell: Any, lab: ModuleType, cell: str) -> None:
    """It says where the `await` belongs."""
    assert value_of(shell, cell, lab.fresh()).endswith("Put `await` in front of the call.")


async def test_python_does_not_warn_of_it_later(shell: Any, lab: ModuleType) -> None:
    """Under another cell, nobody would know what is meant."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        value_of(shell, "lab.fresh()", lab.fresh())
        gc.collect()
    assert warned == []


async def test_one_that_has_a_name_can_still_be_awaited(shell: Any, lab: ModuleType) -> None:
    """Looking at a coroutine does not end it."""
    shell.user_ns["later"] = later = lab.fresh()
    assert "is a coroutine" in value_of(shell, "later", later)
    await later


async def test_others_coroutines_are_left_alone(shell: Any) -> None:
    """A learner's own is shown as Python shows it."""

    async def own() -> None:
        pass

    coroutine = own()
    assert value_of(shell, "own()", coroutine).startswith("<coroutine object")
    coroutine.close()


def test_without_ipython_there_is_nothing_to_do() -> None:
    """A program is not a cell."""
    explain_coroutines()
