"""The JupyterLab of a user on a hub, in whose terminal a command was typed.

It runs already, and the browser reaches it through the hub. No browser would reach a second one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from labkit.commands.course import COURSE_VARIABLE
from labkit.exceptions import LabError

PREFIX_VARIABLE = "JUPYTERHUB_SERVICE_PREFIX"


@dataclass(frozen=True)
class HubLab:
    """A user's JupyterLab on a hub.

    Attributes
    ----------
    url
        Its address, which lacks scheme and host if the hub has not said under which name browsers
        reach it.
    root
        The folder whose files it shows.
    """

    url: str
    root: Path

    def find_path(self, file: Path) -> str:
        """Return a file's path in JupyterLab's list of files.

        Raises
        ------
        LabError
            If the file is not in the folder that JupyterLab shows.
        """
        try:
            return file.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            raise LabError(
                f"Your copy of the course would be in {file.parent}, but JupyterLab on this hub "
                f"shows only the files in {self.root}. Name a folder there, and try again: "
                f"export {COURSE_VARIABLE}={self.root / 'my-course'}"
            ) from None

    def address(self, path: str) -> str:
        """Return the address of a file, by its path in JupyterLab's list of files."""
        return f"{self.url.rstrip('/')}/lab/tree/{quote(path)}"


def find_hub_lab(environment: Mapping[str, str] = os.environ) -> HubLab | None:
    """Return the JupyterLab that this environment comes from, None if there is no hub.

    A hub gives its prefix to each user's server, which tells its terminals the folder that it
    shows. Without that (in a cell, say), it is the one that the hub was configured with, or home.
    """
    prefix = environment.get(PREFIX_VARIABLE)
    if not prefix:
        return None
    public = environment.get("JUPYTERHUB_PUBLIC_URL")
    named = (environment.get(name) for name in ("JUPYTER_SERVER_ROOT", "JUPYTERHUB_ROOT_DIR"))
    return HubLab(
        url=public or environment.get("JUPYTERHUB_HOST", "") + prefix,
        root=Path(next(filter(None, named), "~")).expanduser(),
    )
