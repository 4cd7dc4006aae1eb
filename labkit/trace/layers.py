"""Layers of one message: from the application's event down to the bytes, and what each added."""

from __future__ import annotations

import re
from dataclasses import dataclass

from labkit.untrusted import plain_text

SHOWN = 4096
"""Bytes of a layer that are kept for showing."""

TEXT_SHOWN = 120
"""Characters of a text that are shown on one line."""

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
        summary = plain_text(without_sid(self.summary))
        lines = [f"  {self.name}  {self.added:+} B  {summary}".rstrip()]
        for field in self.fields:
            data = self.raw[field.start : field.start + field.length]
            shown = "varies" if field.varies else data[:TOLD].hex(" ")
            more = " ..." if len(data) > TOLD and not field.varies else ""
            value = "" if field.varies else without_sid(field.value)
            words = ": ".join(word for word in (field.name, value) if word)
            meaning = f" ({field.meaning})" if field.meaning else ""
            told = plain_text(f"{words}{meaning}")
            if self.name.startswith("HTTP"):
                lines.append(f"      {told}")
            else:
                lines.append(f"      {shown + more:<24} {told}")
        return "\n".join(lines)


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
