"""What a unit means."""

from __future__ import annotations

import zlib

import pytest

from labkit.protocols.units import Agreed, Unit, header_size, unmasked
from tests.support.raw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame

PLAIN, ENGINE = Agreed(), Agreed(is_engineio=True)

MSGPACK = b"\x83\xa4type\x02\xa4data\x91\xa1a\xa3nsp\xa1/"
"""``["a"]``, as `socketio.MsgPackPacket` writes it."""


def unit(opcode: int, payload: bytes = b"", agreed: Agreed = PLAIN, masked: bool = True) -> Unit:
    """Return a unit of one frame."""
    return Unit(opcode, (frame(opcode, payload, masked=masked),), agreed)


@pytest.mark.parametrize(
    ("opcode", "payload", "raw", "packet", "is_message"),
    [
        (TEXT, b"hello", "text", "garbage", False),
        (BINARY, b"hello", "binary", "attachment", False),
        (PING, b"", "ping", "ping", False),
        (PONG, b"", "pong", "pong", False),
        (CLOSE, b"", "close", "close", False),
        (TEXT, b"", "text", "garbage", False),
        (TEXT, b"0{}", "text", "open", False),
        (TEXT, b"1", "text", "close", False),
        (TEXT, b"2probe", "text", "ping", False),
        (TEXT, b"3", "text", "pong", False),
        (TEXT, b"5", "text", "upgrade", False),
        (TEXT, b"6", "text", "noop", False),
        (TEXT, b"4", "text", "garbage", False),
        (TEXT, b"40", "text", "connect", False),
        (TEXT, b"41", "text", "disconnect", False),
        (TEXT, b'42["a"]', "text", "event", True),
        (TEXT, b"431[]", "text", "ack", True),
        (TEXT, b"44{}", "text", "connect error", False),
        (TEXT, b"451-[]", "text", "binary event", True),
        (TEXT, b"461-[]", "text", "binary ack", True),
        (TEXT, b"47", "text", "garbage", False),
        (BINARY, MSGPACK, "binary", "event", True),
    ],
)
def test_kinds(opcode: int, payload: bytes, raw: str, packet: str, is_message: bool) -> None:
    """On a raw connection the frame's kind counts, on Engine.IO's the packet's."""
    plain, engine = unit(opcode, payload), unit(opcode, payload, ENGINE)
    assert (plain.kind, plain.is_message) == (raw, opcode in (TEXT, BINARY))
    assert (engine.kind, engine.is_message) == (packet, is_message)


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_the_content_is_unmasked(masked: bool, size: int) -> None:
    """Behind each form of header."""
    made = unit(TEXT, b"x" * size, masked=masked)
    assert made.content == made.begin(10**6) == unmasked(made.data) == b"x" * size
    assert len(made) == len(made.data) == header_size(made.data[1]) + size
    assert made.begin(2) == b"xx"[:size]


def test_fragments_and_attachments() -> None:
    """The content is that of the fragments, without the attachments behind them."""
    fragments = (frame(TEXT, b"45", fin=False), frame(CONTINUATION, b"1-[]"))
    made = Unit(TEXT, fragments, ENGINE)
    file = unit(BINARY, b"file")
    whole = made.with_attachments([file])
    assert whole.content == made.content == b"451-[]" and whole.begin(3) == b"451"
    assert whole.data == b"".join(fragments) + file.data and whole.kind == "binary event"
    assert len(whole) == len(whole.data)


def test_fates() -> None:
    """A unit is replaced by one that keeps its place, and says what was done to it."""
    made = Unit(TEXT, (frame(TEXT, b"451-[]"),), ENGINE, 50)
    made = made.with_attachments([Unit(BINARY, (frame(BINARY, b"file"),), ENGINE, 70)])
    dropped, duplicated = made.dropped(), made.duplicated()
    altered = made.altered((frame(TEXT, b"451-{}"),))
    for each, fates, size in (
        (made, ("", ""), len(made)),
        (dropped, ("dropped", "dropped"), 0),
        (duplicated, ("duplicated", "duplicated"), len(made)),
        (altered, ("altered", ""), len(made)),
    ):
        (file,) = each.attachments
        assert (each.fate, file.fate) == fates and (each.stop, file.stop) == (50, 70)
        assert len(each) == len(each.data) == size
    assert duplicated.data == made.data and altered.content == b"451-{}"


@pytest.mark.parametrize(("takeover", "content"), [(False, b"hello " * 9), (True, b"")])
def test_compressed_content(takeover: bool, content: bytes) -> None:
    """It is inflated if it stands for itself, and is not there if it does not."""
    deflate = zlib.compressobj(wbits=-15)
    payload = deflate.compress(b"hello " * 9) + deflate.flush(zlib.Z_SYNC_FLUSH)
    made = Unit(TEXT, (frame(TEXT, payload[:-4], reserved=4),), Agreed(False, 15, takeover))
    assert made.is_compressed and made.content == content and made.begin(5) == content[:5]
    assert made.holds("hello hello") != takeover
    assert not unit(TEXT, b"hello", Agreed(False, 15, takeover)).is_compressed


@pytest.mark.parametrize(
    ("payload", "agreed", "text", "found"),
    [
        (b"hello", PLAIN, "ell", True),
        (b"hello", PLAIN, "elo", False),
        ("čau".encode(), PLAIN, "č", True),
        (b"\\u010d", PLAIN, "\u010d", False),
        (b'42["m","\\u010dau"]', ENGINE, "\u010dau", True),
        (b'42["m","a \\"b\\""]', ENGINE, 'a "b"', False),
        (b'42["m","say \\"b\\" \\\\o/"]', ENGINE, "m(", True),
        (b'42["m","plain"]', ENGINE, "m(", False),
        (b"42[broken\\", ENGINE, "m(", False),
        (b"\xff\xfe", PLAIN, "\udcff", False),
    ],
)
def test_text_is_found(payload: bytes, agreed: Agreed, text: str, found: bool) -> None:
    """In the payload as it is, and in JSON however it writes a character."""
    assert unit(TEXT, payload, agreed).holds(text) == found


def test_the_packet() -> None:
    """The event is read, without its attachments; what cannot be read is garbage."""
    assert unit(TEXT, b'42/news,7["m","a"]', ENGINE).packet.event == "m"
    assert unit(TEXT, b'451-["f",{"_placeholder":true,"num":0}]', ENGINE).packet.event == "f"
    assert unit(TEXT, b"42[", ENGINE).packet.kind == "garbage"
    assert unit(TEXT, b"\xff", ENGINE).packet.kind == "garbage"
    assert unit(TEXT, b"2", ENGINE).packet.kind == "garbage"


def test_a_large_one_shows_no_content() -> None:
    """Of what is not whole the kind is known, where the frame says it."""
    made = Unit(TEXT, (frame(TEXT, b"hi", length=2**21),), Agreed(), is_whole=False)
    assert (made.kind, made.content, made.begin(1)) == ("text", b"", b"")
    assert repr(made) == "<Unit text: 16 bytes and more>"
    assert repr(unit(PING)) == "<Unit ping: 6 bytes>"


@pytest.mark.parametrize(
    ("opcode", "payload", "name", "found"),
    [
        (TEXT, b'42["order",1]', "order", True),
        (TEXT, b'42["note","order"]', "order", False),
        (TEXT, b'451-["order"]', "order", True),
        (TEXT, b'430["order"]', "order", False),
        (TEXT, b'42["\\u010d"]', "\u010d", True),
        (TEXT, b'42["m"]', "order", False),
        (BINARY, MSGPACK, "a", True),
    ],
)
def test_events(opcode: int, payload: bytes, name: str, found: bool) -> None:
    """They are told by their name, however JSON writes it."""
    assert unit(opcode, payload, ENGINE).is_event(name) == found
