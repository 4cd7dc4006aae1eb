"""Untrusted text is shown as text and nothing else."""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.untrusted import html_text, plain_text
from tests.conftest import ROOT
from tests.support.untrusted import JOINED, hidden_in

ORDINARY = [
    "it costs $5 here and $6 there",
    "naïve café, Bonjour\u00a0!",
    "שלום עולם، مرحبا",
    *JOINED,
    "日本語、　全角",
    "\\u202e as somebody typed it",
]

HOSTILE = {
    "title of the terminal": ("\x1b]0;owned\x07", "␛]0;owned␇"),
    "clear": ("\x1b[2J\x1b[H", "␛[2J␛[H"),
    "clipboard": ("\x1b]52;c;ZXZpbA==\x1b\\", "␛]52;c;ZXZpbA==␛\\"),
    "8-bit escape": ("\x9b31m\x9d0;x\x9c", "\\u009b31m\\u009d0;x\\u009c"),
    "forged line": ("hello\r\nbob: hi\tyou", "hello␍␊bob: hi␉you"),
    "reversed": ("invoice\u202egnp.exe", "invoice\\u202egnp.exe"),
    "isolated": ("\u2066a\u2069\u061c\u200e\u200f", "\\u2066a\\u2069\\u061c\\u200e\\u200f"),
    "no width": ("al\u200bi\u2060ce\ufeff\xad", "al\\u200bi\\u2060ce\\ufeff\\u00ad"),
    "joiners in a name": ("al\u200dice\u200c", "al\\u200dice\\u200c"),
    "joined joiners": ("👩\u200d\u200d👩", "👩\\u200d\\u200d👩"),
    "variation in a name": ("al\ufe0fice", "al\\ufe0fice"),
    "empty letters": ("\u3164\u115f\uffa0", "\\u3164\\u115f\\uffa0"),
    "tags": ("a\U000e0041\U000e007f", "a\\U000e0041\\U000e007f"),
    "line separators": ("a\u2028b\u2029c\x85d", "a\\u2028b\\u2029c\\u0085d"),
    "half a character": ("a\ud83d", "a\\ud83d"),
    "nothing": ("a\0\x7f\ufffe", "a␀␡\\ufffe"),
}


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    """Letters of any script, emoji of several characters and ordinary spaces are not touched."""
    assert plain_text(text) == text


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_hidden_shows(text: str, shown: str) -> None:
    """Whatever a terminal would obey, or nobody would see, is shown by a picture or its code."""
    assert plain_text(text) == shown


def test_no_hidden_character_of_unicode_is_forgotten() -> None:
    """Every control, format and separating character and every half is shown, by itself."""
    # of the category Cf, and yet drawn: signs before numbers in Arabic, Syriac and Kaithi, and
    # those that arrange hieroglyphs
    drawn = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    drawn |= {*range(0x13430, 0x13456)}
    every = map(chr, {*range(0x20000), *range(0xE0000, 0xE1000)} - drawn)  # none elsewhere
    hidden = [c for c in every if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    forgotten = set(hidden) & set(plain_text(" ".join(hidden)).replace(" ", ""))
    assert not forgotten


def test_lines_stay_where_they_are_wanted() -> None:
    """Ends of lines and tabs may stay, and nothing else."""
    assert plain_text("a\n\tb\r\x0b", lines=True) == "a\n\tb␍␋"


def test_long_text_is_cut() -> None:
    """What is cut ends with an ellipsis; what fits does not."""
    assert plain_text("x" * 200, 10) == "x" * 10 + "…"
    assert plain_text("x" * 10, 10) == "x" * 10


@given(st.text() | st.text(st.characters(categories=("Cc", "Cf", "Cs", "So", "Lo"))))
def test_shown_twice_is_shown_once(text: str) -> None:
    """What is shown holds nothing hidden, stays as it is when shown again, and can be encoded."""
    shown = plain_text(text)
    assert not hidden_in(shown)
    assert plain_text(shown) == shown
    shown.encode()


def test_nobody_else_makes_markup_of_text() -> None:
    """Only this module escapes, so that whatever is shown as HTML or SVG goes through it."""
    files = [*(ROOT / "labkit").rglob("*.py")]
    escaping = [f.name for f in files if re.search(r"\bescape\(", f.read_text("utf-8"))]
    assert escaping == ["untrusted.py"]


@given(st.text())
def test_html_shows_the_text(text: str) -> None:
    """Its text is the plain text; where TeX or direction matter, in an element that stops both."""
    outer = ElementTree.fromstring(f"<p>{html_text(text)}</p>")
    matters = bool(re.search(r"[$\\]|[^\x00-\x7f…]", plain_text(text)))
    assert [each.tag for each in outer.iter()] == (["p", "bdi"] if matters else ["p"])
    assert "".join(outer.itertext()) == plain_text(text)
    if matters:
        assert outer[0].get("class") == "tex2jax_ignore mathjax_ignore"
