"""Chromium's own WebSocket, on pages of the server, of a stranger, and of nobody."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.browser

SERVER = """
import asyncio
import labkit as lab

async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)

async def main():
    server = await lab.serve(echo)
    link = await lab.link(server)
    print(server.port, link.port, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
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
def ports() -> Iterator[list[int]]:
    """Run a server that echoes and a link to it; give both ports."""
    running = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert running.stdout is not None
    yield [int(port) for port in running.stdout.readline().split()]
    running.kill()
    running.wait()
    running.stdout.close()


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


def test_a_message_that_is_too_long(page: Any, ports: list[int]) -> None:
    """One byte above 1 MiB ends with 1009."""
    page.goto(f"http://127.0.0.1:{ports[0]}/")
    told = page.evaluate(CONVERSATION, [f"ws://127.0.0.1:{ports[0]}/", [2**20 + 1], 0])
    assert (told["heard"], told["code"]) == ([], 1009)


def test_a_page_of_another_port_of_this_machine(page: Any, ports: list[int]) -> None:
    """Jupyter's page has another port, and may connect."""
    page.goto(f"http://localhost:{ports[1]}/")
    told = page.evaluate(CONVERSATION, [f"ws://127.0.0.1:{ports[0]}/", ["hello"], 1000])
    assert told["heard"] == ["hello"]


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
