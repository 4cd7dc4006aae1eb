"""The files of the features: their text, and the module that each one is.

What a file has, on either stack:

- what is served, as `lab.serve` takes it: ``handler``, ``sio`` or ``app``. Ports, start and end are
  the bench's on both stacks, so no file has them;
- a class ``Client`` with the coroutines ``connect(url)``, ``say(...)`` and ``close()``, and with
  what the feature adds. Both stacks write it out, and it counts on both.
"""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args

Stack = Literal["websocket", "socketio"]

Feature = Literal["broadcast", "rooms", "acknowledgement", "reconnection", "fallback"]

STACKS: tuple[Stack, ...] = get_args(Stack)

FEATURES: tuple[Feature, ...] = get_args(Feature)


def find_source(stack: Stack, feature: Feature) -> Path:
    """Return the file of a feature on a stack."""
    return Path(__file__).parent / stack / f"{feature}.py"


def load_source(path: Path) -> ModuleType:
    """Return a new module of a file, not the imported one: each run begins with new state."""
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find_served(module: ModuleType) -> Any:
    """Return what a feature's module serves.

    Raises
    ------
    AttributeError
        If it serves nothing.
    """
    for name in ("handler", "sio"):
        if hasattr(module, name):
            return getattr(module, name)
    return module.app
