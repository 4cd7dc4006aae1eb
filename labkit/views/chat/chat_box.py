"""The chat box: one client, its conversation, a line to type in, and the plug."""

from __future__ import annotations

from labkit.faults import Down
from labkit.front_end.joiner import join_modules
from labkit.links import Link
from labkit.protocols.reasons import Reason
from labkit.protocols.sizes import size_in_words
from labkit.protocols.socketio import EventMessage
from labkit.protocols.states import STATES
from labkit.transports.contract import Client, Entry, Message, describe_transport
from labkit.transports.settings import ROOM_MESSAGE
from labkit.untrusted import html_text, plain_text
from labkit.views.chat.messages import (
    ChatAction,
    ChatSnapshot,
    FaultOnLink,
    Open,
    Plug,
    Send,
    ShownEntry,
)
from labkit.views.shared.acting import ActingView
from labkit.views.shared.actions import Actions
from labkit.views.shared.clip import clip
from labkit.views.shared.widget import SnapshotWidget, box_styles

SHOWN = 200
"""Entries that an update holds at most."""

BUDGET = 24_000
"""Characters that an update holds at most, so that 20 a second pass through a slow network."""

LONGEST = 2_000
"""Characters of one message that are shown."""

ROOMS = 8
"""Rooms that are named; of more, the number is told."""

ROOM = 40
"""Characters of a room's name that are shown."""

FAULT = 80
"""Characters of what is said of a fault on the link."""

IN_TWIN = 30
"""Entries of the static twin."""


ROOM_EVENT = ("/", ROOM_MESSAGE)
"""Namespace and name of the event that is shown as something said in a room."""


class _Widget(SnapshotWidget):
    _esm = join_modules("views/chat/chat_box.js")
    _css = box_styles("views/chat/chat_box.css")


_ACTIONS: Actions[ChatAction] = Actions(Send, Plug, Open)


class ChatBox(ActingView[ChatAction]):
    """Shows a client, and acts for the person at it.

    Parameters
    ----------
    client
        Whose box it is.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        super().__init__(_Widget, _ACTIONS, client.changes, client.link.changes)

    def _snapshot(self, following: bool) -> ChatSnapshot:
        return chat_snapshot(self.client, following)

    async def _do(self, action: ChatAction) -> None:
        if action["kind"] == "send":
            await self.client.say(action["text"])
        elif action["kind"] == "plug":
            link = self.client.link
            (link.restore if action["in_place"] else link.cut)()
        elif self.client.state in ("closed", "reconnecting"):
            await self.client.open()

    @property
    def _released(self) -> str:
        return _released(self.client)

    @property
    def line(self) -> str:
        """The text twin: one line, the same in each run."""
        client = self.client
        said = sum(entry.kind == "said" for entry in client.transcript)
        word = STATES[client.state].word.lower()
        heard = client.inbox.dropped + len(client.inbox)
        faults = "".join(f", {fault['summary']}" for fault in _faults(client.link))
        return f"{plain_text(client.name)}: {word}, said {said}, heard {heard}{faults}"

    @property
    def heading(self) -> str:
        """Heading of the static twin, as HTML."""
        state = STATES[self.client.state]
        return f"{html_text(self.client.name)} {state.shape} {state.word}"

    @property
    def body(self) -> str:
        """The static twin: the transcript without times, as HTML."""
        entries = list(self.client.transcript)
        lines = [_static_line(self.client.name, entry) for entry in entries[-IN_TWIN:]]
        earlier = self.client.transcript.total - len(lines)
        if earlier:
            lines.insert(0, f"<i>({earlier} earlier lines)</i>")
        return "<br>\n".join(lines)


def chat_snapshot(client: Client, following: bool = True) -> ChatSnapshot:
    """Return what a chat box shows of a client, newest entries last.

    Parameters
    ----------
    client
        Whose box it is.
    following
        Whether the box will show what happens next.
    """
    state = STATES[client.state]
    return {
        "name": plain_text(client.name),
        "state": {"key": client.state, "shape": state.shape, "word": state.word},
        "following": following,
        "reason": clip(_reason(client, following), LONGEST),
        "link": client.link.state,
        "faults": _faults(client.link),
        "badge": describe_transport(client),
        "rooms": [clip(room, ROOM) for room in client.rooms[:ROOMS]],
        "moreRooms": len(client.rooms[ROOMS:]),
        "attempt": client.attempt,
        "retryAt": client.retry_at,
        "entries": _newest(client),
        "total": client.transcript.total,
    }


def _faults(link: Link) -> list[FaultOnLink]:
    """Return the faults that act on a link; of a pulled plug, only the countdown is news."""
    shown = [(handle.fault, link.faults.time_left(handle)) for handle in link.faults]
    return [
        {"summary": clip(fault.summary, FAULT), "healsIn": left}
        for fault, left in shown
        if left is not None or not isinstance(fault, Down)
    ]


def _reason(client: Client, following: bool) -> str:
    """Say why nothing can be sent, "" while it can."""
    if client.state == "open":
        return "" if following else _released(client)
    if client.link.state == "cut":
        tries = " The client goes on trying to come back." if client.state == "reconnecting" else ""
        return f"The plug is pulled.{tries}"
    if isinstance(client.ending, Reason):  # the conversation names it
        return f"The connection ended: {client.ending.meaning}."
    if (
        client.close_code is not None
    ):  # the conversation has its meaning, and the other side's words
        return f"Closed with {int(client.close_code)}."
    return f"{STATES[client.state].word}: {STATES[client.state].meaning}."


def _released(client: Client) -> str:
    return f"This box no longer follows {client.name}: run its cell again for a live one."


def _newest(client: Client) -> list[ShownEntry]:
    entries: list[ShownEntry] = []
    left = BUDGET
    number = client.transcript.total
    for entry in reversed(client.transcript):
        number -= 1
        room, message = _in_room(entry)
        text = _shown(message)
        left -= len(text)
        if entries and (left < 0 or len(entries) >= SHOWN):
            break
        entries.append(
            {
                "n": number,
                "kind": entry.kind,
                "text": text,
                "room": clip(room, ROOM),
                "isEcho": entry.is_echo,
                "at": entry.at,
                "sendStatus": entry.send_status,
            }
        )
    return entries[::-1]


def _in_room(entry: Entry) -> tuple[str, Message]:
    """Return the room in which something was said, "" for none, and what was said."""
    message = entry.text
    if isinstance(message, EventMessage) and (message.namespace, message.event) == ROOM_EVENT:
        match message.arguments:
            case (str(room), str(text)):
                return room, text
    return entry.room, message


def _shown(message: Message, longest: int = LONGEST) -> str:
    if isinstance(message, bytes):
        start = message[:16].hex(" ")
        more = " ..." if len(message) > 16 else ""
        return f"[{size_in_words(len(message))}: {start}{more}]"
    return clip(message, longest)


def _static_line(name: str, entry: Entry) -> str:
    room, message = _in_room(entry)
    text = html_text(_shown(message, 200))
    if room:
        text = f"<i>(room {html_text(clip(room, ROOM))})</i> {text}"
    if entry.kind == "note":
        return f"<i>{text}</i>"
    if entry.kind == "heard":
        return f"← <i>(came back from the server)</i> {text}" if entry.is_echo else f"← {text}"
    failed = " <i>(not sent)</i>" if entry.send_status == "failed" else ""
    return f"<b>{html_text(name)}:</b> {text}{failed}"
