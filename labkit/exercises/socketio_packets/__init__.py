"""The exercises of notebook 08: the packet of an event, and the packets of a polling body."""

from labkit.exercises.socketio_packets import reads_a_body, writes_an_event

EXERCISES = (writes_an_event.EXERCISE, reads_a_body.EXERCISE)
