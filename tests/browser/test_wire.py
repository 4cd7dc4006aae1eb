"""The view of a link, in a real JupyterLab."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from labkit.commands.refresh import execute_notebook, tidy_notebook
from labkit.trace import Trace
from tests.browser.conftest import Jupyter, Page, expect

SET_UP = """
import labkit as lab
await lab.fresh()
server = await lab.serve("websocket")
alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
await alice.say("hello")
await bob.hears("hello")
lab.show(bob.link)
"""


@pytest.fixture(scope="module", params=["light", "dark"])
def wire(jupyter: Jupyter, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Show a link on which a little was said."""
    with jupyter.notebook("00-start-here.ipynb", request.param) as page:
        page.run_new(SET_UP)
        yield page


def view(wire: Page) -> Any:
    """Return the last view on the page."""
    return wire.page.locator(".lk-wire").last


def rows(wire: Page) -> Any:
    """Return the rows that are in the page."""
    return view(wire).locator(".lk-space .lk-row")


def test_rows_appear(wire: Page) -> None:
    """What crossed stands there, with direction in words, and what crosses now is added."""
    expect(rows(wire).filter(has_text="hello")).to_be_visible()
    expect(rows(wire).filter(has_text="101 Switching Protocols")).to_contain_text("to the client")
    wire.page.locator(".lk-wire").last.evaluate("e => e.scrollIntoView({block: 'center'})")
    wire.run_new("await alice.say('a second one'); await bob.hears('second')")
    expect(rows(wire).filter(has_text="a second one")).to_be_visible()


def test_a_row_opens_by_keyboard(wire: Page) -> None:
    """Arrows choose a row, Enter opens its layers, Escape leads back."""
    grid = view(wire).get_by_role("grid")
    grid.focus()
    wire.page.keyboard.press("End")
    wire.page.keyboard.press("Enter")
    lens = view(wire).get_by_role("group", name="Layers")
    expect(lens).to_be_visible()
    expect(lens.get_by_text("WebSocket frame", exact=True)).to_be_visible()
    expect(lens.locator(".lk-fields")).to_contain_text("FIN, RSV, opcode")
    expect(lens.locator(".lk-hex").first).to_have_text("81")
    view(wire).evaluate("e => e.scrollIntoView({block: 'center'})")
    wire.shot(f"wire-{wire.scheme}")
    wire.page.keyboard.press("Escape")
    expect(lens).to_be_hidden()
    expect(grid).to_be_focused()


def test_filters(wire: Page) -> None:
    """Text, direction and kind narrow the rows; nothing that matches is said."""
    search = view(wire).get_by_role("searchbox")
    search.fill("HELLO")
    expect(rows(wire)).to_have_count(1)
    search.fill("nobody said this")
    expect(view(wire).get_by_text("No row matches.")).to_be_visible()
    search.fill("")
    view(wire).get_by_label("Direction").select_option("upstream")
    expect(rows(wire)).to_have_count(1)
    view(wire).get_by_label("Direction").select_option("")
    view(wire).get_by_label("Kind").select_option("response")
    expect(rows(wire)).to_have_count(1)
    view(wire).get_by_label("Kind").select_option("")


def test_pause(wire: Page) -> None:
    """Paused, the rows stand still; going on shows what was recorded meanwhile."""
    button = view(wire).get_by_role("button", name="Pause")
    button.click()
    expect(view(wire).get_by_text("Paused:")).to_be_visible()
    wire.run_new("await alice.say('meanwhile'); await bob.hears('meanwhile')")
    expect(rows(wire).filter(has_text="meanwhile")).to_have_count(0)
    view(wire).get_by_role("button", name="Go on").click()
    expect(rows(wire).filter(has_text="meanwhile")).to_be_visible()


def test_export(wire: Page, tmp_path: Path) -> None:
    """The button saves a HAR file that holds what was said."""
    with wire.page.expect_download() as download:
        view(wire).get_by_role("button", name="Save as HAR").click()
    assert download.value.suggested_filename == "bob.har"
    download.value.save_as(tmp_path / "bob.har")
    har = json.loads((tmp_path / "bob.har").read_text("utf-8"))
    assert any(row.content == "hello" for row in Trace.from_har(har).rows())


def test_nothing_is_inaccessible(wire: Page, node_modules: Path) -> None:
    """axe-core finds nothing, with a row opened too."""
    rows(wire).last.click()
    expect(view(wire).get_by_role("group", name="Layers")).to_be_visible()
    assert wire.violations(node_modules) == []
    view(wire).get_by_role("button", name="Close").click()


def test_many_rows_scroll(wire: Page) -> None:
    """Of tens of thousands of rows only those in sight are in the page; both ends are reached."""
    wire.run_new(
        "for n in range(25_000):\n    await alice.say(f'flood {n}')\n"
        "await bob.hears('flood 24999', within=30)"
    )
    grid = view(wire).get_by_role("grid")
    expect(grid).to_have_attribute("aria-rowcount", re.compile(r"^25\d\d\d$"), timeout=30_000)
    grid.evaluate("grid => grid.scrollTop = 0")  # whether the newest were followed before or not
    expect(rows(wire).filter(has_text="GET / HTTP/1.1")).to_be_visible()
    view(wire).get_by_role("button", name="Newest").click()
    expect(rows(wire).filter(has_text="flood 24999")).to_be_visible()
    assert rows(wire).count() < 100
    grid.evaluate("grid => grid.scrollTop = grid.scrollHeight / 2")
    expect(rows(wire).filter(has_text="flood 12").first).to_be_visible()
    view(wire).get_by_role("button", name="Newest").click()
    expect(rows(wire).filter(has_text="flood 24999")).to_be_visible()


def test_a_row_opens_while_others_come(wire: Page) -> None:
    """Each click opens its row, however much crosses meanwhile, and the head stays in sight."""
    wire.run_new(
        "import asyncio\n"
        "async def talking():\n"
        "    while True:\n"
        "        await alice.say('still talking')\n"
        "        await asyncio.sleep(0.03)\n"  # sleeps: talks on while somebody clicks
        "talk = asyncio.create_task(talking())"
    )
    expect(rows(wire).filter(has_text="still talking").nth(12)).to_be_visible()
    grid = view(wire).get_by_role("grid")
    grid.evaluate("grid => grid.scrollTop = 60")
    expect(rows(wire).first).to_contain_text("opened")
    head = view(wire).locator(".lk-row-head")
    assert abs(head.bounding_box()["y"] - grid.bounding_box()["y"]) < 2
    lens = view(wire).get_by_role("group", name="Layers")
    for index in range(4, 10):
        row = rows(wire).nth(index)
        row.click(delay=150)  # as long as a person takes, and much crosses meanwhile
        expect(row).to_have_attribute("aria-selected", "true")
        expect(lens).to_be_visible()
        wire.page.keyboard.press("Escape")
        expect(lens).to_be_hidden()
    wire.run_new("talk.cancel()")
    view(wire).get_by_role("button", name="Newest").click()


def test_a_cut_is_a_row(wire: Page) -> None:
    """The plug is a row of its own, and the head tells the link's state."""
    wire.run_new("bob.link.cut(); await bob.ends()")
    expect(view(wire).get_by_role("status")).to_have_text("cut, 0 connections")
    expect(rows(wire).filter(has_text="cut")).to_be_visible()


def test_a_restarted_kernel_is_told(wire: Page) -> None:
    """After a restart the view says what happened and what to do; its rows stay."""
    wire.menu("Kernel", "kernelmenu:restart")
    wire.page.click(".jp-Dialog .jp-mod-accept")
    expect(view(wire).get_by_role("status")).to_contain_text("run the notebook again")
    expect(rows(wire).filter(has_text="cut")).to_be_visible()


def test_the_browser_had_nothing_to_complain_about(wire: Page) -> None:
    """No error stands in the browser's console."""
    assert wire.complaints == []


@pytest.fixture(scope="module")
def stored(jupyter: Jupyter, course_root: Path) -> str:
    """Store a notebook with a ladder, an opened row and a panel, which nobody has trusted."""
    sources = [SET_UP, "lab.ladder(alice, bob)", "bob.link.trace.rows(kind='text')[-1].open()"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = execute_notebook(nbformat.v4.new_notebook(cells=cells), course_root)
    tidy_notebook(notebook)
    name = "stored-ladder.ipynb"
    nbformat.write(notebook, course_root / "my-course" / "notebooks" / name)
    return name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_stored_can_be_read_before_it_is_trusted(
    jupyter: Jupyter, stored: str, scheme: str
) -> None:
    """A ladder is a picture with a ground as the system wants it; tables are flush left."""
    with jupyter.notebook(stored, scheme, viewport={"width": 1280, "height": 2000}) as page:
        ladder = page.page.locator(".lk-ladder")
        expect(ladder.locator("svg")).to_have_count(0)  # or else it is trusted
        picture = ladder.get_by_role("img", name="What crossed between alice, bob")
        expect(picture).to_be_visible()
        assert picture.evaluate("picture => picture.naturalWidth") > 0
        assert (ground_of(page, picture) < 80) is (scheme == "dark")
        assert [line for line in ladder.inner_text().splitlines() if line] == [
            "Heartbeats (ping, pong), if any, are hidden: heartbeats=True shows them.",
            "The same as a list",
        ]
        cell = page.page.locator(".jp-RenderedHTMLCommon td").first
        expect(cell).to_have_css("text-align", "left")
        expect(cell).to_have_css("vertical-align", "top")
        page.shot(f"untrusted-{scheme}")


def ground_of(page: Page, picture: Any) -> int:
    """Return how bright a picture is near its upper left corner, from 0 to 255."""
    shot = base64.b64encode(picture.screenshot()).decode()
    return int(
        page.page.evaluate(
            """async shot => {
                const image = await createImageBitmap(await (await fetch(shot)).blob());
                const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
                canvas.drawImage(image, 0, 0);
                return canvas.getImageData(40, 6, 1, 1).data[0];
            }""",
            f"data:image/png;base64,{shot}",
        )
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_opened_row_is_the_value_of_a_cell(
    jupyter: Jupyter, stored: str, node_modules: Path, scheme: str
) -> None:
    """It looks like the details of the live table: each layer in its place."""
    with jupyter.notebook(stored, scheme, viewport={"width": 1280, "height": 1600}) as page:
        page.run_all()
        opened = page.page.locator(".lk-opened")
        expect(opened.locator(".lk-layer")).to_have_count(2)
        expect(opened.locator(".lk-fields tbody tr").nth(1)).to_have_text(
            "05MASK, length0 55 bytes of payload"
        )
        own, other = (opened.locator(".lk-layer").nth(n).bounding_box()["x"] for n in (0, 1))
        assert other > own
        opened.scroll_into_view_if_needed()
        page.shot(f"opened-{scheme}")
        assert page.violations(node_modules) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_notebook_about_bytes(jupyter: Jupyter, scheme: str) -> None:
    """Run All draws the ladder, whose list says the same."""
    with jupyter.notebook("02-a-websocket-byte-by-byte.ipynb", scheme) as page:
        page.run_all()
        ladder = page.page.locator(".lk-ladder").last
        ladder.scroll_into_view_if_needed()
        expect(ladder.get_by_role("img")).to_have_count(1)
        expect(ladder.locator("svg")).to_be_visible()
        ladder.get_by_text("The same as a list").click()
        expect(ladder.get_by_text("carol -> websocket: text in two pieces")).to_be_visible()
        page.shot(f"ladder-{scheme}")
        assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_projector(jupyter: Jupyter, node_modules: Path, scheme: str) -> None:
    """At 1024x768 and 150 %, beside the list of files, one sees what crossed and can read it."""
    size = {"viewport": {"width": 683, "height": 512}, "device_scale_factor": 1.5}
    with jupyter.notebook("00-start-here.ipynb", scheme, **size) as page:
        page.run_new(SET_UP)
        hello = rows(page).filter(has_text="hello")
        grid = view(page).get_by_role("grid")
        page.page.wait_for_function(SHOWN_WHOLE, arg="hello")
        assert grid.evaluate("grid => grid.scrollWidth <= grid.clientWidth")
        hello.click()
        for value in view(page).locator(".lk-fields .lk-value, .lk-fields thead th").all():
            text = value.text_content() or ""
            if " " not in text and len(text) < 8:
                assert line_count(value) <= 1, text  # no short word is broken
        view(page).locator(".lk-lens").evaluate("lens => lens.scrollIntoView()")
        page.shot(f"projector-wire-{scheme}")
        page.run_new("for n in range(20):\n    await alice.say(f'{n}')\nawait bob.hears('19')")
        expect(rows(page).last).to_contain_text("19")
        assert grid.evaluate(CUT_ROW) < 1
        page.run_new("lab.ladder(alice, bob)")
        ladder = page.page.locator(".lk-ladder").last
        label = ladder.locator("svg .label").filter(has_text="hello").first
        assert label.bounding_box()["height"] >= 10
        drawing = ladder.get_by_role("group", name="Drawing")
        drawing.evaluate("drawing => drawing.scrollIntoView()")
        drawing.evaluate("drawing => { drawing.scrollLeft = drawing.scrollWidth; }")
        expect(ladder.locator("svg .who").last).to_be_in_viewport()
        page.shot(f"projector-ladder-{scheme}")
        assert page.violations(node_modules) == []


CUT_ROW = """grid => {
    const head = grid.querySelector(".lk-row-head").getBoundingClientRect().bottom;
    const rows = [...grid.querySelectorAll(".lk-space .lk-row")];
    const first = rows.map(row => row.getBoundingClientRect()).find(row => row.bottom > head + 1);
    return Math.max(0, head - first.top);
}"""
"""By how many pixels the first row in sight is under the head."""


SHOWN_WHOLE = """text => {
    const rows = [...document.querySelectorAll(".lk-wire .lk-space .lk-row")];
    const row = rows.find(row => row.textContent.includes(text));
    return row !== undefined && [".lk-content", ".lk-kind"].every(name => {
        const part = row.querySelector(name), box = part.getBoundingClientRect();
        return part.scrollWidth <= part.clientWidth && box.width > 0 && box.right <= innerWidth;
    });
}"""
"""Whether nothing of a row's kind and content is cut off: asked at once, since rows are redrawn."""


def line_count(part: Any) -> int:
    """Return over how many lines a text goes."""
    return int(
        part.evaluate(
            """part => {
                const range = document.createRange();
                range.selectNodeContents(part);
                return new Set([...range.getClientRects()].map(line => Math.round(line.top))).size;
            }"""
        )
    )


EVENT_STREAM = """
import labkit as lab

await lab.fresh(timescale=0.1)
chat = await lab.serve("sse")
stream, other = await lab.connect(chat, "alice"), await lab.connect(chat, "bob")
await other.say("over a stream")
await stream.hears("over a stream")
lab.show(stream.link)
"""


def test_an_event_stream_that_is_open(wire: Page) -> None:
    """Each event has its row while the stream goes on, heartbeats are hidden, and layers open."""
    wire.run_new(EVENT_STREAM)
    event = rows(wire).filter(has_text="over a stream").filter(has_text="event")
    expect(event).to_contain_text("(id …-1)")
    expect(rows(wire).filter(has_text="1000 ms before connecting again")).to_be_visible()
    expect(rows(wire).filter(has_text="heartbeat")).to_have_count(0)
    toggle = view(wire).get_by_role("button", name="Heartbeats")
    ground = "button => getComputedStyle(button).backgroundColor"
    before = toggle.evaluate(ground)
    toggle.click()
    expect(rows(wire).filter(has_text="heartbeat").first).to_be_visible()
    assert toggle.evaluate(ground) != before  # it shows that it is pressed
    event.click()
    view(wire).get_by_role("grid").focus()
    wire.page.keyboard.press("Enter")
    lens = view(wire).get_by_role("group", name="Layers")
    for layer in ("message", "JSON", "event stream", "HTTP chunk"):
        expect(lens.get_by_text(layer, exact=True)).to_be_visible()
    view(wire).evaluate("e => e.scrollIntoView({block: 'center'})")
    wire.shot(f"wire-event-stream-{wire.scheme}")
