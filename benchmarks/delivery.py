"""The delivery checker: the CPU time in which it judges 100,000 events."""

from __future__ import annotations

from statistics import median
from time import process_time

from labkit.delivery import History, Promise, judge

EVENTS = 100_000
MAX_SECONDS = 1.0
"""CPU seconds that a verdict on so many events may take."""

PROMISES = {
    "at most once": Promise(),
    "at most once, order per sender": Promise(order="per sender"),
    "exactly once, total order, acknowledged": Promise("exactly once", "total", acknowledged=True),
}


def report(repeats: int) -> bool:
    """Measure and print a table; return whether each verdict was fast enough."""
    print(
        "| clients | promise | all arrives | one in three lost | all lost |\n|---|---|---|---|---|"
    )
    kept = True
    for clients in (3, 10, 300):
        for name, promise in PROMISES.items():
            times = [_seconds(clients, lost, promise, repeats) for lost in (0, 1, 3)]
            kept = kept and max(times) < MAX_SECONDS
            cells = " | ".join(f"{seconds:.2f} s" for seconds in times)
            print(f"| {clients} | {name} | {cells} |", flush=True)
    return kept


def _seconds(clients: int, lost: int, promise: Promise, repeats: int) -> float:
    history = _history(clients, lost)
    times = []
    for _ in range(repeats):
        begun = process_time()
        judge(history, promise)
        times.append(process_time() - begun)
    return median(times)


def _history(clients: int, lost: int) -> History:
    """Return a history of so many events, if nothing is lost; of three hearings some are.

    Everybody speaks in turn, and the last client is cut off and comes back now and then.
    """
    history = History()
    names = [f"c{number}" for number in range(clients)]
    connections = dict.fromkeys(names, 0)

    def enter(name: str) -> None:
        connections[name] = history.dial(name)
        history.join(name, connections[name], "greeting")

    for name in names:
        enter(name)
    for turn in range(EVENTS // (clients + 2)):
        sender = names[turn % clients]
        message = history.new_message(sender)
        history.send(sender, connections[sender], message)
        history.sent(sender, connections[sender], message)
        for number, name in enumerate(names):
            if name != sender and (turn + number) % 3 >= lost:
                history.hear(name, connections[name], history.text(message))
        history.ack(sender, connections[sender], message)
        if turn % 50 == 49:
            history.end(names[-1], connections[names[-1]], "fault")
            enter(names[-1])
    return history
