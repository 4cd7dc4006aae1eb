"""Verbs for exercises: what they take, and what they say to mistakes."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from IPython.core.formatters import DisplayFormatter

import labkit as lab
from labkit.exercises import catalogue
from labkit.exercises import progress as progress_module
from labkit.shell.forgotten_await import explain_coroutines
from tests.support.exercises import DOUBLE, OTHER


@pytest.fixture(autouse=True)
def two_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the catalogue hold two small exercises, and nothing be known of the learner."""
    monkeypatch.setattr(catalogue, "NOTEBOOKS", {"01-sums": (DOUBLE,), "02-more-sums": (OTHER,)})
    monkeypatch.setattr(progress_module, "progress", progress_module.Progress())
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


async def test_an_answer_is_checked_and_kept(lab: ModuleType) -> None:
    """The outcome is the value; the board shows the best one so far."""
    wrong = await lab.check("sums.doubles", lambda number: number)
    assert (wrong.state, wrong.happened) == ("not yet", "it is 21")
    assert "◐ not yet    sums.doubles" in repr(lab.progress())
    right = await lab.check("sums.doubles", lambda number: 2 * number)
    assert repr(right).startswith("● done: sums.doubles")
    await lab.check("sums.doubles", lambda number: number)
    assert repr(lab.progress()).startswith("Exercises done: 1 of 2")


def test_a_list_of_this_notebooks_exercises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arguments, where Jupyter says which notebook it is; else the whole course's."""
    assert repr(lab.check()) == repr(lab.progress())
    monkeypatch.setenv("JPY_SESSION_NAME", "/srv/notebooks/02-more-sums.ipynb")
    assert repr(lab.check()).splitlines()[:3] == [
        "Exercises done: 0 of 1",
        "02 more sums",
        "  ○ untouched  more.halves  halve a number",
    ]
    monkeypatch.setenv("JPY_SESSION_NAME", "/srv/notebooks/07-no-exercises.ipynb")
    assert repr(lab.check()) == repr(lab.progress())


def test_a_wrong_id_gets_the_nearest() -> None:
    """In each verb that takes one; and something else than a text is no id."""
    for verb in (lab.hint, lab.solution, lambda id: lab.check(id, 1)):
        with pytest.raises(lab.LabError, match=r"'sums\.double'. Did you mean 'sums\.doubles'\?"):
            verb("sums.double")
        with pytest.raises(lab.LabError, match="a string in quotes, not <function"):
            verb(lambda number: number)
    with pytest.raises(lab.LabError, match=r"no exercise 'zzz'. `lab.check\(\)` lists the ids"):
        lab.check("zzz", 1)


def test_the_answer_is_given_too() -> None:
    """A check without one says what to type; `None` is an answer, a wrong one."""
    with pytest.raises(lab.LabError, match=r'`await lab.check\("sums.doubles", double\)`'):
        lab.check("sums.doubles")  # type: ignore[call-overload]
    lab.check("sums.doubles", None).close()


def test_a_forgotten_await_is_explained() -> None:
    """The value of the cell says that nothing has happened, and what to type."""
    cell = 'lab.check("sums.doubles", double)'
    shell = SimpleNamespace(display_formatter=DisplayFormatter(), user_ns={"In": [cell]})
    explain_coroutines(shell)
    shown = shell.display_formatter.format(lab.check("sums.doubles", abs))[0]["text/plain"]
    assert shown == (
        "Nothing has happened yet: check(...) is a coroutine, which runs when it is awaited. "
        f"Type `await {cell}`."
    )


def test_hints_by_number() -> None:
    """The same one each time, with how to get the next, and at the end the solution."""
    first, last = lab.hint("sums.doubles", 1), lab.hint("sums.doubles", 2)
    assert repr(first) == (
        '**Hint 1 of 2.** Look at `*`.\n\nThe next one: `lab.hint("sums.doubles", 2)`.'
    )
    assert repr(last).endswith('This is the last. The solution: `lab.solution("sums.doubles")`.')
    assert repr(lab.hint("sums.doubles", 1)) == repr(first)
    assert "(2 hints seen)" in repr(lab.progress())
    for number in (0, 3, -1, True, "1", 1.0):
        with pytest.raises(lab.LabError, match="has hints 1 to 2, and no hint"):
            lab.hint("sums.doubles", number)


def test_hints_that_were_skipped() -> None:
    """Each hint counts once that was shown, whatever its number; the next is the first unseen."""
    lab.hint("sums.doubles", 2)
    lab.hint("sums.doubles", 2)
    assert "(1 hint seen)" in repr(lab.progress())
    assert repr(lab.hint("sums.doubles")).startswith("**Hint 1 of 2.**")
    assert "(2 hints seen)" in repr(lab.progress())


def test_the_next_hint(working_copy: Path) -> None:
    """Without a number, the first that was not seen, also by a kernel of yesterday."""
    assert repr(lab.hint("sums.doubles")).startswith("**Hint 1 of 2.**")
    progress_module.progress._here.clear()  # type: ignore[attr-defined]
    assert repr(lab.hint("sums.doubles")).startswith("**Hint 2 of 2.**")
    assert repr(lab.hint("sums.doubles")).startswith("**Hint 2 of 2.**")


def test_the_solution() -> None:
    """It is shown as code."""
    assert repr(lab.solution("sums.doubles")) == f"```python\n{DOUBLE.solution}\n```"
