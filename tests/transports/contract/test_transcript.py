"""The lines of a transcript."""

from __future__ import annotations

import dataclasses

import pytest

from labkit.transports.contract.transcript import Entry


def test_a_line_is_a_fact() -> None:
    """It does not change; a message of which more is known is another line."""
    said = Entry("said", "hello", at=0.0, send_status="sending")
    with pytest.raises(dataclasses.FrozenInstanceError):
        said.send_status = "sent"  # type: ignore[misc]
    assert dataclasses.replace(said, send_status="sent").text == "hello"
