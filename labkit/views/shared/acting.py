"""The half of each view that acts: takes actions from the page, does them, and answers each."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, TypeVar, cast

from labkit.exceptions import LabError
from labkit.observable import Observable
from labkit.transports.origin_policy import add_jupyter_page
from labkit.views.shared.actions import Actions, Answer, Refused
from labkit.views.shared.clip import clip
from labkit.views.shared.publisher import Publisher

LONGEST = 2_000
"""Characters of a reason that are shown."""

RECEIVED = 1.0
"""Seconds after which the page is told that its action has arrived. Not scaled: it waits 3 s."""


A = TypeVar("A", bound=Mapping[str, Any])


class ActingView(ABC, Generic[A]):
    """Follows what it shows, and acts for the person at it.

    Each action is answered by "accepted" or by "refused" with a reason; before that by "received"
    if it takes long.

    Parameters
    ----------
    make
        Makes the widget from the snapshot that is shown first.
    actions
        What can be done here.
    changes
        What to follow.
    """

    def __init__(self, make: Callable[..., Any], actions: Actions[A], *changes: Observable) -> None:
        self.widget = make(state=self._snapshot(True))
        self._actions = actions
        self._publisher = Publisher(
            self.widget, lambda: self._snapshot(self._publisher.following), *changes
        )
        self._acting: set[asyncio.Task[None]] = set()
        self.widget.on_msg(self._arrived)

    @abstractmethod
    def _snapshot(self, following: bool) -> Mapping[str, Any]:
        """Return the state to show."""

    @abstractmethod
    async def _do(self, action: A) -> Mapping[str, Any] | None:
        """Do what a person asks for and return the result; whatever it raises is told to them."""

    @property
    @abstractmethod
    def _released(self) -> str:
        """Why nothing can be done here any more, once it is closed; "" if it still can."""

    def _arrived(self, widget: object, content: object, buffers: object) -> None:
        # This may run on another thread with another loop, depending on the version of ipykernel
        # and on what was shown before. So it only hops to the loop that owns what is shown.
        self._publisher.call(self.receive, content)

    def receive(self, content: object) -> None:
        """Act on a message of the front end, on the publisher's loop."""
        try:
            action = self._actions.read(content)
        except Refused as reason:
            self._answer("refused", reason.id, str(reason))
            return
        if action["kind"] == "page":
            add_jupyter_page(action["origin"])
            return
        if not self._publisher.following and self._released:
            self._answer("refused", action["id"], self._released)
            return
        task = asyncio.get_running_loop().create_task(self._act(cast("A", action)))
        self._acting.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._acting.discard)

    async def _act(self, action: A) -> None:
        # what takes longer is answered twice: the page then knows that the kernel is there
        slow = self._publisher.loop.call_later(RECEIVED, self._answer, "received", action["id"])
        try:
            result = await self._do(action)
        except LabError as error:
            self._answer("refused", action["id"], str(error))
        except Exception as error:  # a library's own complaint, for example about the text
            self._answer("refused", action["id"], f"{type(error).__name__}: {error}")
        else:
            if result is None:
                self._publisher.flush()
            self._answer("accepted", action["id"], result=result)
        finally:
            slow.cancel()

    def _answer(
        self,
        kind: Literal["received", "accepted", "refused"],
        number: int | None,
        why: str = "",
        result: Mapping[str, Any] | None = None,
    ) -> None:
        answer: Answer = {"kind": kind, "id": number, "why": clip(why, LONGEST)}
        if result is not None:
            answer["result"] = result
        self.widget.send(answer)

    def close(self) -> None:
        """Show the last state and follow no longer."""
        self._publisher.close()
