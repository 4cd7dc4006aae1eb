"""Reading what labkit has saved as JSON: an object that says what it is, and in which version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.exceptions import LabError


@dataclass(frozen=True)
class SavedJson:
    """A kind of object that is saved as JSON.

    Attributes
    ----------
    name
        What its text says that it is.
    version
        The version that is written, and the last one that can be read. A change that older versions
        would misread gets a new number.
    what
        What it is in errors, for example "a schedule of faults".
    keys
        The names of its values, all of which it has.

    Examples
    --------
    >>> weather = SavedJson("labkit weather", 1, "the weather", ("sun",))
    >>> text = weather.write({"sun": True})
    >>> weather.read(text)
    {'sun': True}
    """

    name: str
    version: int
    what: str
    keys: tuple[str, ...]

    def write(self, values: Mapping[str, Any]) -> str:
        """Return the text that holds these values."""
        return json.dumps({"format": self.name, "version": self.version, **values}, indent=2)

    def read(self, text: str | bytes) -> dict[str, Any]:
        """Return the values that a text holds.

        Raises
        ------
        LabError
            If it is damaged, holds something else, or was saved by a newer version.
        """
        try:
            data = json.loads(text)
        except (TypeError, ValueError, RecursionError) as error:
            raise self.damaged(f"it cannot be read as JSON ({error})") from error
        if not isinstance(data, dict) or data.pop("format", None) != self.name:
            raise self.damaged(f'it should be an object with "format": "{self.name}"')
        version = data.pop("version", None)
        if type(version) is not int or version < 1:
            raise self.damaged(f"its version should be {self.version}, not {version!r}")
        if version > self.version:
            raise LabError(
                f"This text was saved by a newer labkit: its version is {version}, and this labkit "
                f"reads {self.version}. Update labkit to read it."
            )
        if set(data) != set(self.keys):
            raise self.damaged(f"it should have {', '.join(self.keys)}, and nothing else")
        return data

    def damaged(self, why: str) -> LabError:
        """Return the error of a text that does not hold it."""
        return LabError(f"This text does not hold {self.what}: {why}.")
