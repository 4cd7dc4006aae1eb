"""What a Socket.IO client may be told."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from labkit.backoff import Backoff
from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.transports.socketio.options import checked_transports, reconnect_options


@pytest.mark.parametrize(
    ("given", "checked"),
    [
        (None, ["polling", "websocket"]),
        ("polling", ["polling"]),
        (["websocket", "polling"], ["websocket", "polling"]),
    ],
)
def test_transports(given: Any, checked: list[str]) -> None:
    """By default polling and the upgrade; else what is asked for, in its order."""
    assert checked_transports(given) == checked


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"transports": ["webtransport"]}, "no transport 'webtransport'"),
        ({"transports": []}, 'has "polling" and "websocket"'),
        ({"reconnect": "yes"}, "`reconnect` must be True, False or a Backoff.*, not 'yes'"),
        ({"reconnect": Backoff()}, "cannot wait as Backoff.* says: it doubles"),
        ({"reconnect": True, "reconnection": True}, "`reconnect` sets reconnection: give one"),
        ({"namespace": "/chat"}, "It is called namespaces"),
        ({"extra_headers": {}}, "It is called headers"),
        ({"uri": "http://127.0.0.1/"}, "does not know the option uri"),
        ({"namespaces": "chat"}, "'chat' is not a valid namespace.*slash"),
        ({"namespaces": []}, "not a valid namespace"),
        ({"transports": 5}, "no transport 5"),
        ({"reconnection_delay": "1"}, "needs a number for reconnection_delay, not '1'"),
        ({"json": 5}, "every client and server in this process"),
        ({"namespaces": 7}, "7 is not a valid namespace"),
        ({"namespaces": [7]}, "7 is not a valid namespace"),
    ],
)
async def test_what_is_none_is_explained(
    lab: ModuleType, options: dict[str, Any], words: str
) -> None:
    """An unknown transport or option fails before anything is dialled, and leaves no client."""
    server = await lab.serve("socketio")
    with pytest.raises(lab.LabError, match=words):
        await lab.connect(server, "alice", **options)
    assert server.log_entries == []


async def test_a_path_means_two_things(lab: ModuleType) -> None:
    """In an address it is refused, with both ways to say it."""
    with pytest.raises(lab.LabError, match=r"namespaces=\[\"/admin\"\].*admin/socket.io"):
        await lab.connect("http://127.0.0.1:1/admin", "alice")


async def test_what_a_server_cannot_be_told(lab: ModuleType) -> None:
    """The finished chat's options are looked at before it is made."""
    for options, words in (
        ({"ping_interval": "5"}, "needs a number for ping_interval"),
        ({"json": 5}, "every client and server in this process"),
        ({"ping_intervall": 5}, "Did you mean ping_interval"),
    ):
        with pytest.raises(lab.LabError, match=words):
            await lab.serve("socketio", **options)
    await lab.finish()


@pytest.mark.parametrize(
    ("reconnect", "waits"),
    [
        (Backoff(1, factor=2, cap=9, jitter="none"), (0.5, 4.5)),
        (Backoff(3, factor=1, cap=9, jitter="none"), (1.5, 1.5)),
        (Backoff(4, factor=3, cap=4, jitter="none"), (2, 2)),
        (Backoff(0, factor=3, cap=4, jitter="none"), (0, 2)),
    ],
)
def test_a_backoff_that_the_library_can_follow(
    reconnect: Backoff, waits: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its waits are the library's, by the lab's clock; doubling never is more than the library's
    two options and no jitter say."""
    monkeypatch.setattr(clock, "_scale", 0.5)
    options = reconnect_options(reconnect, {"reconnection_attempts": 3})
    assert options == {
        "reconnection_attempts": 3,
        "reconnection_delay": waits[0],
        "reconnection_delay_max": waits[1],
        "randomization_factor": 0,
    }
    delay = options["reconnection_delay"]  # as the library computes it
    for attempt in range(1, 6):
        assert min(delay, waits[1]) == clock.seconds(reconnect.delay(attempt))
        delay *= 2


@pytest.mark.parametrize(
    ("reconnect", "options", "told"),
    [
        (Backoff(jitter="full"), {}, "its jitter is a fixed number of seconds"),
        (Backoff(jitter="equal"), {}, 'factor=2 and jitter="none"'),
        (Backoff(1, factor=3, jitter="none"), {}, "it doubles each wait"),
        (Backoff(jitter="none"), {"reconnection_delay": 1}, "sets reconnection_delay: give one"),
        (Backoff(jitter="none"), {"reconnection": True}, "sets reconnection: give one"),
        (False, {"reconnection": True}, "sets reconnection: give one"),
        (Backoff, {}, "must be True, False or a Backoff"),
    ],
)
def test_a_reconnect_that_the_library_cannot_follow(
    reconnect: Any, options: dict[str, Any], told: str
) -> None:
    """One sentence says why, and what can be said instead."""
    with pytest.raises(LabError, match=told):
        reconnect_options(reconnect, options)


def test_whether_to_reconnect_at_all() -> None:
    """True and False are the library's own option, beside its others."""
    waits = {"reconnection_delay": 3}
    assert reconnect_options(True, waits) == {"reconnection": True, "reconnection_delay": 3}
    assert reconnect_options(False, {}) == {"reconnection": False}
