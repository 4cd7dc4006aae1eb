"""The court: claims about raw WebSocket and Socket.IO, measured here, each with its verdict."""
