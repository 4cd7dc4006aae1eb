"""All exercises, by notebook and by id."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from labkit.exceptions import LabError
from labkit.exercises import (
    coming_back,
    court,
    exactly_once,
    fallbacks,
    four_ways,
    heartbeats,
    lost_messages,
    raw_chat,
    rooms,
    slow_friend,
    socketio_packets,
    websocket_bytes,
)
from labkit.exercises.exercise import Exercise

NOTEBOOKS: dict[str, tuple[Exercise, ...]] = {
    "01-from-asking-to-being-told": four_ways.EXERCISES,
    "02-a-websocket-byte-by-byte": websocket_bytes.EXERCISES,
    "03-a-raw-chat": raw_chat.EXERCISES,
    "04-the-slow-friend": slow_friend.EXERCISES,
    "05-is-anybody-there": heartbeats.EXERCISES,
    "06-coming-back": coming_back.EXERCISES,
    "07-the-same-chat-on-socketio": rooms.EXERCISES,
    "08-socketio-byte-by-byte": socketio_packets.EXERCISES,
    "09-when-websockets-are-blocked": fallbacks.EXERCISES,
    "10-what-got-lost": lost_messages.EXERCISES,
    "11-exactly-once-almost": exactly_once.EXERCISES,
    "14-the-court": court.EXERCISES,
}
"""The exercises of each notebook, by its file's name: {"03-a-raw-chat": raw_chat.EXERCISES}."""


def all_exercises() -> dict[str, Exercise]:
    """Return all exercises by id, in the course's order."""
    return {each.id: each for name in sorted(NOTEBOOKS) for each in NOTEBOOKS[name]}


def find_exercise(id: Any) -> Exercise:
    """Return the exercise with an id.

    Raises
    ------
    LabError
        If there is none; the text suggests the nearest.
    """
    known = all_exercises()
    if not isinstance(id, str):
        raise LabError(
            f"An exercise's id is a string in quotes, not {id!r:.80}. `lab.check()` lists the ids."
        )
    if id in known:
        return known[id]
    near = get_close_matches(id, known, n=1, cutoff=0.4)
    advice = f"Did you mean {near[0]!r}? " if near else ""
    raise LabError(f"There is no exercise {id!r:.80}. {advice}`lab.check()` lists the ids.")
