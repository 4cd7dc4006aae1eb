"""Why a server cannot listen on a port."""

from __future__ import annotations

import contextlib
import errno

from labkit.exceptions import LabError, PortTaken


def listen_error(host: str, port: int, error: OSError | UnicodeError) -> LabError:
    """Return the error for a failure to listen: why, and what to do."""
    if isinstance(error, UnicodeError):
        return LabError(f"{host!r} is not a valid host name. Omit `host` to serve this machine.")
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            f"Port {port} is in use{_by_whom(port)}. Omit `port` to use a free one; "
            "clients find it through the server."
        )
    if error.errno == errno.EACCES and port < 1024:
        return LabError(
            f"Only the administrator may use port {port} (it is below 1024). "
            "Omit `port` to use a free one."
        )
    if error.errno == errno.EACCES:  # Windows answers so for ports that it reserves
        return LabError(f"The system reserves port {port}. Omit `port` to use a free one.")
    return LabError(
        f"Cannot listen on {host!r}, port {port}: {error.strerror or error}. "
        "Omit `host` and `port` to serve on this machine."
    )


def _by_whom(port: int) -> str:
    with contextlib.suppress(Exception):
        import psutil

        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                process = psutil.Process(connection.pid)
                return f" by process {process.pid} ({process.name()})"
    return ""
