"""What is measured, as data."""

from __future__ import annotations

from labkit.measure.subject import (
    DEFLATE,
    SOCKETIO,
    SOCKETIO_WEBSOCKET,
    WEBSOCKET,
    Subject,
    make_light_clients,
)


def test_the_subjects_have_the_names_that_claims_use() -> None:
    """And each says what is not its library's default."""
    assert {subject.name: (subject.server, subject.client) for subject in SUBJECTS} == {
        "websocket": ({"compression": None}, {"compression": None}),
        "websocket deflate": ({}, {"compression": "deflate"}),
        "socketio": ({}, {}),
        "socketio websocket": ({}, {"transports": ["websocket"]}),
    }


SUBJECTS = (WEBSOCKET, DEFLATE, SOCKETIO, SOCKETIO_WEBSOCKET)


def test_its_processes_are_named() -> None:
    """Errors say which of them it was."""
    assert repr(SOCKETIO.make_server()) == "<Process \"The server of 'socketio'\": not running>"
    assert SOCKETIO.make_clients().title == "The process of the Socket.IO clients"
    assert make_light_clients().title == "The process of the light clients"


def test_a_subject_with_a_burden() -> None:
    """Its server is told, its clients are not, and the original stays as it is."""
    heavy = WEBSOCKET.burdened("heavy", memory=10)
    assert heavy == Subject(
        "heavy", "websocket", {"compression": None, "memory": 10}, {"compression": None}
    )
    assert "memory" not in WEBSOCKET.server


def test_a_server_of_somebody_elses() -> None:
    """Its command takes the place of labkit's own program."""
    assert Subject("node", "websocket", command=("node",)).make_server()._command == ("node",)
