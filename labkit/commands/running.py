"""The JupyterLab that runs already, found by the records that Jupyter's servers keep.

A record is a file that names a server's process, address, folder and token. A server that was
killed leaves its file behind, and its process number may belong to another program by now, so the
address is asked as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin


def find_address(folder: Path) -> str | None:
    """Return the address of the JupyterLab that has a folder open, None if there is none."""
    for record in _records():
        if _is_same(folder, record.get("root_dir")) and _answers(record):
            token = f"?token={quote(record['token'])}" if record.get("token") else ""
            return str(urljoin(record["url"], "lab")) + token
    return None


def _records() -> Iterator[dict[str, Any]]:
    try:
        from jupyter_server.serverapp import list_running_servers
    except ImportError:
        return  # JupyterLab is not installed, as it will say itself
    try:
        yield from list_running_servers()
    except (OSError, ValueError, TypeError):
        return  # a file that vanishes while it is read, or is damaged


def _is_same(folder: Path, root: object) -> bool:
    try:
        return isinstance(root, str) and folder.samefile(root)
    except OSError:
        return False


def _answers(record: dict[str, Any]) -> bool:
    """Whether a server answers at the record's address, and knows the record's token."""
    from jupyter_server.utils import fetch
    from tornado.httpclient import HTTPClientError

    header = {"Authorization": f"token {record.get('token', '')}"}
    try:
        fetch(urljoin(record["url"], "api/status"), headers=header)
    except HTTPClientError as error:
        return error.code == 403 and bool(record.get("password"))  # it has no token then
    except (OSError, ValueError, LookupError):
        return False
    return True
