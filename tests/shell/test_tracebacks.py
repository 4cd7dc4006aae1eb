"""What stands below a cell that failed with an error of labkit's."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.shell.tracebacks import render_traceback, shortened
from tests.conftest import ROOT

SHELL = """
import contextlib, io, json, sys
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell

HistoryManager.enabled = False
shell = InteractiveShell.instance(colors="NoColor")
told = []
for cell in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        shell.run_cell(cell)
    told.append(output.getvalue())
json.dump(told, sys.stdout)
"""

IMPORT = "import json, pathlib\nfrom labkit.commands.notebook_files import without_outputs\n"

READ = "without_outputs(pathlib.Path('none.ipynb'))"
"""An expression with which labkit raises an error from one of Python's."""


CELL = "/tmp/ipykernel_1/2.py"
"""A name as IPython's kernel gives it to a cell."""


def run(*cells: str) -> list[str]:
    """Run cells in IPython, in a process of its own, and return what stands below each."""
    command = [sys.executable, "-c", SHELL]
    told = subprocess.check_output(command, input=json.dumps(cells), text=True, cwd=ROOT)
    return list(json.loads(told))


def raised(source: str, filename: str) -> LabError:
    """Return the error that code of a file raises."""
    with pytest.raises(LabError) as caught:
        exec(compile(source, filename, "exec"), {})
    return caught.value


def files(error: BaseException | None) -> list[str]:
    """Return the files of an exception's frames, from the outermost on, without this one."""
    assert error is not None
    names = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return [name for name in names if name != __file__]


def test_the_sentence_is_what_one_sees() -> None:
    """The learner's line, and the error; all frames in IPython's mode Verbose, also afterwards."""
    short, again, verbose = run(IMPORT + READ, "%tb", "%tb Verbose")
    (arrow,) = (line for line in short.splitlines() if "->" in line)
    assert arrow == f"----> 3 {READ}"
    assert short.splitlines()[-1].startswith("LabError: none.ipynb cannot be read")
    assert "notebook_files.py" not in short and "direct cause" not in short
    assert again == short
    assert "notebook_files.py" in verbose and verbose.splitlines()[-1] == short.splitlines()[-1]


def test_other_errors_are_shown_as_ever() -> None:
    """What labkit did not raise has its frames in libraries."""
    (told,) = run("import json\njson.loads('{')")
    assert "decoder.py" in told


def test_an_error_of_the_learners_that_led_to_it_is_shown() -> None:
    """Its line, too, and not what the libraries below did."""
    (told,) = run(f"{IMPORT}try:\n    json.loads('{{')\nexcept ValueError:\n    {READ}")
    assert told.count("---->") == 2 and "During handling of the above exception" in told
    assert "decoder.py" not in told and "notebook_files.py" not in told


def test_the_exception_keeps_everything() -> None:
    """Only while it is shown, frames and what it was raised from are left out."""
    error = raised(IMPORT + READ, CELL)
    before: list[Any] = [error.__cause__, error.__context__, error.__suppress_context__]
    everywhere = files(error)
    assert any("notebook_files.py" in name for name in everywhere)
    with shortened(error):
        assert files(error) == [CELL]
        assert error.__cause__ is None and error.__suppress_context__
    assert files(error) == everywhere
    assert before == [error.__cause__, error.__context__, error.__suppress_context__]


def test_a_cause_in_the_learners_code_stays() -> None:
    """Of a chain, each link that has a line of the learner's."""
    code = f"{IMPORT}try:\n    {READ}\nexcept Exception as error:\n"
    error = raised(f"{code}    raise type(error)('again') from error", CELL)
    with shortened(error):
        assert files(error) == files(error.__cause__) == [CELL]
        assert error.__cause__ is not None and error.__cause__.__cause__ is None
    assert error.__cause__ is not None and len(files(error.__cause__)) > 1


def test_a_chain_that_is_a_circle_ends() -> None:
    """Whoever raises an error from itself, or sees it twice, gets it once."""
    error, other = LabError("one"), LabError("other")
    error.__cause__, other.__cause__ = other, error
    with shortened(error):
        assert error.__cause__ is None
    assert error.__cause__ is other and other.__cause__ is error


def test_without_ipython_it_is_pythons() -> None:
    """Whoever asks outside of a notebook gets what Python prints."""
    error = raised(IMPORT + READ, CELL)
    assert render_traceback(error) == traceback.format_exception(error)
