"""What is shown in a notebook. The only place that knows of widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from labkit.delivery.run import Run
from labkit.delivery.search import Search
from labkit.exceptions import LabError, await_hint
from labkit.links import FaultList, Link
from labkit.measure.crowd import Crowd
from labkit.measure.simulation import Simulation
from labkit.transports.contract import Client, Server
from labkit.views.chat.chat_box import ChatBox
from labkit.views.crowd.crowd_view import SMALL, CrowdView
from labkit.views.delivery.delivery_view import DeliveryView
from labkit.views.faults.fault_switches import FaultSwitches
from labkit.views.link.wire_view import WireView
from labkit.views.panel import Panel, View
from labkit.views.server.server_view import ServerView
from labkit.views.shared.drawing import WIDTH

__all__ = ["Panel", "make_panel"]


def make_panel(
    *parts: Client | Server | Link | FaultList | Crowd | Simulation | Run | Search,
    errors: Callable[[Server], Sequence[str]] = lambda server: (),
    blocked: Callable[[Server], Sequence[float]] = lambda server: (),
) -> Panel:
    """Put clients, servers, links, faults, crowds and runs side by side.

    Parameters
    ----------
    parts
        Clients (a chat box each), servers, links (what crosses them), faults of a link or on all
        links of a server (switches), live or simulated crowds (a chart each), and runs or searches
        of the delivery checker (counters, and what proves the verdict).
    errors
        Returns the background errors of a server, a sentence each; shown in its view.
    blocked
        Returns for how many seconds the loop was blocked, each time since a server was made.

    Raises
    ------
    LabError
        If nothing is given, or something that cannot be shown.
    """
    if not parts:
        raise LabError("Nothing to show: `lab.show(alice, bob)` shows clients, servers and links.")
    views: list[View] = []
    for part in parts:
        if isinstance(part, Client):
            views.append(ChatBox(part))
        elif isinstance(part, Server):
            views.append(ServerView(part, partial(errors, part), partial(blocked, part)))
        elif isinstance(part, Link):
            views.append(WireView(part))
        elif isinstance(part, FaultList):
            views.append(FaultSwitches(part))
        elif isinstance(part, Crowd | Simulation):
            crowds = [each for each in parts if isinstance(each, Crowd | Simulation)]
            others = [each for each in crowds if each is not part]
            views.append(CrowdView(part, WIDTH if len(parts) == 1 else SMALL, others))
        elif isinstance(part, Run | Search):
            views.append(DeliveryView(part))
        else:
            raise LabError(
                f"Cannot show {part!r}: only clients, servers, links, faults, crowds and runs can "
                f"be shown.{await_hint(part)}"
            )
    return Panel(views)
