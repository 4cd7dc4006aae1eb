"""The types of messages, as Python declares them and as a page's JSDoc does, in one notation."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import (
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from tests.conftest import ROOT

_TYPEDEF = re.compile(r"@typedef \{object\} (\w+)\n((?:.*\n)*?) \*/")
_PROPERTY = re.compile(r"@property \{(.+)\} (\[?)(\w+)")
_WORDS = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def typedicts_of(module: ModuleType) -> dict[str, dict[str, str]]:
    """Return the typed dictionaries that a module declares, and the types of their fields."""
    return {
        name: {
            field: _written(kind)
            for field, kind in get_type_hints(value, include_extras=True).items()
        }
        for name, value in vars(module).items()
        if is_typeddict(value) and value.__module__ == module.__name__
    }


def _written(kind: Any) -> str:
    """Return a type as JSDoc writes it; the members of a union are sorted."""
    arguments = get_args(kind)
    match get_origin(kind):
        case None:
            return _WORDS.get(kind) or kind.__name__
        case origin if origin is NotRequired:
            return f"{_written(arguments[0])}?"
        case origin if origin is Literal:
            return _union([f'"{value}"' for value in arguments])
        case origin if origin is list:
            return f"{_written(arguments[0])}[]"
        case origin if origin in (Union, types.UnionType):
            return _union([_written(each) for each in arguments])
        case origin if origin in (dict, Mapping):
            value = "unknown" if arguments[1] is Any else _written(arguments[1])
            return f"Record<{_written(arguments[0])}, {value}>"
    raise TypeError(f"JSDoc has no word for {kind}")


def _union(members: list[str]) -> str:
    return " | ".join(sorted(members))


def typedefs_of(path: str) -> dict[str, dict[str, str]]:
    """Return the object types that a script of labkit's declares in JSDoc."""
    text = Path(ROOT / "labkit" / path).read_text("utf-8")
    return {
        name: {
            field: _union(kind.split(" | ")) + ("?" if optional else "")
            for kind, optional, field in _PROPERTY.findall(body)
        }
        for name, body in _TYPEDEF.findall(text)
    }
