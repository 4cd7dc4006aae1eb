"""Chromium's own WebSocket, on pages of the server, of a stranger, and of nobody."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import expect
from tests.support.accessibility import find_violations
from tests.support.chat_page import chat_page
from tests.support.program import Program, program

ECHO = """
async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)

async def begin():
    global link, server
    server = await lab.serve(echo)
    link = await lab.link(server)
    return [server.port, link.port]

async def end():
    for connection in list(server.connections):
        await server.disconnect(connection)

def record():
    rows = [*link.trace.rows(kind="text"), *link.trace.rows(kind="binary")]
    return sorted([row.direction, len(row.payload), row.problem] for row in rows)
"""

CONVERSATION = """
async ([url, messages, code]) => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    const told = {heard: [], extensions: "", error: false};
    const ended = new Promise(resolve => socket.onclose = resolve);
    socket.onerror = () => told.error = true;
    socket.onopen = () => {
        told.extensions = socket.extensions;
        for (const message of messages)
            socket.send(typeof message === "number" ? new Uint8Array(message).fill(7) : message);
        if (code && !messages.length) socket.close(code, "enough");
    };
    socket.onmessage = ({data}) => {
        told.heard.push(typeof data === "string" ? data : data.byteLength);
        if (code && told.heard.length === messages.length) socket.close(code, "enough");
    };
    const {code: end, reason, wasClean} = await ended;
    return {...told, code: end, reason, wasClean};
}
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[Program]:
    """Run a program with a server that echoes and a link to it."""
    with program(ECHO) as running:
        yield running


@pytest.fixture(scope="module")
def ports(kernel: Program) -> list[int]:
    """Return the ports of the server and of the link."""
    return list(kernel.ask("await begin()"))


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Open an empty page."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    """Serve a page of somebody else's; its name leads to this machine, but is not its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>evil</title>")

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://evil.localhost:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("way", [0, 1], ids=["direct", "link"])
def test_it_talks(page: Any, ports: list[int], way: int) -> None:
    """Texts and bytes of every length pass both ways, uncompressed, and the close is clean."""
    page.goto(f"http://127.0.0.1:{ports[way]}/")
    messages = ["hello", "", "שלום 👩‍👩‍👧", "<script>", 0, 125, 126, 65_535, 65_536, 2**20]
    told = page.evaluate(CONVERSATION, [f"ws://127.0.0.1:{ports[way]}/", messages, 3001])
    assert told["heard"] == messages
    assert (told["code"], told["reason"], told["wasClean"]) == (3001, "enough", True)
    assert told["extensions"] == "" and not told["error"]


def test_what_chromium_sent_is_decoded(page: Any, kernel: Program, ports: list[int]) -> None:
    """The link's record tells the same messages, both ways, as the page does."""
    before = kernel.ask("record()")
    page.goto(f"http://127.0.0.1:{ports[1]}/")
    messages = ["hello", 0, 125, 126, 65_535, 65_536]
    told = page.evaluate(CONVERSATION, [f"ws://127.0.0.1:{ports[1]}/", messages, 1000])
    assert told["heard"] == messages
    new = kernel.ask("record()")
    for row in before:
        new.remove(row)
    lengths = sorted([5, *messages[1:]])
    assert new == [[way, size, ""] for way in ("downstream", "upstream") for size in lengths]


def test_two_pages_tell_which_guest_they_are(
    browser: Any, kernel: Program, ports: list[int]
) -> None:
    """Each tells the name under which the server lists it; the handler sees the path "/"."""
    listed = "[[each.name, each.raw.request.path] for each in server.connections]"
    with chat_page(browser) as chat, chat_page(browser) as other:
        chat.open(f"http://127.0.0.1:{ports[0]}/")
        ((name, path),) = kernel.ask(listed)
        other.open(f"http://127.0.0.1:{ports[1]}/")
        _, (other_name, other_path) = kernel.ask(listed)
        assert name != other_name and path == other_path == "/"
        chat.is_named(name)
        other.is_named(other_name)
        kernel.ask("await server.disconnect(server.connections[0])")
        chat.is_in("○ Closed")
        expect(chat.page.locator("#self")).to_be_hidden()
        chat.page.get_by_role("button", name="Connect again").click()
        chat.is_in("● Open")
        (left, _), (new_name, _) = kernel.ask(listed)
        assert left == other_name and new_name not in (name, other_name)
        chat.is_named(new_name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chat_page(
    browser: Any, kernel: Program, ports: list[int], node_modules: Path, scheme: str
) -> None:
    """It says, hears, tells how it ended, and connects again; it is accessible, without rooms."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{ports[0]}/")
    state, again = page.locator("#state"), page.get_by_role("button", name="Connect again")
    expect(state).to_have_text("● Open")
    text = page.get_by_role("textbox", name="Message")
    expect(text).to_be_focused()
    text.fill("hello")
    text.press("Enter")
    expect(page.locator("p.said")).to_contain_text("You: hello")
    expect(page.locator("p.heard")).to_contain_text("hello")
    for part in ("#places", "#to", "#badge", "#hint"):
        expect(page.locator(part)).to_be_hidden()
    assert find_violations(page, node_modules) == []
    kernel.ask("await end()")
    expect(state).to_have_text("○ Closed")
    assert find_violations(page, node_modules) == []
    expect(page.locator("p.note")).to_have_text("Closed with 1000 (the server ended it).")
    again.click()
    expect(state).to_have_text("● Open")
    expect(text).to_be_focused()
    context.close()


def test_a_har_is_replayed(browser: Any, kernel: Program, ports: list[int], tmp_path: Path) -> None:
    """Playwright reads the HAR of a link and plays its page to a browser without the server."""
    url = f"http://127.0.0.1:{ports[1]}/"
    page = browser.new_page()
    page.goto(url)
    told = page.title()
    page.close()
    (tmp_path / "link.har").write_text(json.dumps(kernel.ask("link.trace.to_har()")), "utf-8")
    context = browser.new_context()
    context.route_from_har(tmp_path / "link.har", not_found="abort")
    replayed = context.new_page()
    answer = replayed.goto(url)
    assert answer.status == 200 and replayed.title() == told != ""
    context.close()


def test_a_message_that_is_too_long(page: Any, ports: list[int]) -> None:
    """One byte above 1 MiB ends with 1009."""
    page.goto(f"http://127.0.0.1:{ports[0]}/")
    told = page.evaluate(CONVERSATION, [f"ws://127.0.0.1:{ports[0]}/", [2**20 + 1], 0])
    assert (told["heard"], told["code"]) == ([], 1009)


def test_a_page_of_another_port_of_this_machine(page: Any, ports: list[int], stranger: str) -> None:
    """It is a foreign page: it may be anybody's who has an account here."""
    page.goto(stranger.replace("evil.localhost", "127.0.0.1"))
    told = page.evaluate(CONVERSATION, [f"ws://127.0.0.1:{ports[0]}/", ["hello"], 1000])
    assert (told["heard"], told["code"]) == ([], 1006)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "evil.localhost"])
def test_a_strangers_page(page: Any, ports: list[int], stranger: str, name: str) -> None:
    """A page of another name reaches no server, by whatever name it dials."""
    page.goto(stranger)
    told = page.evaluate(CONVERSATION, [f"ws://{name}:{ports[0]}/", ["hello"], 1000])
    assert (told["heard"], told["code"], told["error"]) == ([], 1006, True)


def test_a_page_of_nobody(page: Any, ports: list[int]) -> None:
    """A page without an origin (`null`) reaches no server."""
    page.goto("data:text/html,<title>nobody</title>")
    told = page.evaluate(CONVERSATION, [f"ws://127.0.0.1:{ports[0]}/", ["hello"], 1000])
    assert (told["heard"], told["code"]) == ([], 1006)


def test_a_name_that_was_bound_to_this_machine(page: Any, ports: list[int]) -> None:
    """The page itself is refused under a name that is not the server's (DNS rebinding)."""
    answer = page.goto(f"http://evil.localhost:{ports[0]}/")
    assert answer.status == 403
