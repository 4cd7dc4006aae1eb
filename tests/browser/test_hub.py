"""A real JupyterHub with two users, reached under a name that is not this machine's."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import ALL_CELLS_ARE_THERE, ARTEFACTS, Page, expect
from tests.support.hub import PASSWORD, hub
from tests.support.terminal import type_in_terminal

pytestmark = pytest.mark.skipif(os.name == "nt", reason="JupyterHub does not run on Windows")

OPENS = """
url => new Promise(told => {
    const socket = new WebSocket(url);
    socket.onmessage = () => told("heard");
    socket.onclose = () => told("refused");
})
"""
"""Whether a page hears a server that greets: a proxy may accept what the server then refuses."""

WATCH_STATES = """
() => {
    const state = document.getElementById("state");
    window.states = [];
    new MutationObserver(() => window.states.push(state.textContent))
        .observe(state, {childList: true, characterData: true, subtree: true});
}
"""


@pytest.fixture(scope="module")
def school(
    tmp_path_factory: pytest.TempPathFactory,
    need: Callable[[str, object], None],
    node_modules: Path,
) -> Iterator[str]:
    """Run a hub, and return its address."""
    what = "JupyterHub (`python3 start.py --extras browser test --exhaustive`)"
    need(what, importlib.util.find_spec("jupyterhub"))
    proxy = node_modules / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    need("configurable-http-proxy (npm)", proxy.exists())
    with hub(tmp_path_factory.mktemp("hub"), proxy) as url:
        yield url


def log_in(browser: Any, school: str, user: str) -> Any:
    """Return a page of a new context, with a user's own JupyterLab."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{school}hub/login")
    page.fill("#username_input", user)
    page.fill("#password_input", PASSWORD)
    page.click("#login_submit")
    page.wait_for_url(f"**/user/{user}/lab*", wait_until="domcontentloaded")
    return page


@pytest.fixture(scope="module")
def ann(browser: Any, school: str) -> Iterator[Any]:
    """Return a page with ann's JupyterLab."""
    page = log_in(browser, school, "ann")
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def notebook(ann: Any, school: str) -> Page:
    """Open the first notebook as `labkit lab`, typed in the hub's terminal, tells to."""
    seen = type_in_terminal(ann, f"'{sys.executable}' -m labkit lab")
    (path,) = re.findall(r"after the name of the hub: (/\S+)", seen) or pytest.fail(seen)
    ann.goto(f"{school.rstrip('/')}{path}")
    ann.wait_for_selector("#jp-main-statusbar >> text=/\\| Idle/")
    ann.wait_for_function(ALL_CELLS_ARE_THERE)
    opened = Page(ann, [], "light")
    opened.run_new("import labkit as lab")
    return opened


def serve(notebook: Page, what: str, name: str) -> Any:
    """Serve something with a view, and return the view."""
    notebook.run_new(f"{name} = await lab.serve({what}, name={name!r}); lab.show({name})")
    return notebook.page.get_by_role("region", name=f"Server {name}")


def open_page(notebook: Page, view: Any) -> Any:
    """Open the chat page as a view offers it."""
    with notebook.page.context.expect_page() as opened:
        view.get_by_role("link", name="Open the chat page").click()
    return opened.value


@pytest.mark.parametrize("name", ["websocket", "socketio", "sse", "longpoll", "poll", "chain"])
def test_the_chat_page_opens(notebook: Page, name: str) -> None:
    """It needs no argument of `serve`, although no server knows the hub's name beforehand.

    Messages pass both ways as they are said: no proxy holds them back.
    """
    guest = open_page(notebook, serve(notebook, repr(name), name))
    assert "/user/ann/proxy/" in guest.url
    expect(guest.locator("#state")).to_have_text("● Open")
    expect(guest.locator("#self")).to_contain_text("You are guest ")
    notebook.run_new(f"alice = await lab.connect({name}, 'alice'); lab.show(alice)")
    guest.get_by_role("textbox", name="Message").fill("hello through a hub")
    guest.keyboard.press("Enter")
    heard = notebook.box("alice").locator(".lk-heard").get_by_text("hello through a hub")
    expect(heard).to_be_visible()
    notebook.box("alice").get_by_role("textbox", name="Message").fill("hello from a box")
    notebook.page.keyboard.press("Enter")
    expect(guest.locator("p.heard").filter(has_text="hello from a box")).to_have_count(1)
    guest.close()


def test_the_page_of_a_learners_own_server(notebook: Page) -> None:
    """python-socketio's own rule for origins lets the hub's page in, too."""
    notebook.run_new("import socketio; sio = socketio.AsyncServer(async_mode='aiohttp')")
    guest = open_page(notebook, serve(notebook, "sio", "own"))
    expect(guest.locator("#state")).to_have_text("● Open")
    expect(guest.locator("#self")).to_contain_text("You are guest ")
    guest.close()


def test_a_localhost_hub(notebook: Page) -> None:
    """By the user in its configuration, Jupyter's page is known as a hub's under any name."""
    config = notebook.page.locator("#jupyter-config-data").text_content()
    assert json.loads(config)["hubUser"] == "ann"


def test_pages_of_other_sites_stay_out(notebook: Page, school: str) -> None:
    """Neither through the hub, with ann's login, nor directly, by whatever name."""
    view = serve(notebook, "'websocket'", "guarded")
    inside = str(view.get_by_role("link", name="Open the chat page").get_attribute("href"))
    port = int(inside.rstrip("/").rpartition("/")[2])
    site = urlsplit(school)
    other = notebook.page.context.new_page()
    other.goto(f"http://127.0.0.1:{site.port}/hub/login")
    ways = (f"{site.netloc}{inside}", f"{site.hostname}:{port}/", f"127.0.0.1:{port}/")
    assert [other.evaluate(OPENS, f"ws://{way}") for way in ways] == ["refused"] * 3
    other.close()
    assert notebook.page.evaluate(OPENS, f"ws://{site.netloc}{inside}") == "heard"


def test_how_a_connection_ends(notebook: Page, school: str) -> None:
    """The proxy hides the code, as the page says; what refuses or is gone never looks open."""
    guest = open_page(notebook, serve(notebook, "'websocket'", "ending"))
    state, log = guest.locator("#state"), guest.locator("#log")
    expect(state).to_have_text("● Open")
    notebook.run_new("await ending.disconnect(ending.connections[0])")
    expect(log).to_contain_text("Closed (the proxy hides the code; the box in the notebook shows")
    expect(state).to_have_text("○ Closed")
    guest.evaluate(WATCH_STATES)
    for ends, words in (
        (
            "from labkit.transports.origin_policy import jupyter_pages; jupyter_pages.clear()",
            f"refuses with 403: Refused: '{urlsplit(school).netloc}' is not a name of this server",
        ),
        ("await ending.stop()", "No server answers behind the proxy (500)."),
    ):
        notebook.run_new(ends)
        guest.get_by_role("button", name="Connect again").click()
        expect(log).to_contain_text(words)
        expect(state).to_have_text("○ Closed")
    guest.screenshot(path=ARTEFACTS / "hub-ended.png")
    assert set(guest.evaluate("states")) == {"◔ Connecting", "○ Closed"}
    guest.close()


def test_another_user(notebook: Page, browser: Any, school: str) -> None:
    """Ben may not use ann's proxy. His own reaches her servers, as SECURITY.md says: they share a
    machine. A token keeps him out.
    """
    serve(notebook, "'websocket'", "known").wait_for()
    shown = serve(notebook, "'websocket', token=True", "secret")
    secret = str(shown.get_by_role("link", name="Open the chat page").get_attribute("href"))
    view = notebook.page.get_by_role("region", name="Server known")
    known = str(view.get_by_role("link", name="Open the chat page").get_attribute("href"))
    ben = log_in(browser, school, "ben")

    def status(path: str) -> int:
        return int(ben.goto(school.rstrip("/") + path).status)

    assert status(known) == 403
    assert status(known.replace("/ann/", "/ben/")) == 200
    expect(ben.locator("#state")).to_have_text("● Open")
    assert status(secret.replace("/ann/", "/ben/").partition("?")[0]) == 403
    ben.context.close()
