"""What is shown in a notebook: chat boxes and servers. The only place that knows of widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from labkit.exceptions import LabError
from labkit.transports.contract import Client, Server
from labkit.views.chat_box import ChatBox
from labkit.views.server_view import ServerView
from labkit.views.stage import Stage

__all__ = ["Stage", "stage"]


def stage(
    *parts: Client | Server,
    errors: Callable[[], Sequence[str]] = list,
    blocked: Callable[[], Sequence[float]] = list,
) -> Stage:
    """Put clients and servers side by side.

    Parameters
    ----------
    parts
        Clients (a chat box each) and servers.
    errors
        Returns the background errors, a sentence each; shown beside servers.
    blocked
        Returns for how many seconds the loop was blocked, each time.

    Raises
    ------
    LabError
        If nothing is given, or something that cannot be shown.
    """
    if not parts:
        raise LabError("Nothing to show: `lab.show(alice, bob)` shows clients and servers.")
    views: list[ChatBox | ServerView] = []
    for part in parts:
        if isinstance(part, Client):
            views.append(ChatBox(part))
        elif isinstance(part, Server):
            views.append(ServerView(part, errors, blocked))
        else:
            hint = " Did you forget an `await`?" if hasattr(part, "__await__") else ""
            raise LabError(f"Cannot show {part!r}: only clients and servers can be shown.{hint}")
    return Stage(views)
