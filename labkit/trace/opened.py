"""A row, opened into its layers: as text, and as HTML with the details of the live table.

What differs from run to run, as a masking key does, is left out, so that it can be stored.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.front_end.joiner import join_styles
from labkit.trace.layers import MAX_HEX_SHOWN, Field, Layer, hide_ids
from labkit.untrusted import NOT_TEX, html_text

STYLE = join_styles("front_end/tokens.css", "front_end/layers.css")

VARIES = (
    '<p class="lk-opened-note"><i>varies</i>: it is different each time, so it is not stored here. '
    "The live table, lab.show of the link, has it.</p>"
)

_LEFT = 'style="text-align:left"'  # where Jupyter takes the style sheet out


class Opened:
    """A row, opened into its layers.

    Parameters
    ----------
    kind
        Its kind, behind the arrow of its direction.
    size
        Bytes on the wire.
    problem
        What is wrong with it, "" if nothing is.
    line
        The row as a line of text.
    layers
        Its layers, the application's event first.
    """

    def __init__(
        self, kind: str, size: int, problem: str, line: str, layers: Sequence[Layer]
    ) -> None:
        self._kind = kind
        self._size = size
        self._problem = problem
        self._line = line
        self.layers = layers

    def __repr__(self) -> str:
        return "\n".join([self._line, *(layer.as_text() for layer in self.layers)])

    def _repr_html_(self) -> str:
        problem = f" ! {self._problem}" if self._problem else ""
        title = html_text(f"{self._kind}, {self._size} bytes{problem}")
        layers = "".join(map(_layer, self.layers)) or f"<li>{html_text(self._line)}</li>"
        return (
            f'<section class="lk-opened lk-tokens {NOT_TEX}"><style>{STYLE}</style>'
            f'<h3 class="lk-opened-title">{title}</h3>\n<ol class="lk-layers">\n{layers}</ol>'
            f"{self._note}</section>"
        )

    @property
    def _note(self) -> str:
        """What the word means that stands where something was left out."""
        return VARIES if any(field.varies for each in self.layers for field in each.fields) else ""


def _layer(layer: Layer) -> str:
    summary = html_text(hide_ids(layer.summary))
    head = (
        f'<span class="lk-layer-name">{html_text(layer.name)}</span> '
        f'<span class="lk-added">{layer.added:+} B</span> '
        f'<span class="lk-layer-summary" dir="auto">{summary}</span>'
    )
    fields = _fields(layer) if layer.fields else ""
    return f'<li class="lk-layer"><h4 class="lk-layer-head">{head}</h4>{fields}</li>\n'


def _fields(layer: Layer) -> str:
    columns = [*([] if _hides_bytes(layer) else ["bytes"]), "field", "value", "what it means"]
    heads = "".join(f'<th scope="col" {_LEFT}>{name}</th>' for name in columns)
    rows = "".join(_field(layer, field) for field in layer.fields)
    return (
        f'\n<table class="lk-fields">\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table>"
    )


def _hides_bytes(layer: Layer) -> bool:
    """Of HTTP, the value is what the bytes say; they may hold a session id."""
    return layer.name.startswith("HTTP")


def _field(layer: Layer, field: Field) -> str:
    data = layer.raw[field.start : field.start + field.length]
    more = f" … {field.length - MAX_HEX_SHOWN} more" if field.length > MAX_HEX_SHOWN else ""
    shown, value = data[:MAX_HEX_SHOWN].hex(" ") + more, html_text(hide_ids(field.value))
    if field.varies:
        shown, value = "varies", "<i>varies</i>" if _hides_bytes(layer) else ""
    in_hex = "" if _hides_bytes(layer) else f'<td class="lk-hex" {_LEFT}>{shown}</td>'
    return (
        f'<tr>{in_hex}<th scope="row" {_LEFT}>{html_text(field.name)}</th>'
        f'<td class="lk-value" dir="auto" {_LEFT}>{value}</td>'
        f'<td class="lk-meaning" {_LEFT}>{html_text(field.meaning)}</td></tr>\n'
    )
