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
from labkit.views.clip import clip
from labkit.views.front import front
from labkit.views.publisher import Publisher
from labkit.views.requests import Refused, Request, read

SHOWN = 200
"""Entries that an update holds at most."""

BUDGET = 24_000
"""Characters that an update holds at most, so that 20 a second pass through a slow network."""

LONGEST = 2_000
"""Characters of one message that are shown."""

IN_TWIN = 30
"""Entries of the static twin."""


class _Widget(anywidget.AnyWidget):
    """The front end's half. It has one trait, the whole state."""

    _esm = front("dom.js", "conversation.js", "chat_box.js")
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
        changes = (client.changes, client.link.changes)
        self._publisher = Publisher(self.widget, self._look, *changes)
        self._acting: set[asyncio.Task[None]] = set()
        self.widget.on_msg(self._arrived)

    def _look(self) -> dict[str, Any]:
        return state_of(self.client, self._publisher.following)

    def _arrived(self, widget: object, content: object, buffers: object) -> None:
        # This may run on another thread with another loop, depending on the version of ipykernel
        # and on what was shown before. So it only hops to the loop that owns the client.
        self._publisher.call(self.receive, content)

    def receive(self, content: object) -> None:
        """Act on a message of the front end, on the client's loop."""
        try:
            request = read(content)
        except Refused as reason:
            self._answer("refused", reason.id, str(reason))
            return
        if not self._publisher.following:
            self._answer("refused", request.id, _released(self.client))
            return
        task = asyncio.get_running_loop().create_task(self._act(request))
        self._acting.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._acting.discard)

    async def _act(self, request: Request) -> None:
        # what takes longer is answered twice: the page then knows that the kernel is there
        slow = self._publisher.loop.call_later(1, self._answer, "received", request.id)
        try:
            await self._do(request)
        except LabError as error:
            self._answer("refused", request.id, str(error))
        except Exception as error:  # a library's own complaint, for example about the text
            self._answer("refused", request.id, f"{type(error).__name__}: {error}")
        else:
            self._answer("accepted", request.id)
        finally:
            slow.cancel()

    async def _do(self, request: Request) -> None:
        if request.kind == "send":
            await self.client.say(request.text)
        elif request.kind == "plug":
            link = self.client.link
            (link.restore if request.in_place else link.cut)()
        elif self.client.state == "closed":  # not so at the second of two quick clicks
            await self.client.open()

    def _answer(self, kind: str, number: int | None, why: str = "") -> None:
        self.widget.send({"kind": kind, "id": number, "why": why})

    def close(self) -> None:
        """Show the last state and follow the client no longer."""
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


def state_of(client: Client, following: bool = True) -> dict[str, Any]:
    """Return what a chat box shows of a client, newest entries last.

    Parameters
    ----------
    client
        Whose box it is.
    following
        Whether the box will show what happens next.
    """
    look = STATES[client.state]
    return {
        "name": client.name,
        "state": {"key": client.state, "shape": look.shape, "word": look.word},
        "following": following,
        "reason": _reason(client, following),
        "link": client.link.state,
        "transport": client.transport,
        "retryAt": client.retry_at,
        "entries": _newest(client),
        "total": client.entries,
    }


def _reason(client: Client, following: bool) -> str:
    """Say why nothing can be sent, "" while it can."""
    if client.state == "open":
        return "" if following else _released(client)
    if client.link.state == "cut":
        return "The plug is pulled."
    if client.close_code is not None:
        told = f" The other side says: {client.close_reason}" if client.close_reason else ""
        return clip(f"Closed with {client.close_code}.{told}", LONGEST)
    return f"{STATES[client.state].word}: {STATES[client.state].meaning}."


def _released(client: Client) -> str:
    return f"This box follows {client.name} no longer: run its cell again for a live one."


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
    return clip(message, longest)


def _static_line(name: str, entry: Entry) -> str:
    text = escape(_shown(entry.text, 200)).replace("\n", " ")
    if entry.kind == "note":
        return f"<i>{text}</i>"
    if entry.kind == "heard":
        return f"← {text}"
    failed = " <i>(not sent)</i>" if entry.delivery == "failed" else ""
    return f"<b>{escape(name)}:</b> {text}{failed}"
