r"""Untrusted text: how words of peers, files and learners are shown, as text and nothing else.

A chat message, a room's name, a close reason or a header may hold what the place where it is shown
takes for something of its own:

- a terminal obeys escape sequences (title, clipboard, "clear"), also the 8-bit ones, U+0080-U+009F;
- a page reads markup, and JupyterLab and nbconvert typeset ``$...$`` in HTML as TeX, which can link
  (``\href``), cover the page (``\rule``), and garbles "it costs $5 here and $6 there";
- bidirectional controls reorder what stands beside them, zero-width characters hide in names
  (Unicode Technical Report 36, "Trojan Source": https://trojansource.codes/);
- half of a character (a lone surrogate) cannot be encoded, and NUL ends an SVG drawing.

So nothing that came from elsewhere is shown but through `plain_text`, `xml_text` or `html_text`.
Letters of every script and emoji stay what they are, and shown once or twice a text is the same.
"""

from __future__ import annotations

import re
from html import escape

NOT_TEX = "tex2jax_ignore mathjax_ignore"
"""Classes of HTML elements in which MathJax 2 (nbconvert) and 3 (JupyterLab) find no formulas."""

_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls: C0 but for tab and line feed, DEL, and C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional
    "\u2028\u2029"  # ends of lines and paragraphs
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f"  # no width,
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # as Unicode lists
    "\U000e0000-\U000e0fff"  # ("Default_Ignorable_Code_Point", DerivedCoreProperties.txt)
    "\ud800-\udfff\ufffe\uffff"  # no characters
)
_JOINERS = "\u200c\u200d"
_JOINED = "\u0590-\u1fff\u2100-\ufdff\ufe0f-\uffef\U00010000-\U0001fffd"
"""Neighbours between which joiners mean something: letters that are joined, and emoji."""

_SELECTORS = "\ufe00-\ufe0f"
_SELECTED = "#*0-9\xa9\xae\u2000-\ufdff\U00010000-\U0001fffd"
"""What is drawn as text or as emoji, by the variation selector behind it."""


def _pattern(hidden: str) -> str:
    """Return a pattern of unsafe characters; it begins with one set, so that it is found fast."""
    return (
        f"[{hidden}{_JOINERS}{_SELECTORS}](?:(?<=[{hidden}])"
        f"|(?<=[{_JOINERS}])(?:(?<![{_JOINED}][{_JOINERS}])|(?![{_JOINED}]))"
        f"|(?<=[{_SELECTORS}])(?<![{_SELECTED}][{_SELECTORS}]))"
    )


UNSAFE_BUT_LINES = re.compile(_pattern(_HIDDEN))
"""What is not shown as it is in a text of several lines; the chat pages use the same pattern."""

_UNSAFE = re.compile(_pattern(f"\t\n{_HIDDEN}"))

_BARE = re.compile(r"[ -#%-\[\]-~…]*")
"""ASCII without ``$`` and the backslash, and the ellipsis of what was cut."""


class _Shown(dict[str, str]):
    """How each unsafe character is shown, remembered: a flood of them is shown again and again."""

    def __missing__(self, character: str) -> str:
        code = ord(character)
        shown = f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
        if code < 0x20:
            shown = chr(0x2400 + code)
        self[character] = shown
        return shown


_shown = _Shown({"\x7f": "␡"})


def plain_text(text: str, longest: int | None = None, *, lines: bool = False) -> str:
    r"""Return untrusted text as it is shown in plain text: on one line, with nothing hidden.

    Control characters become pictures, and what else has no shape, or would change that of its
    neighbours, its code.

    Parameters
    ----------
    text
        What came from elsewhere.
    longest
        How many of its characters are shown; None shows all.
    lines
        Whether ends of lines and tabs stay.

    Examples
    --------
    >>> plain_text("a\x1b[2J\nb\u202ec")
    'a␛[2J␊b\\u202ec'
    """
    cut = text if longest is None else text[:longest]
    if not (cut.isascii() and cut.isprintable()):  # else it is safe, and this is fast
        unsafe = UNSAFE_BUT_LINES if lines else _UNSAFE
        cut = unsafe.sub(lambda found: _shown[found[0]], cut)
    return cut if longest is None or len(text) <= longest else f"{cut}…"


def xml_text(text: str, longest: int | None = None) -> str:
    """Return untrusted text as SVG's texts and attributes of HTML hold it: no markup.

    Parameters
    ----------
    text, longest
        As of `plain_text`.

    Examples
    --------
    >>> xml_text('"a" < b')
    '&quot;a&quot; &lt; b'
    """
    return escape(plain_text(text, longest))


def html_text(text: str, longest: int | None = None) -> str:
    r"""Return untrusted text as HTML that shows it: no markup, no TeX, a direction of its own.

    It gets an element of its own only where that matters, so that most of what a notebook stores
    can be read as it is: TeX begins with ``$`` or a backslash, and what runs to the left is beyond
    ASCII.

    Parameters
    ----------
    text, longest
        As of `plain_text`.

    Examples
    --------
    >>> html_text("<b>")
    '&lt;b&gt;'
    >>> html_text("<b>$5$")
    '<bdi class="tex2jax_ignore mathjax_ignore">&lt;b&gt;$5$</bdi>'
    """
    shown = xml_text(text, longest)
    return shown if _BARE.fullmatch(shown) else f'<bdi class="{NOT_TEX}">{shown}</bdi>'
