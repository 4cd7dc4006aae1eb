"""What belongs to which protocol. `tests/trace/test_lens.py` has real sessions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.protocols.connection_decoder import STEP, ConnectionDecoder
from labkit.protocols.decoded import (
    Decoded,
    DecodedBlock,
    DecodedEnd,
    DecodedHttp,
    DecodedMessage,
)
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.envelopes import Carried, Lost
from labkit.protocols.event_stream import format_block
from labkit.protocols.exchanges import MAX_AT_ONCE, STREAM_PIECE
from labkit.protocols.http1 import Garbage
from tests.support.long_inputs import GET, LONG, OK, REFUSED, SOCKET, SWITCH, Chunks, calls_of
from tests.support.raw import PING, TEXT, frame, request
from tests.support.streams import EPOCH, LAST_CHUNK, answers, asks, chunk, stream_head
from tests.support.streams import GET as SUBSCRIBE


def fed(decoder: ConnectionDecoder, direction: Direction, data: bytes) -> list[Decoded]:
    """Feed some bytes and return what they complete."""
    return [item for step in decoder.feed(direction, data) for item in step]


def kind(item: Decoded) -> str:
    """Return in a word what an item is."""
    if isinstance(item, DecodedHttp):
        return "request" if item.message.is_request else "response"
    if isinstance(item, DecodedMessage):
        return item.message.kind if item.packet is None else item.packet.kind
    if isinstance(item, DecodedBlock):
        return "block"
    return "end" if isinstance(item, DecodedEnd) else "garbage"


def size(item: Decoded) -> int:
    """Return how many bytes an item took on the wire."""
    if isinstance(item, Garbage):
        return item.size
    if isinstance(item, DecodedBlock):
        return item.streamed.size
    return item.end.size if isinstance(item, DecodedEnd) else item.message.size


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
    for each in SOCKET:
        fed(decoder, *each)
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
    for each in SOCKET:
        fed(decoder, *each)
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
    decoder = ConnectionDecoder()
    kinds(decoder, "upstream", SUBSCRIBE)
    kinds(decoder, "downstream", stream_head())
    blocks = chunk(b":\n\n" * 4000)
    assert most(decoder, "downstream", blocks) <= MAX_AT_ONCE + STREAM_PIECE // len(b":\n\n")


def test_messages_of_a_chat_over_http() -> None:
    """They are found in posts, in answers to polls and in event streams, and nowhere else."""
    decoder = ConnectionDecoder()
    post, poll = "/messages?client=CLIENT&number=1", "/messages?client=CLIENT&after=EPOCH-1"
    (posted,) = fed(decoder, "upstream", asks(post, "POST", b"hi"))
    assert isinstance(posted, DecodedHttp) and posted.batch is not None
    assert posted.batch.messages == (Carried("hi"),)
    (thanks,) = fed(decoder, "downstream", OK)
    assert isinstance(thanks, DecodedHttp) and thanks.batch is None
    fed(decoder, "upstream", asks(poll))
    batch = '{"messages": [{"id": "EPOCH-2", "base64": "AQI="}], "next": "EPOCH-2", "lost": null}'
    (heard,) = fed(decoder, "downstream", answers(batch))
    assert isinstance(heard, DecodedHttp) and heard.batch is not None
    assert heard.batch.messages == (Carried(b"\1\2", f"{EPOCH}-2"),)
    assert heard.batch.lost == Lost(None)
    fed(decoder, "upstream", asks("/other?client=CLIENT"))
    (foreign,) = fed(decoder, "downstream", answers(batch))
    assert isinstance(foreign, DecodedHttp) and foreign.batch is None


def test_an_event_stream_while_it_is_open() -> None:
    """Its head and its blocks come at once, what follows it is HTTP again, and its end is no error.

    Each item ends where the next one begins, with the framing of chunks between them.
    """
    decoder = ConnectionDecoder()
    fed(decoder, "upstream", SUBSCRIBE)
    assert kinds(decoder, "downstream", stream_head()) == ["response"]
    data = chunk(format_block(id=f"{EPOCH}-7", data='{"text": "hi"}'))
    (block,) = fed(decoder, "downstream", data)
    assert isinstance(block, DecodedBlock) and block.carried == Carried("hi", f"{EPOCH}-7")
    assert block.stop == len(stream_head() + data) and block.streamed.size == len(data)
    assert kinds(decoder, "upstream", GET) == ["request"]
    assert kinds(decoder, "downstream", LAST_CHUNK + OK) == ["end", "response"]
    fed(decoder, "upstream", SUBSCRIBE)
    fed(decoder, "downstream", stream_head() + data)
    assert decoder.end("downstream") == []


def test_an_event_stream_that_breaks_off() -> None:
    """What has come of a block is left, but not what came of blocks before it."""
    decoder = ConnectionDecoder()
    fed(decoder, "upstream", SUBSCRIBE)
    data = stream_head() + b"10\r\ndata: a\n\ndat"
    assert kinds(decoder, "downstream", data) == ["response", "block"]
    (end,) = decoder.end("downstream")
    assert isinstance(end, DecodedEnd) and (end.end.data, end.end.unended) == (b"dat", 3)
    assert not end.end.is_announced and end.stop == len(data)
    decoder = ConnectionDecoder()
    fed(decoder, "upstream", SUBSCRIBE)
    garbage = b"nonsense\r\n"
    found = kinds(decoder, "downstream", stream_head() + chunk(b"data: a\n\n") + garbage)
    assert found == ["response", "block", "garbage"]


SESSION: Chunks = [
    *SOCKET,
    ("upstream", frame(TEXT, b'42["hi"]') + frame(PING, b"?") + frame(TEXT, b"2", fin=False)),
    ("downstream", b'\x81\x0542[1]\x81\x0b451-["a",1]\x82\x01x\x88\x02\x03\xe8'),
]


HELLO = format_block(id=f"{EPOCH}-1", data='{"text": "hello"}')
BLOCKS = [
    chunk(format_block(retry=1000)),
    chunk(format_block(id=f"{EPOCH}-0") + HELLO + b":\r\n\r\n" + HELLO[:3]),
    *(chunk(HELLO[at : at + 7]) for at in range(3, len(HELLO), 7)),
    chunk(b"data: a\r\n\r"),
    chunk(b"\n"),
    chunk(b"data: b\r\r") + chunk(b"event: x\n"),
]
STREAM: Chunks = [
    ("upstream", SUBSCRIBE + GET),
    ("downstream", stream_head() + b"".join(BLOCKS) + LAST_CHUNK + OK),
]
BROKEN: Chunks = [("upstream", SUBSCRIBE), ("downstream", stream_head() + b"".join(BLOCKS)[:-9])]
WITHOUT_CHUNKS: Chunks = [
    ("upstream", SUBSCRIBE),
    ("downstream", stream_head(framing="") + 2 * HELLO + b"data: a\r\n\r"),
]
NONSENSE: Chunks = [*STREAM[:1], ("downstream", stream_head() + BLOCKS[0] + b"a\r\ndata: a\n\nxy")]

NO_CHUNK: Chunks = [*STREAM[:1], ("downstream", stream_head() + BLOCKS[0] + b"nonsense\r\n")]


@given(st.data())
@pytest.mark.parametrize("session", [SESSION, STREAM, BROKEN, WITHOUT_CHUNKS, NONSENSE, NO_CHUNK])
def test_any_split_gives_the_same_items(session: Chunks, data: st.DataObject) -> None:
    """Both directions may be cut anywhere."""
    whole, split = ConnectionDecoder(), ConnectionDecoder()
    for direction, sent in session:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=8)))
        found = []
        for start, stop in zip([0, *cuts], [*cuts, len(sent)], strict=True):
            found += fed(split, direction, sent[start:stop])
        assert found == fed(whole, direction, sent)
    for direction in DIRECTIONS:
        assert split.end(direction) == whole.end(direction)


PIECES = st.one_of(
    st.binary(max_size=9),
    st.sampled_from([sent for _, sent in SESSION + STREAM]),
    st.sampled_from([stream_head(), stream_head(framing=""), *BLOCKS]),
)


@given(st.lists(st.tuples(st.sampled_from(DIRECTIONS), PIECES)))
def test_garbage_raises_nothing(chunks: Chunks) -> None:
    """Any bytes in any order give items, with every byte counted once."""
    decoder = ConnectionDecoder()
    items = [item for each in chunks for item in fed(decoder, *each)]
    items += [item for direction in DIRECTIONS for item in decoder.end(direction)]
    assert sum(map(size, items)) == sum(len(sent) for _, sent in chunks)


@pytest.mark.parametrize("name", LONG)
def test_twice_the_input_is_twice_the_work(name: str) -> None:
    """No decoder does more than 2.5 times as much for twice as much, whatever it is fed."""

    def work(times: int) -> int:
        decoder, chunks = ConnectionDecoder(), LONG[name](times)
        return calls_of(lambda: [fed(decoder, *each) for each in chunks])

    once, twice = work(100), work(200)
    assert once < twice * 1.1 and twice <= 2.5 * once
