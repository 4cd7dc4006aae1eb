"""JupyterLab's terminal: what pages name is found there, whoever opens it."""

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


FOLDERS = {"menu": {}, "launcher": {"cwd": "notebooks"}, "launcher on top": {"cwd": ""}}
"""What JupyterLab asks for: nothing, or the folder that its list of files shows."""


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=list(FOLDERS))
def test_the_commands_are_found(jupyter: Jupyter, folder: dict[str, str]) -> None:
    """From wherever it is opened, it finds `labkit`, and the examples by the pages' lines."""
    with jupyter.notebook("00-start-here.ipynb") as opened:
        command = "pwd; ls examples/*; labkit doctor; echo status=$?"
        seen = opened.page.evaluate(TYPE, [folder, command, "status=0"])
    assert "loopback WebSocket" in seen
    assert "/my-course/notebooks\r\n" in seen
    assert "examples/00_echo.py" in seen
