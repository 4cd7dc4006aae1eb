"""HAR files: what browsers' DevTools export and show (HTTP Archive 1.2).

The format knows HTTP only. Chromium puts the messages of a WebSocket beside its handshake, in a
field `_webSocketMessages`; Firefox exports and shows the handshake alone.
"""
