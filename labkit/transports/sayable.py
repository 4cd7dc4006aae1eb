"""What can be said: text that UTF-8 can encode, or bytes; and how a log describes it."""

from __future__ import annotations

from labkit.exceptions import LabError, NotSayable


def check_sayable(message: object, what: str) -> None:
    """Raise an error unless a message is text or bytes.

    Parameters
    ----------
    message
        The message.
    what
        What it is, at the beginning of a sentence.

    Raises
    ------
    NotSayable
        If it is neither text nor bytes.
    LabError
        If the text contains a lone surrogate.
    """
    if not isinstance(message, (str, bytes)):
        raise NotSayable(
            f"{what} is text or bytes, not {type(message).__name__}. "
            "Convert anything else to text first: `json.dumps(...)`."
        )
    if isinstance(message, str) and not message.isascii():
        try:
            message.encode()
        except UnicodeEncodeError as error:
            raise LabError(
                f"This text has half a character at position {error.start} (a lone surrogate), "
                "which UTF-8 cannot encode, so it cannot travel. It was not sent."
            ) from error


def describe_message(message: object) -> str:
    """Return a message's kind and size, or its type if it is neither text nor bytes."""
    if isinstance(message, str):
        return f"text, {len(message)} characters"
    if isinstance(message, bytes):
        return f"binary, {len(message)} bytes"
    return f"JSON, {type(message).__name__}"
