"""The chat page of a Socket.IO server in Chromium, with the JavaScript client and by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labkit.transports.socketio.page.page import BUNDLE
from tests.browser.conftest import ARTEFACTS, Jupyter, expect
from tests.support.accessibility import find_violations
from tests.support.chat_page import Chat, chat_page
from tests.support.program import Program, program

SERVERS = """
import pathlib
import socketio
from labkit import bench
from aiohttp import ClientSession, web
from labkit.transports.socketio.page import page

installed = page.BUNDLE

def bundle(there):
    page.BUNDLE = installed if there else pathlib.Path("no such file")

def named(name):
    return bench.current().servers[name]

async def serve(name):
    return (await lab.serve("socketio", name=name)).page

async def own():
    "A learner's server: it skips the sender, and has no rooms."
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.on("chat message")
    async def chat_message(sid, text):
        await sio.emit("chat message", text, skip_sid=sid)

    @sio.on("connect")
    async def connect(sid, environ, auth):
        if "X-Refuse" in environ["aiohttp.request"].headers:
            raise socketio.exceptions.ConnectionRefusedError("no room for strangers")

    return (await lab.serve(sio, name="own")).page

async def mute():
    "A server without any handler."
    return (await lab.serve(socketio.AsyncServer(async_mode="aiohttp"), name="mute")).page

async def proxy():
    "A proxy with a path prefix, which knows nothing of WebSocket."
    async def forward(request):
        url = server.page + request.match_info["rest"]
        body = await request.read()
        async with ClientSession() as session:
            if "Upgrade" in request.headers:
                return web.Response(status=502)
            async with session.request(
                request.method, url, params=request.query, data=body or None
            ) as answer:
                kind = answer.headers.get("Content-Type", "text/plain")
                headers = {"Content-Type": kind}
                return web.Response(
                    status=answer.status, body=await answer.read(), headers=headers
                )

    app = web.Application()
    app.router.add_route("*", "/some/prefix/{rest:.*}", forward)
    return f"{(await lab.serve(app, name='proxy')).url}some/prefix/"

async def stranger():
    "A page of another name, which leads to this machine."
    async def evil(request):
        return web.Response(text="<!doctype html><title>evil</title>", content_type="text/html")

    async def client(request):
        return web.FileResponse(installed)

    app = web.Application()
    app.router.add_get("/", evil)
    app.router.add_get("/socket.io.min.js", client)
    there = await lab.serve(app, name="stranger", hosts=["evil.localhost"])
    return f"http://evil.localhost:{there.port}/"

async def begin():
    global server, alice
    server = await lab.serve("socketio")
    link = await lab.link(server)
    alice = await lab.connect(server, "alice")
    await alice.call("join", "tea")
    return [server.page, f"http://127.0.0.1:{link.port}/"]
"""

STRANGE_CLIENT = """
async ([url, transport]) => {
    await new Promise((loaded, failed) => document.head.append(Object.assign(
        document.createElement("script"),
        {src: "socket.io.min.js", onload: loaded, onerror: failed})));
    const socket = io(url, {transports: [transport], reconnection: false});
    return await new Promise(told => {
        socket.on("connect", () => told("connected"));
        socket.on("connect_error", error => told(error.message));
    });
}
"""


class Kernel:
    """A program with servers, a link and alice, who chats there."""

    def __init__(self, running: Program) -> None:
        self.ask = running.ask
        self.direct, self.through_link = self.ask("await begin()")

    def hears(self, text: str) -> None:
        """Let alice wait for a text."""
        self.ask(f"await alice.hears(lambda m: {text!r} in str(m), within=5)")

    def says(self, text: str) -> None:
        """Let alice say a text."""
        self.ask(f"await alice.say({text!r})")


@pytest.fixture(scope="module")
def kernel(need: Callable[[str, object], None]) -> Iterator[Kernel]:
    """Run the program."""
    need("the JavaScript client of Socket.IO (start.py installs it)", BUNDLE.exists())
    with program(SERVERS) as running:
        yield Kernel(running)


@pytest.fixture
def chat(browser: Any, request: pytest.FixtureRequest) -> Iterator[Chat]:
    """Open a page in a context of its own."""
    with chat_page(browser, **getattr(request, "param", {})) as opened:
        yield opened


@pytest.fixture(params=["client", "by hand"])
def badge(kernel: Kernel, request: pytest.FixtureRequest) -> Iterator[str]:
    """Let the page have the JavaScript client, or not; return what its badge says then."""
    by_hand = request.param == "by hand"
    kernel.ask(f"bundle({not by_hand})")
    yield "websocket, by hand" if by_hand else "websocket"
    kernel.ask("bundle(True)")


@pytest.mark.parametrize("way", ["direct", "through_link"])
def test_it_chats(chat: Chat, kernel: Kernel, way: str, badge: str) -> None:
    """What is typed is heard by a client of the lab, and the other way, also through a link."""
    chat.open(getattr(kernel, way), badge)
    expect(chat.text).to_be_focused()
    chat.say(f"hello {way} {badge}")
    kernel.hears(f"hello {way} {badge}")
    expect(chat.text).to_have_value("")
    kernel.says("hello, browser")
    chat.heard("hello, browser")


def test_the_page_tells_which_connection_it_is(
    browser: Any, chat: Chat, kernel: Kernel, badge: str
) -> None:
    """The server lists it under the name and session id that it shows; closed, it shows none."""
    chat.open(kernel.direct, badge)
    listed = "[[each.name, each.memberships[0].sid] for each in server.connections]"
    name, sid = kernel.ask(listed)[-1]
    with chat_page(browser) as other:
        other.open(kernel.through_link, badge)
        other_name, other_sid = kernel.ask(listed)[-1]
        assert name != other_name
        other.is_named(other_name)
        expect(other.page.locator("#self")).to_contain_text(f", sid {other_sid[:8]}…")
    chat.is_named(name)
    expect(chat.page.locator("#self")).to_contain_text(f", sid {sid[:8]}…")
    (number,) = [n for n, each in enumerate(kernel.ask(listed)) if each[0] == name]
    kernel.ask(f"await server.disconnect(server.connections[{number}])")
    chat.is_in("○ Closed")
    expect(chat.page.locator("#self")).to_be_hidden()


def test_the_transport_is_told(chat: Chat, kernel: Kernel) -> None:
    """It begins with polling, and the badge follows the upgrade."""
    chat.page.add_init_script(
        """window.badges = [];
        new MutationObserver(changes => badges.push(...changes
            .filter(change => change.target.id === "badge" && change.addedNodes.length)
            .map(change => change.addedNodes[0].textContent))
        ).observe(document, {childList: true, subtree: true});"""
    )
    chat.open(kernel.direct, "websocket")
    assert chat.page.evaluate("badges") == ["polling", "websocket"]


def test_a_message_of_ones_own_comes_back(chat: Chat, kernel: Kernel, badge: str) -> None:
    """The echo is marked as in a box; said by another, the same words are not."""
    chat.open(kernel.direct, badge)
    chat.say("once")
    chat.said("once")
    chat.say("twice")
    chat.say("twice")
    chat.said("twice", times=2)
    echoes = chat.page.locator("#log p.heard", has_text="came back from the server")
    expect(echoes).to_have_count(3)
    kernel.says("twice")
    chat.heard("twice")
    expect(echoes).to_have_count(3)


def test_a_server_that_skips_the_sender(chat: Chat, kernel: Kernel, badge: str) -> None:
    """The page works with it as well, and hears the same text from somebody else."""
    chat.open(kernel.ask("await own()"), badge)
    chat.say("the same words")
    chat.said("the same words")
    kernel.ask("await named('own').raw.emit('chat message', 'the same words')")
    chat.heard("the same words")


def test_what_nobody_acknowledges(chat: Chat, kernel: Kernel, badge: str) -> None:
    """On a server without handlers a message gets a cross after 5 s, and a room a sentence."""
    chat.page.clock.install()
    chat.open(kernel.ask("await mute()"), badge)
    chat.say("is anybody there?")
    chat.said("is anybody there?", "…")
    room = chat.page.get_by_role("textbox", name="Room")
    room.fill("tea")
    room.press("Enter")
    expect(chat.page.locator("#rooms")).to_have_text("Waiting for the server …")
    chat.page.clock.run_for(5_000)
    chat.said("is anybody there?", "✗")
    expect(chat.log).to_contain_text("“join” was not acknowledged")
    expect(chat.page.locator("#rooms")).to_have_text("You are in no room")


def test_rooms(chat: Chat, kernel: Kernel, badge: str) -> None:
    """Join, speak to the room and hear it, leave: the server tells in which rooms one is."""
    chat.open(kernel.direct, badge)
    room, to = chat.page.get_by_role("textbox", name="Room"), chat.page.get_by_label("To")
    rooms = chat.page.locator("#rooms")
    expect(rooms).to_have_text("You are in no room")
    expect(to).to_be_hidden()
    for name, told in (("tea", "tea"), ("garden", "garden, tea")):
        room.fill(name)
        room.press("Enter")
        expect(rooms).to_have_text(f"Your rooms: {told}")
    to.select_option("to tea")
    chat.say(f"more tea? {badge}")
    chat.said(f"more tea? {badge}")
    kernel.hears(f"more tea? {badge}")
    kernel.ask("await alice.say('yes, please', room='tea')")
    chat.heard("room teayes, please")
    room.fill("tea")
    chat.page.get_by_role("button", name="Leave").click()
    expect(rooms).to_have_text("Your rooms: garden")
    expect(to).to_have_value("")


def test_other_events_are_shown_as_calls(chat: Chat, kernel: Kernel, badge: str) -> None:
    """Name and arguments stand there, bytes by their number."""
    chat.open(kernel.direct, badge)
    kernel.ask("await server.raw.emit('photo', (b'12345', {'of': 'ann', 'small': b'123'}))")
    call = 'photo(5 bytes of binary data, {"of":"ann","small":"3 bytes of binary data"})'
    expect(chat.log.locator("p.event")).to_have_text(call)
    kernel.ask("await server.raw.emit('chat message', b'1234567')")
    chat.heard("7 bytes of binary data")


def test_who_asks_whether_it_came_gets_an_answer(chat: Chat, kernel: Kernel, badge: str) -> None:
    """The page acknowledges what asks for it, with and without bytes."""
    chat.open(kernel.direct, badge)
    guest = "server.connections[-1].memberships[0].sid"
    for content in ("'tea'", "b'123'"):
        call = f"await server.raw.call('offer', {content}, to={guest}, timeout=5)"
        assert kernel.ask(call) is None
    lines = ['offer("tea")', "offer(3 bytes of binary data)"]
    expect(chat.log.locator("p.event")).to_have_text(lines)


def test_markup_stays_text(chat: Chat, kernel: Kernel, badge: str) -> None:
    """What somebody says, names an event or calls a room is never part of the page."""
    evil = "<img src=x onerror='window.evil=1'><script>window.evil=1</script>"
    chat.open(kernel.direct, badge)
    chat.say(evil)
    chat.said(evil)
    kernel.says(f"{evil} of alice's")
    chat.heard(f"{evil} of alice's")
    kernel.ask(f"await server.raw.emit({evil!r}, {evil!r})")
    expect(chat.log.locator("p.event")).to_contain_text(evil)
    room = chat.page.get_by_role("textbox", name="Room")
    room.fill(evil)
    room.press("Enter")
    expect(chat.page.locator("#rooms")).to_contain_text(evil)
    assert chat.page.locator("img, p script, option script").count() == 0
    assert chat.page.evaluate("window.evil") is None


def test_it_comes_back_by_itself(chat: Chat, kernel: Kernel) -> None:
    """After the server's restart the page connects again and chats, over the old port."""
    chat.open(kernel.ask("await serve('short-lived')"), "websocket")
    room = chat.page.get_by_role("textbox", name="Room")
    room.fill("tea")
    room.press("Enter")
    expect(chat.page.locator("#rooms")).to_have_text("Your rooms: tea")
    kernel.ask("await named('short-lived').stop()")
    why = (
        "The connection ended without a disconnect packet (transport close). "
        "The client comes back by itself"
    )
    expect(chat.log).to_contain_text(f"{why}; your rooms are lost.")
    chat.is_in("↻ Reconnecting (attempt 2)")
    expect(chat.log).to_contain_text("Cannot connect: xhr poll error.")
    expect(chat.text).to_be_disabled()
    kernel.ask("await serve('short-lived')")
    chat.is_in("● Open")
    expect(chat.log).to_contain_text("Connected again.")
    expect(chat.badge).to_have_text("websocket")
    expect(chat.page.locator("#rooms")).to_have_text("You are in no room")
    chat.say("back again")
    chat.said("back again")


def test_by_hand_it_does_not_come_back(chat: Chat, kernel: Kernel) -> None:
    """Without the client the page says so, and a button connects again."""
    url = kernel.ask("await serve('short-lived')")
    kernel.ask("bundle(False)")
    chat.open(url, "websocket, by hand")
    kernel.ask("bundle(True)")
    hint = (
        "The JavaScript client of Socket.IO is not installed; this page speaks its protocol by hand"
    )
    expect(chat.page.get_by_text(hint)).to_contain_text('lab.serve("websocket")')
    kernel.ask("await named('short-lived').stop()")
    chat.is_in("○ Closed")
    expect(chat.log).to_contain_text("(transport close). The client does not come back by itself.")
    again = chat.page.get_by_role("button", name="Connect again")
    again.click()
    expect(chat.log).to_contain_text("Cannot connect")
    kernel.ask("await serve('short-lived')")
    again.click()
    chat.is_in("● Open")
    chat.say("back again")
    chat.said("back again")


def test_the_server_may_end_it(chat: Chat, kernel: Kernel, badge: str) -> None:
    """After a disconnect packet nobody comes back by themselves: there is a button."""
    chat.open(kernel.direct, badge)
    kernel.ask("await server.disconnect(server.connections[-1])")
    chat.is_in("○ Closed")
    expect(chat.log).to_contain_text("(io server disconnect). The client does not come back")
    chat.page.get_by_role("button", name="Connect again").click()
    chat.is_in("● Open")
    expect(chat.text).to_be_focused()
    expect(chat.badge).to_have_text(badge)


def test_a_refusal_is_told(chat: Chat, kernel: Kernel, badge: str) -> None:
    """What the connect handler says stands there; the button tries once more."""
    url = kernel.ask("await own()")
    chat.page.set_extra_http_headers({"X-Refuse": "yes"})
    chat.page.goto(url)
    chat.is_in("○ Closed")
    expect(chat.log).to_contain_text("Cannot connect: no room for strangers.")
    expect(chat.text).to_be_disabled()
    expect(chat.page.get_by_role("button", name="Connect again")).to_be_visible()


def test_behind_a_path_prefix(chat: Chat, kernel: Kernel, jupyter: Jupyter, badge: str) -> None:
    """Through jupyter-server-proxy, as on a hub, the page finds its server."""
    port = kernel.ask("server.port")
    chat.open(f"{jupyter.url}proxy/{port}/", badge)
    chat.is_named(kernel.ask("server.connections[-1].name"))
    chat.say(f"hello through Jupyter {badge}")
    kernel.hears(f"hello through Jupyter {badge}")
    chat.said(f"hello through Jupyter {badge}")


def test_behind_a_proxy_without_websocket(chat: Chat, kernel: Kernel) -> None:
    """Where no upgrade succeeds, the page stays with polling, and chats."""
    chat.open(kernel.ask("await proxy()"), "polling")
    chat.say("hello by polling")
    kernel.hears("hello by polling")
    chat.said("hello by polling")
    kernel.says("hello, poller")
    chat.heard("hello, poller")
    expect(chat.badge).to_have_text("polling")


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_a_strangers_page(chat: Chat, kernel: Kernel, transport: str) -> None:
    """A page of another name gets in over no transport, and the server tells of it."""
    refused = kernel.ask("server.log_counts.get('refused', 0)")
    guests = kernel.ask("[each.name for each in server.connections]")
    chat.page.goto(kernel.ask("await stranger()"))
    told = chat.page.evaluate(STRANGE_CLIENT, [kernel.direct, transport])
    assert told == {"polling": "xhr poll error", "websocket": "websocket error"}[transport]
    assert kernel.ask("server.log_counts['refused']") > refused
    assert kernel.ask("[each.name for each in server.connections]") == guests
    assert "evil.localhost" in kernel.ask(
        "[e.text for e in server.log_entries if e.kind == 'refused'][-1]"
    )


@pytest.mark.parametrize(
    "chat",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}],
    ids=["light", "dark"],
    indirect=True,
)
def test_nothing_is_inaccessible(
    chat: Chat, kernel: Kernel, badge: str, node_modules: Path, request: pytest.FixtureRequest
) -> None:
    """axe-core finds nothing while it is open, nor when it is closed; light and dark."""
    chat.open(kernel.direct, badge)
    room = chat.page.get_by_role("textbox", name="Room")
    room.fill("tea")
    room.press("Enter")
    chat.say("Good morning, everybody")
    chat.said("Good morning, everybody")
    kernel.says("Good morning! Is there any tea left, or have the others been faster again?")
    kernel.ask("await server.raw.emit('typing', ('alice', True))")
    chat.page.get_by_label("To").select_option("to tea")
    chat.say("There is")
    chat.said("There is")
    expect(chat.log.locator("p.event")).to_have_text('typing("alice", true)')
    ARTEFACTS.mkdir(exist_ok=True)
    name = f"socketio-page-{request.node.callspec.id}".replace(" ", "-")
    chat.page.screenshot(path=ARTEFACTS / f"{name}.png")
    assert find_violations(chat.page, node_modules) == []
    kernel.ask("await server.disconnect(server.connections[-1])")
    chat.is_in("○ Closed")
    chat.page.screenshot(path=ARTEFACTS / f"{name}-closed.png")
    assert find_violations(chat.page, node_modules) == []


def test_a_narrow_window(chat: Chat, kernel: Kernel) -> None:
    """On a telephone nothing sticks out, and the newest line stays in view."""
    chat.open(kernel.direct, "websocket")
    for number in range(20):
        chat.say(f"line {number}")
    chat.said("line 19")
    chat.page.set_viewport_size({"width": 320, "height": 480})
    expect(chat.log.get_by_text("line 19").last).to_be_in_viewport()
    room = chat.page.get_by_role("textbox", name="Room")
    room.fill("a room with quite a long name")
    room.press("Enter")
    expect(chat.page.locator("#rooms")).to_contain_text("a room with")
    assert chat.page.evaluate("document.documentElement.scrollWidth") == 320
    chat.page.screenshot(path=ARTEFACTS / "socketio-page-narrow.png")
