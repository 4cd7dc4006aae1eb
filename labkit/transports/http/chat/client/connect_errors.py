"""Connect errors of the chats over HTTP: why a client could not connect, and what to do."""

from __future__ import annotations

from labkit.exceptions import ConnectError
from labkit.transports.connect_errors import (
    COMMON_REASONS,
    Connecting,
    cannot_connect,
    changed_between,
    find_cause,
)
from labkit.transports.http.chat.client.failed_request import Failed


async def connect_error(client: Connecting, failure: Failed, how_far: str) -> ConnectError:
    """Return the connect error; ask what answers there only if the reason is not known yet.

    Parameters
    ----------
    client
        The client that could not connect.
    failure
        How its first request failed.
    how_far
        How far it came, as a sentence without its end.
    """
    answer = failure.answer
    if answer is not None and answer.status not in (200, 204):
        between = changed_between(client, "the request", answer)
        if between is not None:
            return between
        hint = " Check the path, and that it is such a chat." if answer.status in (404, 405) else ""
        return cannot_connect(client, f"the server there answers {answer}.{hint}")
    found = await find_cause(client.name, client.link, f"{how_far} ({failure})")
    if isinstance(found, ConnectError):
        return found
    known = COMMON_REASONS.get(found)
    return cannot_connect(client, known or f"the server there is not such a chat: {failure}.")
