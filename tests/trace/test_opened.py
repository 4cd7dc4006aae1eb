"""A row, opened into its layers."""

from __future__ import annotations

from websockets.utils import apply_mask

from labkit.trace import Trace
from labkit.trace.layers import Field, Layer
from labkit.trace.opened import VARIES, Opened
from tests.support.traces import SESSION, recorded
from tests.support.untrusted import HOSTILE, hidden_in


def _trace() -> Trace:
    return recorded(*SESSION)  # type: ignore[arg-type]


def test_the_layers_as_text() -> None:
    """They print below the row, without what is another in each run."""
    row = _trace().rows(kind="text")[0]
    lines = repr(row.open()).splitlines()
    assert lines[1] == "  message  +5 B  hello"
    assert lines[2] == "  WebSocket frame  +6 B  text, 5 bytes, masked"
    assert "varies" in lines[5] and lines[-1].split() == [
        *["68", "65", "6c", "6c", "6f", "payload,", "mask", "undone:", "hello"]
    ]


def test_the_layers_as_html() -> None:
    """Each layer with what it added, each field under its bytes, as in the live table."""
    opened = _trace().rows(kind="text")[0].open()
    html = opened._repr_html_()
    assert "→ text, 11 bytes</bdi></h3>" in html
    assert '<span class="lk-added">+6 B</span>' in html
    assert html.count('class="lk-hex"') == sum(len(layer.fields) for layer in opened.layers)
    assert ">68 65 6c 6c 6f</td>" in html and html.count(">varies</td>") == 2
    assert VARIES in html


def test_http_has_no_column_of_bytes() -> None:
    """Its values are what the bytes say; one that varies says so in its place."""
    fields = (Field("Date", "today", "", 0, 4, varies=True), Field("Age", "0", "", 0, 4))
    html = Opened("a", 1, "b", "c", [Layer("HTTP response", "", 8, fields)])._repr_html_()
    assert ">bytes</th>" not in html and 'class="lk-hex"' not in html and ">0</td>" in html
    assert "<i>varies</i></td>" in html and "today" not in html


def test_the_html_is_the_same_in_each_run() -> None:
    """A masking key is another each time, and is not in it."""

    def html_of(key: bytes) -> str:
        hello = b"\x81\x85" + key + apply_mask(b"hello", key)
        trace = recorded(*SESSION[:2], ("upstream", hello))  # type: ignore[arg-type]
        return trace.rows(kind="text")[0].open()._repr_html_()

    assert html_of(b"abcd") == html_of(b"wxyz")


def test_a_word_that_does_not_stand_there_is_not_explained() -> None:
    """A frame without a mask has nothing that varies."""
    assert "varies" not in _trace().rows(direction="downstream")[-1].open()._repr_html_()


def test_a_fact_has_a_line_instead_of_layers() -> None:
    """Nothing crossed: the row itself is told."""
    assert "· opened</bdi></li>" in _trace().rows(kind="opened")[0].open()._repr_html_()


def test_what_a_peer_sent_is_text() -> None:
    """Kind, problem, names and values hold no markup and nothing hidden."""
    fields = (Field("<b>", HOSTILE, HOSTILE, 0, 1),)
    html = Opened(HOSTILE, 1, HOSTILE, HOSTILE, [Layer("<i>", HOSTILE, 1, fields)])._repr_html_()
    assert not hidden_in(html, lines=True)
    assert "<b>" not in html and "<i>" not in html
