"""The chat box: one client, its conversation, a line to type in, and the plug."""

from __future__ import annotations

import asyncio
from html import escape
from typing import Any

import anywidget
import traitlets

from labkit.exceptions import LabError
from labkit.protocols.states import STATES
from labkit.transports.contract import Client, Entry, Message
from labkit.views.front import front
from labkit.views.publisher import Publisher
from labkit.views.requests import Refused, Request, read

SHOWN = 200
"""Entries that an update holds at most."""

BUDGET = 24_000
"""Characters that an update holds at most: 20 of them a second stay below Jupyter's limit."""

LONGEST = 2_000
"""Characters of one message that are shown."""

IN_TWIN = 30
"""Entries of the static twin."""


class _Widget(anywidget.AnyWidget):
    """The front end's half. It has one trait, the whole state."""

    _esm = front("dom.js", "chat_box.js")
    _css = front("box.css", "chat_box.css")
    state = traitlets.Dict().tag(sync=True)


class ChatBox:
    """Shows a client, and acts for the person at it.

    Parameters
    ----------
    client
        Whose box it is.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.widget = _Widget(state=state_of(client))
        self._publisher = Publisher(self._publish)
        self._subscriptions = [
            client.changes.subscribe(self._publisher.changed),
            client.link.changes.subscribe(self._publisher.changed),
        ]
        self._acting: set[asyncio.Task[None]] = set()
        self.widget.on_msg(self._arrived)

    def _publish(self) -> None:
        self.widget.state = state_of(self.client)

    def _arrived(self, widget: object, content: object, buffers: object) -> None:
        # This may run on another thread with another loop, depending on the version of ipykernel
        # and on what was shown before. So it only hops to the loop that owns the client.
        self._publisher.loop.call_soon_threadsafe(self.receive, content)

    def receive(self, content: object) -> None:
        """Act on a message of the front end, on the client's loop."""
        try:
            request = read(content)
        except Refused as reason:
            number = content.get("id") if isinstance(content, dict) else None
            self._answer("refused", number if isinstance(number, int) else None, str(reason))
            return
        task = asyncio.get_running_loop().create_task(self._act(request))
        self._acting.add(task)
        task.add_done_callback(self._acting.discard)

    async def _act(self, request: Request) -> None:
        try:
            if request.kind == "send":
                await self.client.say(request.text)
            elif request.kind == "open":
                await self.client.open()
            elif request.in_place:
                self.client.link.restore()
            else:
                self.client.link.cut()
        except LabError as error:
            self._answer("refused", request.id, str(error))
        else:
            self._answer("accepted", request.id)

    def _answer(self, kind: str, number: int | None, why: str = "") -> None:
        self.widget.send({"kind": kind, "id": number, "why": why})

    def close(self) -> None:
        """Show the last state and follow the client no longer."""
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self._publisher.close()

    @property
    def line(self) -> str:
        """The text twin: one line, the same in each run."""
        client = self.client
        said = sum(entry.kind == "said" for entry in client.transcript)
        word = STATES[client.state].word.lower()
        return f"{client.name}: {word}, said {said}, heard {len(client.inbox)}"

    @property
    def heading(self) -> str:
        """Heading of the static twin, as HTML."""
        look = STATES[self.client.state]
        return f"{escape(self.client.name)} {look.shape} {look.word}"

    @property
    def body(self) -> str:
        """The static twin: the transcript without times, as HTML."""
        entries = list(self.client.transcript)
        lines = [_static_line(self.client.name, entry) for entry in entries[-IN_TWIN:]]
        if len(entries) > IN_TWIN:
            lines.insert(0, f"<i>({len(entries) - IN_TWIN} earlier lines)</i>")
        return "<br>\n".join(lines)


def state_of(client: Client) -> dict[str, Any]:
    """Return what a chat box shows of a client, newest entries last."""
    look = STATES[client.state]
    return {
        "name": client.name,
        "state": {"key": client.state, "shape": look.shape, "word": look.word},
        "reason": _reason(client),
        "link": client.link.state,
        "transport": client.transport,
        "retryAt": client.retry_at,
        "entries": _newest(client),
        "total": client.entries,
    }


def _reason(client: Client) -> str:
    """Say why nothing can be sent, "" while it can."""
    if client.state == "open":
        return ""
    if client.link.state == "cut":
        return "The plug is pulled."
    if client.close_code is not None:
        return f"Closed with {client.close_code}."
    return f"{STATES[client.state].word}: {STATES[client.state].meaning}."


def _newest(client: Client) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    left = BUDGET
    number = client.entries
    for entry in reversed(client.transcript):
        number -= 1
        text = _shown(entry.text)
        left -= len(text)
        if entries and (left < 0 or len(entries) >= SHOWN):
            break
        entries.append(
            {
                "n": number,
                "kind": entry.kind,
                "text": text,
                "at": entry.at,
                "delivery": entry.delivery,
            }
        )
    return entries[::-1]


def _shown(message: Message, longest: int = LONGEST) -> str:
    if isinstance(message, bytes):
        start = message[:16].hex(" ")
        more = " ..." if len(message) > 16 else ""
        return f"[{len(message)} bytes: {start}{more}]"
    if len(message) > longest:
        return f"{message[:longest]}… [{len(message)} characters]"
    return message


def _static_line(name: str, entry: Entry) -> str:
    text = escape(_shown(entry.text, 200)).replace("\n", " ")
    if entry.kind == "note":
        return f"<i>{text}</i>"
    if entry.kind == "heard":
        return f"← {text}"
    failed = " <i>(not sent)</i>" if entry.delivery == "failed" else ""
    return f"<b>{escape(name)}:</b> {text}{failed}"
