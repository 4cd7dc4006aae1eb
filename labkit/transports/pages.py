"""The chat pages of the servers: the same page for all, with a connection for each protocol.

They show untrusted text by the rule of `labkit.untrusted`, whose pattern is inserted into them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from labkit.front_end.joiner import join_modules, join_styles
from labkit.protocols.security_headers import SECURITY_HEADERS
from labkit.untrusted import UNSAFE_BUT_LINES, xml_text

PAGE_HEADERS = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
"""The headers of a part of a page, for example its script."""

_STYLE = "<style></style>"

_SCRIPT = '<script type="module"></script>'

_INLINE = re.compile(r"<(script|style)(?: type=\"module\")?>(.*?)</\1>", re.DOTALL)


@cache
def chat_page(folder: str, *libraries: str) -> str:
    """Return the chat page of a folder: one document with its style sheet and its script.

    Parameters
    ----------
    folder
        The folder in `labkit/transports/` whose `page.js` shows the page.
    libraries
        Scripts to load first, by their addresses relative to the page.

    Examples
    --------
    >>> "height: 100dvh" in chat_page("websocket")
    True
    """
    text = files("labkit").joinpath("transports/page/page.html").read_text("utf-8")
    style = join_styles("front_end/tokens.css", "front_end/base.css", "transports/page/page.css")
    script = insert_unsafe_pattern(join_modules(f"transports/{folder}/page.js"))
    before = "".join(f'<script src="{each}"></script>\n' for each in libraries)
    text = text.replace(_STYLE, f"<style>\n{style}</style>", 1)
    return text.replace(_SCRIPT, f'{before}<script type="module">\n{script}</script>', 1)


def on_server(page: str, name: str) -> str:
    """Return a chat page that says on which server it is.

    Examples
    --------
    >>> "<h1>Chat on mine</h1>" in on_server(chat_page("websocket"), "mine")
    True
    """
    return page.replace("<h1>Chat</h1>", f"<h1>Chat on {xml_text(name)}</h1>", 1)


def insert_unsafe_pattern(script: str) -> str:
    """Return a script with the pattern of unsafe characters in place of `/UNSAFE/`."""
    return script.replace("/UNSAFE/", f"/{_unsafe()}/")


def _unsafe() -> str:
    """Return the pattern of unsafe characters as JavaScript writes it, in ASCII."""
    characters = UNSAFE_BUT_LINES.pattern
    return "".join(c if " " <= c <= "~" else f"\\u{{{ord(c):x}}}" for c in characters)


@cache
def chat_page_headers(folder: str, *libraries: str) -> dict[str, str]:
    """Return the headers of that page, which allow only its own scripts.

    Inline scripts and styles are allowed by their hashes (Content Security Policy 3, section
    2.3.1), so that untrusted text could never become a script, even if it became markup.
    """
    inline = _INLINE.findall(chat_page(folder, *libraries))
    scripts = " ".join(_hash(text) for kind, text in inline if kind == "script")
    styles = " ".join(_hash(text) for kind, text in inline if kind == "style")
    policy = (
        f"default-src 'none'; script-src 'self' {scripts}".rstrip(),
        f"style-src {styles}",
        "connect-src 'self'; img-src data:",
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    return {
        **PAGE_HEADERS,
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "; ".join(policy),
    }


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
