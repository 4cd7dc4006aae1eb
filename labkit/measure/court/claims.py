"""The claims: what is said about raw WebSocket and Socket.IO, in our own words.

Each names a page on which it, or something very near to it, is said. A page is no authority: it is
the occasion to measure. A part compares two subjects, or asks whether one reaches a figure; see
`claim.py`. What the subjects are, and which figures an experiment has, is said by its instrument.
"""

from __future__ import annotations

from labkit.measure.court.claim import Claim, Part

_ANSWERS = (
    "Stack Overflow",
    "https://stackoverflow.com/questions/10112178/differences-between-socket-io-and-websockets",
)
_COMPARISON = (
    "RavApps",
    "https://articles.ravapps.com/books/development-concepts/page/websocket-or-socket-io",
)
_INTRODUCTION = ("Socket.IO's introduction", "https://socket.io/docs/v4/")

_MIDDLEBOXES = ("strip upgrade", "refuse upgrade", "drop upgrade", "require proxy")
_FEATURES = ("broadcast", "rooms", "acknowledgement", "reconnection", "fallback")
_RESTORED = ("id", "rooms", "messages in between")
_LENGTHS = ("32 bytes up", "32 bytes down", "1000 bytes up", "1000 bytes down")


def _compared(name: str, experiment: str, figure: str, unit: str, more: str, less: str) -> Part:
    """Return a part that compares two subjects by a figure that is the same each time."""
    return Part(name, experiment, figure, unit, more, less, exact=True)


def _reached(name: str, experiment: str, figure: str, unit: str, of: str, line: float) -> Part:
    """Return a part that one subject's figure, which is the same each time, reaches a line."""
    return Part(name, experiment, figure, unit, of, line=line, exact=True)


CLAIMS = (
    Claim(
        "latency.connected",
        "Once it is connected, Socket.IO takes longer to deliver a message.",
        *_COMPARISON,
        "The median time of 32 characters to the server and back.",
        (
            Part("on this machine", "echo", "latency", "ms", "socketio", "websocket"),
            Part(
                "behind a round trip of 50 ms", "far_echo", "latency", "ms", "socketio", "websocket"
            ),
        ),
        depends_on="the distance",
    ),
    Claim(
        "latency.connecting",
        "Socket.IO takes longer to connect.",
        *_ANSWERS,
        "Whole round trips until a client may send, at a known latency.",
        (
            Part("by default", "connecting", "round trips", "", "socketio", "websocket"),
            Part(
                "over WebSocket only",
                "connecting",
                "round trips",
                "",
                "socketio websocket",
                "websocket",
            ),
        ),
        depends_on="the transport",
    ),
    Claim(
        "overhead.message",
        "Socket.IO adds so much to each message that it matters.",
        *_INTRODUCTION,
        "Bytes that cross for a text of 32 and of 1000 bytes, after the upgrade.",
        tuple(
            _compared("", "bytes", length, "bytes", "socketio", "websocket") for length in _LENGTHS
        ),
        depends_on="the length of the message",
    ),
    Claim(
        "overhead.connecting",
        "Socket.IO sends more until it is connected.",
        *_ANSWERS,
        "Bytes of both directions before the first message.",
        (_compared("", "bytes", "connect", "bytes", "socketio", "websocket"),),
    ),
    Claim(
        "overhead.idle",
        "A Socket.IO connection sends more while nobody says anything.",
        *_COMPARISON,
        "Bytes of an hour of heartbeats, as often as each library sends them by default.",
        (_compared("", "bytes", "an hour idle", "bytes", "socketio", "websocket"),),
        # `websockets` pings from both ends, each 20 s, a Socket.IO server each 25 s. One that stays
        # on polling sends a hundred times as much; it is shown, not judged.
        javascript="Node's `ws` sends no heartbeat of its own, nor does a browser "
        "(https://github.com/websockets/ws#how-to-detect-and-close-broken-connections), so a raw "
        "connection is silent there, until somebody writes one.",
    ),
    Claim(
        "overhead.cpu",
        "Socket.IO gives the server's processor more to do for each message.",
        *_COMPARISON,
        "The processor's time for a message and its echo, and for a delivery to one of 100.",
        (
            Part("for an echo", "echo", "cpu", "µs", "socketio", "websocket"),
            Part("for a delivery", "fan_out", "cpu", "µs", "socketio websocket", "websocket"),
        ),
        depends_on="the number of clients",
    ),
    Claim(
        "throughput.fan_out",
        "One process can send to more clients on raw WebSocket.",
        "Script Valley",
        "https://scriptvalley.com/courses/websockets-real-time-applications/"
        "socketio-for-production-real-time-apps",
        "The processor's time for a delivery to one of 100 clients, which bounds the throughput.",
        (Part("", "fan_out", "cpu", "µs", "socketio websocket", "websocket"),),
    ),
    Claim(
        "memory.connection",
        "A connection takes more memory on Socket.IO.",
        "Socket.IO on memory",
        "https://socket.io/docs/v4/memory-usage/",
        "The growth of a new server process for each connection, idle and after traffic. "
        "`websocket deflate` compresses, as websockets does by default; `websocket` does not.",
        tuple(
            Part(f"against {less}", "memory", figure, "KiB", "socketio websocket", less)
            for less in ("websocket", "websocket deflate")
            for figure in ("idle", "after traffic")
        ),
        depends_on="compression",
    ),
    Claim(
        "built_on.websocket",
        "Socket.IO is built on WebSocket.",
        "Ably",
        "https://ably.com/topic/scaling-socketio",
        "The share of texts that cross in WebSocket frames, and whether a client is heard that "
        "knows only WebSocket and dials Socket.IO's own address (`socketio endpoint`).",
        (
            _reached("by default", "built_on", "texts in WebSocket frames", "", "socketio", 1),
            _reached(
                "over polling", "built_on", "texts in WebSocket frames", "", "socketio polling", 1
            ),
            _reached("", "built_on", "a plain client is heard", "", "socketio endpoint", 1),
        ),
        depends_on="the transport",
    ),
    Claim(
        "duplex.one_connection",
        "On both, messages go both ways at once, over one TCP connection.",
        "Engine.IO's protocol",
        "https://github.com/socketio/engine.io-protocol",
        "Whether a text that goes up and one that comes down at that time are on one connection.",
        tuple(
            _reached("", "duplex", "both ways at once", "", subject, 1)
            for subject in ("websocket", "socketio", "socketio polling")
        ),
        depends_on="the transport",
    ),
    Claim(
        "control.settings",
        "Raw WebSocket gives more control of the protocol.",
        *_COMPARISON,
        "What the WebSocket standard leaves to an endpoint and a library lets one set or see, "
        "item by item.",
        (_compared("", "controls", "items", "", "websocket", "socketio"),),
    ),
    Claim(
        "simplicity.features",
        "With Socket.IO there is less to write.",
        *_ANSWERS,
        "Logical lines of five features, each written on both, which pass the same tests.",
        tuple(
            _compared("", "features", feature, "lines", "websocket", "socketio")
            for feature in _FEATURES
        ),
        depends_on="the feature",
    ),
    Claim(
        "reconnection.automatic",
        "Socket.IO reconnects by itself, and WebSocket does not.",
        *_INTRODUCTION,
        "Whether a client with its library's defaults is back after its line was cut.",
        (_compared("", "reconnection", "back by itself", "", "socketio", "websocket"),),
    ),
    Claim(
        "reconnection.restores",
        "After reconnecting, a Socket.IO client has everything back: id, rooms, messages in "
        "between.",
        "Socket.IO on recovery",
        "https://socket.io/docs/v4/connection-state-recovery",
        "Whether each of them is there again after a reconnect.",
        tuple(_reached("", "reconnection", each, "", "socketio", 1) for each in _RESTORED),
        depends_on="what it was",
        javascript="Socket.IO's server for Node can recover the state of a connection, if it is "
        "told to (connectionStateRecovery); python-socketio cannot.",
    ),
    Claim(
        "buffering.offline",
        "What is emitted offline is sent when the client is back.",
        "Socket.IO on being offline",
        "https://socket.io/docs/v4/client-offline-behavior",
        "How many of three texts arrive that were emitted while the line was cut.",
        (_reached("", "buffering", "texts that arrive later", "", "socketio", 3),),
        javascript="The client for JavaScript keeps them in its sendBuffer; python-socketio "
        "raises BadNamespaceError.",
    ),
    Claim(
        "reliability.delivery",
        "On raw WebSocket more messages are lost, or come out of order.",
        "Errorhandle",
        "https://errorhandle.ai/differences-between-socket-io-and-websockets",
        "Messages that the delivery checker misses under the same cuts on both, lost or reordered.",
        (
            _compared("", "delivery", "lost", "messages", "websocket", "socketio"),
            _compared("", "delivery", "out of order", "messages", "websocket", "socketio"),
        ),
        depends_on="what is counted",
    ),
    Claim(
        "fallback.blocked",
        "Socket.IO gets through where WebSockets are blocked.",
        "Socket.IO on how it works",
        "https://socket.io/docs/v4/how-it-works/",
        "Whether a client with its library's defaults chats behind each of some middleboxes.",
        tuple(
            _compared("", "fallback", each, "", "socketio", "websocket") for each in _MIDDLEBOXES
        ),
        depends_on="the middlebox",
    ),
    Claim(
        "browsers.wider",
        "Socket.IO works in more browsers.",
        *_ANSWERS,
        "Whether a client chats that has WebSocket, as every browser of today does "
        "(https://caniuse.com/websockets), and one that speaks only HTTP. No browser runs.",
        (
            _compared("", "browsers", "a browser of today chats", "", "socketio", "websocket"),
            _compared(
                "", "browsers", "a browser without WebSocket chats", "", "socketio", "websocket"
            ),
        ),
        depends_on="the browser",
    ),
    Claim(
        "samples.same",
        "The same small chat server, written on each of them, does the same.",
        "Socket.IO's older introduction",
        "https://socket.io/docs/v3/",
        "Of three people in each chat, for how many it is the same whether they hear a text.",
        (_reached("", "samples", "people for whom both do the same", "", "both", 3),),
    ),
)
"""All claims, in the order in which they are listed."""
