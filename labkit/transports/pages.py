"""The chat pages of the servers: each transport has its own, and all have one look.

They show what others wrote by the rule of `labkit.untrusted`, which is written into them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from labkit.front_end.joiner import join_styles
from labkit.protocols.security_headers import SECURITY_HEADERS
from labkit.untrusted import UNSAFE_BUT_LINES

PAGE_HEADERS = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
"""Of a part of a page, for example its script."""

_PLACE = "<style></style>"

_PLACE_OF_SCRIPT = "<script></script>"

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


@cache
def page(transport: str) -> str:
    """Return the page of a transport, with the common look in it.

    Parameters
    ----------
    transport
        The package of `labkit.transports` that holds the page.

    Examples
    --------
    >>> "height: 100dvh" in page("websocket")
    True
    """
    here = files("labkit.transports")
    look = join_styles("front_end/tokens.css", "front_end/base.css", "transports/page.css")
    text = here.joinpath(transport, "page.html").read_text("utf-8")
    script = here.joinpath("untrusted.js").read_text("utf-8").replace("/UNSAFE/", f"/{_unsafe()}/")
    text = text.replace(_PLACE, f"<style>\n{look}</style>", 1)
    return text.replace(_PLACE_OF_SCRIPT, f"<script>\n{script}</script>", 1)


def _unsafe() -> str:
    """Return the pattern of unsafe characters as JavaScript writes it, in ASCII."""
    characters = UNSAFE_BUT_LINES.pattern
    return "".join(c if " " <= c <= "~" else f"\\u{{{ord(c):x}}}" for c in characters)


@cache
def page_headers(transport: str) -> dict[str, str]:
    """Return the headers of a transport's page: it may run its own scripts, and nothing else.

    What is written within the page is allowed by its hash (Content Security Policy 3, section
    2.3.1), so that what a stranger says could never become a script, even if it became markup.
    """
    inline = _INLINE.findall(page(transport))
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
