"""A second witness of the court: Node's servers, measured by the same instruments."""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import median

from labkit.measure.instruments.echo import open_echo
from labkit.measure.instruments.fan_out import open_fan_out
from labkit.measure.instruments.memory import open_memory
from labkit.measure.subject import SOCKETIO, SOCKETIO_WEBSOCKET, WEBSOCKET, Subject
from tests.support.node import PEERS


def on_node(subject: Subject, library: str) -> Subject:
    """Return a subject with a server of Node's in the place of Python's."""
    command = (shutil.which("node") or "node", "--expose-gc", str(PEERS / "measured_server.cjs"))
    return Subject(
        f"{subject.name} on Node", subject.protocol, {"library": library}, subject.client, command
    )


WS = on_node(WEBSOCKET, "ws")
SOCKET_IO = on_node(SOCKETIO, "socket.io")
SOCKET_IO_WEBSOCKET = on_node(SOCKETIO_WEBSOCKET, "socket.io")


async def test_an_echo_costs_more_on_socketio(node_modules: Path) -> None:
    """Also of Node's processor, by its own account."""
    async with open_echo((WS, SOCKET_IO), 1000) as measure:
        repeats = [(await measure())["cpu"] for _ in range(4)][1:]  # its compiler warms up
    assert median(each[SOCKET_IO.name] / each[WS.name] for each in repeats) > 1.1


async def test_a_delivery(node_modules: Path) -> None:
    """All of them arrive, and each costs something."""
    async with open_fan_out((WS, SOCKET_IO_WEBSOCKET), 100, 200) as measure:
        repeats = [await measure() for _ in range(3)][1:]
    for subject in (WS, SOCKET_IO_WEBSOCKET):
        assert all(0.5 < each["cpu"][subject.name] < 100 for each in repeats)
        assert all(each["deliveries a second"][subject.name] > 1000 for each in repeats)


async def test_a_connection_takes_more_memory_on_socketio(node_modules: Path) -> None:
    """Idle, and after traffic."""
    async with open_memory((WS, SOCKET_IO_WEBSOCKET)) as measure:
        repeats = [await measure() for _ in range(3)]
    for figure in ("idle", "after traffic"):
        ratios = [
            each[figure][SOCKET_IO_WEBSOCKET.name] / each[figure][WS.name] for each in repeats
        ]
        assert median(ratios) > 1.25
