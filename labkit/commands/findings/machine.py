"""Checks of the machine: connections, ports, timing, proxies, and a hub's prefix."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping

from labkit.commands.findings.finding import Finding, broken_installation
from labkit.commands.hub import PREFIX_VARIABLE
from labkit.exceptions import LabError


def loopback() -> Finding:
    """Check that a byte comes back over TCP on this machine."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(3)
            with socket.create_connection(server.getsockname(), timeout=3) as client:
                peer, _ = server.accept()
                with peer:
                    client.sendall(b"x")
                    peer.settimeout(3)
                    answered = peer.recv(1) == b"x"
    except OSError as error:
        return Finding(
            "loopback TCP", "bad", str(error), "allow Python in the firewall for 127.0.0.1"
        )
    back = "a byte came back" if answered else "another byte came back: a program interferes"
    return Finding("loopback TCP", "ok" if answered else "bad", back)


def websocket() -> Finding:
    """Check that a message crosses a chat on this machine."""

    async def chat() -> None:
        from labkit import bench, verbs

        try:
            server = await verbs.serve("websocket", name="doctor")
            alice = await verbs.connect(server, "alice")
            bob = await verbs.connect(server, "bob")
            await bob.say("hello")
            await alice.hears("hello", within=5)
        finally:
            await verbs.close()
            bench.current().stop()

    try:
        asyncio.run(chat())
    except OSError as error:  # ConnectError and NotHeard are OSErrors too
        todo = "a security program may interfere: allow Python for 127.0.0.1"
        return Finding("loopback WebSocket", "bad", f"{type(error).__name__}: {error}", todo)
    except LabError as error:
        return Finding("loopback WebSocket", "bad", "not tried", str(error))
    except Exception as error:
        return broken_installation("loopback WebSocket", error)
    return Finding("loopback WebSocket", "ok", "two clients chat through links")


def free_port() -> Finding:
    """Check that the system gives a free port."""
    try:
        with socket.create_server(("127.0.0.1", 0)):
            return Finding("free port", "ok", "the system gives one")
    except OSError as error:
        return Finding("free port", "bad", str(error), "close programs that hold many connections")


def blocked_loop() -> Finding:
    """Check that an event loop runs on time."""

    async def worst() -> float:
        late = 0.0
        for _ in range(20):
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            late = max(late, time.perf_counter() - before - 0.01)
        return late

    late = asyncio.run(worst())
    if late > 0.25:
        todo = "close what keeps the processor busy, or set LABKIT_TIMESCALE=2"
        return Finding("event loop", "note", f"ran up to {late * 1000:.0f} ms late", todo)
    return Finding("event loop", "ok", "runs on time")


def proxies(environment: Mapping[str, str]) -> Finding:
    """Check for proxy variables, which divert connections to this machine."""
    names = [f"{scheme}_proxy" for scheme in ("http", "https", "all", "ws", "wss")]
    found = sorted({n for name in names for n in (name, name.upper()) if environment.get(n)})
    if not found:
        return Finding("proxy variables", "ok", "none")
    return Finding(
        "proxy variables",
        "note",
        ", ".join(found),
        "labkit's clients ignore them; in your own code, use `websockets.connect(..., proxy=None)`",
    )


def prefix(environment: Mapping[str, str]) -> Finding:
    """Check for a hub's path prefix."""
    base = environment.get(PREFIX_VARIABLE, "/")
    if base == "/":
        return Finding("base URL", "ok", "/ (no hub)")
    todo = "open a server's chat page by the link in its view: it leads through the hub"
    return Finding("base URL", "note", base, todo)
