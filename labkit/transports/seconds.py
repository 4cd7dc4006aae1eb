"""The options that are seconds: checked at once, and scaled by the lab's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.clock import clock, is_duration
from labkit.exceptions import LabError


@dataclass(frozen=True)
class Seconds:
    """What an option that is a number of seconds may be.

    Attributes
    ----------
    may_be_zero
        Whether it may be 0.
    may_be_none
        Whether None switches it off.
    """

    may_be_zero: bool = True
    may_be_none: bool = False


HEARTBEAT_SECONDS = Seconds(may_be_zero=False, may_be_none=True)
"""An interval or a timeout of a heartbeat that can be switched off."""


def check_seconds(options: Mapping[str, Any], kinds: Mapping[str, Seconds], verb: str) -> None:
    """Raise LabError for an option that should be a number of seconds, and is not.

    Parameters
    ----------
    options
        The options that the learner wrote.
    kinds
        What each option that is seconds may be.
    verb
        The call in which they were given, for the error.
    """
    for name in sorted(set(options) & set(kinds)):
        value, kind = options[name], kinds[name]
        if value is None and kind.may_be_none:
            continue
        if not is_duration(value) or (float(value) == 0 and not kind.may_be_zero):
            least = "0 or more" if kind.may_be_zero else "above 0"
            off = " (or None, which switches it off)" if kind.may_be_none else ""
            raise LabError(
                f"`{verb}` needs a number of seconds, {least}, for {name}{off}, not {value!r}."
            )


def scaled_seconds(options: Mapping[str, Any], kinds: Mapping[str, Seconds]) -> dict[str, Any]:
    """Return options whose seconds are scaled by the lab's clock."""
    return {
        name: clock.seconds(float(value)) if name in kinds and value is not None else value
        for name, value in options.items()
    }
