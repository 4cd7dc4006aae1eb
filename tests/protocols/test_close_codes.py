"""Close codes say what they mean."""

import pytest

from labkit.protocols.close_codes import MEANINGS, NEVER_ON_THE_WIRE, CloseCode


def test_a_code_is_a_number_that_explains_itself() -> None:
    """A close code compares as a number and prints with its meaning."""
    assert CloseCode(1006) == 1006
    assert repr(CloseCode(1006)) == f"1006 ({MEANINGS[1006]})"
    assert f"{CloseCode(1000)}".startswith("1000 (normal closure")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (3000, "library"),
        (3999, "library"),
        (4000, "own"),
        (4999, "own"),
        (999, "not"),
        (5000, "not"),
    ],
)
def test_codes_without_a_name_have_a_range(code: int, words: str) -> None:
    """RFC 6455 section 7.4.2 gives ranges to libraries and applications."""
    assert words in CloseCode(code).meaning


def test_the_codes_that_no_frame_carries() -> None:
    """1005, 1006 and 1015 are for the local program only."""
    assert {1005, 1006, 1015} == NEVER_ON_THE_WIRE
