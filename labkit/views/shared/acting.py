"""A view at which a person acts: takes requests from the page, does them, and answers each."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from labkit.exceptions import LabError
from labkit.observable import Observable
from labkit.transports.origin_policy import note_jupyter_page
from labkit.views.shared.actions import Kinds, Refused, Request, read
from labkit.views.shared.clip import clip
from labkit.views.shared.publisher import Publisher

LONGEST = 2_000
"""Characters of a reason that are shown."""

RECEIVED = 1.0
"""Seconds after which the page is told that its request has arrived. Not scaled: it waits 3 s."""


class ActingView(ABC):
    """Follows what it shows, and acts for the person at it.

    Each request is answered by "accepted" or by "refused" with a reason; before that by "received"
    if it takes long.

    Parameters
    ----------
    make
        Makes the widget from the state that is shown first.
    known
        The kinds of request that this view has.
    changes
        What to follow.
    """

    def __init__(self, make: Callable[..., Any], known: Kinds, *changes: Observable) -> None:
        self.widget = make(state=self._look(True))
        self._known = known
        self._publisher = Publisher(
            self.widget, lambda: self._look(self._publisher.following), *changes
        )
        self._acting: set[asyncio.Task[None]] = set()
        self.widget.on_msg(self._arrived)

    @abstractmethod
    def _look(self, following: bool) -> dict[str, Any]:
        """Return the state to show."""

    @abstractmethod
    async def _do(self, request: Request) -> None:
        """Do what a person asks for; whatever it raises is told to them."""

    @property
    @abstractmethod
    def _released(self) -> str:
        """Why nothing can be done here any more, once it is closed."""

    def _arrived(self, widget: object, content: object, buffers: object) -> None:
        # This may run on another thread with another loop, depending on the version of ipykernel
        # and on what was shown before. So it only hops to the loop that owns what is shown.
        self._publisher.call(self.receive, content)

    def receive(self, content: object) -> None:
        """Act on a message of the front end, on the publisher's loop."""
        try:
            request = read(content, self._known)
        except Refused as reason:
            self._answer("refused", reason.id, str(reason))
            return
        if request.kind == "page":
            note_jupyter_page(request.origin)
            return
        if not self._publisher.following:
            self._answer("refused", request.id, self._released)
            return
        task = asyncio.get_running_loop().create_task(self._act(request))
        self._acting.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._acting.discard)

    async def _act(self, request: Request) -> None:
        # what takes longer is answered twice: the page then knows that the kernel is there
        slow = self._publisher.loop.call_later(RECEIVED, self._answer, "received", request.id)
        try:
            await self._do(request)
        except LabError as error:
            self._answer("refused", request.id, str(error))
        except Exception as error:  # a library's own complaint, for example about the text
            self._answer("refused", request.id, f"{type(error).__name__}: {error}")
        else:
            self._answer("accepted", request.id)
        finally:
            slow.cancel()

    def _answer(self, kind: str, number: int | None, why: str = "") -> None:
        self.widget.send({"kind": kind, "id": number, "why": clip(why, LONGEST)})

    def close(self) -> None:
        """Show the last state and follow no longer."""
        self._publisher.close()
