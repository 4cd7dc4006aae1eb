r"""Untrusted text: words of peers, files and learners are shown as text, and do nothing else.

A chat message, a room name, a close reason or a header may contain characters that have a meaning
where they are shown:

- a terminal obeys escape sequences (title, clipboard, "clear"), including the 8-bit ones,
  U+0080-U+009F;
- a page interprets markup, and JupyterLab and nbconvert typeset ``$...$`` in HTML as TeX, which can
  link (``\href``), cover the page (``\rule``), and garbles "it costs $5 here and $6 there";
- bidirectional controls reorder their neighbours, zero-width characters hide in names
  (Unicode Technical Report 36, "Trojan Source": https://trojansource.codes/);
- half of a character (a lone surrogate) cannot be encoded, and NUL ends an SVG drawing.

So everything that came from elsewhere is shown through `plain_text`, `xml_text` or `html_text`.
Letters of every script and emoji stay as they are, and `plain_text` changes its own result no more.
"""

from __future__ import annotations

import re
from html import escape

NOT_TEX = "tex2jax_ignore mathjax_ignore"
"""Classes of HTML elements in which MathJax 2 (nbconvert) and 3 (JupyterLab) find no formulas."""

_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls: C0 except tab and line feed, DEL, and C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional
    "\u2028\u2029"  # ends of lines and paragraphs
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f"  # no width,
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # as Unicode lists
    "\U000e0000-\U000e0fff"  # ("Default_Ignorable_Code_Point", DerivedCoreProperties.txt)
    "\ud800-\udfff\ufffe\uffff"  # surrogates and noncharacters
)
_JOINERS = "\u200c\u200d"
_JOINED = "\u0590-\u1fff\u2100-\ufdff\ufe0f-\uffef\U00010000-\U0001fffd"
"""Neighbours between which joiners have a meaning: letters that are joined, and emoji."""

_SELECTORS = "\ufe00-\ufe0f"
_SELECTED = "#*0-9\xa9\xae\u2000-\ufdff\U00010000-\U0001fffd"
"""Characters that a variation selector behind them draws as text or as emoji."""


def _pattern(hidden: str) -> str:
    """Return a pattern of unsafe characters; it starts with one set, so that searching is fast."""
    return (
        f"[{hidden}{_JOINERS}{_SELECTORS}](?:(?<=[{hidden}])"
        f"|(?<=[{_JOINERS}])(?:(?<![{_JOINED}][{_JOINERS}])|(?![{_JOINED}]))"
        f"|(?<=[{_SELECTORS}])(?<![{_SELECTED}][{_SELECTORS}]))"
    )


UNSAFE_BUT_LINES = re.compile(_pattern(_HIDDEN))
"""Characters not shown as they are in a text of several lines; the chat pages use it too."""

_UNSAFE = re.compile(_pattern(f"\t\n{_HIDDEN}"))

_BARE = re.compile(r"[ -#%-\[\]-~…]*")
"""ASCII without ``$`` and the backslash, and the ellipsis that marks shortened text."""


class _Shown(dict[str, str]):
    """A cache of how each unsafe character is shown: a flood repeats the same ones."""

    def __missing__(self, character: str) -> str:
        code = ord(character)
        shown = f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
        if code < 0x20:
            shown = chr(0x2400 + code)
        self[character] = shown
        return shown


_shown = _Shown({"\x7f": "␡"})


def plain_text(text: str, longest: int | None = None, *, lines: bool = False) -> str:
    r"""Return untrusted text to show as plain text: on one line, with nothing hidden.

    Control characters become pictures. Other characters that have no shape, or change the shape of
    their neighbours, become their codes.

    Parameters
    ----------
    text
        Text that came from elsewhere.
    longest
        The number of characters to show; None shows all.
    lines
        Whether to keep line ends and tabs.

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
    """Return untrusted text escaped for SVG text and HTML attributes.

    Parameters
    ----------
    text, longest
        As for `plain_text`.

    Examples
    --------
    >>> xml_text('"a" < b')
    '&quot;a&quot; &lt; b'
    """
    return escape(plain_text(text, longest))


def html_text(text: str, longest: int | None = None) -> str:
    r"""Return untrusted text as HTML: no markup, no TeX, and a separate writing direction.

    Only text that may be TeX (``$`` or a backslash) or run right to left (beyond ASCII) is wrapped
    in an element, so that most of a stored notebook stays readable.

    Parameters
    ----------
    text, longest
        As for `plain_text`.

    Examples
    --------
    >>> html_text("<b>")
    '&lt;b&gt;'
    >>> html_text("<b>$5$")
    '<bdi class="tex2jax_ignore mathjax_ignore">&lt;b&gt;$5$</bdi>'
    """
    shown = xml_text(text, longest)
    return shown if _BARE.fullmatch(shown) else f'<bdi class="{NOT_TEX}">{shown}</bdi>'
