"""Reasons of Socket.IO, and of the chats over HTTP."""

from __future__ import annotations

import pytest
from engineio import AsyncClient, AsyncServer

from labkit.protocols.reasons import MEANINGS, OVER_HTTP, HttpReason, Reason


def test_a_reason_is_its_word_and_says_what_it_means() -> None:
    """It equals the library's word, and its repr explains it."""
    reason = Reason("ping timeout")
    assert reason == "ping timeout" and f"{reason}" == "ping timeout"
    assert repr(reason) == "'ping timeout' (a heartbeat stayed unanswered)"
    assert "own" in repr(Reason("enough of you"))


@pytest.mark.parametrize("side", [AsyncClient, AsyncServer])
def test_every_reason_of_the_library_is_explained(side: type) -> None:
    """A word that a new version of the library adds would be noticed here."""
    words = {value for name, value in vars(side.reason).items() if name.isupper()}
    assert words and words <= set(MEANINGS)


def test_over_http_they_have_a_meaning_of_their_own() -> None:
    """What Socket.IO alone sends is not named, since no request or answer has it."""
    assert HttpReason("transport error") == Reason("transport error")
    assert repr(HttpReason("ping timeout")) == "'ping timeout' (no answer came in time)"
    assert not [words for words in OVER_HTTP.values() if "packet" in words or "heartbeat" in words]
