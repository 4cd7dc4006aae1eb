"""The learner's hooks in the handshake, `process_request` and `process_response`.

The library does not check what they return. After a wrong value it breaks the connection off
without reporting anything.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from websockets.http11 import Response

from labkit.exceptions import LabError


async def ask_hook(name: str, hook: Callable[..., Any], *arguments: Any) -> Response | None:
    """Call a hook and return its answer: None to go on, or the response for the client.

    Parameters
    ----------
    name
        The name of its option.
    hook
        The learner's function or coroutine function.
    arguments
        The arguments from the library.

    Raises
    ------
    LabError
        If it returns anything else.
    """
    answer = hook(*arguments)
    if isawaitable(answer):
        answer = await answer
    if answer is None or isinstance(answer, Response):
        return answer
    raise LabError(
        f"`{name}` returned {answer!r}. It must return None to go on, or a response: "
        '`return connection.respond(http.HTTPStatus.FORBIDDEN, "why not\\n")`. '
        "(A tuple of status, headers and body is from before websockets 14.)"
    )
