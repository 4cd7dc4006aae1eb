"""A user's JupyterLab on a hub, found by its environment; `tests/browser` has a real hub."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.commands.hub import HubLab, find_hub_lab
from labkit.exceptions import LabError

PREFIX = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ann/"}


def test_without_a_hub_there_is_none() -> None:
    """Only a hub gives its users' servers a prefix."""
    assert find_hub_lab({"JUPYTER_SERVER_ROOT": "/home/ann"}) is None


@pytest.mark.parametrize(
    ("further", "root"),
    [
        ({"JUPYTER_SERVER_ROOT": "/srv/a", "JUPYTERHUB_ROOT_DIR": "/srv/b"}, Path("/srv/a")),
        ({"JUPYTERHUB_ROOT_DIR": "~/work"}, Path.home() / "work"),
        ({}, Path.home()),
    ],
    ids=["terminal", "cell", "neither"],
)
def test_the_folder_that_it_shows(further: dict[str, str], root: Path) -> None:
    """The server's own word counts most, then the hub's; the default is home."""
    assert find_hub_lab({**PREFIX, **further}) == HubLab("/user/ann/", root)


@pytest.mark.parametrize(
    ("further", "address"),
    [
        ({}, "/user/ann/lab/tree/my%20course/00.ipynb"),
        (
            {"JUPYTERHUB_HOST": "https://ann.hub.example", "JUPYTERHUB_PUBLIC_URL": ""},
            "https://ann.hub.example/user/ann/lab/tree/my%20course/00.ipynb",
        ),
        (
            {"JUPYTERHUB_PUBLIC_URL": "https://hub.example/user/ann/"},
            "https://hub.example/user/ann/lab/tree/my%20course/00.ipynb",
        ),
    ],
    ids=["unknown", "subdomains", "public URL"],
)
def test_the_address_of_a_file(further: dict[str, str], address: str) -> None:
    """It begins with the hub's name, if the hub has said it."""
    found = find_hub_lab({**PREFIX, "JUPYTER_SERVER_ROOT": "/srv", **further})
    assert found is not None
    path = found.find_path(Path("/srv/my course/00.ipynb"))
    assert (path, found.address(path)) == ("my course/00.ipynb", address)


def test_a_copy_that_it_does_not_show(tmp_path: Path) -> None:
    """The error names a folder that it does."""
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    shown = HubLab("/user/ann/", tmp_path / "link")
    assert shown.find_path(tmp_path / "home" / "00.ipynb") == "00.ipynb"
    with pytest.raises(LabError, match=r"shows only the files in .*LABKIT_COURSE=.*my-course"):
        shown.find_path(tmp_path / "elsewhere" / "00.ipynb")
