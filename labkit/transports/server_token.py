"""A server's token: who may come only if the address says so.

On a machine that several people use, each of them can reach a server of the loopback interface, and
programs send no Origin by which to know them. Whoever was given the server's address has its token:
it stands in the query, as Jupyter's does, and so in the first request of everybody who comes.
"""

from __future__ import annotations

import hmac
import re
import secrets
from urllib.parse import parse_qs, urlsplit

from labkit.exceptions import LabError

TOKEN_PARAMETER = "token"
"""Its name in the query."""

_FIT = re.compile(r"[A-Za-z0-9._~-]{8,}", re.ASCII)
"""What stands in an address as it is (RFC 3986 section 2.3), and is not guessed at once."""


def checked_token(token: object) -> str:
    """Return the token that a learner wants: a new one for True, "" for none.

    Raises
    ------
    LabError
        If it is a text that is no token.
    """
    if token is True:
        return secrets.token_urlsafe(16)
    if token is False or token is None:
        return ""
    if not isinstance(token, str) or not _FIT.fullmatch(token):
        raise LabError(
            "`token` is True for a new one, or a text of at least 8 letters, digits, and `-._~`, "
            f"not {token!r}."
        )
    return token


def token_query(token: str) -> str:
    """Return the query of addresses of a server with a token, "" if it has none."""
    return f"?{TOKEN_PARAMETER}={token}" if token else ""


def explain_missing_token(server: str) -> str:
    """Say why a request without the token is refused."""
    return f"Refused: {server!r} wants its token, which stands in `server.url`"


def has_token(target: str, token: str) -> bool:
    """Whether the target of a request has a token in its query, or needs none ("").

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
