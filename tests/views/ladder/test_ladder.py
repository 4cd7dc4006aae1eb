"""The ladder, as list and as drawing."""

from __future__ import annotations

from base64 import b64decode
from types import ModuleType
from xml.etree import ElementTree

import pytest

from labkit.faults import BlackHole
from labkit.views.ladder.ladder import STEP
from tests.conftest import soon

SVG = "{http://www.w3.org/2000/svg}"


async def test_a_chat_as_a_list_and_as_a_drawing(lab: ModuleType) -> None:
    """Every arrow is in both, in the order in which the links saw it; markup is escaped."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("hello <b>")
    await bob.hears("hello")
    alice.link.cut()
    await alice.ends()
    await soon(lambda: not alice.link.connection_count)
    ladder = lab.ladder(alice, bob)
    lines = repr(ladder).splitlines()
    assert lines.index("alice -> websocket: text hello <b>") < lines.index(
        "websocket -> bob: text hello <b>"
    )
    assert lines[-1] == "· cut (alice)"
    html = ladder._repr_html_()
    picture = html.partition("data:image/svg+xml;base64,")[2].partition('"')[0]
    assert b64decode(picture).decode() == ladder.svg
    assert "hello &lt;b&gt;" in html and "<b>" not in html
    drawing = ElementTree.fromstring(ladder.svg)
    assert len([e for e in drawing.iter() if e.get("class") == "who"]) == 3
    assert drawing[0].text == "What crossed between alice, bob, websocket"
    assert ladder.svg == lab.ladder(alice, bob).svg == lab.ladder().svg


async def test_a_name_has_its_place(lab: ModuleType) -> None:
    """A name that is too long for its column ends with an ellipsis; what it hides shows."""
    server = await lab.serve("websocket")
    eve = await lab.connect(server, "eve\0\u202e" + "e" * 100)
    drawing = ElementTree.fromstring(lab.ladder(eve).svg)
    who = [e.text for e in drawing.iter(f"{SVG}text") if e.get("class") == "who"]
    assert who[1] == "server websocket"
    assert who[0] is not None and who[0].startswith("eve␀\\u202ee") and who[0].endswith("…")


async def test_a_server_of_a_persons_name(lab: ModuleType) -> None:
    """A client and a server that are called the same have a life line each."""
    server = await lab.serve("websocket", name="alice")
    alice = await lab.connect(server, "alice")
    await alice.hears("Welcome")
    drawing = ElementTree.fromstring(lab.ladder(alice).svg)
    arrows = [e for e in drawing.iter() if e.get("class") == "arrow data"]
    assert arrows and all(e.get("x1") != e.get("x2") for e in arrows)


@pytest.mark.parametrize("name", ["alice", "bob"])
async def test_a_cut_stands_at_the_line_of_whom_it_hit(lab: ModuleType, name: str) -> None:
    """Its cross is on that client's life line, and its label beside it, before the next line."""
    server = await lab.serve("websocket")
    people = {who: await lab.connect(server, who) for who in ("alice", "bob")}
    people[name].link.cut()
    await people[name].ends()
    await soon(lambda: not people[name].link.connection_count)
    drawing = ElementTree.fromstring(lab.ladder(*people.values()).svg)
    (line,) = (e for e in drawing.iter(f"{SVG}text") if e.text == name)
    (cross,) = (e for e in drawing.iter(f"{SVG}path") if e.get("class") == "mark")
    (cut,) = (e for e in drawing.iter(f"{SVG}text") if e.text == "cut")
    x = float(line.get("x", 0))
    points = [float(point[1:].split(",")[0]) for point in cross.get("d", "").split()]
    assert sum(points) / len(points) == x
    assert x < float(cut.get("x", 0)) < x + 30


async def test_a_label_is_as_long_as_its_arrow_allows(lab: ModuleType) -> None:
    """Between neighbours an HTTP answer has room, a long message has not; a far arrow has more."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    text = "a message that is too long for some arrows, but not for all"
    await alice.say(text)
    await bob.hears(text)
    labels = [e.text for e in ElementTree.fromstring(lab.ladder(alice, bob).svg).iter(f"{SVG}text")]
    assert labels.count("HTTP/1.1 101 Switching Protocols") == 2
    far, near = (label for label in labels if label and label.startswith("a message"))
    assert far == text and near != text and near.endswith("…")


async def test_packets_stand_on_their_arrows(lab: ModuleType) -> None:
    """As they crossed, without session ids, beside what they mean; an event speaks for itself."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice")
    await alice.say("hello")
    await alice.hears("hello")
    await soon(lambda: alice.transport == "websocket")
    drawing = ElementTree.fromstring(lab.ladder(alice, heartbeats=True).svg)
    labels = [e.text for e in drawing.iter(f"{SVG}text") if e.get("class") == "label"]
    for label in ("2probe (ping probe)", "3probe (pong probe)", "5 (upgrade)"):
        assert label in labels
    assert any(label and label.startswith('42["') for label in labels) is False


@pytest.mark.parametrize(("people", "width"), [(1, 836), (2, 836), (3, 930)])
async def test_few_life_lines_spread_over_the_page(
    lab: ModuleType, people: int, width: int
) -> None:
    """The drawing fills a notebook's output; more lines keep their distance."""
    server = await lab.serve("websocket")
    everybody = [await lab.connect(server) for _ in range(people)]
    drawing = ElementTree.fromstring(lab.ladder(*everybody).svg)
    assert int(drawing.get("width", 0)) == width


async def test_times(lab: ModuleType) -> None:
    """On request each arrow has its time, and a long silence is told."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    await alice.hears("Welcome")
    record = list(alice.link.trace)[-1]
    alice.link.trace.add(record._replace(time=record.time + 60))
    ladder = lab.ladder(alice, times=True)
    assert repr(ladder).splitlines()[0].split()[:2] == ["0.000", "s"]
    assert "60.0 s of silence" in ladder.svg
    assert "of silence" not in lab.ladder(alice).svg


async def test_what_never_arrived_is_broken(lab: ModuleType) -> None:
    """Half a frame is an arrow that does not reach its target."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    alice.raw.transport.write(b"\x81\x85half")
    await soon(lambda: b"half" in alice.link.trace.bytes("upstream"))
    alice.link.cut()
    ladder = lab.ladder(alice)
    assert "alice -x websocket: garbage" in repr(ladder)
    assert 'class="arrow broken"' in ladder.svg


async def test_a_broken_arrow_ends_at_nobodys_line(lab: ModuleType) -> None:
    """With a second client between, it does not seem to have reached that one."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    alice.raw.transport.write(b"\x81\x85half")
    await soon(lambda: b"half" in alice.link.trace.bytes("upstream"))
    alice.link.cut()
    drawing = ElementTree.fromstring(lab.ladder(alice, bob).svg)
    (broken,) = (e for e in drawing.iter() if e.get("class") == "arrow broken")
    lines = [float(e.get("x1", 0)) for e in drawing.iter() if e.get("class") == "life"]
    assert lines[1] < float(broken.get("x2", 0)) < lines[2]


async def test_heartbeats_are_left_out(lab: ModuleType) -> None:
    """Unless they are asked for: their number depends on time. The drawing says so."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    await (await alice.raw.ping())
    assert "ping" not in repr(lab.ladder(alice))
    assert "Heartbeats (ping, pong), if any, are hidden" in lab.ladder(alice)._repr_html_()
    whole = lab.ladder(alice, heartbeats=True)
    assert "alice -> websocket: ping" in repr(whole)
    assert "hidden:" not in whole._repr_html_()


async def test_a_long_story_is_cut_and_an_empty_one_is_said(lab: ModuleType) -> None:
    """The last arrows are drawn; nothing at all is a sentence; a server is no ladder."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    for number in range(300):
        await alice.say(str(number))
    await soon(lambda: len(alice.link.trace.rows()) > 300)
    ladder = lab.ladder(alice)
    assert len(ladder.arrows) == 200 and repr(ladder).startswith("(")
    assert repr(lab.ladder(await lab.link(server))) == "nothing crossed"
    with pytest.raises(lab.LabError, match="clients and links"):
        lab.ladder(server)


async def test_what_was_dropped_counts_as_earlier(lab: ModuleType) -> None:
    """Rows that made room in a record are counted, in the text and in the list of the drawing."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    await alice.hears("Welcome")
    alice.link.trace.max_records = 3
    for _ in range(4):
        alice.link.trace.append(1, "downstream", b"\x81\x02hi")
    ladder = lab.ladder(alice)
    assert repr(ladder).splitlines()[0] == f"({alice.link.trace.rows().dropped} earlier)"
    assert "<li>(5 earlier)</li>" in ladder._repr_html_()


async def test_what_a_fault_did_is_drawn(lab: ModuleType) -> None:
    """A held message ends at a bar in the middle; healed, it arrives on a steeper arrow."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.hears("Welcome")
    alice.link.add(BlackHole(), direction="upstream")
    await alice.say("held")
    await bob.say("passes")
    await alice.hears("passes")
    ladder = lab.ladder(alice, bob)
    assert "alice -| websocket: text held (held in the link)" in repr(ladder).splitlines()
    (arrow,) = drawn(ladder.svg, "line", "arrow held")
    assert float(arrow.get("x1", 0)) < float(arrow.get("x2", 0)) < 600
    alice.link.heal()
    await bob.hears("held")
    ladder = lab.ladder(alice, bob)
    line = "alice -> websocket: text held (held up: 2 later messages entered before it left)"
    assert line in repr(ladder).splitlines(), repr(ladder)
    assert drawn(ladder.svg, "line", "arrow held") == []
    falls = {
        float(e.get("y2", 0)) - float(e.get("y1", 0)): float(e.get("y1", 0))
        for e in drawn(ladder.svg, "line", "")
    }
    assert max(falls) > 3 * min(fall for fall in falls if fall)
    tail = falls[max(falls)]
    labels = [e for e in drawn(ladder.svg, "text", "label") if e.text == "held"]
    above = min(float(label.get("y", 0)) for label in labels)
    assert tail < above < tail + STEP / 2  # clear of what stands a step below


def drawn(svg: str, kind: str, name: str) -> list[ElementTree.Element]:
    """Return the elements of a drawing of one kind, whose class holds a word."""
    return [
        e
        for e in ElementTree.fromstring(svg).iter(f"{SVG}{kind}")
        if name in e.get("class", "") and "life" not in e.get("class", "")
    ]


async def test_chats_over_http(lab: ModuleType) -> None:
    """What was said stands on the arrows, and polls that brought nothing are left out."""
    await lab.fresh(timescale=0.1)
    stream = await lab.connect(await lab.serve("sse"), "alice")
    poller = await lab.connect(await lab.serve("poll"), "bob")
    await stream.say("over a stream")
    await poller.say("over a poll")
    await soon(lambda: len(poller.link.trace.rows(text="nothing new")) > 0)
    alice, bob = repr(lab.ladder(stream)), repr(lab.ladder(poller))
    assert "sse -> alice: event Welcome! You are the first." in alice
    assert "POST /messages?client=…&number=1 HTTP/1.1  [over a stream]" in alice
    assert "POST /messages?client=…&number=1 HTTP/1.1  [over a poll]" in bob
    assert "[Welcome! You are the first.]" in bob and "nothing new" not in bob
    assert "nothing new" in repr(lab.ladder(poller, heartbeats=True))
    hidden = "Heartbeats and polls that brought nothing, if any, are hidden: heartbeats=True shows"
    assert hidden in lab.ladder(poller)._repr_html_()
    hidden = "Heartbeats and cursors that came alone, if any, are hidden: heartbeats=True shows"
    assert hidden in lab.ladder(stream)._repr_html_() and "cursor" not in alice
