"""Why a request failed."""

from __future__ import annotations

import pytest

from labkit.transports.answers import HttpAnswer
from labkit.transports.http.chat.client.failed_request import Failed, refused


@pytest.mark.parametrize(
    ("status", "reason", "is_final"),
    [
        (301, "transport error", False),
        (403, "transport error", True),
        (408, "transport error", False),
        (410, "server disconnect", True),
        (429, "transport error", False),
        (500, "transport error", False),
        (503, "transport close", False),
    ],
)
def test_what_an_answer_means(status: int, reason: str, is_final: bool) -> None:
    """A server that refuses is not asked again; one that fails, stops or is busy is, and what
    redirects is no chat's server, which may answer the next time."""
    failure = refused(HttpAnswer(status, "text/plain", b"why", ""))
    assert (failure.reason, failure.is_final) == (reason, is_final)
    assert str(failure).startswith(f"the server answered HTTP {status}") and "'why'" in str(failure)


def test_no_answer() -> None:
    """It may come the next time."""
    assert not Failed("transport error", "the connection broke").is_final
