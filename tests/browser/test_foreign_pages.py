"""What pages of somebody else can do to servers and links of the bench, in Chromium: nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.browser.conftest import Jupyter, expect
from tests.support.program import Program, program

WEBSOCKET = """
url => new Promise(told => {
    const socket = new WebSocket(url);
    socket.onopen = () => told("open");
    socket.onerror = () => told("refused");
})
"""

FETCH = """
([url, mode]) => fetch(url, {mode}).then(
    async answer => answer.type === "opaque" ? "opaque" : `${answer.status} ${await answer.text()}`,
    () => "refused")
"""

EMBED = """
([tag, url]) => new Promise(told => {
    const node = document.createElement(tag);
    node.onload = () => told("loaded");
    node.onerror = () => told("refused");
    node.src = url;
    document.body.append(node);
})
"""

FRAME = "url => { document.body.innerHTML = `<iframe src='${url}'></iframe>`; }"

POLL = "socket.io/?EIO=4&transport=polling"


def site(body: bytes, seen: list[str]) -> HTTPServer:
    """Serve one page at every path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    return HTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture(scope="module")
def stranger() -> Iterator[int]:
    """Serve a page of somebody else's, and return its port."""
    with site(b"<!doctype html><title>evil</title><body>", []) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Note what the internal server is asked for."""
    return []


@pytest.fixture(scope="module")
def internal(asked: list[str]) -> Iterator[str]:
    """Serve what trusts whoever reaches it, and return its address."""
    with site(b"<!doctype html><title>internal</title><p>internal says hi", asked) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def bench(internal: str) -> Iterator[Program]:
    """Run both chats, a link to one of them, and one that leads elsewhere."""
    with program() as running:
        for expression in (
            "(raw := await lab.serve('websocket')) and 1",
            "(sio := await lab.serve('socketio')) and 1",
            "(link := await lab.link(raw)) and 1",
            f"(away := await lab.link({internal!r})) and 1",
        ):
            running.ask(expression)
        yield running


@pytest.fixture(scope="module")
def at(bench: Program) -> dict[str, str]:
    """Return addresses, without their schemes."""
    return {
        name: f"127.0.0.1:{bench.ask(f'{name}.port')}/" for name in ("raw", "sio", "link", "away")
    }


@pytest.fixture(params=["http://evil.localhost", "http://127.0.0.1"])
def evil(browser: Any, stranger: int, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Open a page of another site, or of another port of this machine."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{request.param}:{stranger}/")
    yield page
    context.close()


def test_no_websocket_is_opened(evil: Any, bench: Program, at: dict[str, str]) -> None:
    """Neither to a server, nor through a link, wherever it leads."""
    for name in ("raw", "link", "away"):
        assert evil.evaluate(WEBSOCKET, f"ws://{at[name]}") == "refused"
    path = POLL.replace("polling", "websocket")
    assert evil.evaluate(WEBSOCKET, f"ws://{at['sio']}{path}") == "refused"
    assert bench.ask("raw.connection_count + sio.connection_count") == 0


def test_nothing_can_be_read(evil: Any, at: dict[str, str], asked: list[str]) -> None:
    """No answer reaches the page, and no request what a link leads to."""
    before = len(asked)
    for url in (at["sio"] + POLL, at["raw"], f"{at['away']}secret"):
        assert evil.evaluate(FETCH, [f"http://{url}", "cors"]) == "refused"
        assert evil.evaluate(FETCH, [f"http://{url}", "no-cors"]) in ("opaque", "refused")
    assert asked[before:] == []


@pytest.mark.parametrize("tag", ["script", "img"])
def test_nothing_can_be_embedded(evil: Any, at: dict[str, str], asked: list[str], tag: str) -> None:
    """No script, no picture, no session by JSONP."""
    before = len(asked)
    for url in (f"{at['sio']}socket.io.min.js", f"{at['sio']}{POLL}&j=0", f"{at['away']}secret.js"):
        assert evil.evaluate(EMBED, [tag, f"http://{url}"]) == "refused"
    assert asked[before:] == []
    assert evil.evaluate("'___eio' in window") is False


def test_nothing_can_be_framed(
    evil: Any, bench: Program, at: dict[str, str], asked: list[str]
) -> None:
    """A chat page in a frame of another page is not shown, so that no click can be stolen."""
    before = len(asked)
    for name in ("raw", "sio", "link", "away"):
        with evil.expect_event("framenavigated", lambda frame: frame.parent_frame is not None):
            evil.evaluate(FRAME, f"http://{at[name]}")
        frame = evil.frames[-1]
        assert "Chat" not in frame.content() and "internal" not in frame.content()
    assert bench.ask("raw.connection_count + sio.connection_count") == 0
    assert asked[before:] == []


def test_a_persons_own_page(browser: Any, at: dict[str, str], asked: list[str]) -> None:
    """Who opens an address, or follows a link to it, sees the page, also through a link."""
    context = browser.new_context()
    page = context.new_page()
    for name in ("raw", "sio", "link"):
        page.goto(f"http://{at[name]}")
        expect(page.locator("#state")).to_have_text("● Open", timeout=15_000)
    page.goto(f"http://{at['away']}")
    assert page.title() == "internal"
    assert page.evaluate(FETCH, [f"http://{at['away']}api", "cors"]).startswith("200 ")
    assert asked[-1] == "/api"
    context.close()


def test_the_page_runs_only_its_own_scripts(browser: Any, at: dict[str, str]) -> None:
    """A script that somehow became part of it would not run, and could ask nobody else."""
    context = browser.new_context()
    page = context.new_page()
    for name in ("raw", "sio"):
        page.goto(f"http://{at[name]}")
        page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "window.evil = 1";
                document.body.append(script);
                document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='evil = 1'>");
            }"""
        )
        assert page.evaluate("window.evil") is None
        assert page.evaluate(FETCH, [f"http://{at['away']}", "no-cors"]) == "refused"
    context.close()


def test_jupyters_page(jupyter: Jupyter, stranger: int) -> None:
    """Once a box was shown there, Jupyter's own page may connect, and another still may not."""
    with jupyter.notebook("03-a-raw-chat.ipynb") as notebook:
        page = notebook.page
        notebook.run_new("import labkit as lab; own = await lab.serve('websocket', name='own')")
        notebook.run_new("print(f'own is at {own.url}'); lab.show(own)")
        page.get_by_role("region", name="Server own").wait_for()
        output = page.locator(".jp-OutputArea-output").filter(has_text="own is at ws").last
        url = output.inner_text().split()[-1]
        page.wait_for_function(f"async () => await ({WEBSOCKET.strip()})('{url}') === 'open'")
        other = page.context.new_page()
        other.goto(f"http://127.0.0.1:{stranger}/")
        assert other.evaluate(WEBSOCKET, url) == "refused"


@pytest.mark.parametrize(
    "what", ["websocket", "socketio", "socketio, by hand", "sse", "longpoll", "poll", "chain"]
)
def test_a_page_with_a_token(browser: Any, bench: Program, what: str) -> None:
    """It takes the token along; without it there is neither the page nor a connection."""
    module = "__import__('labkit.transports.socketio.page.page', fromlist=['BUNDLE'])"
    nowhere = "__import__('pathlib').Path('nowhere')"
    installed = bench.ask(f"str({module}.BUNDLE)")
    if "by hand" in what:
        bench.ask(f"setattr({module}, 'BUNDLE', {nowhere})")
    kind = what.partition(",")[0]
    url = bench.ask(f"(own := await lab.serve({kind!r}, name={what!r}, token=True)).page")
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    expect(page.locator("#state")).to_have_text("● Open", timeout=15_000)
    page.get_by_role("textbox", name="Message").fill("hello")
    page.keyboard.press("Enter")
    expect(page.locator("p.said")).to_contain_text("hello" if kind == "websocket" else "✓✓")
    assert page.goto(url.partition("?")[0]).status == 403
    context.close()
    bench.ask(f"setattr({module}, 'BUNDLE', __import__('pathlib').Path({installed!r}))")
