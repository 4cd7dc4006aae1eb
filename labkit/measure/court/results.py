"""What was measured: all repeats of each experiment, kept beside the learner's notebooks.

They are kept in a working copy only (see `labkit.kept_file`). Of several measurements of an
experiment, by whichever kernel, the last one counts.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labkit.kept_file import KeptFile
from labkit.measure.court.experiment import Figures

FILE = ".verdicts.json"
VERSION = 1


@dataclass(frozen=True)
class Measured:
    """A measurement of an experiment.

    Attributes
    ----------
    repeats
        The figures of each repeat.
    at
        When, as local time: "2026-11-27 07:45:12".
    machine
        Where: "Python 3.11.7, 2 cores, Linux".
    topology
        What ran where on it.
    is_here
        Whether this kernel measured it.
    """

    repeats: tuple[Figures, ...]
    at: str
    machine: str
    topology: str
    is_here: bool = False


class Results:
    """What was measured by this kernel, and what is kept of others."""

    def __init__(self) -> None:
        self._here: dict[str, Measured] = {}
        self._file = KeptFile(FILE, VERSION)

    @property
    def note(self) -> str:
        """A sentence for the learner if nothing is kept, otherwise ""."""
        return self._file.note

    def measured(self) -> dict[str, Measured]:
        """Return the last measurement of each experiment, by its name."""
        return _merged(_measured(self._file.read() or {}), self._here)

    def record(self, name: str, topology: str, repeats: Sequence[Figures]) -> None:
        """Keep a measurement of an experiment."""
        at = f"{datetime.now():%Y-%m-%d %H:%M:%S}"
        machine = describe_machine()
        self._here[name] = Measured(tuple(repeats), at, machine, topology, is_here=True)
        content = self._file.read()
        if content is None:
            return
        kept = _measured(content)
        experiments = {
            name: {
                "repeats": each.repeats,
                "at": each.at,
                "machine": each.machine,
                "topology": each.topology,
            }
            for name, each in _merged(kept, self._here).items()
        }
        self._file.write({"experiments": experiments}, is_damaged=not kept)


results = Results()
"""Those of this kernel."""


def describe_machine() -> str:
    """Return what the figures depend on, in words."""
    cores = os.cpu_count() or 1
    return (
        f"Python {platform.python_version()}, {cores} core{'s' if cores > 1 else ''}, "
        f"{platform.system() or 'unknown system'}"
    )


def _merged(kept: Mapping[str, Measured], here: Mapping[str, Measured]) -> dict[str, Measured]:
    """Return the later of both; of those of the same second, that of this kernel."""
    merged = dict(kept)
    for name, each in here.items():
        if name not in merged or merged[name].at <= each.at:
            merged[name] = each
    return merged


def _measured(content: Mapping[str, Any]) -> dict[str, Measured]:
    """Return what a file holds; what makes no sense is left out."""
    experiments = content.get("experiments")
    found = experiments.items() if isinstance(experiments, dict) else ()
    return {name: each for name, value in found if (each := _read(value)) is not None}


def _read(value: Any) -> Measured | None:
    """Return a measurement of the file, None if it is damaged."""
    match value:
        case {
            "repeats": [_, *_] as repeats,
            "at": str(at),
            "machine": str(machine),
            "topology": str(topology),
        } if all(map(_are_figures, repeats)):
            return Measured(tuple(repeats), at, machine, topology)
    return None


def _are_figures(repeat: Any) -> bool:
    return isinstance(repeat, dict) and all(
        isinstance(values, dict)
        and all(type(value) in (int, float) and value >= 0 for value in values.values())
        for values in repeat.values()
    )
