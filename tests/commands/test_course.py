"""The course and the learner's working copy."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

import nbformat
import pytest

from labkit.commands import course as course_module
from labkit.commands.course import MANIFEST, Course, find_course
from labkit.commands.spelling import spell_command
from labkit.exceptions import LabError


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Make a course of two notebooks, in a folder with a space and an umlaut."""
    root = tmp_path / "My cöurse"
    (root / "notebooks" / "pictures").mkdir(parents=True)
    (root / "notebooks" / "pictures" / "a.svg").write_text("<svg/>")
    (root / "notebooks" / "examples").mkdir()
    (root / "notebooks" / "examples" / "03_raw_chat.py").write_text("first edition")
    course = Course(root)
    for name in ("00-start-here", "03-a-raw-chat"):
        publish(course, f"{name}.ipynb", f"# {name}, first edition")
    return course


def publish(course: Course, name: str, source: str, output: str = "the answer") -> None:
    """Write a notebook of the course, of one cell that was run."""
    cell = nbformat.v4.new_code_cell(source, id="one", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", text=output)]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), course.notebooks / name)


def source(course: Course, name: str) -> str:
    """Return the source of the cell in the working copy."""
    (cell,) = nbformat.read(course.copies / name, as_version=4).cells
    return str(cell.source)


def text(course: Course, name: str) -> str:
    """Return what stands in the working copy."""
    return (course.copies / name).read_text("utf-8")


def test_notebooks_are_found_by_number(course: Course) -> None:
    """A number, a name and a file's name are the same; without one all come, in order."""
    for number in ("3", "03", "03-a-raw-chat", "03-a-raw-chat.ipynb"):
        assert [path.name for path in course.find([number])] == ["03-a-raw-chat.ipynb"]
    assert [path.name[:2] for path in course.find()] == ["00", "03"]


@pytest.mark.parametrize("number", ["7", "", " ", "003", "0 ", "00-", "00-../../x", "٣", "-3", "*"])
def test_what_names_no_notebook_finds_none(course: Course, number: str) -> None:
    """An empty variable or a path is not taken for notebook 00; the text lists what there is."""
    with pytest.raises(LabError, match=r"There is no notebook .*\. The notebooks are: 00, 03\."):
        course.find(["03", number])


def test_the_first_copy_is_whole(course: Course) -> None:
    """Notebooks, pictures and examples are copied; the course's own files are not touched."""
    assert course.hand_out() == []
    assert source(course, "00-start-here.ipynb") == "# 00-start-here, first edition"
    assert text(course, "examples/03_raw_chat.py") == "first edition"
    assert (course.copies / "pictures" / "a.svg").exists()


def test_what_nobody_has_run_looks_not_run(course: Course) -> None:
    """The copy has neither outputs nor execution counts; the course's own notebooks keep them."""
    before = {path: path.read_bytes() for path in course.find()}
    course.hand_out()
    for _ in range(2):  # a reset restores the same
        for original in course.find():
            (cell,) = nbformat.read(course.copies / original.name, as_version=4).cells
            assert cell.outputs == [] and cell.execution_count is None
            (course.copies / original.name).unlink()
            course.reset(original)
    assert {path: path.read_bytes() for path in course.find()} == before


def test_outputs_alone_are_no_newer_version(course: Course) -> None:
    """Where the course stores other outputs, nothing changes for who has its notebook."""
    course.hand_out()
    (course.copies / "03-a-raw-chat.ipynb").write_text("my answers")
    for name in ("00-start-here", "03-a-raw-chat"):
        publish(course, f"{name}.ipynb", f"# {name}, first edition", "another answer")
    before = text(course, "00-start-here.ipynb")
    assert course.hand_out() == []
    assert text(course, "00-start-here.ipynb") == before


def test_an_untouched_copy_follows_the_course(course: Course) -> None:
    """An update reaches copies that nobody changed."""
    course.hand_out()
    publish(course, "00-start-here.ipynb", "# second edition")
    assert course.hand_out() == []
    assert source(course, "00-start-here.ipynb") == "# second edition"


def test_a_copy_with_outputs_is_renewed_if_nobody_changed_it(course: Course) -> None:
    """Copies of earlier editions have the course's outputs; one with a learner's work is kept."""
    course.hand_out()
    manifest = {}
    for original in course.find():
        (course.copies / original.name).write_bytes(original.read_bytes())
        manifest[original.name] = hashlib.sha256(original.read_bytes()).hexdigest()
    (course.copies / MANIFEST).write_text(json.dumps(manifest))
    (course.copies / "03-a-raw-chat.ipynb").write_text("my answers")
    course.hand_out()
    assert "the answer" not in text(course, "00-start-here.ipynb")
    assert text(course, "03-a-raw-chat.ipynb") == "my answers"


def test_what_a_learner_wrote_is_kept(course: Course) -> None:
    """An update never overwrites work; one sentence says how to get the new edition."""
    course.hand_out()
    (course.copies / "00-start-here.ipynb").write_text("my answers")
    assert course.hand_out() == []
    publish(course, "00-start-here.ipynb", "# second edition")
    (sentence,) = course.hand_out()
    assert f"`{spell_command('reset 00')}`" in sentence
    assert text(course, "00-start-here.ipynb") == "my answers"


def test_an_example_that_a_learner_changed_is_kept(course: Course) -> None:
    """An update renews an untouched example, and leaves a changed one, with a sentence."""
    course.hand_out()
    original, copy = (
        folder / "examples/03_raw_chat.py" for folder in (course.notebooks, course.copies)
    )
    original.write_text("second edition")
    assert course.hand_out() == []
    assert copy.read_text() == "second edition"
    copy.write_text("my chat")
    assert course.hand_out() == []
    original.write_text("third edition")
    (sentence,) = course.hand_out()
    assert (
        sentence.startswith("examples/03_raw_chat.py has a newer version") and "Rename" in sentence
    )
    assert copy.read_text() == "my chat"


def test_a_reset_keeps_the_learners_version_beside(course: Course) -> None:
    """The original comes back, and each of the learner's versions gets a name of its own."""
    course.hand_out()
    original = course.find(["00"])[0]
    first = text(course, original.name)
    names = ["mine-00-start-here.ipynb", "mine-00-2-start-here.ipynb", "mine-00-3-start-here.ipynb"]
    for name in names:
        (course.copies / original.name).write_text(f"my answers in {name}")
        kept = course.reset(original)
        assert kept is not None and kept.name == name
        assert text(course, original.name) == first
    assert [text(course, name) for name in names] == [f"my answers in {name}" for name in names]
    assert course.reset(original) is None
    assert course.hand_out() == []


def test_contents_are_handed_out_and_not_modes(course: Course) -> None:
    """Originals that nobody may write, as a shared installation's, make no copies of that kind."""
    originals = [path for path in course.notebooks.rglob("*") if path.is_file()]
    for edition in ("first", "second"):
        for path in originals:
            path.chmod(0o644)
            if path.suffix != ".ipynb":
                path.write_text(edition)
            else:
                publish(course, path.name, edition)
            path.chmod(0o444)
        assert course.hand_out() == []
        for path in originals:
            copy = course.copies / path.relative_to(course.notebooks)
            assert edition in copy.read_text() and copy.stat().st_mode & 0o200


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets administrators alone make links")
def test_a_link_in_the_working_copy_is_not_followed(course: Course, tmp_path: Path) -> None:
    """What a symbolic link leads to stays as it is; the copy takes the link's place."""
    course.hand_out()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("somebody's")
    for name in (MANIFEST, "pictures/a.svg"):
        (course.copies / name).unlink()
        (course.copies / name).symlink_to(elsewhere)
    course.hand_out()
    assert elsewhere.read_text() == "somebody's"
    assert text(course, "pictures/a.svg") == "<svg/>"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets administrators alone make links")
def test_a_notebook_that_is_a_link_is_put_aside(course: Course, tmp_path: Path) -> None:
    """A reset moves the link, or what leads nowhere goes; nothing is written where it leads."""
    course.hand_out()
    first = text(course, "00-start-here.ipynb")
    elsewhere, nowhere = tmp_path / "elsewhere", tmp_path / "nowhere"
    elsewhere.write_text("somebody's")
    (original,) = course.find(["00"])
    copy = course.copies / original.name
    for target, kept in ((elsewhere, "mine-00-start-here.ipynb"), (nowhere, None)):
        copy.unlink()
        copy.symlink_to(target)
        course.hand_out()
        told = course.reset(original)
        assert (told and told.name) == kept
        assert not copy.is_symlink() and text(course, original.name) == first
    assert elsewhere.read_text() == "somebody's" and not nowhere.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets administrators alone make links")
def test_a_kept_link_is_not_overwritten(course: Course, tmp_path: Path) -> None:
    """A name is taken, too, if it is that of a link which leads nowhere at present."""
    course.hand_out()
    taken = course.copies / "mine-00-start-here.ipynb"
    taken.symlink_to(tmp_path / "a disk that is not there")
    (course.copies / "00-start-here.ipynb").write_text("my answers")
    (original,) = course.find(["00"])
    kept = course.reset(original)
    assert kept is not None and kept.name == "mine-00-2-start-here.ipynb"
    assert taken.is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets administrators alone make links")
@pytest.mark.parametrize("name", ["notebooks", "notebooks/pictures"])
def test_a_folder_that_is_a_link_is_not_written_to(
    course: Course, tmp_path: Path, name: str
) -> None:
    """One sentence says so, and what it leads to stays as it is."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (course.workspace / name).parent.mkdir(parents=True)
    (course.workspace / name).symlink_to(elsewhere)
    with pytest.raises(LabError, match=rf"{name} is a symbolic link\. .* LABKIT_COURSE"):
        course.hand_out()
    assert list(elsewhere.iterdir()) == []


def test_a_copy_that_cannot_be_written(course: Course, tmp_path: Path) -> None:
    """One sentence names the place and the variable."""
    course.workspace.write_text("a file where the folder should be")
    with pytest.raises(LabError, match=r"my-course.* Name a folder .* LABKIT_COURSE"):
        course.hand_out()


@pytest.mark.parametrize("damage", ["", "[1]", "{", "\x00"])
def test_a_damaged_manifest_loses_nothing(course: Course, damage: str) -> None:
    """Without a manifest every copy counts as the learner's."""
    course.hand_out()
    (course.copies / "00-start-here.ipynb").write_text("my answers")
    (course.copies / MANIFEST).write_text(damage)
    course.hand_out()
    assert text(course, "00-start-here.ipynb") == "my answers"


def test_an_empty_course_is_told(tmp_path: Path) -> None:
    """A folder without notebooks gets a sentence."""
    with pytest.raises(LabError, match="no notebooks"):
        Course(tmp_path).find()


def test_this_installation_has_its_course(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The course of the checkout is found; the working copy may lie elsewhere."""
    monkeypatch.delenv("LABKIT_COURSE", raising=False)
    assert find_course().find(["00"])
    assert find_course().workspace == find_course().root / "my-course"
    monkeypatch.setenv("LABKIT_COURSE", str(tmp_path))
    assert find_course().workspace == tmp_path
    assert find_course(tmp_path / "further").workspace == tmp_path / "further"


def test_where_the_clone_is_somebody_elses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The working copy of a course that this user cannot write is in the home folder."""
    monkeypatch.delenv("LABKIT_COURSE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert find_course().workspace == tmp_path / "my-course"


def test_the_course_of_a_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It lies inside the package; without one, a sentence says where to get it."""
    monkeypatch.setattr(course_module, "PACKAGE_FOLDER", tmp_path / "labkit")
    with pytest.raises(LabError, match="installed without its course"):
        find_course()
    inside = tmp_path / "labkit" / "course" / "notebooks"
    inside.mkdir(parents=True)
    monkeypatch.delenv("LABKIT_COURSE", raising=False)
    assert find_course().notebooks == inside
    assert find_course().workspace == Path.home() / "my-course"
