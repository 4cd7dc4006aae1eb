"""Chats to be judged: right ones, and those that break what they promise; state is new in each."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Any

import socketio
from websockets.exceptions import ConnectionClosed

Handler = Callable[[Any], Awaitable[None]]


async def send_to_open(person: Any, message: Any) -> None:
    """Send to a connection that may just have ended."""
    with contextlib.suppress(ConnectionClosed):
        await person.send(message)


def sound_chat() -> Handler:
    """Send to all others that are there."""
    people: set[Any] = set()

    async def handler(websocket: Any) -> None:
        people.add(websocket)
        try:
            async for message in websocket:
                for person in people - {websocket}:
                    await send_to_open(person, message)
        finally:
            people.discard(websocket)

    return handler


def naive_chat() -> Handler:
    """Never forget who has gone: a send to one of them fails, and ends the sender's connection."""
    people: list[Any] = []

    async def handler(websocket: Any) -> None:
        people.append(websocket)
        async for message in websocket:
            for person in people:
                if person is not websocket:
                    await person.send(message)

    return handler


def replaying_chat() -> Handler:
    """Send everything that was ever said to whoever comes, also to those who heard it."""
    people: set[Any] = set()
    log: list[Any] = []

    async def handler(websocket: Any) -> None:
        for message in log:
            await websocket.send(message)
        people.add(websocket)
        try:
            async for message in websocket:
                log.append(message)
                for person in people - {websocket}:
                    await send_to_open(person, message)
        finally:
            people.discard(websocket)

    return handler


def overtaking_chat() -> Handler:
    """Send to each in a task of its own, some turns later by chance, so that messages overtake."""
    people: set[Any] = set()
    tasks: set[asyncio.Task[None]] = set()

    async def relay(person: Any, message: Any) -> None:
        for _ in range(random.randrange(20)):
            await asyncio.sleep(0)  # sleeps: for no time, only a turn
        await send_to_open(person, message)

    async def handler(websocket: Any) -> None:
        people.add(websocket)
        try:
            async for message in websocket:
                for person in people - {websocket}:
                    tasks.add(task := asyncio.create_task(relay(person, message)))
                    task.add_done_callback(tasks.discard)
        finally:
            people.discard(websocket)

    return handler


def sound_socketio_chat() -> socketio.AsyncServer:
    """Emit to all others, on Socket.IO."""
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.on("chat message")
    async def said(sid: str, text: str) -> None:
        await sio.emit("chat message", text, skip_sid=sid)

    return sio


def storing_chat(*, knows_repeats: bool) -> Callable[[], tuple[Handler, Callable[[], Any]]]:
    """Return what makes a chat that stores and acknowledges, each repeat too unless it knows it."""

    def make() -> tuple[Handler, Callable[[], Any]]:
        rows: list[str] = []

        async def handler(websocket: Any) -> None:
            async for text in websocket:
                if not (knows_repeats and text in rows):
                    rows.append(text)
                await websocket.send(f"stored {text}")

        async def stored() -> list[str]:
            return list(rows)

        return handler, stored

    return make


class Outbox:
    """Says a message again, on one connection after the other, until it is acknowledged."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self.connect = connect

    async def say(self, text: str) -> None:
        """Return once the message is acknowledged."""
        async for websocket in self.connect():
            try:
                await websocket.send(text)
                await websocket.recv()
            except ConnectionClosed:
                continue
            return
