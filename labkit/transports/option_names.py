"""Checks of options: an unknown name or a value of the wrong kind is an error at once.

The libraries pass unknown options on, and somewhere inside asyncio they become a TypeError. A
string in place of a number becomes a TypeError only when the number is needed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from labkit.backoff import Backoff
from labkit.exceptions import LabError

NO_TLS = "Under TLS, a link would see only ciphertext, so labkit speaks `ws://` and `http://`."


def check_option_names(
    given: Collection[str],
    known: Collection[str],
    verb: str,
    protocol: str,
    why_not: Mapping[str, str],
) -> None:
    """Raise LabError for an option with an unknown name.

    Parameters
    ----------
    given
        The names that the learner wrote.
    known
        The valid names.
    verb, protocol
        The call in which they were given, and its protocol, for the error.
    why_not
        For likely wrong names, a sentence that says what to do instead.
    """
    unknown = sorted(set(given) - set(known))
    if not unknown:
        return
    told = [f"`{verb}` does not know the option {', '.join(unknown)}."]
    for name in unknown:
        meant = get_close_matches(name, sorted(known), 1)
        if name in why_not:
            told.append(why_not[name])
        elif meant:
            told.append(f"Did you mean {meant[0]}?")
    told.append(f"The options for {protocol} are: {', '.join(sorted(known))}.")
    raise LabError(" ".join(told))


def check_number_options(given: Mapping[str, Any], numbers: Collection[str], verb: str) -> None:
    """Raise LabError for an option that should be a number, or a tuple of numbers, and is not.

    Parameters
    ----------
    given
        The options that the learner wrote.
    numbers
        The names of options that are numbers; None is allowed, as it switches most of them off.
    verb
        The call in which they were given, for the error.
    """
    for name in sorted(set(given) & set(numbers)):
        value = given[name]
        parts = value if isinstance(value, tuple) else (value,)  # some take two
        if not all(each is None or _is_number(each) for each in parts):
            raise LabError(f"`{verb}` needs a number for {name}, not {value!r}.")


def check_reconnect(value: object) -> None:
    """Raise LabError unless `reconnect` is True, False or a Backoff."""
    if not isinstance(value, (bool, Backoff)):
        raise LabError(
            "`reconnect` must be True, False or a Backoff, such as `Backoff(1, factor=2, cap=5)` "
            f"(from `labkit.backoff`), not {value!r}."
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
