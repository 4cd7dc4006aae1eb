"""The bench: names, replacement, and clean ends."""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import ModuleType

import pytest

import labkit
from labkit import bench
from labkit.bench.bench import _benches
from labkit.bench.panels import MAX_PANELS
from labkit.bench.starting import open_client, start_server
from labkit.exceptions import ConnectError, Unfinished
from labkit.faults import Down, Latency
from labkit.transports.contract import Client, Server
from tests.conftest import soon, turn_loop
from tests.support.servers import names_of


async def echo(websocket) -> None:  # type: ignore[no-untyped-def]
    """Send back what is heard."""
    async for message in websocket:
        await websocket.send(message)


async def test_people_get_names_in_order(lab: ModuleType) -> None:
    """Without a name, clients are alice, bob, carol."""
    server = await lab.serve("websocket")
    names = [(await lab.connect(server)).name for _ in range(10)]
    assert names[:3] == ["alice", "bob", "carol"] and len(set(names)) == 10


async def test_a_client_of_a_taken_name_replaces_the_old_one(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old connection is closed; one line says so, and the old one's box why."""
    server = await lab.serve("websocket")
    old = await lab.connect(server, "alice")
    new = await lab.connect(server, "alice")
    assert (old.state, old.close_code, new.state) == ("closed", 1000, "open")
    said = "alice was already connected; replacing that connection.\n"
    assert capsys.readouterr().out == said
    notes = [entry.text for entry in old.transcript if entry.kind == "note"]
    assert notes[-1] == "another alice was connected in its place"


async def test_a_wrong_option_replaces_nobody(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old connection stays, nothing is said about it, and no link is left."""
    server = await lab.serve("websocket")
    old = await lab.connect(server, "alice")
    with pytest.raises(lab.LabError, match="does not know the option"):
        await lab.connect(server, "alice", colour="blue")
    assert (old.state, bench.current().clients) == ("open", {"alice": old})
    assert bench.current().foreign_ports() == []
    assert capsys.readouterr().out == ""


async def test_people_who_connect_at_once_get_names_of_their_own(lab: ModuleType) -> None:
    """All are on the bench, and closing leaves nothing behind."""
    server = await lab.serve("socketio")
    people = await asyncio.gather(*[lab.connect(server) for _ in range(5)])
    assert [person.name for person in people] == ["alice", "bob", "carol", "dave", "erin"]
    assert list(bench.current().clients.values()) == people
    await lab.close()
    assert {person.state for person in people} == {"closed"}
    assert bench.current().foreign_ports() == []


async def test_two_who_connect_under_one_name_replace_each_other_in_turn(lab: ModuleType) -> None:
    """The later call wins, as if one had been made after the other."""
    server = await lab.serve("websocket")
    old, new = await asyncio.gather(*[lab.connect(server, "alice") for _ in range(2)])
    assert (old.state, new.state, names_of(server)) == ("closed", "open", ["alice"])


async def test_links_and_servers_made_at_once_are_all_owned(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """Links get names of their own; of servers with one name the later replaces the earlier."""
    servers = await asyncio.gather(*[lab.serve(echo) for _ in range(3)])
    assert [server.running for server in servers] == [False, False, True]
    assert servers[0].port == servers[2].port
    links = await asyncio.gather(*[lab.link(servers[2]) for _ in range(3)])
    assert [link.name for link in links] == ["link", "link1", "link2"]
    same = await asyncio.gather(*[lab.link(servers[2], "mine") for _ in range(2)])
    assert [link.state for link in same] == ["closed", "whole"]
    assert capsys.readouterr().out.count("Replacing server") == 2
    await lab.finish()


@pytest.mark.parametrize("scheme", ["ws", "http"])
async def test_closing_ends_what_is_still_connecting(lab: ModuleType, scheme: str) -> None:
    """Who waits for an answer that does not come gets an error, and nothing is left."""
    await lab.fresh(timescale=5)  # who waited for a close would wait for 10 s
    people = bench.current().clients
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/"
        connecting = asyncio.create_task(lab.connect(url, "alice"))
        await soon(lambda: "alice" in people and people["alice"].link.connection_count)
        started = time.monotonic()
        await lab.close()
        assert time.monotonic() - started < 8
        with pytest.raises(lab.LabError, match="alice was closed before the connection was open"):
            await connecting
    assert people == bench.current().clients == {}


async def test_who_comes_while_everything_closes_comes_after(lab: ModuleType) -> None:
    """A server that is started meanwhile is on the bench when all else has ended."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    closing = asyncio.create_task(lab.close())
    assert await alice.changes.until(lambda: alice.state != "open", within=2)
    server = await lab.serve(echo)
    assert closing.done() and server.running and list(bench.current().servers) == ["echo"]


async def test_what_fails_while_it_is_replaced_is_told(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new one takes the place all the same, and nothing of the old one is left."""
    server = await lab.serve("websocket")
    old = await lab.connect(server, "alice")
    close = old.close

    async def broken() -> None:
        await close()
        raise RuntimeError("no way out")

    monkeypatch.setattr(old, "close", broken)
    new = await lab.connect(server, "alice")
    assert new.state == "open" and old.link.state == "closed"
    assert [error.what for error in lab.errors()] == ["RuntimeError: no way out"]


async def test_a_server_of_a_taken_name_takes_the_port_and_the_links(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a replacement, links and clients come back to the new server on the old port."""
    first = await lab.serve("websocket", name="chat")
    alice = await lab.connect(first, "alice")
    link = await lab.link(first)
    second = await lab.serve(echo, name="chat")
    assert second.port == first.port and not first.running
    assert await alice.ends() == 1001
    await alice.open()
    await alice.say("anybody?")
    assert await alice.hears("anybody") == "anybody?"
    bob = await lab.connect(link, "bob")
    await bob.say("me too")
    await bob.hears("me too")
    assert "Replacing server 'chat'" in capsys.readouterr().out


async def test_a_server_that_fails_to_start_costs_nothing(lab: ModuleType) -> None:
    """A handler that cannot be served leaves the old server of that name alone."""
    server = await lab.serve(echo, name="chat")
    alice = await lab.connect(server, "alice")
    with pytest.raises(lab.LabError):
        await lab.serve(lambda websocket: None, name="chat")
    await alice.say("still there?")
    await alice.hears("still there?")


async def test_names_reach_the_server(lab: ModuleType) -> None:
    """The server's view names the bench's clients, and numbers the others."""
    server = await lab.serve("websocket")
    await lab.connect(server, "alice")
    async with _raw(server.url) as raw:
        await raw.recv()
        assert names_of(server) == ["alice", "guest 2"]


@pytest.mark.exhaustive
async def test_close_is_quick_and_complete(lab: ModuleType) -> None:
    """Everything ends within 3 s, though a handler does not want to."""

    async def stubborn(websocket) -> None:  # type: ignore[no-untyped-def]
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    server = await lab.serve(stubborn)
    await lab.connect(server)
    started = time.monotonic()
    await lab.close()
    assert time.monotonic() - started < 6
    assert not server.running


async def test_a_handler_may_close_everything(lab: ModuleType) -> None:
    """It is cancelled by what it asked for, which is done to its end nevertheless."""
    await lab.fresh(timescale=0.1)
    current = bench.current()

    async def last_order(websocket) -> None:  # type: ignore[no-untyped-def]
        await websocket.recv()
        await lab.close()

    server = await lab.serve(last_order)
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("everybody out")
    await soon(lambda: not current.clients)
    assert (alice.state, bob.state, server.running) == ("closed", "closed", False)
    assert (alice.link.state, bob.link.state) == ("closed", "closed")
    assert current.clients == {} and current.foreign_ports() == []


async def test_what_fails_while_it_closes_is_told(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that cannot close keeps nobody else open, and its error is a background error."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server), await lab.connect(server)
    close = alice.close

    async def broken() -> None:
        await close()
        raise RuntimeError("no way out")

    monkeypatch.setattr(alice, "close", broken)
    await lab.close()
    assert [error.what for error in lab.errors()] == ["RuntimeError: no way out"]
    assert bob.state == "closed" and not server.running


async def test_fresh_cancels_the_learners_tasks(lab: ModuleType) -> None:
    """What an earlier run left behind ends."""
    task = asyncio.create_task(asyncio.Event().wait())
    await lab.fresh()
    assert task.cancelled()


@pytest.mark.exhaustive
async def test_blocked_times_are_kept(lab: ModuleType) -> None:
    """A blocked loop is noted with its duration."""
    current = bench.current()
    time.sleep(1.3)  # noqa: ASYNC251 - sleeps: the block is what is tested
    await soon(lambda: current.monitor.blocked)
    assert current.monitor.blocked[0].seconds > 1
    await lab.fresh()
    assert current.monitor.blocked == []


async def test_old_shows_are_followed_no_longer(lab: ModuleType) -> None:
    """However often a cell shows, a bounded number of shows costs something."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    for _ in range(MAX_PANELS + 5):
        lab.show(alice)
    assert len(bench.current().panels) == MAX_PANELS
    assert len(alice.changes._listeners) == MAX_PANELS


def _raw(url: str):  # type: ignore[no-untyped-def]
    from websockets.asyncio.client import connect

    return connect(url, proxy=None)


async def test_each_loop_has_a_bench_of_its_own(lab: ModuleType) -> None:
    """A second loop on a thread takes nothing from the notebook's; its errors come there."""
    mine = bench.current()
    server = await lab.serve(echo)
    mine.monitor.background_errors.add(KeyError("mine"), "here")

    async def elsewhere() -> None:
        assert bench.current() is not mine
        bench.current().monitor.background_errors.add(KeyError("theirs"), "there")
        logging.getLogger("websockets.server").error("theirs, too")
        await turn_loop()

    await asyncio.to_thread(asyncio.run, elsewhere())
    assert bench.current() is mine and mine.servers == {"echo": server}
    alice = await lab.connect(server, "alice")
    await alice.say("still here")
    await alice.hears("still here")
    told = ["KeyError: 'mine'", "KeyError: 'theirs'", "theirs, too"]
    assert [error.what for error in lab.errors()] == told


async def test_a_port_of_another_loops_bench_is_not_foreign(lab: ModuleType) -> None:
    """What another bench owns is nobody's leftover while its loop lives."""
    listens, checked = threading.Event(), threading.Event()

    async def elsewhere() -> None:
        await lab.serve(echo, name="elsewhere")
        listens.set()
        await asyncio.to_thread(checked.wait)
        await lab.close()
        bench.current().stop()

    thread = asyncio.create_task(asyncio.to_thread(asyncio.run, elsewhere()))
    await asyncio.to_thread(listens.wait)
    try:
        assert bench.current().foreign_ports() == []
    finally:
        checked.set()
        await thread


def test_what_nobody_took_is_printed_at_exit(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that never asks for errors sees them at its end, except what `finish` raised."""

    async def program() -> bench.Bench:
        current = bench.current()
        current.monitor.background_errors.add(
            ValueError("raised"), "handler of 'chat', serving alice"
        )
        with pytest.raises(Unfinished, match="raised"):
            await current.finish()
        current.monitor.background_errors.add(
            ValueError("unseen"), "handler of 'chat', serving bob"
        )
        return current

    asyncio.run(program())._at_exit()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("labkit: background errors")
    assert lines[1:] == ["- ValueError: unseen (handler of 'chat', serving bob)"]


def test_closing_at_the_end_goes_on_when_the_loop_is_stopped() -> None:
    """ipykernel stops its loop a second time, while everything closes; all the same, all closes."""

    async def program() -> tuple[bench.Bench, Server, Client]:
        server = await labkit.serve(echo)
        return bench.current(), server, await labkit.connect(server, "alice")

    with asyncio.Runner() as runner:
        current, server, alice = runner.run(program())
        runner.get_loop().call_soon(runner.get_loop().stop)
        current._at_exit()
    assert not server.running
    assert (alice.state, alice.link.state) == ("closed", "closed")


def test_errors_of_a_loop_that_ended_outlive_a_fresh_bench(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where one loop follows another, what the first one left unsaid is printed, and only once."""

    async def first() -> None:
        bench.current().monitor.background_errors.add(ValueError("unseen"), "here")

    async def second() -> None:
        await bench.current().fresh()
        bench.current().stop()

    asyncio.run(first())
    asyncio.run(second())
    assert capsys.readouterr().err.count("ValueError: unseen") == 1
    assert list(_benches) == []


def test_a_plain_script_is_told(tmp_path: Path) -> None:
    """A script whose handler fails, and that asks for nothing, prints it at its end."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, "utf-8")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    where = "(handler of 'chat', serving alice: `raise KeyError(message)` in script.py)"
    assert ended.stderr.splitlines()[-1] == f"- KeyError: 'hello' {where}"


SCRIPT = """
import asyncio
import labkit as lab

async def chat(websocket):
    async for message in websocket:
        raise KeyError(message)

async def main():
    alice = await lab.connect(await lab.serve(chat), "alice")
    await alice.say("hello")
    await alice.ends()

asyncio.run(main())
"""


async def test_faults_on_all_links_of_a_server(lab: ModuleType) -> None:
    """They act on links made before and later, not on those to other servers, until they go."""
    server, other = await lab.serve(echo, name="chat"), await lab.serve(echo, name="other")
    alice, elsewhere = await lab.connect(server, "alice"), await lab.connect(other, "eve")
    shared = await lab.link(server)
    down = server.faults.add(Down())
    assert await alice.ends() == 1006
    assert (alice.link.state, shared.state, elsewhere.link.state) == ("cut", "cut", "whole")
    with pytest.raises(ConnectError, match=r"the link is cut. `server\.faults\.heal\(\)`"):
        await lab.connect(server, "bob")
    server.faults.heal()
    assert not down.is_active and shared.state == "whole"
    bob = await lab.connect(server, "bob")
    await bob.say("back")
    await bob.hears("back")


async def test_faults_belong_to_the_server_s_name(lab: ModuleType) -> None:
    """A server that replaces another has its faults, since it has its links; `close` ends them."""
    server = await lab.serve(echo, name="chat")
    handle = server.faults.add(Latency(0.001))
    server = await lab.serve(echo, name="chat")
    alice = await lab.connect(server, "alice")
    assert list(server.faults) == list(alice.link.faults) == [handle]
    await lab.close()
    assert not handle.is_active
    assert not (await lab.serve(echo, name="chat")).faults


async def test_a_child_bench_has_things_of_its_own(lab: ModuleType) -> None:
    """Its names replace nothing on the main bench, which owns its ports; it ends whole."""
    main = bench.current()
    server = await lab.serve("websocket", name="chat")
    alice = await lab.connect(server, "alice")
    async with main.child() as child:
        other = await start_server(child, "websocket", "chat")
        twin = await open_client(child, other, "alice")
        assert (main.servers, main.clients) == ({"chat": server}, {"alice": alice})
        assert (names_of(server), names_of(other)) == (["alice"], ["alice"])
        await main.finish()
        assert main.foreign_ports() == []
        child.observer.on_error(ValueError("in the child"), "here")
        assert [error.what for error in child.take_errors()] == ["ValueError: in the child"]
    assert (twin.state, twin.link.state, other.running) == ("closed", "closed", False)
    assert (alice.state, server.running) == ("open", True)
    await lab.finish()


async def test_the_main_bench_sweeps_its_children_until_they_end(lab: ModuleType) -> None:
    """A link of a child notices what only a sweep can; afterwards nobody looks."""
    main, swept = bench.current(), list[str]()
    async with main.child() as child:
        link = await child.link(await start_server(child, "websocket"), "mine", print)
        link.sweep = lambda: swept.append("swept")  # type: ignore[method-assign]
        await soon(lambda: swept)
    swept.clear()
    main.sweep()
    assert swept == []


async def test_closing_the_main_bench_closes_its_children(lab: ModuleType) -> None:
    """What a run had open ends, and its own end has nothing left to do."""
    async with bench.current().child() as child:
        other = await start_server(child, "websocket", "chat")
        await lab.close()
        assert not other.running and child.servers == {}


async def test_a_child_closes_whole_though_its_run_is_cancelled(lab: ModuleType) -> None:
    """The close goes on after the task that waited for it has been cancelled twice."""
    main, servers = bench.current(), list[Server]()

    async def run() -> None:
        async with main.child() as child:
            servers.append(await start_server(child, "websocket", "chat"))
            await asyncio.Event().wait()

    running = asyncio.create_task(run())
    await soon(lambda: servers)
    running.cancel()
    await turn_loop()
    running.cancel()
    await asyncio.wait([running])
    await soon(lambda: not servers[0].running)
    await soon(lambda: main.foreign_ports() == [])
