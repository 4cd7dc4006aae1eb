"""Headers that keep other sites' pages away from what a server of labkit's answers.

A browser shows any page in a frame of any other, where clicks can be stolen, and lets any page
load a script, unless the answer says no. Each of these headers is about an HTTP answer; the answer
that opens a WebSocket (101) needs none, for no page is made of it.
"""

from __future__ import annotations

from collections.abc import MutableMapping

SECURITY_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",  # no page may frame it (CSP 3)
    "X-Frame-Options": "DENY",  # the same for old browsers (RFC 7034)
    "X-Content-Type-Options": "nosniff",  # it is what Content-Type says (Fetch)
    "Cross-Origin-Resource-Policy": "same-origin",  # nor embed it (Fetch)
    "Cross-Origin-Opener-Policy": "same-origin",  # who opened it gets no hold on it (HTML)
    "Referrer-Policy": "no-referrer",  # its address may hold a token
}
"""Of every HTTP answer that does not say otherwise itself."""


def add_security_headers(status: int, headers: MutableMapping[str, str]) -> None:
    """Add the headers of `SECURITY_HEADERS` that an answer does not have.

    Parameters
    ----------
    status
        Of the answer: 101 is left as it is.
    headers
        Of the answer, with names in any case; changed.

    Examples
    --------
    >>> headers = {"X-Frame-Options": "SAMEORIGIN"}
    >>> add_security_headers(200, headers)
    >>> headers["X-Frame-Options"], headers["Referrer-Policy"]
    ('SAMEORIGIN', 'no-referrer')
    """
    if status == 101:
        return
    for name, value in SECURITY_HEADERS.items():
        if name not in headers:
            headers[name] = value
