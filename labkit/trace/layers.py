"""The layers of one message, from the application's event down to the bytes, and their sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from labkit.protocols.envelopes import CLIENT
from labkit.untrusted import plain_text

MAX_LAYER_SHOWN = 4096
"""Bytes of a layer that are kept for showing."""

MAX_TEXT_SHOWN = 120
"""Characters of a text that are shown on one line."""

MAX_HEX_SHOWN = 32
"""Bytes of a field that are shown in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a layer's bytes.

    Attributes
    ----------
    name, value, meaning
        Its name, its content, and what that means.
    start, length
        Where its bytes are in the layer's `raw`.
    varies
        Whether it differs from run to run, as a masking key or a date does.
    """

    name: str
    value: str
    meaning: str
    start: int
    length: int
    varies: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer.

    Attributes
    ----------
    name
        For example "WebSocket frame".
    summary
        One line.
    added
        Bytes that it added to the layer above it; negative for compression.
    fields
        Its parts, in the order of the bytes.
    raw
        Its first `MAX_LAYER_SHOWN` bytes on the wire; in a masked frame, the unmasked payload
        follows the masked one.
    """

    name: str
    summary: str
    added: int
    fields: tuple[Field, ...] = ()
    raw: bytes = b""

    def as_text(self) -> str:
        """Return the layer as text, without what differs from run to run."""
        summary = plain_text(hide_ids(self.summary))
        lines = [f"  {self.name}  {self.added:+} B  {summary}".rstrip()]
        for field in self.fields:
            data = self.raw[field.start : field.start + field.length]
            shown = "varies" if field.varies else data[:MAX_HEX_SHOWN].hex(" ")
            more = " ..." if len(data) > MAX_HEX_SHOWN and not field.varies else ""
            value = "" if field.varies else hide_ids(field.value)
            words = ": ".join(word for word in (field.name, value) if word)
            meaning = f" ({field.meaning})" if field.meaning else ""
            text = plain_text(f"{words}{meaning}")
            if self.name.startswith("HTTP"):
                lines.append(f"      {text}")
            else:
                lines.append(f"      {shown + more:<24} {text}")
        return "\n".join(lines)


def hide_ids(text: str) -> str:
    """Leave out ids that differ from run to run.

    They are those of Engine.IO's sessions, and of the clients and the servers' epochs of the chats
    over HTTP.

    Examples
    --------
    >>> hide_ids("GET /socket.io/?EIO=4&sid=Qx3d-8 HTTP/1.1")
    'GET /socket.io/?EIO=4&sid=… HTTP/1.1'
    >>> hide_ids("GET /messages?client=0123456789abcdef&after=89abcdef-7 HTTP/1.1")
    'GET /messages?client=…&after=…-7 HTTP/1.1'
    """
    return _EPOCH.sub(r"\1…", _ID.sub(r"\1…", text))


_CLIENT = rf"(?={CLIENT}(?![\w*]))"
_ID = re.compile(rf'(\bsid=|"sid":"|[?&]client={_CLIENT}|/clients/{_CLIENT})[\w*-]+')
_EPOCH = re.compile(r'([?&]after=|"(?:id|next)": ?"|^)[0-9a-f]{8}(?=-[0-9]+(?:[&" ]|$))')


def show_text(data: bytes) -> str:
    """Return bytes as text if all of it can be printed, otherwise the first ones in hexadecimal.

    Examples
    --------
    >>> show_text(b"are you there?"), show_text(bytes([0xBE, 0x8E, 0xF8, 0x2D]))
    ('are you there?', 'be 8e f8 2d')
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return show_hex(data)
    return plain_text(text, MAX_TEXT_SHOWN) if text.isprintable() else show_hex(data)


def show_hex(data: bytes, longest: int = 16) -> str:
    """Return the first bytes in hexadecimal."""
    return data[:longest].hex(" ") + (" …" if len(data) > longest else "")
