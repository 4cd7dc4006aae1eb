"""Reads one HTTP/1.1 message from bytes, without I/O; `h11` does the parsing."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any, Self

import h11

from labkit.protocols.http1 import MAX_BODY_KEPT, MAX_HEAD, HttpMessage, asks_to_leave
from labkit.protocols.streamed import MEDIA_TYPE, StreamedBlock, StreamEnd, StreamReader

Part = HttpMessage | StreamedBlock | StreamEnd
"""What is read of a message: all of it, or of an event stream its head, blocks and end."""


class MessageReader:
    """Reads one message; `h11` gets a connection of its own for each.

    Parameters
    ----------
    request
        Of a response, the request that it answers; None to read a request.

    Attributes
    ----------
    message
        The message that has been read, or the head of an event stream; None before.
    """

    def __init__(self, request: HttpMessage | None) -> None:
        limit = {"max_incomplete_event_size": MAX_HEAD}
        self._method = "" if request is None else request.method
        if request is None:
            self._parser = h11.Connection(h11.SERVER, **limit)
        else:
            self._parser = h11.Connection(h11.CLIENT, **limit)
            upgrade = [("Upgrade", "x"), ("Connection", "upgrade")] * asks_to_leave(request)
            asked = h11.Request(
                method=request.method, target="/", headers=[("Host", "x"), *upgrade]
            )
            self._parser.send(asked)
            self._parser.send(h11.EndOfMessage())
        self._raw = bytearray()
        self._event: h11.Request | h11.Response | h11.InformationalResponse | None = None
        self._body = bytearray()
        self._length = self._size = 0
        self.message: HttpMessage | None = None
        self._stream: StreamReader | None = None
        self._parts: list[Part] = []

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a reader that reads on by itself; h11 cannot copy its events, nor changes them."""
        twin = memo[id(self)] = type(self).__new__(type(self))
        memo[id(self._event)] = self._event
        vars(twin).update({name: deepcopy(each, memo) for name, each in vars(self).items()})
        return twin

    def feed(self, chunk: bytes, exchange: int) -> bytes | None:
        """Return the bytes behind the message, None if it has not ended; `take` has the rest."""
        if self._stream is not None:
            self._stream.receive(chunk)
        else:
            self._size += len(chunk)
            if len(self._raw) < MAX_HEAD:
                self._raw += chunk
        self._parser.receive_data(chunk)
        while True:
            event = self._next_event()
            if event is h11.PAUSED and isinstance(self._event, h11.Response):
                return self._end(exchange)  # to CONNECT: what follows is in the tunnel
            if event is h11.NEED_DATA or event is h11.PAUSED:
                if self._stream is not None:
                    self._stream.advance(len(self._behind))
                return None
            if isinstance(event, h11.Data):
                self._read(event)
            elif isinstance(event, (h11.Request, h11.Response, h11.InformationalResponse)):
                self._event = event
                if isinstance(event, h11.InformationalResponse):
                    return self._end(exchange)
                if self._method not in ("", "HEAD") and _streams(event):
                    self._open_stream(exchange)
            elif isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
                return self._end(exchange)

    @property
    def is_streaming(self) -> bool:
        """Whether it reads the blocks of an event stream."""
        return self._stream is not None

    @property
    def size(self) -> int:
        """How many bytes were fed that belong to nothing that was taken."""
        return self._size if self._stream is None else self._stream.size

    @property
    def raw(self) -> bytes:
        """The first of them."""
        return bytes(self._raw) if self._stream is None else self._stream.raw

    def take(self) -> list[Part]:
        """Return, once, what has been read."""
        parts, self._parts = self._parts, []
        return parts if self._stream is None else [*parts, *self._stream.take()]

    def close(self, exchange: int) -> HttpMessage | None:
        """Return the message that the end of the bytes completes, if any: some bodies end so."""
        if self._event is None:
            return None
        if self._stream is not None:
            self._parts += self._stream.end(is_announced=False)
        else:
            self.feed(b"", exchange)
        return self.message

    def _next_event(self) -> Any:
        try:
            return self._parser.next_event()
        except h11.ProtocolError:
            if self._stream is not None:
                self._stream.break_off()
            raise

    def _read(self, data: h11.Data) -> None:
        if self._stream is not None:
            self._stream.advance(len(self._behind), bytes(data.data), data.chunk_end)
            return
        self._length += len(data.data)
        self._body += data.data[: MAX_BODY_KEPT - len(self._body)]

    @property
    def _behind(self) -> bytes:
        """What has been fed, and not been read."""
        return bytes(self._parser.trailing_data[0])

    def _end(self, exchange: int) -> bytes:
        behind = self._behind
        if self._stream is not None:
            self._stream.advance(len(behind))
            self._parts += self._stream.end(True, len(behind))
        else:
            self._size -= len(behind)
            self.message = self._built(exchange)
            self._parts.append(self.message)
        return behind

    def _open_stream(self, exchange: int) -> None:
        """Return the head now, and go on with what follows it."""
        behind = self._behind
        self._size -= len(behind)
        self.message = replace(self._built(exchange), opens_stream=True)
        self._parts.append(self.message)
        self._stream = StreamReader(exchange, MAX_BODY_KEPT)
        self._stream.receive(behind)

    def _built(self, exchange: int) -> HttpMessage:
        event = self._event
        assert event is not None
        is_request = isinstance(event, h11.Request)
        return HttpMessage(
            exchange,
            is_request,
            event.method.decode("latin-1") if isinstance(event, h11.Request) else "",
            event.target.decode("latin-1") if isinstance(event, h11.Request) else "",
            0 if isinstance(event, h11.Request) else event.status_code,
            "" if isinstance(event, h11.Request) else bytes(event.reason).decode("latin-1"),
            tuple(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in event.headers.raw_items()
            ),
            bytes(self._raw).split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n",
            bytes(self._body),
            self._length,
            self._size,
        )


def _streams(event: h11.Request | h11.Response) -> bool:
    """Whether the body of a response is an event stream; a compressed one is read as a whole."""
    headers = dict(event.headers)
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    coding = headers.get(b"content-encoding", b"").strip().lower()
    is_answer = isinstance(event, h11.Response) and event.status_code == 200
    return is_answer and kind == MEDIA_TYPE and coding in (b"", b"identity")
