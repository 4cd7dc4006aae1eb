"""The chat pages over plain HTTP in Chromium: by its own `fetch` and `EventSource`."""

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

PROTOCOLS = ("poll", "longpoll", "sse")

SERVERS = """
from labkit.faults import BlackHole

async def begin(protocol, **options):
    "Serve a chat, with a link to it and alice, who does not use that link."
    global server, link, alice
    server = await lab.serve(protocol, name="chat", **options)
    link = await lab.link(server)
    alice = await lab.connect(server, "alice")
    return [server.page, server.page.replace(f":{server.port}/", f":{link.port}/")]

async def end():
    await lab.close()

def states_last_id():
    "Whether a browser has come back with the header of its own."
    return b"\\r\\nLast-Event-ID: " in link.trace.bytes("upstream")

async def ending():
    "Why a connection ended, once one has."
    def ended():
        return [entry.text for entry in server.log_entries if entry.kind == "closed"]
    await server.changes.until(ended, within=5)
    return ended()
"""

NOTHING_MISSED = "Connected again. Nothing that others said was missed."


class Kernel:
    """A program with a server, a link to it, and alice, who chats there."""

    def __init__(self, running: Program) -> None:
        self.ask = running.ask
        self.protocol = ""

    def begin(self, protocol: str, options: str = "") -> None:
        """Serve a chat."""
        self.protocol = protocol
        self.direct, self.through_link = self.ask(f"await begin({protocol!r}, {options})")

    def hears(self, text: str) -> None:
        """Let alice wait for a text."""
        self.ask(f"await alice.hears({text!r}, within=5)")

    def says(self, *texts: str) -> None:
        """Let alice say some texts."""
        for text in texts:
            self.ask(f"await alice.say({text!r})")


@pytest.fixture(scope="module")
def running() -> Iterator[Kernel]:
    """Run the program."""
    with program(SERVERS) as running:
        yield Kernel(running)


@pytest.fixture(params=PROTOCOLS)
def kernel(running: Kernel, request: pytest.FixtureRequest) -> Iterator[Kernel]:
    """Serve a chat over each of the protocols."""
    running.begin(request.param)
    yield running
    running.ask("await end()")


@pytest.fixture
def chat(browser: Any) -> Iterator[Chat]:
    """Open a page in a context of its own."""
    with chat_page(browser) as opened:
        yield opened


def notes(chat: Chat) -> Any:
    """Return what the page says of its connection."""
    return chat.log.locator("p.note")


def test_it_chats(chat: Chat, kernel: Kernel) -> None:
    """What is typed is heard by a client of the lab, and the other way."""
    chat.open(kernel.through_link)
    expect(chat.log.locator("p.heard")).to_have_count(1)  # the welcome
    expect(chat.text).to_be_focused()
    for text in ("hello", "שלום 👩‍👩‍👧 <b>"):
        chat.say(text)
        chat.said(text)
        kernel.hears(text)
    kernel.says("hello, browser", "hello, browser", "<img src=x onerror='evil()'>")
    chat.heard("hello, browser", times=2)
    chat.heard("<img src=x onerror='evil()'>")
    kernel.ask("await alice.say(bytes(7))")
    chat.heard("7 bytes of binary data")
    expect(notes(chat)).to_have_count(0)


def test_two_pages_tell_which_guest_they_are(browser: Any, chat: Chat, kernel: Kernel) -> None:
    """Each tells the name under which the server lists it; one that joins again has a new one."""
    names = "[guest.name for guest in server.connections]"
    chat.open(kernel.direct).is_named(kernel.ask(names)[1])
    with chat_page(browser) as other:
        other.open(kernel.through_link).is_named(kernel.ask(names)[2])
        chat.is_named("guest 2")
        kernel.ask("await server.disconnect(server.connections[1])")
        chat.is_in("○ Closed")
        expect(chat.page.locator("#self")).to_be_hidden()
        chat.page.get_by_role("button", name="Connect again").click()
        chat.is_named("guest 4")
        other.is_named("guest 3")
        assert kernel.ask(names) == ["alice", "guest 3", "guest 4"]


def test_what_was_said_while_the_line_was_cut(chat: Chat, kernel: Kernel) -> None:
    """It comes once and in order when the line is back, both ways, and nothing else is claimed."""
    chat.open(kernel.through_link)
    kernel.says("before")
    chat.heard("before")
    kernel.ask("link.cut()")
    chat.is_in("↻ Reconnecting")
    expect(chat.text).to_be_disabled()
    texts = [f"text {number}" for number in range(20)]
    kernel.says(*texts)
    kernel.ask("link.restore()")
    chat.is_in("● Open")
    expect(notes(chat).last).to_have_text(NOTHING_MISSED)
    kernel.says("after")
    chat.heard("after")
    heard = chat.log.locator("p.heard").all_inner_texts()
    words = [re.sub(r"\d?\d:\d\d.*$", "", text) for text in heard]
    assert words[1:] == ["before", *texts, "after"]
    if kernel.protocol == "sse":
        assert kernel.ask("states_last_id()")


def test_a_message_that_was_under_way_arrives_once(chat: Chat, kernel: Kernel) -> None:
    """Its answer is lost with the line: the page says it again, and it is passed on once."""
    chat.open(kernel.through_link)
    kernel.ask("link.add(BlackHole(), 'downstream')")
    chat.say("did you get this?")
    kernel.hears("did you get this?")
    chat.said("did you get this?", "…")
    kernel.ask("link.reset()")
    kernel.ask("link.heal()")
    chat.said("did you get this?")
    chat.is_in("● Open")
    kernel.ask("await alice.say('done')")
    chat.heard("done")
    assert kernel.ask("alice.inbox.count('did you get this?')") == 1
    assert kernel.ask("link.trace.bytes('upstream').count(b'did you get this?')") == 2


def test_a_black_hole(chat: Chat, kernel: Kernel) -> None:
    """Nothing tells the browser that nothing comes: the page notices it by its own clock."""
    chat.page.clock.install()
    chat.open(kernel.through_link)
    kernel.says("before")
    chat.heard("before")
    kernel.ask("link.add(BlackHole())")
    kernel.says("into the hole")
    chat.page.clock.fast_forward(11_000)  # the next question, and two heartbeats
    if kernel.protocol != "sse":
        chat.page.clock.fast_forward(11_000)
    chat.is_in("↻ Reconnecting")
    silent = "Nothing came for 10 s" if kernel.protocol == "sse" else "No answer came for 10"
    expect(notes(chat)).to_contain_text(silent)
    kernel.ask("link.heal()")
    chat.page.clock.fast_forward(11_000)
    chat.is_in("● Open")
    chat.heard("into the hole")
    expect(notes(chat).last).to_have_text(NOTHING_MISSED)


def test_a_black_hole_by_the_servers_heartbeat(chat: Chat, running: Kernel) -> None:
    """The server says how long a heartbeat takes: by a faster clock, silence is noticed earlier."""
    running.ask("await lab.fresh(timescale=0.1)")
    running.begin("sse")
    chat.open(running.through_link)
    running.ask("link.add(BlackHole())")
    chat.is_in("↻ Reconnecting")
    expect(notes(chat)).to_have_text("Nothing came for 1 s, not even a heartbeat. Trying again …")
    running.ask("await end()")
    running.ask("await lab.fresh()")


def test_a_gap(chat: Chat, running: Kernel) -> None:
    """What the server no longer has is told as lost, and nobody says that nothing was missed."""
    for protocol in PROTOCOLS:
        running.begin(protocol, "history=3")
        chat.open(running.through_link)
        running.says("before")
        chat.heard("before")
        running.ask("link.cut()")
        chat.is_in("↻ Reconnecting")
        running.says(*[f"text {number}" for number in range(10)])
        running.ask("link.restore()")
        for number in (7, 8, 9):
            chat.heard(f"text {number}")
        expect(notes(chat).last).to_have_text(
            "Lost: at most 7 messages. The server keeps only the last ones."
        )
        expect(chat.log.locator("p.heard").filter(has_text="text")).to_have_count(3)
        expect(notes(chat).filter(has_text=NOTHING_MISSED)).to_have_count(0)
        running.ask("await end()")


def test_the_server_is_started_again(chat: Chat, kernel: Kernel) -> None:
    """The page comes back by itself, and says that nobody knows what it has missed."""
    chat.open(kernel.direct)
    kernel.ask("await server.stop()")
    chat.is_in("↻ Reconnecting")
    kernel.begin(kernel.protocol)
    chat.is_in("● Open")
    expect(notes(chat).last).to_contain_text("Lost: nobody knows how many messages.")
    chat.say("back again")
    kernel.hears("back again")
    chat.said("back again")


def test_the_server_ends_it(chat: Chat, kernel: Kernel) -> None:
    """It says why in its own words, nobody tries again, and there is a button."""
    chat.open(kernel.direct)
    kernel.ask("await server.disconnect(server.connections[-1])")
    chat.is_in("○ Closed")
    expect(notes(chat).last).to_have_text(
        "The server refuses with 410: The server has ended this connection."
    )
    chat.page.get_by_role("button", name="Connect again").click()
    chat.is_in("● Open")
    chat.say("as somebody new")
    kernel.hears("as somebody new")


def test_the_page_goes(chat: Chat, kernel: Kernel) -> None:
    """The server knows at once: the page says so, and the browser ends a request that is held."""
    chat.open(kernel.direct)
    chat.page.goto("about:blank")
    (why,) = kernel.ask("await ending()")
    assert why == "client disconnect" or (kernel.protocol != "poll" and why == "transport close")


def test_behind_a_path_prefix(chat: Chat, kernel: Kernel, jupyter: Jupyter) -> None:
    """Through jupyter-server-proxy, as on a hub, messages pass both ways as they are said."""
    port = kernel.ask("server.port")
    chat.open(f"{jupyter.url}proxy/{port}/").is_named("guest 2")
    chat.say("hello through Jupyter")
    kernel.hears("hello through Jupyter")
    kernel.says("hello, browser")
    chat.heard("hello, browser")
    chat.said("hello through Jupyter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_it_looks(browser: Any, kernel: Kernel, node_modules: Path, scheme: str) -> None:
    """It is accessible, open and reconnecting."""
    with chat_page(browser, color_scheme=scheme) as chat:
        chat.open(kernel.through_link)
        kernel.says("hello, browser")
        chat.say("hello, alice")
        chat.said("hello, alice")
        chat.heard("hello, browser")
        assert find_violations(chat.page, node_modules) == []
        kernel.ask("link.cut()")
        chat.is_in("↻ Reconnecting")
        assert find_violations(chat.page, node_modules) == []
        chat.page.screenshot(path=ARTEFACTS / f"{kernel.protocol}-cut-{scheme}.png")
        kernel.ask("link.restore()")
        expect(notes(chat).last).to_have_text(NOTHING_MISSED)
        chat.page.screenshot(path=ARTEFACTS / f"{kernel.protocol}-{scheme}.png")
