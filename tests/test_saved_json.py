"""What is saved as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.saved_json import SavedJson

WEATHER = SavedJson("labkit weather", 2, "the weather", ("sun", "rain"))

HEAD = {"format": "labkit weather", "version": 2}


def test_what_was_written_is_read() -> None:
    """The text says what it is, and in which version; the values do not."""
    text = WEATHER.write({"sun": True, "rain": [1]})
    assert json.loads(text) == {**HEAD, "sun": True, "rain": [1]}
    assert WEATHER.read(text) == WEATHER.read(text.encode()) == {"sun": True, "rain": [1]}


def test_an_older_version_is_read() -> None:
    """Its reader knows what was different."""
    assert WEATHER.read(WEATHER.write({"sun": 1, "rain": 0}).replace("2", "1"))


@pytest.mark.parametrize("text", ["", "{", b"\xff\xff\xff", "[" * 100_000, None, 7])
def test_what_is_not_json(text: Any) -> None:
    """The sentence says what it should have been."""
    with pytest.raises(LabError, match="does not hold the weather: it cannot be read as JSON"):
        WEATHER.read(text)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([], 'does not hold the weather: it should be an object with "format": "labkit weather"'),
        ({"log": {}}, 'an object with "format": "labkit weather"'),
        ({**HEAD, "format": ["labkit weather"]}, 'an object with "format"'),
        ({"format": "labkit weather"}, "its version should be 2, not None"),
        ({**HEAD, "version": "2"}, "its version should be 2, not '2'"),
        ({**HEAD, "version": True}, "its version should be 2, not True"),
        ({**HEAD, "version": 0}, "its version should be 2, not 0"),
        ({**HEAD, "version": 3}, "newer labkit: its version is 3, and this labkit reads 2"),
        ({**HEAD, "sun": 1}, "it should have sun, rain, and nothing else"),
        ({**HEAD, "sun": 1, "rain": 0, "snow": 2}, "it should have sun, rain, and nothing else"),
    ],
)
def test_what_is_something_else(data: Any, told: str) -> None:
    """One sentence says what is wrong: the kind, the version, or the values."""
    with pytest.raises(LabError, match=told):
        WEATHER.read(json.dumps(data))
