"""Why a client could not connect, whatever it speaks."""

from __future__ import annotations

from types import ModuleType

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from labkit.exceptions import ConnectError
from labkit.faults import (
    BlackHole,
    BufferResponses,
    Fault,
    Latency,
    RefuseUpgrade,
    RequireProxy,
    StripUpgrade,
)
from labkit.transports import connect_errors
from labkit.transports.connect_errors import find_cause


async def test_what_a_link_knows(lab: ModuleType) -> None:
    """A cut link and a stopped server are told without asking anybody."""
    server = await lab.serve("websocket")
    link = await lab.link(server)
    assert await find_cause("alice", link, "") == "websocket"
    link.cut()
    assert "the link is cut" in str(await find_cause("alice", link, ""))
    link.restore()
    await server.stop()
    assert "the server 'websocket' is stopped" in str(await find_cause("alice", link, ""))


async def test_a_server_of_the_bench_is_not_asked(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it speaks is known, so that no request comes that nobody made."""
    monkeypatch.setattr(connect_errors, "what_answers", None)
    for kind in ("websocket", "socketio"):
        server = await lab.serve(kind)
        assert await find_cause("alice", await lab.link(server), "") == kind


async def test_a_closed_link(lab: ModuleType) -> None:
    """A link that `fresh` has closed is named as closed, and so is the way to a new one."""
    link = await lab.link(await lab.serve("websocket"))
    await lab.fresh()
    with pytest.raises(lab.LabError, match=r"is closed, .* `await lab\.connect\(\.\.\., 'bob'\)`"):
        await lab.connect(link, "bob")


async def test_faults_are_named_and_nobody_is_asked(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says how far the client came, what acts on the link, and how to end that."""
    monkeypatch.setattr(connect_errors, "what_answers", None)
    server = await lab.serve("websocket")
    link = await lab.link(server.url)
    link.add(BlackHole(), "upstream")
    link.add(Latency(1))
    error = await find_cause("alice", link, "TCP is connected, but nothing came")
    assert str(error) == (
        "alice cannot connect: TCP is connected, but nothing came. Faults act on the link "
        "(BlackHole() upstream, Latency(1)); `alice.link.heal()` removes them."
    )
    error = await find_cause("zoé ☃", link, "nothing came")
    assert str(error).endswith("`client.link.heal()` removes them.")
    server.faults.add(BlackHole())
    error = await find_cause("alice", await lab.link(server), "nothing came")
    assert str(error).endswith("(BlackHole()); `server.faults.heal()` removes them.")


async def test_an_answer_counts_more_than_faults(lab: ModuleType) -> None:
    """A server that turns a client away is the reason, whatever acts on the link."""
    link = await lab.link(await lab.serve("socketio"))
    link.add(Latency(0.001))
    with pytest.raises(lab.LabError, match="the server there answers HTTP 200"):
        await lab.connect(link, "alice", protocol="websocket")


@pytest.mark.parametrize(
    ("protocol", "options", "fault", "said"),
    [
        ("websocket", {}, RefuseUpgrade(502), "refused the upgrade (HTTP 502 Bad Gateway), and "),
        ("websocket", {}, RequireProxy(), "refused the upgrade (HTTP 403 Forbidden), and the "),
        ("websocket", {}, StripUpgrade(), "changed the upgrade, and to what it saw, the server "),
        ("socketio", ["websocket"], RefuseUpgrade(), "refused the request (HTTP 403 Forbidden)"),
        ("socketio", ["websocket"], StripUpgrade(), "changed the request, and to what it saw"),
        ("socketio", ["polling"], RequireProxy(), "refused the request (HTTP 403 Forbidden)"),
        ("longpoll", {}, RequireProxy(), "refused the request (HTTP 403 Forbidden)"),
    ],
)
async def test_something_between(
    lab: ModuleType, protocol: str, options: object, fault: Fault, said: str
) -> None:
    """The server is not blamed for the answer to a request that it never saw, or not so."""
    link = await lab.link(await lab.serve(protocol))
    link.add(fault)
    with pytest.raises(ConnectError) as caught:
        await lab.connect(link, "alice", **({"transports": options} if options else {}))
    assert f": something between {said}" in str(caught.value)
    name = type(fault).__name__
    assert f"Faults act on the link ({name}(" in str(caught.value)
    assert str(caught.value).endswith("`alice.link.heal()` removes them.")


async def test_the_server_s_own_answer(lab: ModuleType) -> None:
    """Whatever acts on the link, if the request passed."""

    async def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(401, "who are you?")

    async def handle(websocket: ServerConnection) -> None: ...

    link = await lab.link(await lab.serve(handle, process_request=refuse))
    link.add(BufferResponses())
    with pytest.raises(ConnectError, match="the server there answers HTTP 401"):
        await lab.connect(link, "alice")
