"""Verbs that look: at what runs, at what crossed, at how it ended, at what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit import bench
from labkit.exceptions import LabError, await_hint
from labkit.links import FaultList, Link
from labkit.loop.background_errors import BackgroundError
from labkit.shadows import explain_shadows
from labkit.transports.contract import Client, Server

if TYPE_CHECKING:
    from labkit.delivery.run import Run
    from labkit.delivery.search import Search
    from labkit.endings import Explanation
    from labkit.measure.crowd import Crowd
    from labkit.measure.simulation import Simulation
    from labkit.views.ladder.ladder import Ladder
    from labkit.views.panel import Panel


@explain_shadows()
def show(*parts: Client | Server | Link | FaultList | Crowd | Simulation | Run | Search) -> Panel:
    """Show chat boxes, servers, links, fault switches, crowds and runs, side by side and live.

    Parameters
    ----------
    parts
        Clients (a chat box each), servers (their connections and log), links (what crosses, layer
        by layer), faults, as switches (`alice.link.faults` are those of one link, `server.faults`
        those on the links of all clients), live or simulated crowds (a chart each), and runs or
        searches of the delivery checker (what is delivered, lost, duplicated, and the proof).

    Raises
    ------
    LabError
        If a part cannot be shown.

    Examples
    --------
    >>> lab.show(alice, bob)
    """
    from labkit.views import make_panel

    lab = bench.current()
    errors = lab.monitor.background_errors
    shown = make_panel(*parts, errors=errors.errors_of, blocked=lab.blocks_since)
    lab.panels.keep(shown)
    return shown


@explain_shadows()
def ladder(*parts: Client | Link, heartbeats: bool = False, times: bool = False) -> Ladder:
    """Draw what has crossed between clients and servers so far, as a space-time diagram.

    Parameters
    ----------
    parts
        Clients or links; by default every link of the bench.
    heartbeats
        Whether to show pings and pongs; their number depends on timing.
    times
        Whether to show when each message passed its link.

    Raises
    ------
    LabError
        If a part cannot be drawn.

    Examples
    --------
    >>> lab.ladder(alice, bob)
    """
    from labkit.views.ladder.ladder import Ladder

    links = []
    for part in parts or bench.current().all_links():
        if not isinstance(part, (Client, Link)):
            raise LabError(f"Cannot draw {part!r}: a ladder shows clients and links.")
        links.append(part.link if isinstance(part, Client) else part)
    return Ladder(links, [link.leads_to for link in links], heartbeats, times)


def explain(client: Client) -> Explanation:
    """Explain how a client's last connection ended: who noticed, what each side saw, and the proof.

    It reads the record of the client's link and the server's log. Where these cannot tell two
    causes apart, it says so.

    Raises
    ------
    LabError
        If it is not a client, or another client uses its link.

    Examples
    --------
    >>> alice.link.cut()
    >>> lab.explain(alice)
    """
    from labkit.endings import explain_ending

    if not isinstance(client, Client):
        raise LabError(
            f"Only the end of a client's connection can be explained, not {client!r}. "
            f"Give a client, for example alice.{await_hint(client)}"
        )
    lab = bench.current()
    clients = lab.clients.values()
    others = [other.name for other in clients if other is not client and other.link is client.link]
    if others:
        raise LabError(
            f"{client.name} shares its link with {', '.join(others)}, and the record of a link "
            "does not say whose a connection is. Only the end of a client with a link of its own "
            "can be explained: connect it to the server, not to a link."
        )
    return explain_ending(client, lab.servers.get(client.link.leads_to), lab.monitor.blocked)


def errors() -> list[BackgroundError]:
    """Take the background errors: return them, and forget them; the next call returns new ones.

    What nobody took, `lab.finish()` raises.

    Examples
    --------
    >>> lab.errors()
    [ZeroDivisionError: division by zero (handler of 'echo', serving alice: ...)]
    """
    return bench.current().take_errors()
