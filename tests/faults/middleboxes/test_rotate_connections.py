"""A load balancer that knows no sessions: each connection leads to the next server."""

from __future__ import annotations

import json
from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.faults import RotateConnections, Schedule, Step

SERVERS = ("ws://127.0.0.1:1/", "http://localhost:2/", "ws://[::1]:3/")


def test_each_connection_leads_to_the_next_server() -> None:
    """In turns, from the first one on."""
    fault = RotateConnections(SERVERS)
    chosen = [fault.choose_server(number) for number in range(4)]
    assert chosen == [("127.0.0.1", 1), ("localhost", 2), ("::1", 3), ("127.0.0.1", 1)]


def test_it_is_plain_values() -> None:
    """A list of addresses is as good, so it comes back from JSON."""
    schedule = Schedule(Step(0, RotateConnections(list(SERVERS))))  # type: ignore[arg-type]
    assert Schedule.from_json(schedule.to_json()) == schedule
    assert json.loads(schedule.to_json())["steps"][0]["values"] == {"servers": list(SERVERS)}


@pytest.mark.parametrize(
    ("servers", "why"),
    [
        ((), "at least one server"),
        ("ws://127.0.0.1:1/", "several servers"),
        (7, "several servers"),
        ((7,), "not a server address"),
        (("ws://example.com/",), "not on this machine"),
        (("ws://10.0.0.1:80/",), "not on this machine"),
        (("wss://127.0.0.1/",), "encrypted"),
    ],
)
def test_bad_values(servers: tuple[str, ...], why: str) -> None:
    """They are addresses on this machine, where the servers judge requests themselves."""
    with pytest.raises(LabError, match=why):
        RotateConnections(servers)


async def test_servers_of_the_bench(lab: ModuleType) -> None:
    """They can be given as they are; who comes back comes to the other one."""
    one, two = await lab.serve("websocket", name="one"), await lab.serve("websocket", name="two")
    link = await lab.link(one)
    handle = link.add(RotateConnections((one, two)))
    for name in ("alice", "bob", "carol"):
        await lab.connect(link, name)
    assert (one.connection_count, two.connection_count) == (2, 1)
    assert handle.connection_count == 3
    fact = f"leads to 127.0.0.1:{two.port}: {handle.fault!r}"
    assert fact in link.trace.facts()
    handle.remove()
    await lab.connect(link, "dave")
    assert (one.connection_count, two.connection_count) == (3, 1)
