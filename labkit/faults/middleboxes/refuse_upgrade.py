"""A proxy that refuses to let WebSockets through, and says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from labkit.exceptions import LabError
from labkit.faults.fault import Live, check_whole
from labkit.faults.http_fault import HttpFault, HttpLive, UpgradeLive
from labkit.protocols.directions import Direction
from labkit.protocols.http_parts import HttpPart, write_answer


@dataclass(frozen=True, repr=False)
class RefuseUpgrade(HttpFault):
    """Answers each request to upgrade with an error, in the server's place, which never sees it.

    A filtering proxy that inspects HTTPS prevents upgrades, since it cannot look into what would
    follow ("HTTP Upgrade and Web Sockets" in the documentation of Diladele's Web Filtering Proxy).
    The connection goes on, and answers to requests that came before stay before this one.

    Parameters
    ----------
    status
        Of the answer, from 400 to 599; what clients make of it is the same for each.
    """

    status: int = 403

    def __post_init__(self) -> None:
        """Raise LabError unless the status is one of an error."""
        check_whole("status", self.status)
        if not 400 <= self.status <= 599:
            raise LabError(
                f"status must be one of an error, from 400 to 599, not {self.status!r}: "
                "403 says that a rule forbids it."
            )

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return f"answers {self.answer} to requests to upgrade"

    @property
    def answer(self) -> str:
        """The status of the answer, with its phrase if it has one."""
        return f"{self.status} {_phrase(self.status)}".rstrip()

    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return live parts that refuse."""
        return {"upstream": _Refusing(self), "downstream": HttpLive()}


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""


class _Refusing(UpgradeLive):
    def __init__(self, fault: RefuseUpgrade) -> None:
        super().__init__()
        text = f"Refused by {fault!r} on the link: the server never saw this request.\n"
        self._answer = write_answer(fault.status, _phrase(fault.status), text)

    def change(self, part: HttpPart) -> HttpPart:
        return part.dropped(self._answer if part.message is not None else b"")
