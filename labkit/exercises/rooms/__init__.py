"""The exercises of notebook 07: rooms, a private message, an acknowledgement that says no."""

from labkit.exercises.rooms import changes_rooms, says_no, whispers

EXERCISES = (changes_rooms.EXERCISE, whispers.EXERCISE, says_no.EXERCISE)
