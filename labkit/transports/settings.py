"""Limits, times and names of what labkit serves; times are scaled by the lab's clock."""

CHAT_MESSAGE = "chat message"
"""The event of Socket.IO's finished chat whose one argument is a text for everybody."""

ROOM_MESSAGE = "room message"
"""That whose arguments are a room and a text for those who are in it."""

HEARTBEAT = 5.0
"""Seconds between two pings, and for which a pong may be late."""

MAX_MESSAGE = 2**20
"""Bytes of the largest message; above it the connection closes with 1009."""

MAX_CONNECTIONS = 500
"""Connections that a server takes, unless it is told otherwise; sessions of Socket.IO, too."""

MAX_ROOMS = 50
"""Rooms of the finished chat that a connection may be in, in each namespace."""

MAX_ROOM_NAME = 100
"""Characters of the name of such a room."""

JOIN_TIMEOUT = 10.0
"""Seconds that a session of Socket.IO may be in no namespace; Node's server waits 45."""

MAX_BODY = 16 * 2**20
"""Bytes of a polling answer that a client takes, unpacked: many messages may have waited for it."""

MAX_ANSWERS = 10_000
"""Answers (pongs, acknowledgements) that a client keeps for a server which takes none of them."""

MAX_PONGS = 2**20
"""The same over raw WebSocket, in bytes."""

MAX_KEPT_BYTES = 16 * 2**20
"""Bytes of messages that a client's inbox keeps, the last ones, and so its transcript."""

MAX_TRANSCRIPT_ENTRIES = 2000
"""Lines of a client's transcript."""

CLOSE_TIMEOUT = 2.0
"""Seconds that a peer, or a handler, gets to end politely."""
