"""Crowds of light clients, which live in one process of their own."""

from __future__ import annotations

from labkit.measure.process import Process
from labkit.measure.subject import Subject


async def connect_crowd(light: Process, port: int, subject: Subject, clients: int) -> int:
    """Connect light clients over WebSocket, and return the number of their crowd."""
    answer = await light.ask(
        "connect",
        port=port,
        clients=clients,
        protocol=subject.protocol,
        compression=subject.client.get("compression"),
    )
    return int(answer["crowd"])
