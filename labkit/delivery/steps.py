"""The steps of a run as data: who says something, whose plug is pulled, and who comes back.

No step has a time. A fault stands at its place in the list, or at a message, so it meets the same
messages in each run. Pauses are turns of the event loop, and each step has its own: if a step is
left out, all others stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import overload

from labkit.delivery.step import KINDS, Step, check_client
from labkit.exceptions import LabError
from labkit.faults.scope import check_seed
from labkit.saved_json import SavedJson

SAVED = SavedJson("labkit delivery steps", 1, "the steps of a run", ("seed", "clients", "steps"))
"""What the text of steps is."""

MAX_STEPS = 10_000
"""Steps of a run."""

MAX_CLIENTS = 100
"""Clients of a run."""


class Steps(Sequence[Step]):
    """The steps of one run, its clients, and its seed.

    Parameters
    ----------
    steps
        In order.
    clients
        Names of those who take part, in the order in which they connect. By default, those of the
        steps; others that are given only listen.
    seed
        Of `random` in the run, so that an answer that uses it does the same each time.

    Raises
    ------
    LabError
        If a value makes no sense.

    Examples
    --------
    >>> Steps([Cut("bob"), Say("alice")])
    1. cut bob
    2. alice says
    """

    def __init__(
        self, steps: Iterable[Step], clients: Iterable[str] = (), seed: int | str = 0
    ) -> None:
        self._steps = _checked_steps(steps)
        named = [step.client for step in self._steps]
        self.clients = tuple(dict.fromkeys([*_checked_clients(clients), *named]))
        if len(self.clients) > MAX_CLIENTS:
            raise LabError(f"A run has at most {MAX_CLIENTS} clients, not {len(self.clients)}.")
        check_seed(seed)
        self.seed = seed

    def with_steps(self, steps: Iterable[Step]) -> Steps:
        """Return other steps with the same clients and seed."""
        return Steps(steps, self.clients, self.seed)

    @property
    def listeners(self) -> tuple[str, ...]:
        """The clients that no step names: they only listen."""
        named = {step.client for step in self._steps}
        return tuple(name for name in self.clients if name not in named)

    def without_listener(self, name: str) -> Steps:
        """Return the same steps without a client that only listens."""
        return Steps(self._steps, [each for each in self.clients if each != name], self.seed)

    def to_json(self) -> str:
        """Return the steps as JSON, which `from_json` reads."""
        names = {kind: name for name, kind in KINDS.items()}
        steps = [{"do": names[type(step)], **asdict(step)} for step in self._steps]
        return SAVED.write({"seed": self.seed, "clients": self.clients, "steps": steps})

    @classmethod
    def from_json(cls, text: str | bytes) -> Steps:
        """Return the steps that `to_json` has written.

        Raises
        ------
        LabError
            If the text is damaged or from a newer version, or has values that make no sense.
        """
        data = SAVED.read(text)
        if not isinstance(data["steps"], list):
            raise SAVED.damaged("its steps should be a list")
        steps = [_read_step(number, each) for number, each in enumerate(data["steps"], 1)]
        return cls(steps, data["clients"], data["seed"])

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | Sequence[Step]:
        return self._steps[index]

    def __len__(self) -> int:
        return len(self._steps)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Steps):
            return NotImplemented
        return (self._steps, self.clients, self.seed) == (other._steps, other.clients, other.seed)

    def __hash__(self) -> int:
        return hash((self._steps, self.clients, self.seed))

    def __repr__(self) -> str:
        listeners = self.listeners
        lines = [f"{number}. {step}" for number, step in enumerate(self._steps, 1)]
        if listeners:
            lines.append(f"{', '.join(listeners)} only listen{'s' * (len(listeners) == 1)}")
        return "\n".join(lines) or "no steps"


def _checked_steps(steps: object) -> tuple[Step, ...]:
    if isinstance(steps, (str, bytes)) or not isinstance(steps, Iterable):
        raise LabError(f'Steps are a list such as [Cut("bob"), Say("alice")], not {steps!r}.')
    checked = tuple(steps)
    for step in checked:
        if type(step) not in KINDS.values():
            raise LabError(
                f'A step is one of Say("alice"), Cut("alice"), CutAtMessage("alice") and '
                f'Back("alice"), not {step!r}.'
            )
    if len(checked) > MAX_STEPS:
        raise LabError(f"A run has at most {MAX_STEPS} steps, not {len(checked)}.")
    return checked


def _checked_clients(clients: object) -> tuple[str, ...]:
    if isinstance(clients, (str, bytes)) or not isinstance(clients, Iterable):
        raise LabError(f'clients must be a list of names such as ["alice"], not {clients!r}.')
    checked = tuple(clients)
    for name in checked:
        check_client(name)
    return checked


def _read_step(number: int, data: object) -> Step:
    """Return a step from what JSON has of it."""
    where = f"Step {number} cannot be read"
    name = data.get("do") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(name, str) or name not in KINDS:
        raise LabError(f'{where}: its "do" should be one of {", ".join(KINDS)}.')
    kind = KINDS[name]
    wanted = {each.name for each in fields(kind)}
    values = {key: value for key, value in data.items() if key != "do"}
    if set(values) != wanted:
        raise LabError(f"{where}: {name!r} has the values {', '.join(sorted(wanted))}.")
    try:
        return kind(**values)
    except LabError as error:
        raise LabError(f"{where}: {error}") from error
