"""The opening handshake of WebSocket, header by header (RFC 6455 sections 1.3, 4.1 and 4.2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from labkit.protocols.decoded import is_engineio
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.http1 import HttpMessage
from labkit.protocols.units import Agreed

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""The constant that a server appends to the key (section 1.3): it proves that it means it."""


def accept_key(key: str) -> str:
    """Return the Sec-WebSocket-Accept that answers a Sec-WebSocket-Key.

    Examples
    --------
    The example of RFC 6455 section 1.3:

    >>> accept_key("dGhlIHNhbXBsZSBub25jZQ==")
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
    """
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


@dataclass(frozen=True, slots=True)
class Finding:
    """What there is to say of one header.

    Attributes
    ----------
    name, value
        The header; the value is "" if it is absent.
    purpose
        What it is for.
    problem
        What is wrong with it, "" if it is right.
    """

    name: str
    value: str
    purpose: str
    problem: str = ""


def _is(word: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        words = [part.strip().lower() for part in value.split(",")]
        return "" if word in words else f"it must name {word!r}"

    return check


def _key(value: str) -> str:
    try:
        size = len(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        return "it is not base64"
    return "" if size == 16 else f"it must be 16 bytes in base64, not {size}"


REQUEST: dict[str, tuple[str, Callable[[str], str]]] = {
    "Host": ("names the server, for servers with several names", lambda value: ""),
    "Connection": ("says that Upgrade concerns this connection", _is("upgrade")),
    "Upgrade": ("asks to leave HTTP", _is("websocket")),
    "Sec-WebSocket-Version": (
        "names the version of the protocol; there is one",
        lambda value: "" if value == "13" else "it must be 13",
    ),
    "Sec-WebSocket-Key": ("a random number that the answer must prove to have read", _key),
}
"""Headers that a request must have: what each is for, and a check."""

OPTIONAL = {
    "Origin": "names the page that asks; browsers send it, and a server should check it",
    "Sec-WebSocket-Extensions": "extensions, for example compression",
    "Sec-WebSocket-Protocol": "subprotocols: what the messages mean",
}
"""Headers that either side may send."""


def judge_request(request: HttpMessage) -> tuple[Finding, ...]:
    r"""Return what there is to say of a client's handshake.

    Examples
    --------
    >>> from labkit.protocols.exchanges import Exchanges
    >>> asked = Exchanges().feed("upstream", b"GET / HTTP/1.1\\r\\nHost: a\r\n\r\n")[0]
    >>> [finding.name for finding in judge_request(asked) if finding.problem]
    ['Connection', 'Upgrade', 'Sec-WebSocket-Version', 'Sec-WebSocket-Key']
    """
    found = []
    if request.method != "GET":
        found.append(Finding("method", request.method, "a handshake is a GET", "it must be GET"))
    for name, (purpose, check) in REQUEST.items():
        value = request.header(name)
        found.append(Finding(name, value, purpose, check(value) if value else "it is missing"))
    return (*found, *_others(request))


def judge_response(request: HttpMessage, response: HttpMessage) -> tuple[Finding, ...]:
    """Return what there is to say of a server's answer to a handshake."""
    status = Finding(
        "status",
        str(response.status),
        "101 ends HTTP on this connection; anything else refuses",
        "" if response.switches else "refused: the connection stays HTTP",
    )
    if not response.switches:
        return (status,)
    wanted = accept_key(request.header("Sec-WebSocket-Key"))
    accept = response.header("Sec-WebSocket-Accept")
    return (
        status,
        _judged(response, "Connection", "says that Upgrade concerns this connection", "upgrade"),
        _judged(response, "Upgrade", "names the protocol that follows", "websocket"),
        Finding(
            "Sec-WebSocket-Accept",
            accept,
            "proves that the server read the key, and knows WebSocket",
            "" if accept == wanted else f"the key asks for {wanted}",
        ),
        *_others(response),
    )


def _judged(message: HttpMessage, name: str, purpose: str, word: str) -> Finding:
    value = message.header(name)
    return Finding(name, value, purpose, _is(word)(value) if value else "it is missing")


def _others(message: HttpMessage) -> list[Finding]:
    return [
        Finding(name, message.header(name), purpose)
        for name, purpose in OPTIONAL.items()
        if message.header(name)
    ]


@dataclass(frozen=True, slots=True)
class Deflate:
    """What both sides agreed on for permessage-deflate (RFC 7692 section 7.1)."""

    server_takeover: bool = True
    client_takeover: bool = True
    server_bits: int = 15
    client_bits: int = 15


def agreed_deflate(response: HttpMessage) -> Deflate | None:
    """Return the parameters of compression in a server's answer, None if there is none."""
    for extension in response.header("Sec-WebSocket-Extensions").split(","):
        name, *parameters = [part.strip() for part in extension.split(";")]
        if name == "permessage-deflate":
            given = {key: value for key, _, value in (p.partition("=") for p in parameters)}
            return Deflate(
                "server_no_context_takeover" not in given,
                "client_no_context_takeover" not in given,
                _bits(given.get("server_max_window_bits", "")),
                _bits(given.get("client_max_window_bits", "")),
            )
    return None


def _bits(value: str) -> int:
    number = int(value.strip('"')) if value.strip('"').isdecimal() else 15
    return number if 8 <= number <= 15 else 15


def agreed_on(request: HttpMessage, response: HttpMessage) -> dict[Direction, Agreed]:
    """Return what a handshake agreed on."""
    packets, deflate = is_engineio(request), agreed_deflate(response)
    if deflate is None:
        return dict.fromkeys(DIRECTIONS, Agreed(packets))
    return {
        "upstream": Agreed(packets, deflate.client_bits, deflate.client_takeover),
        "downstream": Agreed(packets, deflate.server_bits, deflate.server_takeover),
    }
