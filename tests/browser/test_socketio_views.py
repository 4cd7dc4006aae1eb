"""A chat box and a server's view over Socket.IO, in a real JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Jupyter, Page, expect

SET_UP = """
import labkit as lab
await lab.fresh()
server = await lab.serve("socketio")
alice = await lab.connect(server, "alice", namespaces=["/", "/lounge"])
bob = await lab.connect(server, "bob", transports=["polling"])
lab.show(server, alice, bob)
"""

RAW = """
import labkit as lab
await lab.fresh()
server = await lab.serve("websocket")
alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
lab.show(server, alice, bob)
"""

EVIL = "<img src=x onerror='window.evil=1'>"


@pytest.fixture(scope="module", params=["light", "dark"])
def chat(jupyter: Jupyter, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Show a server with alice, who is in two namespaces, and bob, who is polling."""
    with jupyter.notebook("00-start-here.ipynb", request.param) as page:
        page.run_new(SET_UP)
        yield page


def view(chat: Page) -> Any:
    """Return the view of the server."""
    return chat.page.locator(".lk-server").last


def rows(chat: Page, name: str) -> Any:
    """Return what the server's view shows of a guest."""
    button = chat.page.get_by_role("button", name=f"Disconnect {name}")
    return view(chat).locator("tbody").filter(has=button)


def put(chat: Page, room: str, namespace: str = "/") -> None:
    """Put alice into a room by keyboard, as a person does."""
    view(chat).get_by_label("Namespace for alice").select_option(namespace)
    line = view(chat).get_by_role("textbox", name="Room for alice")
    line.fill(room)
    line.press("Enter")


def test_who_is_where(chat: Page) -> None:
    """Each guest has its transport, its namespaces and, shortened, the session ids in them."""
    expect(rows(chat, "alice")).to_contain_text("websocket")
    expect(rows(chat, "bob")).to_contain_text("polling")
    expect(rows(chat, "alice").locator(".lk-namespace")).to_have_text(["/", "/lounge"])
    sid = rows(chat, "alice").locator(".lk-sid").first
    full = str(sid.get_attribute("title"))
    expect(sid).to_have_text(f"{full[:8]}…")
    assert len(full) == 20
    expect(view(chat).get_by_label("Namespace for bob")).to_be_hidden()


def test_badges_and_ticks(chat: Page) -> None:
    """A box tells what speaks over what; a message that was acknowledged has two ticks."""
    alice, bob = chat.box("alice"), chat.box("bob")
    expect(alice.get_by_text("socketio over websocket", exact=True)).to_be_visible()
    expect(bob.get_by_text("socketio over polling", exact=True)).to_be_visible()
    for box in (alice, bob):
        line = box.get_by_role("textbox", name="Message")
        line.fill("with a receipt")
        line.press("Enter")
        tick = box.locator(".lk-said .lk-tick").last
        expect(tick).to_have_text("✓✓")
        expect(tick).to_have_attribute("title", "acknowledged: it arrived")


def test_into_a_room_and_out_of_it(chat: Page) -> None:
    """Rooms are seen at once, in the server's view and in the box; typed text and focus stay."""
    put(chat, "blue")
    put(chat, EVIL, "/lounge")
    put(chat, "green")
    expect(rows(chat, "alice").locator(".lk-in-rooms")).to_have_text(["blue, green", EVIL])
    alice = chat.box("alice")
    expect(alice.locator(".lk-rooms .lk-badge")).to_have_text(
        ["room blue", "room green", f"room {EVIL}"]
    )
    assert chat.page.evaluate("window.evil") is None
    line = view(chat).get_by_role("textbox", name="Room for alice")
    expect(line).to_be_focused()
    expect(line).to_have_value("green")
    expect(view(chat).get_by_text("alice is in the room green.")).to_have_count(1)
    chat.run_new("await alice.say('more tea?', room='green')")
    view(chat).evaluate("view => view.scrollIntoView({block: 'start'})")
    heard = alice.locator(".lk-heard").filter(has_text="more tea?")
    expect(heard.locator(".lk-in")).to_have_text(["room green", "came back from the server"])
    expect(heard.locator(".lk-text")).to_have_text("more tea?")
    chat.shot(f"socketio-views-rooms-{chat.scheme}")
    view(chat).get_by_role("button", name="Take out of room: alice").click()
    expect(rows(chat, "alice").locator(".lk-in-rooms")).to_have_text(["blue", EVIL])
    expect(alice.locator(".lk-rooms .lk-badge")).to_have_count(2)


BUSY = """
import asyncio
async def busy():
    guest = next(guest for guest in server.connections if guest.name == "bob")
    for _ in range(20):
        await bob.say("counted")
        await server.move(guest, "/", "busy", into=True)
        await asyncio.sleep(0.1)  # sleeps: goes on while somebody types
        await server.move(guest, "/", "busy", into=False)
        await asyncio.sleep(0.1)  # sleeps: goes on while somebody types
    await bob.say("that was all")
busy = asyncio.create_task(busy())
"""


def test_updates_take_nothing_from_who_types(chat: Page) -> None:
    """While messages are counted and rooms change, half a word, its caret and the focus stay."""
    chat.run_new(BUSY)
    line = view(chat).get_by_role("textbox", name="Room for bob")
    line.press_sequentially("a b dd")  # JupyterLab's shortcuts for cells
    chat.page.keyboard.press("Home")
    line.evaluate(
        "line => { window.lost = 0; line.addEventListener('blur', () => { window.lost += 1; }); }"
    )
    count = rows(chat, "bob").locator(".lk-received")
    before = count.text_content()
    expect(count).not_to_have_text(str(before))
    expect(rows(chat, "bob").locator(".lk-in-rooms")).to_have_text("busy")
    expect(rows(chat, "bob").locator(".lk-in-rooms")).to_have_text("none")
    chat.page.keyboard.type("x")
    expect(line).to_have_value("xa b dd")
    assert chat.page.evaluate("window.lost") == 0
    last = chat.box("bob").locator(".lk-said").get_by_text("that was all")
    expect(last).to_be_visible(timeout=15_000)


def test_what_is_refused_is_told(chat: Page) -> None:
    """A room without a name is refused in the box, in a sentence that is read out."""
    line = view(chat).get_by_role("textbox", name="Room for bob")
    line.fill("")
    line.press("Enter")
    alert = view(chat).get_by_role("alert")
    expect(alert).to_have_text("A room needs a name.")
    chat.shot(f"socketio-views-refused-{chat.scheme}")
    line.fill("blue")
    line.press("Enter")
    expect(alert).to_be_hidden()
    expect(rows(chat, "bob").locator(".lk-in-rooms")).to_have_text("blue")


def test_the_plug_and_the_way_back(chat: Page) -> None:
    """Unplugged, the box counts down to each attempt; with the plug it opens again by itself."""
    bob = chat.box("bob")
    bob.get_by_role("button", name="Pull the plug").click()
    status = bob.get_by_role("status")
    expect(status).to_have_text("Reconnecting")
    told = r"^The plug is pulled. The client goes on trying to come back. Attempt 2 in \d s\."
    expect(bob.locator(".lk-closed")).to_have_text(re.compile(told), timeout=10_000)
    expect(bob.get_by_role("button", name="Connect now")).to_be_hidden()
    expect(rows(chat, "bob")).to_have_count(0)
    chat.show_box("bob")
    chat.shot(f"socketio-views-unplugged-{chat.scheme}")
    bob.get_by_role("button", name="Put the plug back").click()
    expect(status).to_have_text("Open", timeout=15_000)
    expect(
        bob.get_by_text("connected again over polling; messages in between are lost")
    ).to_be_visible()
    expect(rows(chat, "bob")).to_have_count(1)


def test_connect_now(chat: Page) -> None:
    """Whoever does not want to wait for the next attempt connects at once."""
    chat.run_new(
        "carol = await lab.connect(server, 'carol', reconnection_delay=600,\n"
        "    reconnection_delay_max=600)\nlab.show(carol)"
    )
    carol = chat.box("carol")
    carol.get_by_role("button", name="Pull the plug").click()
    expect(carol.get_by_role("status")).to_have_text("Reconnecting")
    carol.get_by_role("button", name="Put the plug back").click()
    expect(carol.get_by_text("The connection ended: the connection broke")).to_be_visible()
    chat.show_box("carol")
    chat.shot(f"socketio-views-connect-now-{chat.scheme}")
    carol.get_by_role("button", name="Connect now").click()
    expect(carol.get_by_role("status")).to_have_text("Open")
    expect(carol.get_by_role("textbox", name="Message")).to_be_focused()


def test_disconnected_by_the_server(chat: Page) -> None:
    """Whom the server disconnects is told so and does not come back; Tab goes on from there."""
    view(chat).evaluate("view => view.scrollIntoView({block: 'start'})")
    button = view(chat).get_by_role("button", name="Disconnect alice")
    button.focus()
    chat.page.keyboard.press("Enter")
    expect(rows(chat, "alice")).to_have_count(0)
    expect(rows(chat, "bob")).to_be_focused()
    chat.page.keyboard.press("Tab")
    expect(view(chat).get_by_role("button", name="Disconnect bob")).to_be_focused()
    expect(view(chat).get_by_text("alice is disconnected.")).to_have_count(1)
    alice = chat.box("alice")
    expect(alice.get_by_role("status")).to_have_text("Closed")
    expect(alice.get_by_text("The connection ended: the server ended it")).to_be_visible()
    expect(alice.get_by_role("button", name="Connect again")).to_be_visible()
    expect(rows(chat, "bob")).to_have_count(1)
    chat.shot(f"socketio-views-disconnected-{chat.scheme}")


def test_nothing_is_inaccessible(chat: Page, node_modules: Path) -> None:
    """axe-core finds nothing; the browser has nothing to complain about."""
    assert chat.violations(node_modules) == []
    assert chat.complaints == []


def test_a_restarted_kernel_is_told(chat: Page) -> None:
    """After a restart the server's view says what happened, and its buttons are out of use."""
    chat.menu("Kernel", "kernelmenu:restart")
    chat.page.click(".jp-Dialog .jp-mod-accept")
    expect(view(chat).get_by_role("alert")).to_contain_text("Run the notebook", timeout=15_000)
    expect(view(chat).get_by_role("button", name="Disconnect bob")).to_be_disabled()


def test_a_raw_server_has_the_same_view(jupyter: Jupyter) -> None:
    """Beside its guests' boxes a server without rooms has a row for each, and ends connections."""
    with jupyter.notebook("00-start-here.ipynb") as page:
        page.run_new(RAW)
        expect(rows(page, "alice").locator("tr")).to_have_count(1)
        expect(view(page).get_by_role("textbox")).to_have_count(0)
        messages = rows(page, "alice").locator(".lk-received").bounding_box()
        button = view(page).get_by_role("button", name="Disconnect alice").bounding_box()
        assert messages["x"] + messages["width"] <= button["x"]  # it covers nothing
        page.show_box("bob")
        page.shot("server-view")
        view(page).get_by_role("button", name="Disconnect bob").click()
        expect(page.box("bob").locator(".lk-reason")).to_contain_text("Closed with 1000")
        expect(rows(page, "bob")).to_have_count(0)


def test_a_narrow_window(jupyter: Jupyter) -> None:
    """On a small window the table scrolls within its box, and what can be done is in sight."""
    size = {"width": 640, "height": 900}
    with jupyter.notebook("00-start-here.ipynb", viewport=size) as page:
        page.run_new(SET_UP)
        box = view(page).bounding_box()
        for name in ("Disconnect alice", "Take out of room: alice"):
            button = view(page).get_by_role("button", name=name).bounding_box()
            assert button["x"] + button["width"] <= box["x"] + box["width"]
        assert box["x"] + box["width"] <= size["width"]
        view(page).evaluate("view => view.scrollIntoView({block: 'start'})")
        page.shot("socketio-views-narrow")
