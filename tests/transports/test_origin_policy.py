"""Who may talk to a server: rules for Host, Origin, and what pages embed."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import aiohttp
import pytest
import socketio

from labkit.exceptions import LabError
from labkit.transports.origin_policy import (
    OriginPolicy,
    add_jupyter_page,
    checked_hosts,
    find_origins,
    is_address,
    is_loopback,
    jupyter_pages,
    parse_host,
    parse_origin,
)

OWN = "127.0.0.1:4000"
POLICY = OriginPolicy(own_ports=lambda: {4000, 4001})


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (OWN, None),
        ("localhost:8888", None),
        ("[::1]:4000", None),
        ("127.1.2.3", None),
        (OWN, "http://127.0.0.1:4000"),
        (OWN, "http://localhost:4000"),  # its own page, at another of its names
        (OWN, "http://127.0.0.1:4001"),  # that of its link
        ("127.0.0.1:4001", "http://127.0.0.1:4000"),
        ("[::1]:4000", "http://[::1]:4000"),
        ("localhost:8888", "http://localhost:8888"),  # through a proxy, or a tunnel
        ("localhost", "http://localhost"),
        ("localhost", "https://localhost"),
    ],
)
def test_its_own_pages_and_programs_pass(host: str, origin: str | None) -> None:
    """A page may ask where it is from, the pages of a server and its links at all of these."""
    assert POLICY.refusal(host, origin) is None


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:9999",
        "http://localhost:8888",
        "http://localhost",
        "https://127.0.0.1:4001",
        "http://127.1.2.3:9999",
        "http://evil.example",
        "http://evil.example:4000",
        "null",
        "",
        "file://",
        "http://",
        "http://127.0.0.1.evil.example:4000",
        "http://evil.example#127.0.0.1:4000",
        "http://evil.example/127.0.0.1:4000",
        "http://127.0.0.1:4000/",
        "http://127.0.0.1:4000?x",
        "http://127.0.0.1:4000#x",
        "http://127.0.0.1:4000@evil.example",
        "http://evil.example@127.0.0.1:4000",
        "http://127.0.0.1:4000 http://evil.example",
        "HTTP://127.0.0.1:4000",
        "http:127.0.0.1:4000",
        "http://[::1%25x]:4000",
        "chrome-extension://abcdef",
        "chrome-extension://127.0.0.1:4000",
    ],
)
def test_other_pages_do_not(origin: str) -> None:
    """Neither those of other sites and other ports, nor what only looks like an origin."""
    refusal = POLICY.refusal(OWN, origin)
    assert refusal is not None and refusal.status == 403 and repr(origin) in refusal.why


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:4000",
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "localhost.",
        "127.0.0.1.",
        "127.0.0.1.nip.io",
        "0177.0.0.1",
        "0.0.0.0:4000",
        "[::ffff:7f00:1]",
        "",
        "127.0.0.1:port",
        "127.0.0.1:",
        "127.0.0.1:99999",
        "127.0.0.1:4000:4000",
        "127.0.0.1#evil",
        "127.0.0.1?evil",
        "127.0.0.1/path",
        "127.0.0.1, evil.example",
        "user@127.0.0.1",
        "local\thost",
        "localhost ",
        "\u2460.0.0.1",
        "127.0.0.\u0661",
        "[::1%25x]",
        "[::1",
        "::1",
        "[127.0.0.1]",
        "[]",
    ],
)
def test_hosts_of_others_do_not(host: str) -> None:
    """A name of somebody else's, or what is not `name` or `name:port`, is refused."""
    refusal = POLICY.refusal(host, None)
    assert (
        refusal is not None and refusal.status == 403 and "not a name of this server" in refusal.why
    )


def headers(**given: str | Sequence[str]) -> Any:
    """Return what gives the values of a header."""
    known = {
        name.replace("_", "-").lower(): [value] if isinstance(value, str) else list(value)
        for name, value in given.items()
    }
    return lambda name: known.get(name.lower(), [])


@pytest.mark.parametrize(
    ("status", "given"),
    [
        (None, {"Host": OWN}),
        (None, {"Host": OWN, "Origin": "http://127.0.0.1:4000"}),
        (400, {}),
        (400, {"Host": [OWN, OWN]}),
        (400, {"Host": OWN, "Origin": ["http://127.0.0.1:4000"] * 2}),
        (403, {"Host": "evil.example"}),
    ],
)
def test_one_host_and_at_most_one_origin(status: int | None, given: dict[str, Any]) -> None:
    """A request is judged by all of its headers: two could be read in two ways."""
    refusal = POLICY.judge(headers(**given))
    assert (refusal and refusal.status) == status


@pytest.mark.parametrize(
    ("passes", "given"),
    [
        (True, {"Sec-Fetch-Site": "none"}),
        (True, {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "script"}),
        (True, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}),
        (False, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "script"}),
        (False, {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "image"}),
        (False, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}),
        (False, {"Sec-Fetch-Site": "cross-site", "Referer": "http://evil.example/page"}),
        (False, {"Sec-Fetch-Site": "cross-site", "Referer": "http://[evil"}),
        (True, {"Sec-Fetch-Site": "same-site", "Referer": "http://127.0.0.1:4001/"}),
    ],
)
def test_what_pages_embed(passes: bool, given: dict[str, str]) -> None:
    """A script, a picture or a frame carries no Origin, and belongs to the page that embeds it."""
    refusal = POLICY.judge(headers(Host=OWN, **{k.replace("-", "_"): v for k, v in given.items()}))
    assert (refusal is None) == passes


def test_jupyters_page(jupyter_page: str) -> None:
    """Once a view told of it, it may come, from exactly there; its name is one of the server's."""
    assert POLICY.refusal(OWN, jupyter_page) is None
    assert POLICY.refusal(OWN, "http://localhost:8889")
    assert POLICY.refusal(OWN, "http://127.0.0.1:8888")
    assert POLICY.refusal("hub.example", None)
    add_jupyter_page("https://hub.example")
    assert POLICY.refusal("hub.example", "https://hub.example") is None
    assert POLICY.refusal("hub.example", "http://hub.example:81")


async def answer_status(url: str, **headers: str) -> int:
    """Return the status with which a server answers a request, or a WebSocket's handshake."""
    async with aiohttp.ClientSession() as session:
        if url.startswith("ws:"):
            try:
                async with session.ws_connect(url, headers=headers) as websocket:
                    return websocket._response.status
            except aiohttp.WSServerHandshakeError as refusal:
                return refusal.status
        async with session.get(url, headers=headers) as answer:
            return answer.status


@pytest.mark.parametrize(
    ("protocol", "scheme", "path"),
    [
        ("websocket", "http", ""),
        ("websocket", "ws", ""),
        ("socketio", "http", ""),
        ("socketio", "http", "socket.io/?EIO=4&transport=polling"),
        ("socketio", "ws", "socket.io/?EIO=4&transport=websocket"),
        ("own", "http", "socket.io/?EIO=4&transport=polling"),
        ("own", "ws", "socket.io/?EIO=4&transport=websocket"),
    ],
)
async def test_behind_a_hub(
    lab: ModuleType, jupyter_page: str, protocol: str, scheme: str, path: str
) -> None:
    """A view tells of the hub, and its page is let in under its name; pages of others are not."""
    own = socketio.AsyncServer(async_mode="aiohttp")
    server = await lab.serve(own if protocol == "own" else protocol)
    url = f"{scheme}://127.0.0.1:{server.port}/{path}"
    opened = 101 if scheme == "ws" else 200
    # as the proxies of a hub with TLS pass it on
    there = {"Host": "hub.example:8443", "X-Forwarded-Proto": "https"}
    from_hub = {**there, "Origin": "https://hub.example:8443"}
    assert await answer_status(url, **from_hub) == 403
    add_jupyter_page("https://hub.example:8443")
    assert await answer_status(url, **there) == opened
    assert await answer_status(url, **from_hub) == opened
    for foreign in ("https://evil.example", "https://hub.example:9443", "null"):
        assert await answer_status(url, **there, Origin=foreign) == 403
    assert await answer_status(url, **{**from_hub, "Host": "evil.example:8443"}) == 403


@pytest.mark.parametrize("origin", ["null", "vscode-webview://abc", "file://", "http://a/b", ""])
def test_what_is_no_page_of_the_web(origin: str) -> None:
    """It is left out."""
    add_jupyter_page(origin)
    assert jupyter_pages == set()


def test_a_hub_is_allowed_by_name() -> None:
    """Its pages at the usual ports, also if a proxy writes another Host; not its subdomains'."""
    policy = OriginPolicy(frozenset({"hub.example.org"}), pages=find_origins("Hub.example.org"))
    for host in ("hub.example.org", "hub.example.org:443", OWN):
        assert policy.refusal(host, "https://hub.example.org") is None
    assert policy.refusal("a.hub.example.org", None)
    assert policy.refusal("hub.example.org", "https://a.hub.example.org")
    assert policy.refusal("hub.example.org", "https://hub.example.org:8443")


@pytest.mark.parametrize(
    ("host", "origin", "passes"),
    [
        ("192.0.2.7:4000", None, True),
        ("[2001:db8::7]:4000", None, True),
        ("192.0.2.7:4000", "http://192.0.2.7:4000", True),
        ("127.0.0.1:4000", None, True),
        ("192.0.2.7:4000", "http://192.0.2.7:4001", False),
        ("192.0.2.7:4000", "http://192.0.2.8", False),
        ("127.0.0.1:4000", "http://192.0.2.8:4000", False),
        ("192.0.2.7:4000", "http://evil.example", False),
        ("evil.example:4000", "http://evil.example:4000", False),
    ],
)
def test_every_address_of_the_machine(host: str, origin: str | None, passes: bool) -> None:
    """Whoever dials an address passes, with pages of the same; names can be anybody's."""
    policy = OriginPolicy(any_address=True, own_ports=lambda: {4000})
    assert (policy.refusal(host, origin) is None) == passes


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_loopback_names(name: str) -> None:
    """`localhost`, 127.0.0.0/8 and ::1 are this machine."""
    assert is_loopback(name)


def test_what_a_name_is_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Polling asks twice for each message: what depends on the name alone is remembered."""
    assert POLICY.refusal("127.9.8.7:4000", None) is None
    monkeypatch.delattr("labkit.transports.origin_policy.ipaddress")
    assert POLICY.refusal("127.9.8.7:4001", None) is None


def test_what_is_remembered_is_bounded() -> None:
    """Strangers may send any number of names: neither room nor answers suffer from it."""
    policy = OriginPolicy(any_address=True, own_ports=lambda: {4000})
    for number in range(1000):
        name = f"host-{number}.example"
        assert policy.refusal(name, None)
        assert policy.refusal(OWN, f"http://{name}:4000")
        assert (
            policy.refusal(f"127.0.{number >> 8}.{number & 255}", "http://127.0.0.1:4000") is None
        )
    for remembers in (parse_host, parse_origin, is_loopback, is_address):
        known = remembers.cache_info()
        assert known.currsize == known.maxsize == 256


def test_no_decision_is_remembered(jupyter_page: str) -> None:
    """Links open and close, ports change, and Jupyter's page comes to be known: each one counts."""
    ports = {4000}
    policy = OriginPolicy(own_ports=lambda: ports)
    for link in (4001, 4002):
        asked = f"http://127.0.0.1:{link}"
        assert policy.refusal(OWN, asked)
        ports.add(link)
        assert policy.refusal(OWN, asked) is None
        ports.discard(link)
        assert policy.refusal(OWN, asked)
    assert policy.refusal(OWN, jupyter_page) is None
    jupyter_pages.clear()
    assert policy.refusal(OWN, jupyter_page)


@pytest.mark.parametrize(
    ("given", "pages"),
    [
        ("hub.example", {"http://hub.example", "https://hub.example"}),
        ("hub.example:8443", {"http://hub.example:8443", "https://hub.example:8443"}),
        ("https://hub.example:8443/user/me/", {"https://hub.example:8443"}),
        ("http://localhost:5173", {"http://localhost:5173"}),
        ("[2001:db8::1]:80", {"http://[2001:db8::1]", "https://[2001:db8::1]:80"}),
        ("M\xfcnchen.example", {"http://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"}),
    ],
)
def test_hosts_stand_for_pages(given: str, pages: set[str]) -> None:
    """By name, or as a learner copies them from the browser's address line."""
    assert find_origins(given) == {parse_origin(page) for page in pages}


@pytest.mark.parametrize(
    ("given", "listed"),
    [
        ("hub", ("hub",)),
        (["a", "b"], ("a", "b")),
        ((name for name in "ab"), ("a", "b")),
        ((), ()),
        (None, ()),
    ],
)
def test_one_host_or_several(given: Any, listed: tuple[str, ...]) -> None:
    """A text is one host, not its letters."""
    assert checked_hosts(given) == listed


@pytest.mark.parametrize(
    "given",
    ["", "*", "*.example", ["a b"], [7], ["a@b"], 7, ["http://"], "ftp://hub", ["http://[x"]],
)
def test_what_could_never_match_is_no_host(given: Any) -> None:
    """It gets a sentence instead of a refusal of every page."""
    with pytest.raises(LabError, match="host"):
        checked_hosts(given)
