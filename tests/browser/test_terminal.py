"""JupyterLab's terminal: the commands that pages name are found there."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Jupyter

TYPE = """async ([folder, command, end]) => {
    const headers = {'X-XSRFToken': document.cookie.match(/_xsrf=([^;]+)/)[1]};
    const request = {method: 'POST', headers, body: JSON.stringify(folder)};
    const {name} = await (await fetch('/api/terminals', request)).json();
    const terminal = new WebSocket(`ws://${location.host}/terminals/websocket/${name}`);
    let seen = '';
    await new Promise((resolve, reject) => {
        terminal.onclose = () => reject(new Error(`the terminal ended: ${seen}`));
        terminal.onopen = () => terminal.send(JSON.stringify(['stdin', command + '\\r']));
        terminal.onmessage = event => {
            const [kind, text] = JSON.parse(event.data);
            if (kind === 'stdout') seen += text;
            if (seen.includes(end)) resolve();
        };
    });
    await fetch(`/api/terminals/${name}`, {method: 'DELETE', headers});
    return seen;
}"""
"""Opens a terminal in a folder, types a command, and returns what is seen up to a word."""


@pytest.mark.parametrize("folder", [{}, {"cwd": "notebooks"}], ids=["menu", "launcher"])
def test_the_command_is_found(jupyter: Jupyter, folder: dict[str, str]) -> None:
    """Opened by the menu or by the launcher, it finds `labkit`, and is in the working copy."""
    with jupyter.notebook("00-start-here.ipynb") as opened:
        command = "pwd; labkit doctor; echo status=$?"
        seen = opened.page.evaluate(TYPE, [folder, command, "status=0"])
    assert "loopback WebSocket" in seen
    assert ("/my-course/notebooks\r\n" if folder else "/my-course\r\n") in seen
