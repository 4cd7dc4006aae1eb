"""A fallback chain: bounded, proved in both directions, and with a reason for each refusal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from labkit.bench.bench import Bench
from labkit.clock import clock
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.fallbacks.ways import (
    DEAD,
    FULL,
    GOOD,
    HANGS,
    MUTE,
    PATIENCE,
    PLAIN,
    REFUSED,
    SLOW,
    Kind,
    Servers,
    Way,
)
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.transports.contract.expected import short_repr

MARGIN = 0.5
"""Seconds (scaled) behind the patience with all ways after which a chain counts as stuck."""

WORDS = 12
"""Characters of a way's own reason that must stand in the chain's."""

GOES_ON = (
    ("websocket", REFUSED),
    ("websocket", DEAD),
    ("websocket", MUTE),
    ("websocket", FULL),
    ("websocket", HANGS),
    ("websocket", SLOW),
)
"""The ways behind which a chain goes on to the next one."""


@dataclass(frozen=True)
class _Trial:
    """A chain that was tried with some ways.

    Attributes
    ----------
    ways, kinds
        The ways, by name.
    returned, error
        What it returned, or raised.
    is_stuck
        Whether it did neither in time.
    """

    ways: dict[str, Way]
    kinds: dict[str, Kind]
    returned: Any = None
    error: Exception | None = None
    is_stuck: bool = False

    @property
    def case(self) -> str:
        return "\n".join(f"{name}: {kind.effect}" for name, kind in self.kinds.items())

    def not_yet(self, expected: str, happened: str) -> Outcome:
        return not_yet(expected, happened, self.case)


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    servers = await Servers.start(child)
    try:
        return await _judge_chain(answer, servers)
    finally:
        await servers.hang_up()


async def _judge_chain(answer: Any, servers: Servers) -> Outcome | None:
    first = await _try(answer, servers, {"websocket": PLAIN, "polling": GOOD})
    if found := _judge_taken(first, "websocket"):
        return found
    trials = await asyncio.gather(
        *(_try(answer, servers, {name: kind, "polling": GOOD}) for name, kind in GOES_ON)
    )
    for trial in trials:
        if found := _judge_taken(trial, "polling"):
            return found
    return _judge_refused(
        await _try(answer, servers, {"websocket": REFUSED, "another websocket": FULL})
    )


async def _try(answer: Any, servers: Servers, kinds: dict[str, Kind]) -> _Trial:
    ways = {name: Way(servers, name, kind) for name, kind in kinds.items()}
    await asyncio.gather(*(way.prepare() for way in ways.values()))
    limit = clock.seconds(len(ways) * PATIENCE + MARGIN)
    try:
        async with asyncio.timeout(limit) as bound:
            returned = await answer(dict(ways), clock.seconds(PATIENCE))
    except Exception as error:  # several run at a time, and the first that is wrong is told
        if bound.expired():
            return _Trial(ways, kinds, is_stuck=True)
        return _Trial(ways, kinds, error=error)
    return _Trial(ways, kinds, returned)


def _judge_taken(trial: _Trial, wanted: str) -> Outcome | None:
    """Want a name and the refusals of all ways before it."""
    if trial.is_stuck:
        tried = [name for name, way in trial.ways.items() if way.was_tried]
        return trial.not_yet(
            "A way that has not proved itself within `patience` seconds is refused.",
            f"It still waited for {tried[-1]!r}." if tried else "It waited, and tried no way.",
        )
    tries(f"It takes {wanted!r}: what is said there comes back.", trial.case.splitlines())
    if trial.error:
        raise trial.error
    match trial.returned:
        case (str(name), dict(refusals)) if name in trial.ways:
            pass
        case _:
            return trial.not_yet(
                f"It returns ({wanted!r}, refusals), a tuple.",
                f"It returned {short_repr(trial.returned)}.",
            )
    if name != wanted:
        return trial.not_yet(
            f"It takes {wanted!r}: what was said there came back.",
            f"It took {name!r}, which {trial.kinds[name].effect}.",
        )
    return _judge_traces(trial, wanted) or _judge_reasons(trial, refusals, wanted)


def _judge_traces(trial: _Trial, wanted: str) -> Outcome | None:
    """Want the taken way open, those before it closed, and those behind it untried."""
    names = list(trial.ways)
    for name in names[: names.index(wanted)]:
        if not trial.ways[name].was_closed:
            return trial.not_yet(
                "It closes each way that it refuses.", f"It left {name!r} as it was."
            )
    if not trial.ways[wanted].is_open:
        return trial.not_yet("The way that it takes stays open.", f"{wanted!r} is closed.")
    for name in names[names.index(wanted) + 1 :]:
        if trial.ways[name].was_tried:
            return trial.not_yet(
                f"It tries no way behind {wanted!r}, which works.", f"It opened {name!r}, too."
            )
    return None


def _judge_reasons(trial: _Trial, refusals: dict[Any, Any], wanted: str) -> Outcome | None:
    names = list(trial.ways)[: list(trial.ways).index(wanted)]
    if list(refusals) != names:
        return trial.not_yet(
            f"`refusals` has the ways that were refused, {names}.", f"It has {list(refusals)}."
        )
    for name, reason in refusals.items():
        told = f"The reason for {name!r} is {short_repr(reason)}"
        if not isinstance(reason, str):
            return trial.not_yet("Each reason is a text.", f"{told}.")
        if not reason.strip():
            return trial.not_yet(
                "Each reason says something, also after a timeout.", f"{told}, an empty text."
            )
        if trial.ways[name].problem[:WORDS] not in reason:
            return trial.not_yet("The reason is what the error of the way says.", f"{told}.")
    return None


def _judge_refused(trial: _Trial) -> Outcome | None:
    """Want a ConnectionError with all names and reasons."""
    error = trial.error
    if error is None:
        returned = f"It returned {short_repr(trial.returned)}."
        return trial.not_yet(
            "If no way works, it raises `ConnectionError`.",
            "It still waited." if trial.is_stuck else returned,
        )
    if not isinstance(error, ConnectionError):
        tries("If no way works, it raises `ConnectionError`.", trial.case.splitlines())
        raise error
    for name, way in trial.ways.items():
        if not (name in str(error) and way.problem[:WORDS] in str(error)):
            return trial.not_yet(
                "The text of its `ConnectionError` has each way with its reason.",
                f"{name!r} or its reason is missing in {short_repr(str(error))}.",
            )
    return None


STUB = """
import asyncio


async def open_first(ways, patience): ...
"""

SOLUTION = """
import asyncio


async def open_first(ways, patience):
    refusals = {}
    for name, way in ways.items():
        try:
            async with asyncio.timeout(patience):
                await way.open()
                await way.say("are you there?")
                while await way.hear() != "are you there?":
                    pass
            return name, refusals
        except OSError as error:
            refusals[name] = str(error) or "no proof in time"
            await way.close()
    raise ConnectionError(f"no way works: {refusals}")
"""

PROOF = """\
                await way.say("are you there?")
                while await way.hear() != "are you there?":
                    pass
"""

UNBOUNDED = SOLUTION.replace("async with asyncio.timeout(patience)", "if True")

OPEN_IS_ENOUGH = SOLUTION.replace(PROOF, "")

ANYTHING_IS_ENOUGH = SOLUTION.replace(PROOF, "                await way.hear()\n").replace(
    "await way.open()\n", 'await way.open()\n                await way.say("are you there?")\n'
)

NO_REASON = SOLUTION.replace(' or "no proof in time"', "")

EXERCISE = Exercise(
    id="fallbacks.falls_back",
    title="a chain that asks for proof",
    task=(
        "The chain of step 6 takes whatever opens. Write `open_first`: `ways` maps names to ways, "
        "the best first. Each has `await way.open()`, `say(text)`, `hear()` for the next text, "
        "and `close()`; its server may greet, and echoes. One that is refused or breaks raises "
        "`OSError`. If one does not prove both directions within `patience` seconds in all, close "
        "it and try the next. Return the first name that works, its way still open, and a dict "
        "with the reason, as text, for each before. If none works, raise `ConnectionError` with "
        "all reasons."
    ),
    stub=STUB,
    hints=(
        "`async with asyncio.timeout(patience):` goes around everything that one way does, from "
        "`open` to the proof: three waits of `patience` each would be three times as long. The "
        "`TimeoutError` that it raises is an `OSError`, too.",
        "A greeting proves that texts come down. Say something of your own, and hear until "
        "exactly that comes back: then they go up, too.",
        "The text of a `TimeoutError` is empty: `str(error) or ...`.",
        "`return name, refusals` is the last line of the `try`; after `except OSError as error:` "
        "come the reason and `close()`.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(UNBOUNDED, "It still waited for 'websocket'."),
        Mistake(OPEN_IS_ENOUGH, "It took 'websocket', which opens, and loses every frame."),
        Mistake(ANYTHING_IS_ENOUGH, "and loses whatever is said to the server."),
        Mistake(NO_REASON, "an empty text"),
    ),
    judge=_judge,
    next=(
        "Somebody opens the chat on a train: the first way fails in a tunnel, and the chain stays "
        "with polling for hours. When should it try the better way again?"
    ),
)
