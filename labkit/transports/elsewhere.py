"""Links that lead to a server which is not the bench's, and so may not judge its requests.

Each page that the browser shows can reach a link, and through it what it leads to: a server that
trusts whoever is in its network, a service on this machine without a password. So such a link lets
requests pass under the rules for the bench's own servers (`origin_policy`), and clients of the
bench, which are no pages: a learner decides what they send.
"""

from __future__ import annotations

from collections.abc import Callable

from labkit.protocols.addresses import parse
from labkit.protocols.request_heads import RequestHead, RequestRefused
from labkit.relay import Link
from labkit.transports.origin_policy import OriginPolicy


def link_elsewhere(url: str, name: str, is_own_client: Callable[[int | None], bool]) -> Link:
    """Return a link to an address, not opened yet.

    Parameters
    ----------
    url
        The address.
    name
        How the link is called on the bench.
    is_own_client
        Whether a client of the bench dials from a port.

    Raises
    ------
    LabError
        If it is no address of a server.
    """
    address = parse(url)
    link = Link(lambda: (address.host, address.port), name)
    link.leads_to, link.scheme, link.path = url, address.scheme, address.path
    policy = OriginPolicy(frozenset({address.host.lower()}), own_ports=lambda: {link.port})

    def judge(head: RequestHead, client_port: int | None) -> None:
        refusal = policy.judge(head.values)
        if refusal is not None and not is_own_client(client_port):
            raise RequestRefused(refusal.status, f"{refusal.why}; it did not pass the link")

    link.judge = judge
    return link
