"""Where the course lives, and the learner's working copy of it.

JupyterLab opens the working copy, which git ignores: saving there never dirties the course's own
files, and an update of the course never conflicts with what a learner wrote. A manifest keeps the
digest of each notebook as it was handed out, which tells an untouched copy from a changed one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from labkit.commands.spelling import spelled
from labkit.exceptions import LabError

MANIFEST = ".handed-out.json"
VARIABLE = "LABKIT_COURSE"


class Course:
    """The course's own notebooks, and the working copy.

    Parameters
    ----------
    root
        Folder that holds `notebooks/`.
    workspace
        Folder of the working copy; None takes `my-course/` in `root`.
    """

    def __init__(self, root: Path, workspace: Path | None = None) -> None:
        self.root = root
        self.notebooks = root / "notebooks"
        self.workspace = workspace or root / "my-course"
        self.copies = self.workspace / "notebooks"

    def find(self, numbers: Sequence[str] = ()) -> list[Path]:
        """Return the notebooks with these numbers (``"3"`` or ``"03"``), or all, in order.

        Raises
        ------
        LabError
            If there is none of a number; the text lists those that exist.
        """
        every = sorted(self.notebooks.glob("[0-9][0-9]-*.ipynb"))
        if not every:
            raise LabError(f"There are no notebooks in {self.notebooks}.")
        by_number = {path.name[:2]: path for path in every}
        wanted = [number.partition("-")[0].zfill(2) for number in numbers]
        for number in wanted:
            if number not in by_number:
                known = ", ".join(by_number)
                raise LabError(f"There is no notebook {number}. There are: {known}.")
        return [by_number[number] for number in wanted] if wanted else every

    def hand_out(self) -> list[str]:
        """Bring the working copy up to date without touching what the learner changed.

        Returns
        -------
        list of str
            A sentence for each notebook that is not the newest, and why.
        """
        self.copies.mkdir(parents=True, exist_ok=True)
        manifest = self._manifest()
        kept = []
        for original in self.find():
            copy = self.copies / original.name
            changed = copy.exists() and _digest(copy) != manifest.get(original.name)
            if not changed:
                self._copy(original, manifest)
            elif manifest.get(original.name) != _digest(original):
                kept.append(
                    f"{original.name} has a newer version; yours is kept. "
                    f"`{spelled(f'reset {original.name[:2]}')}` brings the new one (and keeps "
                    "yours)."
                )
        self._store(manifest)
        pictures = self.notebooks / "pictures"
        if pictures.is_dir():
            shutil.copytree(pictures, self.copies / "pictures", dirs_exist_ok=True)
        return kept

    def reset(self, original: Path) -> Path | None:
        """Bring a notebook back to its original.

        Returns
        -------
        Path or None
            Where the learner's own version was put, None if there was nothing to keep.
        """
        self.copies.mkdir(parents=True, exist_ok=True)
        manifest = self._manifest()
        copy = self.copies / original.name
        kept = None
        if copy.exists() and _digest(copy) not in (_digest(original), manifest.get(original.name)):
            kept = _free(copy)
            copy.rename(kept)
        self._copy(original, manifest)
        self._store(manifest)
        return kept

    def _copy(self, original: Path, manifest: dict[str, str]) -> None:
        digest = _digest(original)
        copy = self.copies / original.name
        if not copy.exists() or _digest(copy) != digest:
            shutil.copyfile(original, copy)
        manifest[original.name] = digest

    def _manifest(self) -> dict[str, str]:
        try:
            manifest = json.loads((self.copies / MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return manifest if isinstance(manifest, dict) else {}

    def _store(self, manifest: dict[str, str]) -> None:
        path = self.copies / MANIFEST
        new = path.with_suffix(".new")
        new.write_text(json.dumps(manifest, indent=1, sort_keys=True), "utf-8")
        os.replace(new, path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _free(copy: Path) -> Path:
    number = 1
    while (path := copy.with_name(f"{copy.stem}.mine-{number}.ipynb")).exists():
        number += 1
    return path


def the_course() -> Course:
    """Return the course that this installation belongs to.

    The environment variable `LABKIT_COURSE` names another folder for the working copy.
    """
    root = Path(__file__).resolve().parents[2]
    if not (root / "notebooks").is_dir():
        raise LabError(
            "labkit is installed without its course. Clone the repository and run "
            "`python3 start.py` there."
        )
    workspace = os.environ.get(VARIABLE)
    return Course(root, Path(workspace).absolute() if workspace else None)
