"""What becomes of six transports, each behind a middlebox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from labkit.bench.bench import Bench
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.measure.cell import Verdict
from labkit.transports.contract.expected import short_repr


@dataclass(frozen=True)
class Cell:
    """A cell of the grid that notebook 09 does not show.

    Attributes
    ----------
    box, way
        Its names in `ROWS` and `COLUMNS` of `measure/grid.py`.
    verdict
        What becomes of it, as its test there asserts.
    why
        The reason, as a sentence that does not name the verdict.
    """

    box: str
    way: str
    verdict: Verdict
    why: str


CELLS = (
    Cell(
        "refuse upgrade",
        "socketio websocket, polling",
        "dies",
        "Python's client tries the first entry of its list, and an error there is the end.",
    ),
    Cell(
        "idle kill 8 s",
        "websocket",
        "survives",
        "A heartbeat every 5 s crosses, so the connection is never silent for 8 s.",
    ),
    Cell(
        "limit life 3.5 s",
        "socketio",
        "degrades",
        "Its connection is cut after 3.5 s, however busy it is, and its client connects again.",
    ),
    Cell(
        "buffer 4096 bytes",
        "sse",
        "dies",
        "The box passes an answer on once it has 4096 bytes of it, and a few short events are "
        "less than that.",
    ),
    Cell(
        "limit connections 1",
        "socketio polling",
        "dies",
        "The poll that waits holds the only connection, so what the client says cannot pass.",
    ),
    Cell(
        "drop upgrade",
        "chain",
        "degrades",
        "Its WebSocket has not proved itself in time, so it goes on to a way that needs no "
        "upgrade.",
    ),
)

VERDICTS = get_args(Verdict)

REASONS = tuple(f'`"{cell.way}"` behind `"{cell.box}"`: {cell.why}' for cell in CELLS)


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    wanted = {(cell.box, cell.way): cell for cell in CELLS}
    if not isinstance(answer, dict) or set(answer) != set(wanted):
        return not_yet(
            "A dict with the six pairs of the stub, and a verdict for each.",
            f"It is {short_repr(answer)}.",
        )
    for pair, said in answer.items():
        if said is ...:
            return not_yet(f"A verdict for {pair!r}, too.", "It is still open: `...`.")
        if said not in VERDICTS:
            words = " or ".join(f'"{verdict}"' for verdict in VERDICTS)
            return not_yet(
                f"Each verdict is {words}.", f"The one for {pair!r} is {short_repr(said)}."
            )
    wrong = [
        f'{cell.way!r} {answer[pair]} behind "{cell.box}"'
        for pair, cell in wanted.items()
        if answer[pair] != cell.verdict
    ]
    if not wrong:
        return None
    return not_yet(
        "What happens when it is tried, for each pair. Think again: what does the way need, and "
        "what does the box do to that?",
        f"You said that {', and '.join(wrong)}.",
    )


STUB = """
predictions = {
    ("refuse upgrade", "socketio websocket, polling"): ...,
    ("idle kill 8 s", "websocket"): ...,
    ("limit life 3.5 s", "socketio"): ...,
    ("buffer 4096 bytes", "sse"): ...,
    ("limit connections 1", "socketio polling"): ...,
    ("drop upgrade", "chain"): ...,
}
"""


def _filled(**verdicts: str) -> str:
    """Return the stub with the right verdicts, but for some ways, by their names with "_"."""
    source = STUB
    for cell in CELLS:
        verdict = verdicts.get(cell.way.replace(", ", "_").replace(" ", "_"), cell.verdict)
        source = source.replace(f'"{cell.way}"): ...', f'"{cell.way}"): "{verdict}"')
    return source


EXERCISE = Exercise(
    id="fallbacks.predicts_six",
    title="six predictions",
    task=(
        "Six cells that the grid of step 2 does not show. Replace each `...` by "
        '`"survives"`, `"degrades"` or `"dies"`. The boxes: one refuses an upgrade; one cuts what '
        "is silent for 8 s; one cuts every connection after 3.5 s; one holds an answer back until "
        "4096 bytes of it are there; one lets a single connection through at a time, and the next "
        "waits; one loses an upgrade silently. The ways are the finished chats; "
        '"socketio websocket, polling" has these transports, and "chain" is that of step 7. '
        "Their heartbeats cross every 5 s."
    ),
    stub=STUB,
    hints=(
        "Ask of each way: how many connections does it need, for how long, and what crosses when "
        "nobody speaks?",
        "Step 4 says what a list of transports does in Python, step 7 what a chain does with a way "
        "that does not prove itself.",
        "*Degrades* means that it works, but without the better transport, or after a break.",
        "\n".join(f"- {reason}" for reason in REASONS),
    ),
    solution=_filled(),
    mistakes=(
        Mistake(_filled(socketio_websocket_polling="degrades"), "polling' degrades behind"),
        Mistake(_filled(websocket="dies"), "'websocket' dies behind"),
        Mistake(_filled(sse="survives"), "'sse' survives behind"),
        Mistake(_filled(socketio_polling="survives"), "'socketio polling' survives behind"),
    ),
    judge=_judge,
    next="\n".join(REASONS)
    + (
        "\nSee for yourself, in a cell of your own: `from labkit.measure.grid import try_cell`, "
        'then `await try_cell("limit connections 1", "longpoll")`, which takes half a minute. '
        "Which way would you offer there?"
    ),
)
