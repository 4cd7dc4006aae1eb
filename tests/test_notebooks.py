"""The skeleton that every notebook shares, as CONTRIBUTING.md describes it."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from labkit.commands.refresh import WIDGET
from labkit.exercises.catalogue import NOTEBOOKS
from labkit.exercises.inject import KINDS, cell_sources, find_kind
from tests.conftest import ROOT
from tests.support.names_of_cells import find_replaced_names

PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))

ORDER = ("## What this did not fix", "## In practice", "## Further reading")

EXERCISES = "## Exercises"
"""The heading of the section between the first two of these, in notebooks that have exercises."""

FORBIDDEN = {
    r"^\s*[%!]": "a magic or a shell command",
    r"[\"'](/|[A-Z]:\\)(home|root|tmp|Users)": "an absolute path",
    r"https?://(?!127\.0\.0\.1)": "the internet",
}

WAITS_ON_PURPOSE = "waits-on-purpose"
"""The tag of cells in which waiting is the subject."""

UNSTABLE = {
    r"127\.0\.0\.1:\d+": "a port",
    r"0x[0-9a-f]{6,}": "a memory address",
    r"\d\d:\d\d:\d\d": "a time",
    r"(/home/|/root/|/tmp/|C:\\)": "a path of a machine",
}


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    """Return each notebook's path in turn."""
    return Path(request.param)


@pytest.fixture
def notebook(path: Path) -> Any:
    """Return a notebook."""
    return nbformat.read(path, as_version=4)


def code(notebook: Any) -> list[Any]:
    """Return the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: Any) -> list[str]:
    """Return the sources of the Markdown cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def test_the_course_was_found() -> None:
    """The guards below look at something."""
    assert len(PATHS) >= 2
    assert PATHS[0].name == "00-start-here.ipynb"


def test_the_name_is_a_number_and_words(path: Path) -> None:
    """A file is named NN-some-words.ipynb."""
    assert re.fullmatch(r"\d\d(-[a-z0-9]+)+\.ipynb", path.name)


def test_the_opening(notebook: Any) -> None:
    """A notebook opens with title, goals, needs, time, a picture with a text, and the set-up."""
    first = notebook.cells[0].source
    assert first.startswith("# ")
    for part in ("**You will be able to**", "**You need**"):
        assert part in first
    assert re.search(r"\*\*Time\*\*: \d+ minutes", first)
    goals = first.split("**You will be able to**")[1].split("**You need**")[0]
    assert len(re.findall(r"^- ", goals, re.M)) == 3
    assert re.match(r"!\[[^\]]{40,}\]\(pictures/", notebook.cells[1].source)
    assert "await lab.fresh()" in code(notebook)[0].source


def test_the_steps(notebook: Any) -> None:
    """Steps are numbered from 1, and each predicts, looks and names."""
    whole = "\n".join(prose(notebook))
    headings = re.findall(r"^## Step (\d+): \S", whole, re.M)
    assert [int(number) for number in headings] == list(range(1, len(headings) + 1))
    steps = re.split(r"^## ", whole, flags=re.M)
    for step in steps:
        if step.startswith("Step "):
            assert "**Predict**" in step and "**Look**" in step, step[:60]
    assert whole.count("**Name it**") >= len(headings) - 1


def test_the_closing(notebook: Any) -> None:
    """A notebook closes with what is open, practice, reading, and the proof."""
    text = "\n".join(prose(notebook))
    places = [text.index(heading) for heading in ORDER]
    assert places == sorted(places)
    links = re.findall(r"^- \[[^\]]+\]\(https://[^)]+\): .{20,}\.$", text[places[-1] :], re.M)
    assert 3 <= len(links) <= 5
    assert notebook.cells[-1].source == "await lab.finish()"
    (said,) = notebook.cells[-1].outputs
    assert said.text == "Nothing failed unseen. The bench's servers and clients stay open.\n"


def test_headings_skip_no_level(notebook: Any) -> None:
    """There is one title, and no heading is two levels below the one before it."""
    levels = [len(m) for text in prose(notebook) for m in re.findall(r"^(#+) ", text, re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def is_for_exercises(cell: Any) -> bool:
    """Whether a cell belongs to the exercises' section."""
    return "labkit" in cell.metadata or cell.source.startswith(f"{EXERCISES}\n")


def test_the_size(notebook: Any, path: Path) -> None:
    """A notebook has 25 to 40 cells, 52 with exercises; short code, and less than 200 kB."""
    assert 25 <= sum(not is_for_exercises(cell) for cell in notebook.cells) <= 40
    assert len(notebook.cells) <= 52
    assert max(len(cell.source.splitlines()) for cell in code(notebook)) <= 20
    assert path.stat().st_size <= 200_000


def test_the_prose_is_short(notebook: Any) -> None:
    """A cell of prose has at most 110 words."""
    for text in prose(notebook)[2:]:
        words = [
            word for word in re.sub(r"\(http[^)]*\)", "", text).split() if re.search(r"\w", word)
        ]
        assert len(words) <= 110, text[:60]


def test_no_cell_takes_a_name_that_an_earlier_one_needs(notebook: Any) -> None:
    """Whoever goes back and runs a step again finds there what the step was written for."""
    assert find_replaced_names([cell.source for cell in code(notebook)]) == []


def test_the_code_needs_nothing_from_outside(notebook: Any) -> None:
    """No magic, no shell, no absolute path, no internet."""
    for cell in code(notebook):
        for pattern, what in FORBIDDEN.items():
            assert not re.search(pattern, cell.source, re.M), f"{what}: {cell.source[:60]}"


def test_only_a_cell_that_waits_on_purpose_sleeps(notebook: Any) -> None:
    """A result is waited for by its event; where waiting is the subject, the cell's tag says so."""
    for cell in code(notebook):
        sleeps = re.search(r"\bsleep\(", cell.source) is not None
        assert sleeps == (WAITS_ON_PURPOSE in cell.metadata.get("tags", [])), cell.source[:60]


def test_the_outputs_are_stored_and_stable(notebook: Any) -> None:
    """Outputs are there, in order, and hold nothing that differs from run to run."""
    counts = [cell.execution_count for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    for cell in code(notebook):
        for output in cell.outputs:
            text = str(output)
            assert WIDGET not in text
            for pattern, what in UNSTABLE.items():
                assert not re.search(pattern, text), f"{what}: {cell.source[:60]}"


def test_errors_are_expected(notebook: Any) -> None:
    """Only a cell that says so may end in an error, and it does."""
    for cell in code(notebook):
        failed = any(output.output_type == "error" for output in cell.outputs)
        assert failed == ("raises-exception" in cell.metadata.get("tags", []))


def test_nearly_all_outputs_are_compared(notebook: Any, path: Path) -> None:
    """At least nine of ten cells with output are compared strictly, two of three in the court."""
    shown = [cell for cell in code(notebook) if cell.outputs]
    ignored = [cell for cell in shown if "ignore" in str(cell.metadata) + cell.source]
    assert len(ignored) <= len(shown) / (3 if path.stem == "14-the-court" else 10)


def test_the_metadata_is_everybodys(notebook: Any) -> None:
    """No widget state, no version of somebody's Python; cells have telling ids."""
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]+", cell_id) for cell_id in ids)


def test_the_exercises_are_the_catalogues(notebook: Any, path: Path) -> None:
    """They stand before the practice: of each a task with its heading, its stub and its check."""
    exercises = NOTEBOOKS.get(path.stem, ())
    wanted = [text for exercise in exercises for text in cell_sources(exercise).values()]
    section = [number for number, cell in enumerate(notebook.cells) if is_for_exercises(cell)]
    if not exercises:
        assert section == []
        return
    assert section == list(range(section[0], section[0] + 1 + len(wanted)))
    assert notebook.cells[section[-1] + 1].source.startswith(ORDER[1])
    assert "\n".join(cell.source for cell in notebook.cells[: section[0]]).count(ORDER[0]) == 1
    assert [notebook.cells[number].source for number in section[1:]] == wanted
    kinds = [find_kind(notebook.cells[number]) for number in section[1:]]
    assert kinds == [(kind, exercise) for exercise in exercises for kind in KINDS]


def test_a_page_depends_on_no_learner(notebook: Any) -> None:
    """A hint is asked for by its number, and no cell shows the progress: neither is repeatable."""
    for cell in code(notebook):
        assert not re.search(r"\blab\.(progress|check)\(\)", cell.source)
        assert not re.search(r"\blab\.hint\([^,)]*\)", cell.source)


def test_a_cells_metadata_is_ours(notebook: Any) -> None:
    """Tags, and what a cell is in an exercise; nothing of a front end."""
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "labkit"}
        find_kind(cell)


def test_links_inside_resolve(notebook: Any, path: Path) -> None:
    """Pictures and other notebooks that are linked are there."""
    for text in prose(notebook):
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", text):
            assert (path.parent / target).exists(), target
