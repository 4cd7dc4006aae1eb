"""`labkit refresh [NN ...]`: run notebooks and store their outputs, the same on every machine.

Stored outputs come from here only: a notebook saved in JupyterLab carries widget states, random
ids and extra renderings. Cells of exercises get their sources from the catalogue. The notebooks'
picture of the states is drawn here too, from its table.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labkit.commands.course import find_course
from labkit.commands.notebook_client import make_client
from labkit.commands.output import print_text
from labkit.exceptions import LabError

WIDGET = "application/vnd.jupyter.widget-view+json"
STATES = "states.svg"
"""The picture of a connection's states."""

VARIES = "nbval-ignore-output"
"""The tag of cells whose outputs differ in each run, for example a chart of measured figures."""

MAX_NOTEBOOK_SIZE = 200_000
"""The largest size of a notebook in bytes: web pages show larger ones slowly, or not at all."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "numbers", nargs="*", metavar="NN", help="numbers of notebooks (default: all)"
    )


def run(options: argparse.Namespace) -> int:
    """Refresh the notebooks; one that fails stays as it was."""
    failed = 0
    course = find_course()
    for path in course.find(options.numbers):
        try:
            changed = refresh(path)
        except LabError as error:
            print_text(f"{path.name}: {error}", sys.stderr)
            failed += 1
        else:
            print_text(f"{path.name}: {'new outputs stored' if changed else 'nothing changed'}")
    if draw(course.notebooks / "pictures" / STATES):
        print_text(f"{STATES}: drawn again")
    return 1 if failed else 0


def draw(path: Path) -> bool:
    """Draw the picture of a connection's states; return whether the file changed."""
    from labkit.views.states import picture

    before, after = path.read_text("utf-8") if path.exists() else "", picture()
    if after != before:
        path.parent.mkdir(exist_ok=True)
        path.write_text(after, "utf-8", newline="\n")
    return after != before


def refresh(path: Path) -> bool:
    """Run a notebook and store its outputs, unless nothing differs but what differs in each run.

    Parameters
    ----------
    path
        The notebook; its folder is the kernel's working directory.

    Returns
    -------
    bool
        Whether the file changed.

    Raises
    ------
    LabError
        If a cell failed (the text quotes its first line), or the result is too large.
    """
    import nbformat

    from labkit.exercises.inject import renew_exercises

    before = path.read_text("utf-8")
    notebook = nbformat.reads(before, as_version=4)  # type: ignore[no-untyped-call]
    renew_exercises(notebook)
    execute_notebook(notebook, path.parent)
    tidy_notebook(notebook)
    nbformat.validate(notebook)
    after = str(nbformat.writes(notebook)).rstrip("\n") + "\n"  # type: ignore[no-untyped-call]
    if len(after.encode()) > MAX_NOTEBOOK_SIZE:
        raise LabError(
            f"its outputs make it larger than {MAX_NOTEBOOK_SIZE} bytes; show less of it."
        )
    _take_varying_outputs(nbformat.reads(before, as_version=4), notebook)  # type: ignore[no-untyped-call]
    if str(nbformat.writes(notebook)).rstrip("\n") + "\n" == before:  # type: ignore[no-untyped-call]
        return False
    path.write_text(after, "utf-8", newline="\n")
    return True


def _take_varying_outputs(source: Any, notebook: Any) -> None:
    """Take the outputs of cells whose outputs differ in each run from another notebook."""
    stored = {cell.id: cell for cell in source.cells}
    for cell in notebook.cells:
        if VARIES in cell.metadata.get("tags", []) and cell.id in stored:
            cell.outputs = stored[cell.id].get("outputs", [])


def execute_notebook(notebook: Any, folder: Path, finished: list[Any] | None = None) -> Any:
    """Run all cells in a kernel of this interpreter and return the notebook.

    Parameters
    ----------
    notebook, folder
        The notebook, and the kernel's working directory.
    finished
        Gets each cell that has run; one that fails then does not end the run.

    Raises
    ------
    LabError
        If a cell failed, did not end in time, or ended the kernel; the text names it.
    """
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    made = make_client(notebook, folder)
    current: Any = None

    def begins(cell: Any, **further: Any) -> None:
        nonlocal current
        current = cell

    def ends(cell: Any, **further: Any) -> None:
        if finished is not None:
            finished.append(cell)

    made.on_notebook_start = _handle_signals_as_now()
    made.on_cell_start = begins
    made.on_cell_complete = ends
    made.allow_errors = finished is not None
    try:
        return made.execute()
    except CellExecutionError as error:
        raise LabError(f"{name_cell(current)} failed with {error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise LabError(f"{name_cell(current)} did not end within {made.timeout} s.") from error
    except DeadKernelError as error:
        raise LabError(f"{name_cell(current)} ended the kernel.") from error


def _handle_signals_as_now() -> Callable[..., None]:
    """Return a hook for the start of a run that undoes what nbclient does about signals.

    nbclient ends the kernel and goes on, so that Ctrl-C or SIGTERM fails somewhere inside of it, or
    passes for the end of the notebook. At the end of this process it ends the kernel anyway.
    """
    now = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def begins(**further: Any) -> None:
        with contextlib.suppress(NotImplementedError):  # on Windows it does nothing
            for number, handler in now.items():
                if asyncio.get_running_loop().remove_signal_handler(number):
                    signal.signal(number, handler)

    return begins


def name_cell(cell: Any) -> str:
    """Name a cell by its first line."""
    line = next(iter(cell.source.splitlines()), "") if cell is not None else ""
    return f"the cell that begins with `{line}`"


def tidy_notebook(notebook: Any) -> None:
    """Remove everything that differs between runs or machines."""
    notebook.metadata = {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = _merged(cell.outputs)
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET, None)
            if "traceback" in output:
                output.traceback = [f"{output.ename}: {output.evalue}"]


def _merged(outputs: list[Any]) -> list[Any]:
    """Join adjacent pieces of one stream, which are cut at random."""
    merged: list[Any] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged
