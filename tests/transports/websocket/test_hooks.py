"""Functions of the learner's that take part in a handshake."""

from __future__ import annotations

from http import HTTPStatus
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import soon
from tests.support.servers import notes


async def listen(websocket: Any) -> None:
    """Listen to nobody in particular."""
    await websocket.wait_closed()


@pytest.mark.parametrize("name", ["process_request", "process_response"])
async def test_what_an_old_hook_returns_is_explained(lab: ModuleType, name: str) -> None:
    """A tuple, as before websockets 14, is an error with its sentence, and an answer of 500."""

    async def old(*arguments: Any) -> Any:
        return HTTPStatus.NOT_FOUND, [], b"nothing here"

    server = await lab.serve(listen, name="chat", **{name: old})
    with pytest.raises(lab.LabError, match=r"HTTP 500 .* `lab\.errors\(\)` has the reason"):
        await lab.connect(server, "alice")
    (error,) = lab.errors()
    assert error.where == f"{name} of 'chat'"
    assert f"`{name}` returned (<HTTPStatus.NOT_FOUND: 404>, [], b'nothing here')" in error.what
    assert "before websockets 14" in error.what
    await soon(lambda: server.log_counts.get("refused"))
    assert "took too long" not in str(notes(server))


@pytest.mark.parametrize("name", ["process_request", "process_response"])
async def test_a_hook_that_fails_is_named(lab: ModuleType, name: str) -> None:
    """Its exception is kept once, with its line; plain functions will do, too."""

    def failing(*arguments: Any) -> None:
        raise KeyError("token")

    server = await lab.serve(listen, name="chat", **{name: failing})
    with pytest.raises(lab.LabError, match="HTTP 500"):
        await lab.connect(server, "alice")
    (error,) = lab.errors()
    assert (error.what, error.where) == ("KeyError: 'token'", f"{name} of 'chat'")
    assert error.source_line.line == 'raise KeyError("token")'


async def test_a_response_is_changed(lab: ModuleType) -> None:
    """What `process_response` does to a response arrives."""

    def process_response(connection: Any, request: Any, response: Any) -> None:
        response.headers["X-Bench"] = "labkit"

    server = await lab.serve(listen, process_response=process_response)
    alice = await lab.connect(server, "alice")
    assert alice.raw.response.headers["X-Bench"] == "labkit"
