"""Limits, times and names of labkit's servers and clients; the lab's clock scales the times."""

CHAT_MESSAGE = "chat message"
"""The event of the finished Socket.IO chat with one argument, a text for everyone."""

ROOM_MESSAGE = "room message"
"""Its event with two arguments, a room and a text for that room."""

HEARTBEAT = 5.0
"""Seconds between two pings, and the seconds by which a pong may be late."""

STABLE = 10.0
"""Seconds that a connection must stand before a client that loses it starts its backoff afresh."""

MAX_MESSAGE = 2**20
"""Bytes of the largest message; a larger one closes the connection with 1009."""

MAX_CONNECTIONS = 500
"""Connections, and sessions of Socket.IO, that a server accepts by default."""

MAX_ROOMS = 50
"""Rooms of the finished chat that a connection may be in, per namespace."""

MAX_ROOM_NAME = 100
"""Characters of such a room's name."""

JOIN_TIMEOUT = 10.0
"""Seconds that a Socket.IO session may be in no namespace; Node's server waits 45."""

MAX_BODY = 16 * 2**20
"""Bytes of a polling answer that a client accepts, unpacked: it may hold many queued messages."""

MAX_ANSWERS = 10_000
"""Answers (pongs, acknowledgements) that a client queues for a server that reads none of them."""

MAX_PONGS = 2**20
"""The same over raw WebSocket, in bytes."""

MAX_KEPT_BYTES = 16 * 2**20
"""Bytes of messages that a client's inbox keeps, and its transcript: the last ones."""

MAX_TRANSCRIPT_ENTRIES = 2000
"""Entries of a client's transcript."""

CLOSE_TIMEOUT = 2.0
"""Seconds that a peer, or a handler, gets to end by itself."""

POLL_INTERVAL = 1.0
"""Seconds between two short polls."""

HOLD = 25.0
"""Seconds for which a long poll is held at most; proxies often end what is silent for 30 or 60."""

ABSENCE = 3.0
"""Seconds, or intervals of its polls, without a request after which a client has left."""

REMEMBERED = 30.0
"""Seconds for which a server remembers a client that has left: its number of posts."""

GIVE_UP = 15.0
"""Seconds for which a client posts a message again and again until it is answered."""

MAX_HISTORY_MESSAGES = 1000
"""Messages that a server over HTTP keeps for clients that come back."""

MAX_HISTORY_BYTES = 8 * 2**20
"""Bytes of these messages, as JSON."""

MAX_ANSWER = 2**20
"""Bytes of messages in one answer to a poll; the rest comes with the next one."""
