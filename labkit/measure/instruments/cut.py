"""A line that is cut under a client, and the client, which has noticed it."""

from __future__ import annotations

from labkit.exceptions import LabError
from labkit.measure.instruments.chat import Chat

NOTICED = 5.0
"""Seconds (scaled) in which both ends have to notice a FIN."""


async def cut_first(chat: Chat) -> None:
    """Cut the line of a chat's first person, and wait until both ends have noticed.

    Raises
    ------
    LabError
        If one of them does not.
    """
    server, client = chat.server, chat.people[0]
    client.link.cut()
    gone = await client.changes.until(lambda: client.state != "open", NOTICED)
    others = len(chat.people) - 1
    known = await server.changes.until(lambda: server.connection_count == others, NOTICED)
    if not (gone and known):
        raise LabError(
            f"The line of {client.name} was cut, and one end has not noticed it within "
            f"{NOTICED:g} s. If the machine is busy, measure again."
        )
