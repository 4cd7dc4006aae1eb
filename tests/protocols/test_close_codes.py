"""Close codes say what they mean."""

import pytest
from websockets.exceptions import ProtocolError
from websockets.frames import Close

from labkit.exceptions import LabError
from labkit.protocols.close_codes import MEANINGS, NEVER_ON_THE_WIRE, CloseCode, check_close


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


def may_be_sent(code: int) -> bool:
    """Tell whether `check_close` lets a code pass."""
    try:
        check_close(code, "")
    except LabError:
        return False
    return True


def test_what_may_be_sent_is_what_the_library_sends() -> None:
    """Every code from below 0 to above 4999 is judged as `websockets` judges it."""
    sendable = set()
    for code in range(-1, 5002):
        try:
            Close(code, "").check()
        except ProtocolError:
            continue
        sendable.add(code)
    assert {code for code in range(-1, 5002) if may_be_sent(code)} == sendable


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        (1006, "", r"Nobody may send 1006 \(abnormal.*7\.4\.1.*`link\.cut\(\)`"),
        (999, "", r"Nobody may send 999: .*4000 to 4999.*1000-1003, 1007-1014\.$"),
        (2000, "", "Nobody may send 2000"),
        ("1000", "", "not '1000'"),
        (1000.0, "", "not 1000.0"),
        (True, "", "not True"),
        (None, "", "not None"),
        (1000, "x" * 124, "has 124 bytes in UTF-8, .* room for 123"),
        (1000, "ü" * 62, "has 124 bytes"),
        (1000, "\ud83d", "half a character at position 0"),
        (1000, b"bye", "is a text, not b'bye'"),
        (1000, None, "is a text, not None"),
    ],
)
def test_what_may_not_be_sent_names_the_rule(code: object, reason: object, words: str) -> None:
    """Who may send which code, and how long a reason may be, in a sentence."""
    with pytest.raises(LabError, match=words):
        check_close(code, reason)


def test_the_longest_reason() -> None:
    """123 bytes are room for 61 letters of two bytes and one of one."""
    check_close(1000, "ü" * 61 + "x")
