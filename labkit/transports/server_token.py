"""A server's token, without which no request is answered.

On a machine with several users, each of them can reach a server on the loopback interface, and
programs send no Origin that identifies them. A server's address contains its token, in the query as
Jupyter's does, so that only clients that were given the address can connect.
"""

from __future__ import annotations

import hmac
import re
import secrets
from urllib.parse import parse_qs, urlsplit

from labkit.exceptions import LabError

TOKEN_PARAMETER = "token"
"""The name of the token's query parameter."""

_FIT = re.compile(r"[A-Za-z0-9._~-]{8,}", re.ASCII)
"""Characters that need no escaping in an address (RFC 3986 section 2.3), and enough of them."""


def checked_token(token: object) -> str:
    """Return the token for the argument `token`: a new one for True, "" for none.

    Raises
    ------
    LabError
        If it is not a valid token.
    """
    if token is True:
        return secrets.token_urlsafe(16)
    if token is False or token is None:
        return ""
    if not isinstance(token, str) or not _FIT.fullmatch(token):
        raise LabError(
            "`token` must be True for a new one, or a string of at least 8 letters, digits and "
            f"`-._~`, not {token!r}."
        )
    return token


def token_query(token: str) -> str:
    """Return the query with a server's token, "" if it has none."""
    return f"?{TOKEN_PARAMETER}={token}" if token else ""


def explain_missing_token(server: str) -> str:
    """Return why a request without the token is refused."""
    return f"Refused: {server!r} requires its token, which is part of `server.url`"


def has_token(target: str, token: str) -> bool:
    """Return whether the target of a request has a token in its query, or needs none ("").

    Examples
    --------
    >>> has_token("/socket.io/?EIO=4&token=open-sesame", "open-sesame")
    True
    """
    if not token:
        return True
    try:
        given = parse_qs(urlsplit(target).query).get(TOKEN_PARAMETER, [])
    except ValueError:
        return False
    return len(given) == 1 and hmac.compare_digest(given[0].encode(), token.encode())
