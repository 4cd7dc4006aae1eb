"""Judging a Socket.IO answer by its events: what each one was told, and what everybody heard."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass
from typing import Any, Self
from weakref import WeakValueDictionary

from labkit.bench.bench import Bench
from labkit.bench.starting import open_client, start_server
from labkit.exceptions import Disconnected, HandlerFailed, NotAcknowledged
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.exercises.visitors import PATIENCE
from labkit.transports.contract import Client, Server
from labkit.transports.contract.expected import short_repr

FENCE = "the check goes on"
"""The event that the check itself emits to everybody: all that came before it has arrived."""

TURNS = 5
"""Turns of the loop in which the library lets go of a session that has ended."""

Heard = dict[str, list[str]]
"""What clients heard, by their names; those that heard nothing are not in it."""


@dataclass(frozen=True)
class Answer:
    """What became of an event.

    Attributes
    ----------
    value
        Its acknowledgement.
    silence
        Why there is none, as a sentence; "" if there is one.
    """

    value: Any = None
    silence: str = ""


class _SessionId(str):
    """A session id of which one can know whether anything keeps it; a plain `str` says nothing."""

    __slots__ = ("__weakref__",)


class EventTrial:
    """A server and its clients, which emit one event after the other.

    Attributes
    ----------
    server
        The server of the answer.
    clients
        Who is connected, by name.
    steps
        What has happened, as the smallest case shows it.
    """

    def __init__(self, child: Bench, server: Any) -> None:
        self.server: Server = server
        self.clients: dict[str, Client] = {}
        self.steps: list[str] = []
        tries("", self.steps)
        self._child = child
        self._sio: Any = server.raw
        self._read: dict[str, int] = {}
        self._fences = 0
        self._ids: WeakValueDictionary[str, _SessionId] = WeakValueDictionary()
        self._gone: dict[str, str] = {}
        self._make_id = self._sio.eio.generate_id
        self._sio.eio.generate_id = self._make_session_id

    @classmethod
    async def open(cls, child: Bench, sio: Any, *names: str) -> Self:
        """Serve what an answer has made, and connect clients to it.

        Raises
        ------
        LabError
            If it is not a server.
        """
        trial = cls(child, await start_server(child, sio, "answer"))
        for name in names:
            await trial.join(name)
        return trial

    async def join(self, name: str) -> None:
        """Connect a client."""
        self.steps.append(f"{name} connects")
        client: Client = await open_client(
            self._child, self.server, name, transports=["websocket"], acknowledge=False
        )
        self.clients[name], self._read[name] = client, 0

    async def leave(self, name: str) -> None:
        """Let a client disconnect, and wait until the server has noticed."""
        self.steps.append(f"{name} disconnects")
        before = self.server.connection_count
        client: Any = self.clients.pop(name)
        self._gone[name] = client.sid
        await client.close()
        await self.server.changes.until(lambda: self.server.connection_count < before, PATIENCE)

    async def emit(self, name: str, event: str, *arguments: Any) -> Answer:
        """Let a client emit an event, and wait for its acknowledgement."""
        self.steps.append(self.emitted(name, event, *arguments))
        client: Any = self.clients[name]
        try:
            return Answer(await client.call(event, *arguments, within=PATIENCE))
        except (Disconnected, HandlerFailed, NotAcknowledged) as error:
            return Answer(silence=str(error))

    @staticmethod
    def emitted(name: str, event: str, *arguments: Any) -> str:
        """Return the step of an event that a client emits."""
        return f"{name} emits {', '.join(map(repr, (event, *arguments)))}"

    async def emit_to(self, name: str, event: str, argument: Any) -> None:
        """Let the server emit an event to one client, by its session id."""
        self.steps.append(f"the server emits {event!r}, {argument!r} to the sid of {name}")
        client: Any = self.clients[name]
        await self._sio.emit(event, argument, to=client.sid)

    async def find_difference(self, wanted: Heard) -> str:
        """Return who heard something else since the last time, as a sentence, "" if nobody did."""
        for name, client in self.clients.items():
            await self._until_heard(client, self._read[name] + len(wanted.get(name, ())))
        self._fences += 1
        await self._sio.emit(FENCE, self._fences)
        for client in self.clients.values():
            await self._until_fenced(client)
        difference = ""
        for name, client in self.clients.items():
            messages = _without_fences(client)
            heard, self._read[name] = messages[self._read[name] :], len(messages)
            if heard != wanted.get(name, []) and not difference:
                told = ", then ".join(map(short_repr, heard)) or "nothing"
                difference = f"{name} heard {told}."
        return difference

    async def find_kept(self) -> str:
        """Return whose session id is still in memory after leaving, as a sentence, or ""."""
        for _ in range(TURNS):
            await asyncio.sleep(0)
        gc.collect()
        kept = next((name for name, sid in self._gone.items() if sid in self._ids), "")
        return kept and f"Something still keeps the session id of {kept}."

    def _make_session_id(self) -> str:
        made = _SessionId(self._make_id())
        self._ids[str(made)] = made
        return made

    def not_yet(self, expected: str, happened: str) -> Outcome:
        """Return the outcome of a wrong answer, with the steps that led to it."""
        return not_yet(expected, happened, "\n".join(self.steps))

    @staticmethod
    async def _until_heard(client: Client, number: int) -> None:
        def has_heard() -> bool:
            return client.state != "open" or len(_without_fences(client)) >= number

        await client.changes.until(has_heard, PATIENCE)

    async def _until_fenced(self, client: Client) -> None:
        def is_fenced() -> bool:
            return client.state != "open" or f"{FENCE}({self._fences})" in client.inbox

        await client.changes.until(is_fenced, PATIENCE)


def _without_fences(client: Client) -> list[Any]:
    return [each for each in client.inbox if getattr(each, "event", None) != FENCE]
