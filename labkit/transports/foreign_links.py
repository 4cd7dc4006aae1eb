"""Links to servers that are not the bench's, and so may not check the origin of requests.

Each page in the browser can reach a link, and through it the server behind: one that trusts
everyone in its network, or a service on this machine without a password. So such a link applies the
origin policy of the bench's own servers. Clients of the bench always pass: they are not pages, and
the learner decides what they send.

Browsers send a host's cookies to each of its ports, and so Jupyter's cookies to each link that is
opened under Jupyter's host name. They are a login, and must not reach another host.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from labkit.links import Link
from labkit.protocols.addresses import parse_address
from labkit.protocols.request_heads import RequestHead, RequestRefused
from labkit.transports.origin_policy import OriginPolicy, host_name, is_loopback

_JUPYTERS = re.compile(r"_xsrf|username-.+|jupyter.*", re.IGNORECASE)
"""Names of cookies that JupyterLab and JupyterHub set: with them, a client is logged in."""


def foreign_link(url: str, name: str, is_own_client: Callable[[int | None], bool]) -> Link:
    """Return a link to an address, not opened yet.

    Parameters
    ----------
    url
        The address.
    name
        The link's name on the bench.
    is_own_client
        Returns whether a client of the bench dials from a port.

    Raises
    ------
    LabError
        If `url` is not a valid address.
    """
    address = parse_address(url)
    link = Link(lambda: (address.host, address.port), name)
    link.leads_to, link.scheme, link.path = url, address.scheme, address.path
    policy = OriginPolicy(frozenset({address.host.lower()}), own_ports=lambda: {link.port})

    is_here = is_loopback(address.host)

    def judge(head: RequestHead, client_port: int | None) -> None:
        cookies = [] if is_here else _cookies_of_jupyter(head)
        if cookies:
            raise RequestRefused(403, _keep_cookies(cookies, head, link))
        refusal = policy.judge(head.values)
        if refusal is not None and not is_own_client(client_port):
            raise RequestRefused(refusal.status, f"{refusal.why}; it did not pass the link")

    link.judge = judge
    return link


def _cookies_of_jupyter(head: RequestHead) -> list[str]:
    """Return the names of Jupyter's cookies in a request."""
    pairs = ";".join(head.values("Cookie")).split(";")
    names = (pair.partition("=")[0].strip() for pair in pairs)
    return [name for name in names if _JUPYTERS.fullmatch(name)]


def _keep_cookies(names: list[str], head: RequestHead, link: Link) -> str:
    """Return why a request with Jupyter's cookies does not pass, and what to do."""
    asked = host_name("".join(head.values("Host")))
    other = "127.0.0.1" if asked == "localhost" else "localhost"
    return (
        f"Refused: this request carries Jupyter's cookies ({', '.join(names)}), which browsers "
        f"send to every port of {asked or 'a host'}. This link leads to {link.leads_to}, whose "
        f"owner could log in with them. Open {link.url.replace(link.host, other, 1)} instead, "
        "where Jupyter has no cookies, or use a private window; the request did not pass the link"
    )
