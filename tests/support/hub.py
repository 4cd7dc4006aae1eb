"""A JupyterHub for two people, who share this machine as the users of many a hub do."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from labkit.commands.course import COURSE_VARIABLE
from labkit.commands.lab import SETTINGS
from tests.support.background import background
from tests.support.ports import free_ports

NAME = "hub.school.test"
"""The hub's name, which Chromium alone knows (`--host-resolver-rules`)."""

USERS = ("ann", "ben")

PASSWORD = "a password for tests"

TOKEN = "a-token-for-tests"

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.command = ["node", {proxy!r}]
c.ConfigurableHTTPProxy.pid_file = {pid_file!r}
c.JupyterHub.cookie_secret_file = {secret!r}
c.JupyterHub.db_url = "sqlite:///:memory:"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.Authenticator.allowed_users = {users!r}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r}
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.args = {arguments!r}
c.Spawner.environment = {environment!r}
c.LocalProcessSpawner.interrupt_timeout = 2
c.JupyterHub.tornado_settings = {{"slow_spawn_timeout": 0}}
c.JupyterHub.services = [{{"name": "tests", "api_token": {token!r}}}]
c.JupyterHub.load_roles = [{{"name": "tests", "scopes": ["servers"], "services": ["tests"]}}]
"""


@contextlib.contextmanager
def hub(folder: Path, proxy: Path) -> Iterator[str]:
    """Run a hub until the block ends, and give its address; homes are made in `folder`.

    The users' servers begin to start at once, beside each other.

    Parameters
    ----------
    proxy
        The program of configurable-http-proxy.
    """
    port, hub_port, api_port = free_ports(3)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    settings: dict[str, Any] = {
        "port": port,
        "hub_port": hub_port,
        "api_port": api_port,
        "proxy": str(proxy),
        "pid_file": str(folder / "proxy.pid"),
        "secret": str(folder / "secret"),
        "password": PASSWORD,
        "token": TOKEN,
        "users": set(USERS),
        "homes": str(folder / "{username}"),
        "python": sys.executable,
        "arguments": ["--allow-root"] if is_root else [],
        "environment": {"JUPYTER_CONFIG_PATH": str(SETTINGS), COURSE_VARIABLE: "~/my-course"},
    }
    config = folder / "jupyterhub_config.py"
    config.write_text(CONFIG.format(**settings), "utf-8")
    with background(
        [sys.executable, "-m", "jupyterhub", "-f", str(config)],
        folder / "hub.log",
        b"JupyterHub is now running",
        cwd=folder,
    ):
        for user in USERS:
            _ask(f"http://127.0.0.1:{port}/hub/api/users/{user}/server")
        yield f"http://{NAME}:{port}/"


def _ask(url: str) -> None:
    """Ask the hub to start a server, without waiting for it."""
    request = Request(url, data=b"{}", headers={"Authorization": f"token {TOKEN}"})
    with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
        assert answer.status == 202
