"""One message, read from bytes. `test_exchanges.py` reads whole conversations."""

from __future__ import annotations

from copy import deepcopy

import pytest

from labkit.protocols.http1 import HttpMessage
from labkit.protocols.message_reader import MessageReader
from labkit.protocols.streamed import StreamedBlock
from tests.support.streams import GET, chunk, stream_head


@pytest.mark.parametrize(
    "framing", ["Content-Length: 12\r\n\r\nhello, world", "Transfer-Encoding: chunked\r\n\r\n"]
)
def test_a_reader_that_is_copied(framing: str) -> None:
    """The copy and the original read on by themselves, wherever they are."""
    chunks = "" if "Length" in framing else "c\r\nhello, world\r\n0\r\n\r\n"
    data = f"POST / HTTP/1.1\r\nHost: x\r\n{framing}{chunks}".encode()
    for at in range(1, len(data)):
        reader = MessageReader(None)
        reader.feed(data[:at], 1)
        for each in (deepcopy(reader), reader):
            assert each.feed(data[at:], 1) == b""
            assert each.message is not None and each.message.body == b"hello, world"


def test_an_event_stream_is_read_in_parts() -> None:
    """Its head and each block are there at once, and a copy goes on by itself."""
    reader = MessageReader(asked())
    assert reader.feed(stream_head() + chunk(b"data: a\n\n") + b"9\r\ndata", 1) is None
    head, block = reader.take()
    assert isinstance(head, HttpMessage) and head.opens_stream and head.size == len(head.head)
    assert isinstance(block, StreamedBlock) and block.block.data == "a" and reader.size == 7
    for each in (deepcopy(reader), reader):
        each.feed(b": b\n\n\r\n", 1)
        (block,) = each.take()
        assert isinstance(block, StreamedBlock) and block.block.data == "b" and each.size == 0


@pytest.mark.parametrize(
    "head",
    [
        stream_head(status="404 Not Found"),
        stream_head("Content-Encoding: gzip"),
        stream_head(kind="text/event-stream-not"),
    ],
)
def test_what_is_read_as_a_whole(head: bytes) -> None:
    """Errors, compressed bodies and other types are no event stream; nor is an answer to HEAD."""
    reader = MessageReader(asked())
    assert reader.feed(head + chunk(b"data: a\n\n"), 1) is None and reader.take() == []
    headed = MessageReader(asked("HEAD"))
    assert headed.feed(stream_head(), 1) == b"" and not headed.is_streaming


def asked(method: str = "GET") -> HttpMessage:
    """Return a request for an event stream."""
    reader = MessageReader(None)
    reader.feed(GET.replace(b"GET", method.encode()), 1)
    assert reader.message is not None
    return reader.message
