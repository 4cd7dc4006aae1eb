"""Loggers that hand errors over."""

from __future__ import annotations

import logging

import pytest

from labkit.transports.socketio.server.library_logs import divert_errors


def test_errors_are_handed_over_and_the_rest_passes(caplog: pytest.LogCaptureFixture) -> None:
    """Errors are taken and not printed; what is less loud goes on, at the level of the logger."""
    taken: list[logging.LogRecord] = []
    logger = logging.getLogger("tests.ledger")
    logger.setLevel(logging.WARNING)
    made = divert_errors(logger, taken.append)
    made.error("broken by %s", "us")
    made.warning("mind the gap")
    made.info("whatever")
    assert [record.getMessage() for record in taken] == ["broken by us"]
    assert caplog.messages == ["mind the gap"]
