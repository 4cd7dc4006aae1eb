"""The course's notebooks, and the learner's working copy of them.

JupyterLab opens the working copy, which git ignores: saving there never changes the course's own
files, and an update of the course never conflicts with a learner's work. The copy is handed out
without outputs, so that the learner sees which cells have run, and no answer before its question.
A manifest keeps the digest of each notebook as it was handed out, which distinguishes an untouched
copy from a changed one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from labkit.commands.notebook_files import without_outputs
from labkit.commands.spelling import spell_command
from labkit.exceptions import LabError
from labkit.working_copy import MANIFEST, write_whole

COURSE_VARIABLE = "LABKIT_COURSE"
PACKAGE_FOLDER = Path(__file__).resolve().parents[1]


class Course:
    """The course's own notebooks, pictures and examples, and the working copy.

    Parameters
    ----------
    root
        Folder that holds `notebooks/`.
    workspace
        Folder of the working copy; None uses `my-course/` in `root`.
    """

    def __init__(self, root: Path, workspace: Path | None = None) -> None:
        self.root = root
        self.notebooks = root / "notebooks"
        self.workspace = workspace or root / "my-course"
        self.copies = self.workspace / "notebooks"

    def find(self, numbers: Sequence[str] = ()) -> list[Path]:
        """Return the notebooks with these numbers, or all, in order.

        Parameters
        ----------
        numbers
            The number of each, ``"3"`` or ``"03"``, or its whole name.

        Raises
        ------
        LabError
            If there is no such notebook; the text lists the existing ones.
        """
        every = sorted(self.notebooks.glob("[0-9][0-9]-*.ipynb"))
        if not every:
            raise LabError(f"There are no notebooks in {self.notebooks}.")
        known = {name: path for path in every for name in (path.name[:2], path.stem, path.name)}
        found = [known.get(number.zfill(2) if number else number) for number in numbers]
        for number, path in zip(numbers, found, strict=True):
            if path is None:
                there = ", ".join(path.name[:2] for path in every)
                raise LabError(f"There is no notebook {number!r}. The notebooks are: {there}.")
        return [path for path in found if path is not None] if numbers else every

    def hand_out(self) -> list[str]:
        """Update the working copy, except the notebooks that the learner changed.

        Returns
        -------
        list of str
            A sentence for each changed notebook of which there is a newer version.
        """
        _make_folder(self.copies)
        manifest = self._manifest()
        kept = []
        for original in [*self.find(), *sorted(self.notebooks.glob("examples/*.py"))]:
            name, content = self._name(original), _content(original)
            copy = self.copies / name
            changed = copy.exists() and _digest(copy.read_bytes()) != manifest.get(name)
            if not changed:
                self._renew(name, content, manifest)
            elif manifest.get(name) != _digest(content):
                remedy = (
                    f"`{spell_command(f'reset {name[:2]}')}` gets the new one, and keeps yours "
                    "under another name."
                    if original.suffix == ".ipynb"
                    else "Rename yours, and the next start gets the new one."
                )
                kept.append(f"{name} has a newer version; yours is kept. {remedy}")
        self._store(manifest)
        for picture in self.notebooks.glob("pictures/*"):
            copy = self.copies / "pictures" / picture.name
            _make_folder(copy.parent)
            _write(copy, picture.read_bytes())
        return kept

    def reset(self, original: Path) -> Path | None:
        """Restore a notebook of the working copy to its original, without outputs.

        Returns
        -------
        Path or None
            The file that keeps the learner's version, None if there was nothing to keep.
        """
        _make_folder(self.copies)
        manifest = self._manifest()
        copy, content = self.copies / original.name, without_outputs(original)
        kept = None
        handed_out = (_digest(content), manifest.get(original.name))
        if copy.exists() and _digest(copy.read_bytes()) not in handed_out:
            kept = _free(copy)
            copy.rename(kept)
        self._renew(original.name, content, manifest)
        self._store(manifest)
        return kept

    def _name(self, original: Path) -> str:

        return original.relative_to(self.notebooks).as_posix()

    def _renew(self, name: str, content: bytes, manifest: dict[str, str]) -> None:
        copy = self.copies / name
        manifest[name] = _digest(content)
        _make_folder(copy.parent)
        if not copy.exists() or _digest(copy.read_bytes()) != manifest[name]:
            _write(copy, content)

    def _manifest(self) -> dict[str, str]:
        try:
            manifest = json.loads((self.copies / MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return manifest if isinstance(manifest, dict) else {}

    def _store(self, manifest: dict[str, str]) -> None:
        _write(self.copies / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())


def _make_folder(path: Path) -> None:
    """Make a folder in the working copy, unless it is a symbolic link, which may lead anywhere."""
    if path.is_symlink():
        raise LabError(
            f"Nothing was written, because {path} is a symbolic link. Delete the link, or name "
            f"another folder for the course in the environment variable {COURSE_VARIABLE}."
        )
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(path, error) from error


def _write(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        raise _not_writable(path, error) from error


def _not_writable(path: Path, error: OSError) -> LabError:
    return LabError(
        f"Your copy of the course cannot be written ({path}: {error.strerror}). Name a folder of "
        f"your own in the environment variable {COURSE_VARIABLE}."
    )


def _content(original: Path) -> bytes:
    """Return the content to hand out for a file of the course."""
    return without_outputs(original) if original.suffix == ".ipynb" else original.read_bytes()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _free(copy: Path) -> Path:
    """Return a free name for a learner's version that differs at its start.

    JupyterLab's list of files cuts long names off at the end.
    """
    path, number = copy.with_name(f"mine-{copy.name}"), 1
    while os.path.lexists(path):  # a broken symbolic link counts too
        number += 1
        path = copy.with_name(f"mine-{copy.name[:2]}-{number}{copy.name[2:]}")
    return path


def find_course(workspace: Path | None = None) -> Course:
    """Return the course of this installation: the clone's, or the wheel's own.

    Parameters
    ----------
    workspace
        Folder of the working copy. None uses the folder that the environment variable
        `LABKIT_COURSE` names; otherwise `my-course/` in the clone if this user may write there,
        and in the home folder if not.

    Raises
    ------
    LabError
        If labkit was installed without its course.
    """
    clone, inside = PACKAGE_FOLDER.parent, PACKAGE_FOLDER / "course"
    root = inside if inside.is_dir() else clone
    if not (root / "notebooks").is_dir():
        raise LabError(
            "labkit is installed without its course. Clone the repository and run "
            "`python3 start.py` there."
        )
    named = os.environ.get(COURSE_VARIABLE)
    if workspace is None and named:
        workspace = Path(named)
    if workspace is None and (root is inside or not os.access(root, os.W_OK)):
        workspace = Path.home() / "my-course"
    return Course(root, None if workspace is None else workspace.expanduser().absolute())
