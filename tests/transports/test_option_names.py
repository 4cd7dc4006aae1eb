"""Options that no library knows."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.transports.option_names import check_number_options, check_option_names

KNOWN = ("max_size", "origin")


def told(*given: str) -> str:
    """Return what is said about options."""
    with pytest.raises(LabError) as caught:
        check_option_names(given, KNOWN, "connect", "raw WebSocket", {"ssl": "No TLS."})
    return str(caught.value)


def test_each_is_named_with_what_was_meant() -> None:
    """A typo is answered with the likeliest name, a likely mistake with what to do instead."""
    assert told("maxsize") == (
        "`connect` does not know the option maxsize. Did you mean max_size? "
        "The options for raw WebSocket are: max_size, origin."
    )
    assert "option ssl. No TLS. The options for raw" in told("ssl")
    assert "option ssl, xyz. No TLS. The options for raw" in told("xyz", "origin", "ssl")


def test_what_is_known_passes() -> None:
    """All of them, or none."""
    check_option_names(KNOWN, KNOWN, "connect", "raw WebSocket", {})
    check_option_names((), KNOWN, "connect", "raw WebSocket", {})


@pytest.mark.parametrize("value", ["5", True, [5], object(), (1, "2")])
def test_a_number_is_one(value: object) -> None:
    """A text would be an error only when the number is needed, long after."""
    with pytest.raises(LabError, match="`serve` needs a number for max_size, not "):
        check_number_options({"max_size": value}, KNOWN, "serve")


def test_numbers_pass() -> None:
    """So do none, two, and what no number is asked for."""
    for value in (5, 0.5, None, (5, None)):
        check_number_options({"max_size": value, "name": "x"}, KNOWN, "serve")
