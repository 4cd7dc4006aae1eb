"""Options that no library knows, or with a value of another kind: said at once, by name.

The libraries hand on what they do not know, and somewhere inside asyncio it becomes a TypeError;
and a text where a number belongs becomes one only when the number is needed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from labkit.exceptions import LabError

NO_TLS = "A link would see only ciphertext of TLS, so labkit speaks `ws://` and `http://`."


def check_option_names(
    given: Collection[str],
    known: Collection[str],
    verb: str,
    protocol: str,
    why_not: Mapping[str, str],
) -> None:
    """Raise LabError for an option whose name is not known.

    Parameters
    ----------
    given
        Names as the learner wrote them.
    known
        Names that may be given.
    verb, protocol
        Where they were given, and what is spoken there: for the error.
    why_not
        For names that are likely and wrong: what to do instead, a sentence.
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
    told.append(f"For {protocol} there are: {', '.join(sorted(known))}.")
    raise LabError(" ".join(told))


def check_number_options(given: Mapping[str, Any], numbers: Collection[str], verb: str) -> None:
    """Raise LabError for an option whose value should be a number, or numbers, and is not.

    Parameters
    ----------
    given
        Options as the learner wrote them.
    numbers
        Names of those that are numbers; None, which switches most of them off, is one here.
    verb
        Where they were given: for the error.
    """
    for name in sorted(set(given) & set(numbers)):
        value = given[name]
        parts = value if isinstance(value, tuple) else (value,)  # some take two
        if not all(each is None or _is_number(each) for each in parts):
            raise LabError(f"`{verb}` needs a number for {name}, not {value!r}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
