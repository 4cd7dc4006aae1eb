"""What belongs to which protocol. `tests/trace/test_lens.py` has real sessions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.protocols.connection_decoder import STEP, ConnectionDecoder
from labkit.protocols.decoded import Decoded, DecodedHttp, DecodedMessage
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.exchanges import MAX_AT_ONCE
from labkit.protocols.http1 import Garbage
from tests.support.long_inputs import GET, LONG, OK, REFUSED, SOCKET, SWITCH, Chunks, calls_of
from tests.support.raw import PING, TEXT, frame, request


def fed(decoder: ConnectionDecoder, direction: Direction, data: bytes) -> list[Decoded]:
    """Feed some bytes and return what they complete."""
    return [item for step in decoder.feed(direction, data) for item in step]


def kind(item: Decoded) -> str:
    """Return in a word what an item is."""
    if isinstance(item, DecodedHttp):
        return "request" if item.message.is_request else "response"
    if isinstance(item, DecodedMessage):
        return item.message.kind if item.packet is None else item.packet.kind
    return "garbage"


def kinds(decoder: ConnectionDecoder, direction: Direction, data: bytes) -> list[str]:
    """Feed some bytes and return the kinds of what they complete."""
    return [kind(item) for item in fed(decoder, direction, data)]


def test_frames_that_come_with_the_handshake() -> None:
    """What follows request or answer in the same chunk is decoded as frames, once agreed on."""
    decoder = ConnectionDecoder()
    assert kinds(decoder, "upstream", request() + frame(TEXT, b"early")) == ["request"]
    assert kinds(decoder, "downstream", SWITCH + b"\x81\x02hi") == ["response", "text", "text"]


def test_a_refused_handshake_stays_http() -> None:
    """Behind a 403 another request may follow."""
    decoder = ConnectionDecoder()
    kinds(decoder, "upstream", request())
    assert kinds(decoder, "downstream", REFUSED) == ["response"]
    assert kinds(decoder, "upstream", request()) == ["request"]


def test_an_answer_has_its_request() -> None:
    """Of several requests that wait, each answer names the one that it answers."""
    decoder = ConnectionDecoder()
    asked = fed(decoder, "upstream", GET + b"HEAD" + GET[3:])
    answered = fed(decoder, "downstream", OK * 2)
    assert [(item.request.method, item.direction) for item in answered] == [  # type: ignore[union-attr]
        ("GET", "downstream"),
        ("HEAD", "downstream"),
    ]
    assert [item.request for item in asked] == [item.request for item in answered]  # type: ignore[union-attr]


def test_packets_on_both_transports() -> None:
    """A Socket.IO event is found in the body of a poll and in a WebSocket message alike."""
    event = b'42["chat message","hi"]'
    head = "POST /?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nContent-Length: "
    post = f"{head}{len(event) + 2}\r\n\r\n3\x1e".encode() + event
    (asked,) = fed(ConnectionDecoder(), "upstream", post)
    decoder = ConnectionDecoder()
    for chunk in SOCKET:
        fed(decoder, *chunk)
    (spoken, ping) = fed(decoder, "upstream", frame(TEXT, event) + frame(PING, event))
    assert isinstance(asked, DecodedHttp) and isinstance(spoken, DecodedMessage)
    assert [packet.kind for packet in asked.packets] == ["pong", "event"]
    assert asked.packets[1] == spoken.packet and kind(ping) == "ping"


def test_no_packets_without_engineio() -> None:
    """What looks like a packet on a raw WebSocket is text."""
    decoder = ConnectionDecoder()
    fed(decoder, "upstream", request())
    fed(decoder, "downstream", SWITCH)
    (item,) = fed(decoder, "upstream", frame(TEXT, b'42["a"]'))
    assert isinstance(item, DecodedMessage) and item.packet is None


def test_an_unknown_beginning_is_not_guessed() -> None:
    """Bytes of a connection on which the decoder gave up are handed out as they are."""
    decoder = ConnectionDecoder()
    decoder.give_up("its beginning is lost")
    (item,) = fed(decoder, "upstream", b"\x81\x00" * STEP)
    assert item == Garbage(
        b"\x81\x00" * STEP, 2 * STEP, "its beginning is lost", "upstream", stop=2 * STEP
    )
    assert decoder.end("upstream") == []


def test_what_did_not_end() -> None:
    """An end leaves half a message, half a frame and half a header, once."""
    decoder = ConnectionDecoder()
    fed(decoder, "upstream", request())
    fed(decoder, "downstream", SWITCH + b"\x81")
    fed(decoder, "upstream", frame(TEXT, b"hal", fin=False) + frame(TEXT, b"hello")[:8])
    message, half = decoder.end("upstream")
    assert isinstance(message, DecodedMessage) and not message.has_ended
    assert message.message.content == b"hal"
    assert isinstance(half, Garbage) and half.why == "the frame did not end: 2 of 5 bytes came"
    (header,) = decoder.end("downstream")
    assert header == Garbage(b"\x81", 1, "the header of a frame did not end", "downstream")
    assert decoder.end("upstream") == decoder.end("downstream") == []


def test_what_is_passed_over() -> None:
    """Whole messages are counted; the first one that cannot be passed over is decoded."""
    decoder = ConnectionDecoder()
    assert decoder.pass_over("upstream", b"")[0] == 0
    for chunk in SOCKET:
        fed(decoder, *chunk)
    fed(decoder, "upstream", frame(TEXT, b"40"))
    heard, file = frame(TEXT, b'42["a"]'), frame(TEXT, b'451-["f",{"_placeholder":true,"num":0}]')
    count, steps = decoder.pass_over("upstream", heard * 3 + file + heard)
    found = [kind(item) for step in steps for item in step]
    assert (count, found) == (3, ["binary event", "event"])


def test_a_step_is_short() -> None:
    """However many bytes come, or were held back before them, a step decodes little of them."""

    def most(decoder: ConnectionDecoder, direction: Direction, data: bytes) -> int:
        steps = list(decoder.feed(direction, data))
        assert sum(map(len, steps)) > 3000
        return max(map(len, steps))

    decoder = ConnectionDecoder()
    kinds(decoder, "upstream", request() + GET * 4000)
    assert most(decoder, "downstream", REFUSED + OK * 4000) <= MAX_AT_ONCE * 2
    decoder = ConnectionDecoder()
    kinds(decoder, "upstream", request())
    assert most(decoder, "downstream", SWITCH + b"\x81\x00" * 4000) <= STEP
    assert most(decoder, "upstream", frame(TEXT) * 4000) <= STEP


SESSION: Chunks = [
    *SOCKET,
    ("upstream", frame(TEXT, b'42["hi"]') + frame(PING, b"?") + frame(TEXT, b"2", fin=False)),
    ("downstream", b'\x81\x0542[1]\x81\x0b451-["a",1]\x82\x01x\x88\x02\x03\xe8'),
]


@given(st.data())
def test_any_split_gives_the_same_items(data: st.DataObject) -> None:
    """Both directions may be cut anywhere."""
    whole, split = ConnectionDecoder(), ConnectionDecoder()
    for direction, chunk in SESSION:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(chunk)), max_size=8)))
        found = []
        for start, stop in zip([0, *cuts], [*cuts, len(chunk)], strict=True):
            found += fed(split, direction, chunk[start:stop])
        assert found == fed(whole, direction, chunk)
    for direction in DIRECTIONS:
        assert split.end(direction) == whole.end(direction)


PIECES = st.one_of(st.binary(max_size=9), st.sampled_from([chunk for _, chunk in SESSION]))


@given(st.lists(st.tuples(st.sampled_from(DIRECTIONS), PIECES)))
def test_garbage_raises_nothing(chunks: Chunks) -> None:
    """Any bytes in any order give items, with every byte counted once."""
    decoder = ConnectionDecoder()
    items = [item for chunk in chunks for item in fed(decoder, *chunk)]
    items += [item for direction in DIRECTIONS for item in decoder.end(direction)]
    sizes = [item.size if isinstance(item, Garbage) else item.message.size for item in items]
    assert sum(sizes) == sum(len(chunk) for _, chunk in chunks)


@pytest.mark.parametrize("name", LONG)
def test_twice_the_input_is_twice_the_work(name: str) -> None:
    """No decoder does more than 2.5 times as much for twice as much, whatever it is fed."""

    def work(size: int) -> int:
        decoder, chunks = ConnectionDecoder(), LONG[name](size)
        return calls_of(lambda: [fed(decoder, *chunk) for chunk in chunks])

    once, twice = work(100), work(200)
    assert once < twice * 1.1 and twice <= 2.5 * once
