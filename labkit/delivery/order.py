"""The order in which messages were heard: each sender's own, and one for all.

A sender's order is that in which its sending began. Under at most once it is judged for each
connection of the sender and of the receiver: what was still under way on a connection that is over
may arrive after the first messages on the next one. Under the other promises it is judged by name.

One order for all does not follow from comparing receivers two by two: a hears 1 before 2, b hears 2
before 3, and c hears 3 before 1. So the orders of all are laid together as a graph of "was heard
just before", and there is one order for all if it has no cycle.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

from labkit.delivery.event import Event
from labkit.delivery.finding import Finding
from labkit.delivery.record import Message, Record

STARTS = 5
"""From how many messages a shortest cycle is looked for; the shortest of these is shown."""

Heard = list[tuple[Message, Event]]
"""The messages that one receiver heard, each once, in the order in which it heard them first."""


def find_reordered(record: Record) -> Iterator[Finding]:
    """Yield a finding for each message that must move to restore the promised order.

    They are the fewest that can be: all but a longest run of messages in the right order. Without a
    promise of order the finding is excused.
    """
    excuse = None if record.promise.order else "no order is promised"
    sequences = _sequences(record)
    for (receiver, _), heard in sequences.items():
        for run in _by_sender(record, heard).values():
            for moved, event, other, other_event in _misplaced(run):
                rows = sorted((moved.sends[0], other.sends[0], event, other_event), key=_position)
                yield Finding("reordered", moved.id, moved.sender, receiver, tuple(rows), excuse)
    if record.promise.order == "total":
        cycle = find_cycle([heard for heard in sequences.values() if len(heard) > 1])
        if cycle:
            first = record.messages[cycle[0].message]
            yield Finding("reordered", first.id, first.sender, "", tuple(cycle))


def find_cycle(sequences: list[Heard]) -> list[Event]:
    """Return hearings that contradict each other, two of each receiver in a row; [] if none do.

    Each pair says that its receiver heard one message before another, and the last of these is the
    first of the next pair.
    """
    later: dict[str, dict[str, tuple[int, Event, Event]]] = {}
    for number, heard in enumerate(sequences):
        for (one, event), (next_one, next_event) in pairwise(heard):
            later.setdefault(one.id, {}).setdefault(next_one.id, (number, event, next_event))
            later.setdefault(next_one.id, {})
    left = _without_ends(later)
    cycles = [_shortest(later, left, start) for start in list(left)[:STARTS]]
    steps = min((cycle for cycle in cycles if cycle), key=len, default=[])
    return _joined_steps(steps)


def _sequences(record: Record) -> dict[tuple[str, int], Heard]:
    """Return what each receiver heard, by name and, under at most once, by connection."""
    by_name = record.promise.is_to_identity
    hears = [(event, one) for one in record.messages.values() for event in one.hears]
    hears.sort(key=lambda pair: pair[0].position)
    found: dict[tuple[str, int], dict[str, tuple[Message, Event]]] = {}
    for event, message in hears:
        key = event.client, 0 if by_name else event.connection
        found.setdefault(key, {}).setdefault(message.id, (message, event))
    return {key: list(heard.values()) for key, heard in found.items()}


def _by_sender(record: Record, heard: Heard) -> dict[tuple[str, int], Heard]:
    """Split what was heard by sender; under at most once by its connection, if there is but one."""
    found: dict[tuple[str, int], Heard] = {}
    for message, event in heard:
        if record.promise.is_to_identity:
            found.setdefault((message.sender, 0), []).append((message, event))
        elif len(message.sends) == 1:
            key = message.sender, message.sends[0].connection
            found.setdefault(key, []).append((message, event))
    return found


def _misplaced(heard: Heard) -> Iterator[tuple[Message, Event, Message, Event]]:
    """Yield the fewest messages that must move, each with one of the others that it contradicts."""
    sent = [message.sends[0].position for message, _ in heard]
    if sent == sorted(sent):
        return
    kept = _longest_rising(sent)
    kept_sent = [sent[index] for index in kept]
    for index in sorted(set(range(len(heard))).difference(kept)):
        before = bisect_left(kept, index)  # so many of the kept ones were heard before it
        smaller = bisect_left(kept_sent, sent[index])  # and so many were sent before it
        other = kept[before - 1] if before > smaller else kept[before]
        yield *heard[index], *heard[other]


def _longest_rising(values: list[int]) -> list[int]:
    """Return the indexes of a longest rising subsequence, by patience sorting."""
    tails: list[int] = []
    tops: list[int] = []
    previous: list[int] = []
    for index, value in enumerate(values):
        pile = bisect_left(tops, value)
        previous.append(tails[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(index)
            tops.append(value)
        else:
            tails[pile], tops[pile] = index, value
    found = []
    index = tails[-1]
    while index >= 0:
        found.append(index)
        index = previous[index]
    return found[::-1]


def _without_ends(later: dict[str, dict[str, tuple[int, Event, Event]]]) -> dict[str, None]:
    """Return, in order, the nodes that are left when all without a predecessor are taken away."""
    count = dict.fromkeys(later, 0)
    for followers in later.values():
        for follower in followers:
            count[follower] += 1
    free = deque(node for node, number in count.items() if number == 0)
    while free:
        node = free.popleft()
        del count[node]
        for follower in later[node]:
            count[follower] -= 1
            if count[follower] == 0:
                free.append(follower)
    return dict.fromkeys(count)


def _shortest(
    later: dict[str, dict[str, tuple[int, Event, Event]]], left: dict[str, None], start: str
) -> list[tuple[int, Event, Event]]:
    """Return the steps of a shortest cycle through a node, [] if it is in none."""
    came: dict[str, tuple[str, tuple[int, Event, Event]]] = {}
    to_do = deque([start])
    while to_do and start not in came:
        node = to_do.popleft()
        for follower, step in later[node].items():
            if follower in left and follower not in came:
                came[follower] = node, step
                to_do.append(follower)
    if start not in came:
        return []
    steps = []
    node, step = came[start]
    steps.append(step)
    while node != start:
        node, step = came[node]
        steps.append(step)
    return steps[::-1]


def _joined_steps(steps: list[tuple[int, Event, Event]]) -> list[Event]:
    """Join the steps of one receiver that follow each other: it heard the first before the last."""
    while steps and steps[0][0] == steps[-1][0]:  # never all of one: it heard each once
        steps = [*steps[1:], steps[0]]
    joined: list[tuple[int, Event, Event]] = []
    for number, event, next_event in steps:
        if joined and joined[-1][0] == number:
            joined[-1] = number, joined[-1][1], next_event
        else:
            joined.append((number, event, next_event))
    return [event for _, one, other in joined for event in (one, other)]


def _position(event: Event) -> int:
    return event.position
