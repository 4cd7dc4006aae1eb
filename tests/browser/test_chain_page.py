"""The chat page of the fallback chain in Chromium, behind what real middleboxes do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ARTEFACTS, Jupyter, expect
from tests.support.accessibility import find_violations
from tests.support.chat_page import Chat, chat_page
from tests.support.program import Program, program

SERVER = """
import re
from labkit.faults import (
    BufferResponses, DropUpgrade, LimitConnections, RefuseUpgrade, StripUpgrade, SwallowFrames
)

async def begin(*faults):
    "Serve a chat, with a link to it and alice, who does not use that link."
    global server, link, alice
    server = await lab.serve("chain", name="chat")
    link = await lab.link(server)
    for fault in faults:
        link.add(fault)
    alice = await lab.connect(server, "alice")
    return f"http://127.0.0.1:{link.port}/"

async def answer(number):
    "Let alice hear a number, and say it."
    await alice.hears(f"up ({number})", within=10)
    await alice.say(f"down ({number})")

def numbers_heard():
    "Return the numbers that alice has heard."
    heard = [entry.text for entry in alice.transcript if entry.kind == "heard"]
    return [int(number) for text in heard for number in re.findall(r"up \\((\\d+)\\)", text)]

async def end():
    await lab.close()
"""

NOTHING_MISSED = "Connected again. Nothing that others said was missed."

BEHIND = {
    "": "websocket",
    "StripUpgrade()": "sse",
    "RefuseUpgrade(403)": "sse",
    "DropUpgrade()": "sse",
    "SwallowFrames()": "sse",
    "StripUpgrade(), BufferResponses()": "longpoll",
    "StripUpgrade(), BufferResponses(headers_pass=True)": "longpoll",
}
"""Over which way the page chats behind what."""


@pytest.fixture(scope="module")
def running() -> Iterator[Program]:
    """Run the program."""
    with program(SERVER) as running:
        yield running


@pytest.fixture
def kernel(running: Program) -> Iterator[Program]:
    """End what a test has begun."""
    yield running
    running.ask("await end()")


@pytest.fixture
def chat(browser: Any) -> Iterator[Chat]:
    """Open a page in a context of its own."""
    with chat_page(browser) as opened:
        yield opened


def chats(chat: Chat, kernel: Program, word: str) -> None:
    """See that messages pass both ways, each once."""
    chat.say(f"{word} up")
    kernel.ask(f"await alice.hears('{word} up', within=10)")
    chat.said(f"{word} up")
    kernel.ask(f"await alice.say('{word} down')")
    chat.heard(f"{word} down")


@pytest.mark.parametrize("faults", BEHIND)
def test_it_finds_a_way(chat: Chat, kernel: Program, faults: str) -> None:
    """The best one that passes in both directions is taken, and the badge names it."""
    chat.open(kernel.ask(f"await begin({faults})"), BEHIND[faults])
    chats(chat, kernel, "hello")
    expect(chat.log.locator("p.note")).to_have_count(
        ["websocket", "sse", "longpoll"].index(BEHIND[faults])
    )


def test_two_pages_tell_which_guest_they_are(browser: Any, chat: Chat, kernel: Program) -> None:
    """Each tells the name under which the server lists it, whatever its way."""
    page = kernel.ask("await begin(StripUpgrade())")
    chat.open(page, "sse").is_named("guest 2")
    with chat_page(browser) as other:
        other.open(kernel.ask("server.page"), "websocket").is_named("guest 3")
    assert kernel.ask("[guest.name for guest in server.connections][:2]") == ["alice", "guest 2"]


def test_one_direction_alone_is_no_way(chat: Chat, kernel: Program) -> None:
    """Where one connection is allowed, what listens has it, and nothing that is said gets out."""
    chat.page.goto(kernel.ask("await begin(RefuseUpgrade(403), LimitConnections(1))"))
    expect(chat.log.locator("p.note")).to_contain_text(
        ["No websocket: ", "No sse: Nothing that goes up is answered within 3 s."], timeout=15_000
    )
    kernel.ask("link.heal()")
    chat.is_in("● Open")
    chats(chat, kernel, "hello")


def test_it_changes_its_way(chat: Chat, kernel: Program) -> None:
    """When a way is closed in the midst of a chat the next one goes on, and nothing is lost."""
    chat.open(kernel.ask("await begin()"), "websocket")
    chats(chat, kernel, "first")
    kernel.ask("link.add(RefuseUpgrade(403))")
    kernel.ask("link.reset()")
    kernel.ask("await alice.say('meanwhile')")
    chat.is_in("● Open")
    expect(chat.badge).to_have_text("sse")
    chat.heard("meanwhile")
    expect(chat.log.locator("p.note").last).to_have_text(NOTHING_MISSED)
    chats(chat, kernel, "second")
    kernel.ask("link.add(BufferResponses())")
    kernel.ask("link.reset()")
    expect(chat.badge).to_have_text("longpoll", timeout=15_000)
    chats(chat, kernel, "third")


@pytest.mark.parametrize(
    ("faults", "way"),
    [("RefuseUpgrade(403)", "sse"), ("StripUpgrade(), BufferResponses()", "longpoll")],
)
def test_it_goes_back_to_a_better_way(chat: Chat, kernel: Program, faults: str, way: str) -> None:
    """A WebSocket that comes to work is taken, while both talk on: no text is lost or doubled."""
    chat.open(kernel.ask(f"await begin({faults})"), way)
    chats(chat, kernel, "first")
    kernel.ask("link.heal()")
    count = 0
    while chat.badge.text_content() != "websocket" and count < 500:
        chat.say(f"up ({count})")
        kernel.ask(f"await answer({count})")
        count += 1
    chats(chat, kernel, "last")
    every = list(range(count))
    lines = chat.log.locator("p.heard").all_text_contents()
    assert [int(number) for number in re.findall(r"down \((\d+)\)", "".join(lines))] == every
    assert kernel.ask("numbers_heard()") == every
    expect(chat.log.locator("p.note").last).to_have_text("Changed to websocket, which works now.")


def test_the_server_ends_it(chat: Chat, kernel: Program) -> None:
    """It is closed once the server refuses every way, and says so in its own words."""
    chat.open(kernel.ask("await begin()"), "websocket")
    kernel.ask("await server.disconnect(server.connections[-1])")
    chat.is_in("○ Closed")
    expect(chat.log.locator("p.note").last).to_have_text(
        "The server refuses with 410: The server has ended this connection."
    )
    chat.page.get_by_role("button", name="Connect again").click()
    chat.is_in("● Open")
    chats(chat, kernel, "again")


def test_behind_a_path_prefix(chat: Chat, kernel: Program, jupyter: Jupyter) -> None:
    """Jupyter's proxy passes a WebSocket on."""
    kernel.ask("await begin()")
    chat.open(f"{jupyter.url}proxy/{kernel.ask('server.port')}/", "websocket")
    chats(chat, kernel, "through Jupyter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_it_looks(browser: Any, kernel: Program, node_modules: Path, scheme: str) -> None:
    """It is accessible, with the badge and the reasons."""
    with chat_page(browser, color_scheme=scheme) as chat:
        chat.open(kernel.ask("await begin(StripUpgrade(), BufferResponses())"), "longpoll")
        chats(chat, kernel, "hello")
        assert find_violations(chat.page, node_modules) == []
        chat.page.screenshot(path=ARTEFACTS / f"chain-{scheme}.png")
