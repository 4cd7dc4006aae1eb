"""Judging by events: acknowledgements, and what everybody heard."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest
import socketio

from labkit import bench
from labkit.exercises.events import Answer, EventTrial


def make_server(hanging: asyncio.Event | None = None) -> Any:
    """Return a server that echoes to everybody, later; one event fails, another one hangs."""
    sio = socketio.AsyncServer(async_mode="aiohttp")

    async def echo(sid: str, text: str) -> str:
        sio.start_background_task(later, sid, text)
        return "thanks"

    async def later(sid: str, text: str) -> None:
        await asyncio.sleep(0)  # sleeps: for a turn of the loop
        await sio.emit("chat message", text, skip_sid=sid)

    async def fail(sid: str) -> None:
        raise ValueError("nothing of that name")

    async def hang(sid: str) -> None:
        assert hanging is not None
        hanging.set()
        await asyncio.Event().wait()

    sio.on("echo", echo)
    sio.on("fail", fail)
    sio.on("hang", hang)
    return sio


async def test_what_everybody_heard(lab: ModuleType) -> None:
    """What comes late is waited for, and what was heard once is not news any more."""
    async with bench.current().child() as child:
        trial = await EventTrial.open(child, make_server(), "alice", "bob")
        assert await trial.emit("alice", "echo", "hi") == Answer("thanks")
        assert await trial.find_difference({"bob": ["hi"]}) == ""
        assert await trial.find_difference({}) == ""
        await trial.emit_to("bob", "chat message", "for bob")
        assert await trial.find_difference({}) == "bob heard 'for bob'."
        assert trial.steps == [
            "alice connects",
            "bob connects",
            "alice emits 'echo', 'hi'",
            "the server emits 'chat message', 'for bob' to the sid of bob",
        ]
        assert trial.not_yet("a", "b").case == "\n".join(trial.steps)


async def test_a_session_id_that_is_kept(lab: ModuleType) -> None:
    """The one who has left is named as long as something refers to the session id."""
    kept = set()
    sio = make_server()
    sio.on("connect", lambda sid, environ: kept.add(sid))
    async with bench.current().child() as child:
        trial = await EventTrial.open(child, sio, "alice", "bob")
        assert await trial.find_kept() == ""
        await trial.leave("bob")
        assert await trial.find_kept() == "Something still keeps the session id of bob."
        kept.clear()
        assert await trial.find_kept() == ""


async def test_somebody_who_heard_too_much(lab: ModuleType) -> None:
    """The fence is behind everything, so what must not come is seen without a wait."""
    async with bench.current().child() as child:
        trial = await EventTrial.open(child, make_server(), "alice", "bob", "carol")
        for text in ("one", "two"):
            await trial.emit("alice", "echo", text)
        assert await trial.find_difference({"bob": ["one", "two"]}) == (
            "carol heard 'one', then 'two'."
        )


async def test_somebody_who_heard_nothing(lab: ModuleType) -> None:
    """It is said once the time for it is over."""
    async with bench.current().child() as child:
        trial = await EventTrial.open(child, make_server(), "alice", "bob")
        assert await trial.find_difference({"bob": ["hi"]}) == "bob heard nothing."


async def test_silence(lab: ModuleType) -> None:
    """A handler that fails gives no acknowledgement, and neither does a connection that ends."""
    hanging = asyncio.Event()
    async with bench.current().child() as child:
        trial = await EventTrial.open(child, make_server(hanging), "alice", "bob")
        failed = await trial.emit("alice", "fail")
        assert failed.silence.startswith("No acknowledgement will come for 'fail'")
        assert len(child.take_errors()) == 1
        emitting = asyncio.ensure_future(trial.emit("bob", "hang"))
        async with asyncio.timeout(2):
            await hanging.wait()
        trial.clients["bob"].link.cut()
        ended = await emitting
        assert "The connection ended" in ended.silence
        assert (await trial.emit("bob", "echo", "hi")).silence
        assert await trial.find_difference({}) == ""


async def test_who_comes_and_goes(lab: ModuleType) -> None:
    """The server has noticed when a step is over."""
    async with bench.current().child() as child:
        trial = await EventTrial.open(child, make_server(), "alice", "bob")
        await trial.leave("bob")
        assert trial.server.connection_count == 1
        await trial.join("bob")
        await trial.emit("alice", "echo", "hi")
        assert await trial.find_difference({"bob": ["hi"]}) == ""


async def test_what_is_not_a_server(lab: ModuleType) -> None:
    """It is refused, with the words of `serve`."""
    async with bench.current().child() as child:
        with pytest.raises(lab.LabError):
            await EventTrial.open(child, 7)
