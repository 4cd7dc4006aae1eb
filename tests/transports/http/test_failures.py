"""What goes wrong around an application."""

from __future__ import annotations

import logging

from labkit.transports.http.failures import AiohttpLog, is_connection_lost


def test_a_broken_connection_is_told_from_a_mistake() -> None:
    """A group is one only if nothing else is in it."""
    lost, mistake = ConnectionResetError(), KeyError("a")
    assert is_connection_lost(lost) and not is_connection_lost(mistake)
    assert is_connection_lost(ExceptionGroup("both", [lost, BrokenPipeError()]))
    assert not is_connection_lost(ExceptionGroup("both", [lost, mistake]))


def test_what_is_logged_is_handed_over() -> None:
    """With its exception, or without one, and at any level."""
    taken: list[tuple[BaseException | None, str]] = []
    logger = logging.Logger("tests.log")
    logger.addHandler(AiohttpLog(lambda error, text: taken.append((error, text))))
    error = ValueError("broken")
    logger.error("it is %s", "broken", exc_info=error)
    logger.debug("no HTTP")
    assert taken == [(error, "it is broken"), (None, "no HTTP")]
