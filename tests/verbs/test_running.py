"""Verbs that start and close: what they take, and what they say to mistakes."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest
from websockets.asyncio.server import ServerConnection

from labkit import bench
from labkit.clock import TIMESCALE_VARIABLE, clock
from labkit.exceptions import Unfinished


async def test_a_first_chat(lab: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """The first lines of the course work, and the last one says that nothing failed unseen."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    bob = await lab.connect(server, "bob")
    await alice.say("hello")
    assert await bob.hears("hello") == "hello"
    assert repr(lab.show(alice, bob)) == (
        "alice: open, said 1, heard 1 | bob: open, said 0, heard 2"
    )
    await lab.finish()
    assert capsys.readouterr().out == (
        "Nothing failed unseen. The bench's servers and clients stay open.\n"
    )


async def test_unknown_chats_and_ports_are_explained(lab: ModuleType) -> None:
    """A wrong name or port gets a sentence."""
    with pytest.raises(lab.LabError, match="Choose websocket or"):
        await lab.serve("websockets")
    for port in (-1, 70_000, "80", True, None):
        with pytest.raises(lab.LabError, match="is not a valid port"):
            await lab.serve("websocket", port=port)


async def test_connect_and_link_take_what_can_be_connected_to(lab: ModuleType) -> None:
    """Something else, or a stopped server, gets a sentence."""
    with pytest.raises(lab.LabError, match="give a server"):
        await lab.connect(8765)
    with pytest.raises(lab.LabError, match="leads to a server"):
        await lab.link(None)
    server = await lab.serve("websocket")
    await server.stop()
    with pytest.raises(lab.LabError, match="stopped"):
        await lab.connect(server)


async def test_a_forgotten_await_is_told(lab: ModuleType) -> None:
    """Where a server is expected and a coroutine came."""
    for verb in (lab.connect, lab.link):
        forgotten = lab.serve("websocket")
        with pytest.raises(lab.LabError, match="forget an `await`"):
            await verb(forgotten)
        forgotten.close()


async def test_the_time_scale_is_set_by_fresh(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By argument first, then by the environment."""
    await lab.fresh(timescale=0.5)
    assert clock.scale == 0.5
    monkeypatch.setenv(TIMESCALE_VARIABLE, "2")
    await lab.fresh()
    assert clock.scale == 2
    monkeypatch.delenv(TIMESCALE_VARIABLE)
    await lab.fresh()
    assert clock.scale == 1


async def test_names_are_texts(lab: ModuleType) -> None:
    """A number, an empty text or a list is not taken for something else."""
    server = await lab.serve("websocket")
    for name in (0, 7, "", ["alice"]):
        for verb, to in ((lab.serve, "websocket"), (lab.connect, server), (lab.link, server)):
            with pytest.raises(lab.LabError, match="A name must be a non-empty string"):
                await verb(to, name=name)
    assert server.log_entries == [] and bench.current().links == {}


async def test_one_host_is_one_name(lab: ModuleType) -> None:
    """A text is not taken for a list of letters; what can never match gets a sentence."""
    server = await lab.serve("websocket", hosts="https://Hub.example:8443/")
    for host, status in (("hub.example", 200), ("h", 403)):
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert str(status) in (await reader.readline()).decode()
        writer.close()
        await writer.wait_closed()
    with pytest.raises(lab.LabError, match=r"'\*' is not a host name"):
        await lab.serve("websocket", hosts=["*"])


async def test_what_failed_unseen_is_raised_and_nothing_is_printed(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """A background error that nobody took ends a notebook's last cell, without the good news."""

    async def divide(websocket: ServerConnection) -> None:
        async for message in websocket:
            await websocket.send(str(60 / int(message)))

    alice = await lab.connect(await lab.serve(divide), "alice")
    await alice.say("0")
    await alice.ends()
    for _ in range(2):  # nobody has taken it, so it is reported again
        with pytest.raises(Unfinished, match="ZeroDivisionError") as caught:
            await lab.finish()
    assert "reported each time until `lab.errors()` takes them" in str(caught.value)
    assert capsys.readouterr().out == ""
    lab.errors()
