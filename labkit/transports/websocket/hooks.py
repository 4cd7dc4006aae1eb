"""Functions of the learner's that take part in a handshake, `process_request` and its like.

The library takes for granted that they return what they should. If they do not, it breaks the
connection off, and nobody is told.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from websockets.http11 import Response

from labkit.exceptions import LabError


async def ask_hook(name: str, hook: Callable[..., Any], *arguments: Any) -> Response | None:
    """Return what a hook answers: None to go on, or the response for the client.

    Parameters
    ----------
    name
        Of the option that it was given with.
    hook
        The learner's function; may be a coroutine function.
    arguments
        What the library calls it with.

    Raises
    ------
    LabError
        If it answers anything else.
    """
    answer = hook(*arguments)
    if isawaitable(answer):
        answer = await answer
    if answer is None or isinstance(answer, Response):
        return answer
    raise LabError(
        f"`{name}` returned {answer!r}. It returns None to go on, or a response: "
        '`return connection.respond(http.HTTPStatus.FORBIDDEN, "why not\\n")`. '
        "(A tuple of status, headers and body is from before websockets 14.)"
    )
