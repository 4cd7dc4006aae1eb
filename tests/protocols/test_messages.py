"""Messages from frames."""

from __future__ import annotations

import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.protocols.frames import MAX_PAYLOAD_KEPT, FrameDecoder
from labkit.protocols.messages import MAX_FRAMES_KEPT, UNENDED, Inflater, Message, MessageDecoder
from tests.support.raw import BINARY, CLOSE, CONTINUATION, PING, TEXT, close, frame


def messages(data: bytes, inflater: Inflater | None = None) -> list[Message]:
    """Return what frames of a client hold."""
    decoder = MessageDecoder(inflater)
    frames = FrameDecoder(from_client=True, compressed=inflater is not None).feed(data)
    return [found for each in frames for found in decoder.feed(each)]


def deflated(squeeze: zlib._Compress, text: bytes) -> bytes:
    """Compress as RFC 7692 section 7.2.1 says."""
    data = squeeze.compress(text) + squeeze.flush(zlib.Z_SYNC_FLUSH)
    return frame(TEXT, data.removesuffix(b"\x00\x00\xff\xff"), reserved=4)


def test_fragments_are_put_together_around_a_ping() -> None:
    """A message in three frames is one; the ping in between comes first."""
    data = (
        frame(TEXT, b"one ", fin=False)
        + frame(CONTINUATION, b"two ", fin=False)
        + frame(PING, b"?")
        + frame(CONTINUATION, b"three")
    )
    ping, text = messages(data)
    assert (ping.kind, ping.content) == ("ping", b"?")
    assert (text.kind, text.text, text.fragments) == ("text", "one two three", 3)
    assert text.size == len(data) - ping.size


@pytest.mark.parametrize(
    ("data", "code", "reason", "problem"),
    [
        (close(1000, b"bye"), 1000, "bye", ""),
        (frame(CLOSE), 1005, "", ""),
        (frame(CLOSE, b"\x03"), 1005, "", "half a close code"),
        (close(1006), 1006, "", "may never be sent"),
        (close(2000), 2000, "", "not a close code"),
        (close(1000, b"\xff"), 1000, "\\xff", "not UTF-8 at byte 0"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else None,  # masks are random
)
def test_closes_are_judged(data: bytes, code: int, reason: str, problem: str) -> None:
    """Code and reason are read, and what nobody may send is told."""
    (message,) = messages(data)
    assert (message.close_code, message.close_reason) == (code, reason)
    assert problem in message.problem and bool(problem) == bool(message.problem)


def test_a_message_that_another_interrupts() -> None:
    """It is told, with its bytes, and so is the message that broke the rule."""
    data = frame(CONTINUATION, b"lost", fin=False) + frame(TEXT, b"hello")
    interrupted, text = messages(data)
    assert interrupted.content == b"lost" and "continuation of nothing" in interrupted.problem
    assert text.content == b"hello" and "inside a fragmented message" in text.problem
    assert interrupted.size + text.size == len(data)
    assert messages(frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"))[0].problem == UNENDED


def test_text_must_be_utf8() -> None:
    """Where the text goes wrong is told; half a character at the end of a fragment is right."""
    assert messages(frame(TEXT, b"abc\xff"))[0].problem.startswith("not UTF-8 at byte 3")
    halves = frame(TEXT, "ü".encode()[:1], fin=False) + frame(CONTINUATION, "ü".encode()[1:])
    assert (messages(halves)[0].text, messages(halves)[0].problem) == ("ü", "")
    assert messages(frame(BINARY, b"\xff"))[0].problem == ""


@pytest.mark.parametrize("takeover", [True, False])
def test_compression_is_undone(takeover: bool) -> None:
    """With a window that is kept, and with one that begins anew for each message."""
    squeeze = zlib.compressobj(wbits=-15)
    data = b""
    for _ in range(3):
        data += deflated(squeeze, b"the same words again")
        squeeze = squeeze if takeover else zlib.compressobj(wbits=-15)
    found = messages(data, Inflater(takeover=takeover))
    assert [each.text for each in found] == ["the same words again"] * 3
    assert all(each.compressed and not each.problem for each in found)
    assert (found[1].size < found[0].size) == takeover


@pytest.mark.exhaustive
def test_a_bomb_costs_bounded_memory() -> None:
    """256 MiB in 256 KB are counted as a bomb, and what follows cannot be read."""
    squeeze = zlib.compressobj(wbits=-15)
    data = deflated(squeeze, bytes(2**28)) + deflated(squeeze, b"after")
    tracemalloc.start()
    bomb, after = messages(data, Inflater())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "bomb" in bomb.problem and len(bomb.content) == MAX_PAYLOAD_KEPT
    assert "too large" in after.problem
    assert peak < 8 * MAX_PAYLOAD_KEPT


def test_broken_compression_is_told() -> None:
    """Bytes that are no deflate stream give a problem, and no exception."""
    (message,) = messages(frame(TEXT, b"\xff" * 20, reserved=4), Inflater())
    assert "cannot be inflated" in message.problem


def test_many_fragments_are_counted() -> None:
    """Of thousands of frames some are kept, all are counted."""
    data = frame(TEXT, b"a", fin=False) + frame(CONTINUATION, b"a", fin=False) * 5000
    (message,) = messages(data + frame(CONTINUATION))
    assert message.fragments == 5002 and len(message.frames) == MAX_FRAMES_KEPT
    assert message.content == b"a" * 5001


def test_what_did_not_end_is_told() -> None:
    """The rest of a stream is a message without its end."""
    decoder = MessageDecoder()
    assert decoder.rest is None
    for each in FrameDecoder(from_client=True).feed(frame(TEXT, b"half", fin=False)):
        assert decoder.feed(each) == []
    assert decoder.rest is not None and decoder.rest.text == "half"


@given(st.binary(max_size=3000), st.booleans())
def test_garbage_raises_nothing(data: bytes, compressed: bool) -> None:
    """Whatever comes, it becomes messages or a rest."""
    for message in messages(data, Inflater() if compressed else None):
        assert message.size and isinstance(message.text, str)
