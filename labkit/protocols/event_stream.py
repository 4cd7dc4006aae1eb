"""Event streams (`text/event-stream`), read and written without I/O.

A stream is text in UTF-8. Its lines are fields and comments, and an empty line ends a block of
them (https://html.spec.whatwg.org/multipage/server-sent-events.html, sections 9.2.5 and 9.2.6)::

    : a comment, which no page sees
    id: 7
    event: news                          a block with `data` is an event;
    data: its text,                      one without may still move the cursor,
    data: in two lines                   which is the last id that was seen

"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_BLOCK = 8 * 2**20
"""Bytes of one block that are kept unless it is said otherwise: 1 MiB of text, however escaped."""

MAX_DIGITS = 15
"""Digits of a retry time that is believed: a longer one is ignored."""

_LINE_END = re.compile(rb"[\r\n]")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Block:
    """What stands before one empty line: an event, if it has data.

    Attributes
    ----------
    event
        The event's type; None if there is no such line, which means "message", as "" does.
    data
        The lines of data, joined by line feeds; None if there are none, and then it is no event.
    id
        The new cursor, "" to forget it; None if it stays what it is.
    retry
        Milliseconds to wait before connecting again; None if that stays what it is.
    comments
        The comments, without their colon.
    size
        Its bytes, with the empty line behind it and those before it.
    is_whole
        Whether all of it was kept: what is beyond the parser's limit is missing.
    """

    event: str | None = None
    data: str | None = None
    id: str | None = None
    retry: int | None = None
    comments: tuple[str, ...] = ()
    size: int = 0
    is_whole: bool = True


class EventStreamParser:
    r"""Reads the blocks of one stream from bytes that may be split anywhere.

    Nothing is an error to it: it ignores what the standard ignores, and replaces bytes that are
    not UTF-8. A block that the end of the stream cuts off does not count.

    Parameters
    ----------
    limit
        Bytes of one block that are kept; more are counted, and the block is not whole.

    Examples
    --------
    >>> parser = EventStreamParser()
    >>> parser.feed(b"id: 7\nda")
    []
    >>> [block] = parser.feed(b"ta: hello\n\n")
    >>> block.id, block.data
    ('7', 'hello')
    """

    def __init__(self, limit: int = MAX_BLOCK) -> None:
        self._limit = limit
        self._line = bytearray()
        self._line_size = 0
        self._is_first_line = True
        self._is_behind_cr = False
        self._ends_in_crlf = False  # the line before, if it was not empty
        self._awaits_lf = False
        self._found: list[Block] = []
        self._begin()

    def _begin(self) -> None:
        self._event: str | None = None
        self._data: list[str] = []
        self._id: str | None = None
        self._retry: int | None = None
        self._comments: list[str] = []
        self._has_lines = False
        self._size = self._kept = 0
        self._is_whole = True

    @property
    def pending(self) -> int:
        """Bytes of the block that has not ended."""
        return self._size

    def feed(self, data: bytes) -> list[Block]:
        """Return the blocks that some bytes complete."""
        at = 0
        for match in _LINE_END.finditer(data):
            self._read(data[at : match.start()])
            self._end_line(match[0])
            at = match.end()
        self._read(data[at:])
        return self._take()

    def end(self) -> list[Block]:
        """End the stream; return the last block if only the second half of CRLF is missing."""
        self._end_wait()
        return self._take()

    def _take(self) -> list[Block]:
        found, self._found = self._found, []
        return found

    def _read(self, text: bytes) -> None:
        if not text:
            return
        self._end_wait()
        self._is_behind_cr = False
        self._size += len(text)
        self._line_size += len(text)
        kept = text[: self._limit - self._kept]
        self._line += kept
        self._kept += len(kept)
        self._is_whole = self._is_whole and len(kept) == len(text)

    def _end_line(self, mark: bytes) -> None:
        if mark == b"\n" and self._is_behind_cr:
            self._is_behind_cr, self._ends_in_crlf = False, True
            self._size += 1
            self._end_wait()
            return
        self._end_wait()
        self._size += 1
        self._is_behind_cr = mark == b"\r"
        line, size = bytes(self._line), self._line_size
        self._line.clear()
        self._line_size = 0
        if self._is_first_line and line.startswith(_BOM):
            line, size = line[len(_BOM) :], size - len(_BOM)
        self._is_first_line = False
        if size:
            self._has_lines, self._ends_in_crlf = True, False
            self._read_line(line.decode("utf-8", "replace"))
        elif self._is_behind_cr and self._ends_in_crlf:
            # As its lines end in CRLF, so will this one: the block ends behind it. Where lines end
            # in CR, to wait for what follows would hold each event back until the next.
            self._awaits_lf = self._has_lines
        else:
            self._end_block()

    def _end_wait(self) -> None:
        if self._awaits_lf:
            self._awaits_lf = False
            self._end_block()

    def _read_line(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            return  # it lies beyond the limit
        if not name:
            self._comments.append(value)
        elif name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) <= MAX_DIGITS:
            self._retry = int(value)

    def _end_block(self) -> None:
        if not self._has_lines:
            return  # empty lines before a block count as its bytes
        block = Block(
            self._event,
            "\n".join(self._data) if self._data else None,
            self._id,
            self._retry,
            tuple(self._comments),
            self._size,
            self._is_whole,
        )
        self._begin()
        self._found.append(block)


def format_block(
    *,
    event: str | None = None,
    data: str | None = None,
    id: str | None = None,
    retry: int | None = None,
    comment: str | None = None,
) -> bytes:
    r"""Return a block as bytes, with the empty line that ends it.

    Parameters
    ----------
    event
        The event's type, in one line.
    data
        Its text. A reader gets each line end of it (CR, LF, CRLF) as a line feed: put text in
        which they matter into JSON.
    id
        The cursor from here on, in one line and without NUL.
    retry
        Milliseconds to wait before connecting again.
    comment
        What no page gets to see.

    Raises
    ------
    ValueError
        If a value cannot be written so that it is read again.

    Examples
    --------
    >>> format_block(id="7", data="hello")
    b'id: 7\ndata: hello\n\n'
    """
    for name, value, bad in (("event", event, "\r\n"), ("id", id, "\r\n\0")):
        if value is not None and any(each in value for each in bad):
            raise ValueError(f"{name} must not contain line ends or NUL, as {value!r} does")
    if retry is not None and retry < 0:
        raise ValueError(f"retry is in milliseconds, at least 0, not {retry}")
    fields = [("", line) for line in _split_lines(comment)]
    fields += [("event", event)] if event is not None else []
    fields += [("id", id)] if id is not None else []
    fields += [("retry", str(retry))] if retry is not None else []
    fields += [("data", line) for line in _split_lines(data)]
    lines = [f"{name}: {value}\n" if value else f"{name}:\n" for name, value in fields]
    return "".join([*lines, "\n"]).encode()


def _split_lines(text: str | None) -> list[str]:
    return [] if text is None else re.split("\r\n|\r|\n", text)
