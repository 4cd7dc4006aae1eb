"""Finds the heads of requests in what a client sends, so that each is judged before it passes.

The bytes are passed on as they came, or not at all: a head is held back until it is whole and was
judged, a body passes behind it. `h11` says where both end; what it cannot read does not pass.

After a request for a WebSocket, frames follow, which nobody judges, or another request, if the
server refused. The second byte of a client's frame has the mask bit (RFC 6455 section 5.1), and
that of a request has not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import h11

from labkit.protocols.http1 import MAX_HEAD

MASK_BIT = 0x80


@dataclass(frozen=True, slots=True)
class RequestHead:
    """What stands before the body of a request."""

    headers: tuple[tuple[str, str], ...]

    def values(self, name: str) -> list[str]:
        """Return the values of a header, one for each time that it is there."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def asks_for_websocket(self) -> bool:
        """Whether frames follow if the server agrees."""
        return "websocket" in ",".join(self.values("Upgrade")).lower()


class RequestRefused(Exception):
    """A request that does not pass, and why.

    Attributes
    ----------
    status
        Of the answer that says so.
    """

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class RequestHeads:
    r"""Reads what one client sends.

    Parameters
    ----------
    judge
        Called with each head; raises RequestRefused for one that may not pass.

    Examples
    --------
    >>> requests = RequestHeads(lambda head: print(head.values("Host")))
    >>> requests.feed(b"GET / HTTP/1.1\r\nHost: a")
    b''
    >>> requests.feed(b"b\r\n\r\n")
    ['ab']
    b'GET / HTTP/1.1\\r\\nHost: ab\r\n\r\n'
    """

    def __init__(self, judge: Callable[[RequestHead], None]) -> None:
        self._judge = judge
        self._held = b""
        self._begin()

    def _begin(self) -> None:
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
        self._head: RequestHead | None = None
        self._may_switch = self._has_switched = False

    def feed(self, data: bytes) -> bytes:
        """Return what may pass now: held bytes, and as much of `data` as is known to be good.

        Raises
        ------
        RequestRefused
            If a head may not pass, or is none. Nothing may pass any more.
        """
        passed = []
        while data and not self._has_switched:
            if self._may_switch:
                self._held, data = b"", self._held + data
                if len(data) < 2:
                    self._held = data
                    break
                if data[1] & MASK_BIT:
                    self._has_switched = True
                    break
                self._begin()
            behind = self._read(data)
            whole, self._held = self._held + data, b""
            if self._head is None:
                self._held = whole
                break
            passed.append(whole if behind is None else whole[: len(whole) - len(behind)])
            if behind is None:
                break
            data, may_switch = behind, self._head.asks_for_websocket
            self._begin()
            self._may_switch = may_switch
        if self._has_switched:
            passed.append(data)
        return b"".join(passed)

    def _read(self, data: bytes) -> bytes | None:
        """Parse, and return what follows the end of the request, None if it has not ended."""
        try:
            self._parser.receive_data(data)
            while True:
                event = self._parser.next_event()
                if event is h11.NEED_DATA:
                    return None
                if isinstance(event, h11.Request):
                    self._head = _head(event)
                    self._judge(self._head)
                elif isinstance(event, h11.EndOfMessage):
                    return bytes(self._parser.trailing_data[0])
        except h11.RemoteProtocolError as error:
            raise RequestRefused(
                error.error_status_hint, f"the request cannot be read: {error}"
            ) from None


def _head(request: h11.Request) -> RequestHead:
    return RequestHead(
        tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers)
    )
