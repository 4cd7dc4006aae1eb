"""Layers of one message: from the application's event down to the bytes, and what each added."""

from __future__ import annotations

import re
from dataclasses import dataclass

SHOWN = 4096
"""Bytes of a layer that are kept for showing."""

TOLD = 32
"""Bytes of a field that are told in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a layer's bytes.

    Attributes
    ----------
    name, value, meaning
        What it is called, what it holds, what that means.
    start, length
        Where its bytes are in the layer's `raw`.
    varies
        Whether it is another one in each run: a masking key, a date.
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
        Its bytes as they crossed, the first `SHOWN`; of a masked frame, the unmasked payload
        stands behind the masked one.
    """

    name: str
    summary: str
    added: int
    fields: tuple[Field, ...] = ()
    raw: bytes = b""

    def told(self) -> str:
        """Return the layer as text, without what is another in each run."""
        lines = [f"  {self.name}  {self.added:+} B  {without_sid(self.summary)}".rstrip()]
        for field in self.fields:
            data = self.raw[field.start : field.start + field.length]
            shown = "varies" if field.varies else data[:TOLD].hex(" ")
            more = " ..." if len(data) > TOLD and not field.varies else ""
            value = "" if field.varies else without_sid(field.value)
            words = ": ".join(word for word in (field.name, value) if word)
            meaning = f" ({field.meaning})" if field.meaning else ""
            if self.name.startswith("HTTP"):
                lines.append(f"      {words}{meaning}")
            else:
                lines.append(f"      {shown + more:<24} {words}{meaning}")
        return "\n".join(lines)


def visible(text: str, longest: int = 120) -> str:
    r"""Return text on one line, cut, with control characters as pictures.

    Examples
    --------
    >>> visible("a\nb")
    'a␊b'
    """
    cut = text[:longest]
    shown = "".join(chr(0x2400 + ord(c)) if c < " " else "␡" if c == "\x7f" else c for c in cut)
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown)
    return shown + ("…" if len(text) > longest else "")


def without_sid(text: str) -> str:
    """Return text with the session ids of Engine.IO, which are others in each run, left out.

    Examples
    --------
    >>> without_sid("GET /socket.io/?EIO=4&sid=Qx3d-8 HTTP/1.1")
    'GET /socket.io/?EIO=4&sid=… HTTP/1.1'
    """
    return _SID.sub(r"\1…", text)


_SID = re.compile(r'(\bsid=|"sid":")[\w-]+')


def hexed(data: bytes, longest: int = 16) -> str:
    """Return the first bytes in hexadecimal."""
    return data[:longest].hex(" ") + (" …" if len(data) > longest else "")
