"""What a learner meets: the notebook about the raw chat in a real JupyterLab."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Jupyter, Page, expect

RAW_CHAT = "03-a-raw-chat.ipynb"
START = "00-start-here.ipynb"


THREE = """
from labkit.protocols.states import STATES
names = ("ann", "benjamin of the thirty letters", "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwww")
both = await lab.serve("socketio")
panel = lab.show(*[await lab.connect(both, name) for name in names])
panel.close()  # or what really happens would be shown

def put_into(key, attempt=0, **more):
    state = {"key": key, "shape": STATES[key].shape, "word": STATES[key].word}
    for view in panel.views:
        told = {"following": True, "state": state, "attempt": attempt, **more}
        view.widget.state = view.widget.state | told

panel
"""

CUT = "The plug is pulled. The client goes on trying to come back."

IN_STATES = {
    "'connecting', reason='Connecting.'": ("Connecting", ["Connecting."]),
    "'connecting', 12, reason='It broke.'": ("Connecting", ["It broke. Attempt 12. Connect now"]),
    f"'reconnecting', 12, reason='{CUT}', link='cut', retryAt=0": (
        "Reconnecting",
        [f"{CUT} Attempt 12 in 0 s."],
    ),
    "'closed', reason='The plug is pulled.', link='cut'": ("Closed", ["The plug is pulled."]),
    "'closed', reason='Closed with 4001.', link='whole'": (
        "Closed",
        ["Closed with 4001. Connect again"],
    ),
    "'open', reason=''": ("Open", []),
}
"""What a box is put into, and what its head and its bar say then; open, it has no bar."""

SHOWN = "({clientWidth, scrollWidth}) => ({width: clientWidth, all: scrollWidth <= clientWidth})"

PARTS_OF_HEAD = (".lk-name", ".lk-state", ".lk-plug")


@pytest.fixture(scope="module")
def chat(jupyter: Jupyter) -> Iterator[Page]:
    """Open the notebook about the raw chat and run all its cells."""
    with jupyter.notebook(RAW_CHAT) as page:
        page.run_all()
        yield page


def say(box: Any, text: str) -> None:
    """Type a message into a box and press Enter."""
    line = box.get_by_role("textbox", name="Message")
    line.fill(text)
    line.press("Enter")


def test_what_is_typed_is_heard(chat: Page) -> None:
    """Enter in bob's box shows the text on the right of his and on the left of carol's."""
    bob, carol = chat.box("bob"), chat.box("carol")
    say(bob, "typed by a person <b>")
    heard = carol.locator(".lk-heard").get_by_text("typed by a person <b>")
    expect(heard).to_be_visible()
    expect(bob.locator(".lk-said").get_by_text("typed by a person <b>")).to_be_visible()
    expect(bob.locator(".lk-said .lk-tick").last).to_have_text("✓")
    line = bob.get_by_role("textbox", name="Message")
    expect(line).to_be_focused()
    expect(line).to_have_value("")
    chat.show_box("bob")
    chat.shot("chat-light")


def test_markup_stays_text(chat: Page) -> None:
    """What somebody says is never part of the page, in boxes or on the server's own page."""
    bob, carol = chat.box("bob"), chat.box("carol")
    evil = "<img src=x onerror='window.evil=1'><script>window.evil=1</script>"
    say(bob, evil)
    expect(carol.locator(".lk-heard").get_by_text(evil)).to_be_visible()
    assert chat.page.evaluate("window.evil") is None
    assert carol.locator("img, script").count() == 0


def test_what_is_typed_while_the_kernel_is_busy(chat: Page) -> None:
    """It stands there at once as waiting, and is said once the kernel is there; so is the plug."""
    chat.run_new("import time; time.sleep(4)", finished=False)  # sleeps: a busy kernel
    bob = chat.box("bob")
    say(bob, "are you busy?")
    waiting = bob.locator(".lk-pending .lk-entry")
    expect(waiting).to_have_text("are you busy?waiting for the kernel")
    plug = bob.get_by_role("button", name="Waiting for the kernel")
    bob.get_by_role("button", name="Pull the plug").click()
    expect(plug).to_be_visible()
    expect(bob.get_by_role("alert")).to_contain_text("Kernel busy")
    chat.show_box("bob")
    chat.shot("chat-busy")
    expect(waiting).to_have_count(0)
    expect(bob.locator(".lk-said").filter(has_text="are you busy?")).to_have_count(1)
    bob.get_by_role("button", name="Put the plug back").click()
    bob.get_by_role("button", name="Connect again").click()
    expect(bob.get_by_role("status")).to_have_text("Open")


def test_three_boxes_side_by_side(chat: Page) -> None:
    """In each state, whatever their names, they have one line of header in which nothing is cut."""
    chat.run_new(THREE)
    panel = chat.page.locator(".jp-OutputArea-output", has=chat.page.locator(".lk-box")).last
    for number, (state, (word, told)) in enumerate(IN_STATES.items()):
        chat.run_new(f"put_into({state})")
        for box in panel.locator(".lk-box").all():
            head = box.locator(".lk-head")
            expect(head.get_by_role("status")).to_have_text(word)
            bar = box.locator(".lk-closed:visible")
            expect(bar).to_have_text(told, use_inner_text=True)
            *parts, plug = (head.locator(part).bounding_box() for part in PARTS_OF_HEAD)
            assert head.bounding_box()["height"] < 2 * plug["height"]
            edges = [x for part in parts for x in (part["x"], part["x"] + part["width"])]
            assert edges == sorted(edges) and edges[-1] <= plug["x"]
            shown = head.locator(".lk-name").evaluate(SHOWN)
            assert shown["all"] or shown["width"] >= 40  # of a long name the beginning
            assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
        panel.evaluate("panel => panel.scrollIntoView({block: 'center'})")
        chat.shot(f"chat-three-{number}")
    expect(panel.get_by_role("button", name="Pull the plug")).to_have_count(3)


def test_two_boxes_side_by_side(chat: Page) -> None:
    """While they come back, beside a long state and a long button, their names are not cut."""
    chat.run_new(
        "from labkit.backoff import Backoff\n"
        "slow = Backoff(60, cap=60)\n"
        "server = await lab.serve('websocket')\n"
        "pair = [await lab.connect(server, name, reconnect=slow) for name in "
        "('longpoll', 'websocket')]\n"
        "for one in pair:\n    one.link.cut()\n    await one.ends()\n"
        "lab.show(*pair)"
    )
    for name in ("longpoll", "websocket"):
        head = chat.box(name).locator(".lk-head")
        expect(head.get_by_role("status")).to_have_text("Reconnecting")
        expect(head.get_by_role("button", name="Put the plug back")).to_be_visible()
        assert head.locator(".lk-name").evaluate(SHOWN)["all"]


def test_a_close_reason_stands_once(chat: Page) -> None:
    """The conversation quotes it, with what the code means; the bar below tells the code."""
    chat.run_new(
        "async def refuse(connection):\n    await connection.close(4001, 'no room here')\n"
        "eve = await lab.connect(await lab.serve(refuse), 'eve')\n"
        "await eve.ends()\nlab.show(eve)"
    )
    eve = chat.box("eve")
    expect(eve.locator(".lk-closed")).to_contain_text("Closed with 4001.")
    expect(eve.get_by_text("no room here")).to_have_count(1)
    expect(eve.get_by_text("the application's own code")).to_have_count(1)


def test_escape_leaves_a_box(chat: Page) -> None:
    """The notebook has the keys then: ArrowUp chooses the cell above, in command mode."""
    line = chat.box("bob").get_by_role("textbox", name="Message")
    line.focus()
    line.press("Escape")
    expect(line).not_to_be_focused()
    expect(chat.page.locator(".jp-Notebook.jp-mod-commandMode")).to_have_count(1)
    own = chat.page.locator(".jp-Cell.jp-mod-active")
    expect(own.locator(".lk-box").first).to_be_visible()
    chat.page.keyboard.press("ArrowUp")
    expect(own.locator(".lk-box")).to_have_count(0)


def test_the_plug(chat: Page) -> None:
    """The plug closes the box with its reason; put back and connected again, it talks on."""
    bob, carol = chat.box("bob"), chat.box("carol")
    bob.get_by_role("button", name="Pull the plug").click()
    expect(bob.get_by_role("status")).to_have_text("Closed")
    expect(bob.get_by_text("The plug is pulled.")).to_be_visible()
    expect(bob.get_by_role("textbox", name="Message")).to_be_disabled()
    expect(bob.get_by_role("button", name="Send")).to_be_disabled()
    chat.shot("chat-cut")
    bob.get_by_role("button", name="Put the plug back").click()
    bob.get_by_role("button", name="Connect again").click()
    expect(bob.get_by_role("status")).to_have_text("Open")
    say(bob, "back again")
    expect(carol.locator(".lk-heard").get_by_text("back again")).to_be_visible()


def test_the_keyboard_is_enough(chat: Page) -> None:
    """Tab leads from the plug over the log to the line and to Send; Space pulls the plug."""
    bob = chat.box("bob")
    bob.get_by_role("button", name="Pull the plug").focus()
    chat.page.keyboard.press("Tab")
    expect(bob.get_by_role("log")).to_be_focused()
    chat.page.keyboard.press("Tab")
    expect(bob.get_by_role("textbox", name="Message")).to_be_focused()
    chat.page.keyboard.type("a b dd")  # JupyterLab's shortcuts for cells
    expect(bob.get_by_role("textbox", name="Message")).to_have_value("a b dd")
    chat.page.keyboard.press("Enter")
    chat.page.keyboard.press("Tab")
    expect(bob.get_by_role("button", name="Send")).to_be_focused()


def test_scrolled_up_a_mark_counts_what_is_new(chat: Page) -> None:
    """Whoever reads further up is not pulled down; a button leads to the newest."""
    bob, carol = chat.box("bob"), chat.box("carol")
    for number in range(12):
        say(bob, f"line {number}")
    chat.show_box("carol")  # a box out of sight is not laid out, so nobody can scroll in it
    log = carol.get_by_role("log")
    expect(log.locator(".lk-text").filter(has_text="line 11").last).to_be_visible()
    log.evaluate(
        "log => new Promise(seen => { log.scrollTop = 0; requestAnimationFrame(() => "
        "requestAnimationFrame(seen)); })"
    )
    say(bob, "news")
    jump = carol.get_by_role("button", name="1 new messages: jump to the newest")
    expect(jump).to_be_visible()
    assert log.evaluate("log => log.scrollTop") == 0
    jump.click()
    expect(log.get_by_text("news")).to_be_in_viewport()
    expect(jump).to_be_hidden()


def test_the_servers_page_is_a_guest(chat: Page) -> None:
    """The page that the server's view links to chats with a widget."""
    server = chat.page.get_by_role("link", name="Open the chat page").last
    with chat.page.context.expect_page() as opened:
        server.click()
    guest = opened.value
    own = guest.locator("#self")
    expect(own).to_contain_text("You are guest ")
    name = own.inner_text().removeprefix("You are ").partition(",")[0]
    view = chat.page.locator(".lk-server").last
    expect(view.get_by_role("rowheader", name=name, exact=True)).to_be_visible()
    line = guest.get_by_role("textbox", name="Message")
    line.fill("hello from a browser")
    line.press("Enter")
    bob = chat.box("bob")
    expect(bob.locator(".lk-heard").get_by_text("hello from a browser")).to_be_visible()
    say(bob, "hello, browser")
    expect(guest.get_by_text("hello, browser")).to_be_visible()
    guest.close()


def test_who_was_turned_away_is_told(chat: Page) -> None:
    """The server's view tells of a request under a foreign name, and how often it came."""
    link = chat.page.get_by_role("link", name="Open the chat page").last
    address = str(link.get_attribute("href"))
    for _ in range(3):
        request = urllib.request.Request(address, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(request)
    view = chat.page.locator(".lk-server").last
    expect(view.get_by_text("'evil.example' is not a name of this server (Host)")).to_contain_text(
        "(3 times)"
    )
    view.evaluate("view => view.scrollIntoView({block: 'center'})")
    chat.shot("turned-away")


def test_the_page_works_behind_a_path_prefix(jupyter: Jupyter, chat: Page) -> None:
    """Through jupyter-server-proxy, as on a hub, the same page finds the same server."""
    with chat.page.context.expect_page() as opened:
        chat.page.get_by_role("link", name="or through Jupyter").last.click()
    guest = opened.value
    assert guest.url.startswith(f"{jupyter.url}proxy/")
    expect(guest.get_by_text("● Open")).to_be_visible()
    expect(guest.locator("#self")).to_contain_text("You are guest ")
    guest.get_by_role("textbox", name="Message").fill("hello through a proxy")
    guest.keyboard.press("Enter")
    bob = chat.box("bob")
    expect(bob.locator(".lk-heard").get_by_text("hello through a proxy")).to_be_visible()
    guest.close()


def test_a_cell_may_be_run_again(chat: Page) -> None:
    """Running the last server's cell again replaces it; old boxes say so, the new chat works."""
    cell = chat.page.locator(".jp-CodeCell").filter(has_text="/double ").first
    cell.locator(".cm-content").click()
    old = chat.box("bob")
    chat.page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea")).to_contain_text("Replacing server 'chat'")
    expect(old.get_by_text("Closed with 1001").first).to_be_visible()
    chat.run_new('bob, carol = [await lab.connect(server, name) for name in ("bob", "carol")]')


def test_an_interrupt_and_on(chat: Page) -> None:
    """An endless wait is interrupted by the menu within a second or two; then cells run again."""
    chat.run_new("import asyncio\nawait asyncio.Event().wait()", finished=False)
    chat.menu("Kernel", "kernelmenu:interrupt")
    output = chat.page.locator(".jp-CodeCell").last.locator(".jp-OutputArea")
    expect(output).to_contain_text("CancelledError", timeout=5_000)
    chat.run_new("await bob.say('after'); await carol.hears('after')")
    output = chat.page.locator(".jp-CodeCell").last.locator(".jp-OutputArea")
    expect(output).to_contain_text("'after'")


def test_two_views_of_one_box(chat: Page) -> None:
    """A box that is displayed twice is one client: either view speaks, both show, none warns."""
    chat.run_new(
        "panel = lab.show(bob)\nfrom IPython.display import display\ndisplay(panel, panel)"
    )
    count = chat.boxes("bob").count()
    first, second = chat.box("bob", count - 2), chat.box("bob", count - 1)
    for view, text in ((first, "from the first"), (second, "from the second")):
        say(view, text)
        for each in (first, second):
            expect(each.locator(".lk-said").get_by_text(text)).to_be_visible()
            expect(each.get_by_role("alert")).to_be_hidden()


def test_a_flood_does_not_freeze_the_page(chat: Page) -> None:
    """During ten thousand messages a person can type; the page keeps a bounded number."""
    chat.run_new("lab.show(bob, carol)")
    chat.run_new("for n in range(10_000):\n    await bob.say(f'flood {n}')", finished=False)
    carol = chat.box("carol")
    line = carol.get_by_role("textbox", name="Message")
    line.press_sequentially("typing goes on", timeout=10_000)
    expect(line).to_have_value("typing goes on")
    expect(carol.get_by_text("flood 9999", exact=True)).to_be_visible(timeout=60_000)
    assert carol.locator(".lk-entry").count() <= 200
    chat.run_new("carol.inbox[-1], len([m for m in carol.inbox if m.startswith('flood')])")
    output = chat.page.locator(".jp-CodeCell").last.locator(".jp-OutputArea")
    expect(output).to_contain_text("('flood 9999', 10000)")


def test_nothing_is_inaccessible(chat: Page, node_modules: Path) -> None:
    """axe-core finds nothing in the boxes and the server's view."""
    assert chat.violations(node_modules) == []


def test_a_restarted_kernel_is_told(chat: Page) -> None:
    """After a restart each box says what happened and what to do."""
    chat.menu("Kernel", "kernelmenu:restart")
    chat.page.click(".jp-Dialog .jp-mod-accept")
    bob = chat.box("bob")
    expect(bob.get_by_role("alert")).to_contain_text("Run the notebook again", timeout=15_000)
    expect(bob.get_by_role("textbox", name="Message")).to_be_disabled()
    chat.shot("chat-restarted")


def test_the_browser_had_nothing_to_complain_about(chat: Page) -> None:
    """No error stands in the browser's console."""
    assert chat.complaints == []


HALF_A_PULSE = """box => {
    box.dataset.state = 'connecting';
    for (const pulse of document.getAnimations()) {
        pulse.pause();
        pulse.currentTime = pulse.effect.getComputedTiming().duration / 2;
    }
    const opacity = name => {
        let product = 1;
        for (let each = box.querySelector(name); each !== box; each = each.parentElement)
            product *= getComputedStyle(each).opacity;
        return product;
    };
    return [opacity('.lk-shape'), opacity('[role=status]')];
}"""
"""The opacity of a state's sign and of its word in the middle of a long dial."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_notebook_in_both_themes(
    jupyter: Jupyter, node_modules: Path, scheme: str
) -> None:
    """The theme follows the system; boxes are accessible in both, as they pulse, too; no pop-up."""
    with jupyter.notebook(START, scheme) as page:
        page.run_all()
        light = page.page.evaluate("document.body.dataset.jpThemeLight")
        assert light == ("true" if scheme == "light" else "false")
        page.show_box("alice", 0)
        assert page.violations(node_modules) == []
        page.shot(f"start-{scheme}")
        assert page.box("alice", 0).evaluate(HALF_A_PULSE) == [0.55, 1]
        assert page.page.locator(".jp-Dialog, .Toastify__toast").count() == 0
        assert page.complaints == []


def test_large_text_and_a_narrow_window(jupyter: Jupyter) -> None:
    """On a small window, or a projector's large text, boxes stand below each other and fit."""
    size = {"width": 640, "height": 900}
    with jupyter.notebook(START, viewport=size, device_scale_factor=2) as page:
        page.run_all()
        page.show_box("alice", 0)
        alice, bob = page.box("alice", 0).bounding_box(), page.box("bob", 0).bounding_box()
        assert bob["y"] > alice["y"] + alice["height"] - 1
        assert alice["x"] + alice["width"] <= size["width"]
        page.shot("start-narrow")
