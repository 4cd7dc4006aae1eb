"""A terminal of JupyterLab, used from its page."""

from __future__ import annotations

from typing import Any

_TYPE = """async ([command, folder]) => {
    const config = JSON.parse(document.getElementById('jupyter-config-data').textContent);
    const at = config.baseUrl;
    const headers = {'X-XSRFToken': document.cookie.match(/_xsrf=([^;]+)/)[1]};
    const request = {method: 'POST', headers, body: JSON.stringify(folder)};
    const {name} = await (await fetch(`${at}api/terminals`, request)).json();
    const terminal = new WebSocket(`ws://${location.host}${at}terminals/websocket/${name}`);
    let seen = '';
    await new Promise(ended => {
        terminal.onclose = ended;
        terminal.onopen = () => terminal.send(JSON.stringify(['stdin', `${command}; exit\\r`]));
        terminal.onmessage = event => {
            const [kind, text] = JSON.parse(event.data);
            if (kind === 'stdout') seen += text;
        };
    });
    return seen;
}"""


def type_in_terminal(page: Any, command: str, **folder: str) -> str:
    """Open a terminal, type a command, and return what is seen until the command has ended.

    Parameters
    ----------
    page
        A page of JupyterLab.
    folder
        What JupyterLab's launcher says of where it was opened: `cwd`.
    """
    seen: str = page.evaluate(_TYPE, [command, folder])
    return seen
