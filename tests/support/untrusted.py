"""Hostile words, and whether something hidden is left where they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser

TEX = r"$a$ \(b\) $$c$$ \[d\] $\href{https://evil.example}{log in}$ $\rule{3000px}{3000px}$"

HIDDEN = "\x1b]0;OWNED\x07\x1b[2J\x9b31m\0\x7f\u202eexe\u2066\u200b\u2028\ufeff\ud83d"

SPOKEN = f"{HIDDEN[:-1]}{TEX}<img src=x onerror=alert(1)>"
"""What a peer can send: all of it but half a character, which UTF-8 cannot express."""

HOSTILE = f"{HIDDEN}{TEX}<img src=x onerror=alert(1)>\"'></text></td>"
"""All of it: escape sequences, bidirectional controls, half a character, TeX and markup."""

JOINED = [
    "می\u200cخواهم",  # noqa: RUF001 (Persian needs the zero-width non-joiner)
    "क्\u200dष",
    "👩\u200d💻 👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈 1\ufe0f\u20e3 ©\ufe0f 👋🏽",
]
"""Words and emoji that need characters which elsewhere would hide."""

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def hidden_in(text: str, lines: bool = False) -> list[str]:
    """Return the characters that a terminal would obey, or that nobody would see."""
    return [each for each in _HIDDEN.findall(text) if not (lines and each in "\n\t")]


class _Typeset(HTMLParser):
    """Collects the texts in which MathJax would look for formulas."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        ignored = {"tex2jax_ignore", "mathjax_ignore"} <= {*classes}
        inside = bool(self._open) and self._open[-1][1]
        if tag not in ("br", "img"):
            self._open.append((tag, inside or ignored))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag, f"{tag} closes what it did not open"

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.texts.append(data)


def typeset_in(html: str) -> list[str]:
    """Return the texts of some HTML that JupyterLab or nbconvert would read as TeX."""
    parser = _Typeset()
    parser.feed(html)
    parser.close()
    return [text for text in parser.texts if "$" in text or "\\" in text]


def texts_of(state: object) -> Iterator[str]:
    """Yield every text in the state of a widget."""
    if isinstance(state, str):
        yield state
    elif isinstance(state, Mapping):
        for value in state.values():
            yield from texts_of(value)
    elif isinstance(state, Iterable):
        for value in state:
            yield from texts_of(value)
