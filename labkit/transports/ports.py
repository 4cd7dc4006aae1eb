"""Why a port cannot be had."""

from __future__ import annotations

import contextlib
import errno

from labkit.exceptions import LabError, PortTaken


def listen_error(host: str, port: int, error: OSError | UnicodeError) -> LabError:
    """Return why nothing can listen on a port, and what to do."""
    if isinstance(error, UnicodeError):
        return LabError(f"{host!r} cannot be a host's name. Omit `host` to serve this machine.")
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            f"Port {port} is in use{_by_whom(port)}. Leave `port` out: "
            "a free one is taken, and clients find it by the server."
        )
    if error.errno == errno.EACCES and port < 1024:
        return LabError(
            f"Port {port} may be used by the administrator only (it is below 1024). "
            "Leave `port` out: a free one is taken."
        )
    if error.errno == errno.EACCES:  # Windows answers so for ports that it reserves
        return LabError(
            f"The system keeps port {port} for itself. Leave `port` out: a free one is taken."
        )
    return LabError(
        f"Cannot listen on {host!r}, port {port}: {error.strerror or error}. "
        "Leave `host` and `port` out to serve on this machine."
    )


def _by_whom(port: int) -> str:
    with contextlib.suppress(Exception):
        import psutil

        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                process = psutil.Process(connection.pid)
                return f" by process {process.pid} ({process.name()})"
    return ""
