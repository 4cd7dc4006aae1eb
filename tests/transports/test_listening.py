"""Where servers listen, and where they are reached."""

from __future__ import annotations

import asyncio
import errno
import socket
from types import ModuleType
from typing import Any

import pytest

from labkit import bench
from labkit.exceptions import LabError
from labkit.transports.listening import (
    PORT_ATTEMPTS,
    checked_host,
    describe_exposure,
    dialled_host,
    find_addresses,
    listen,
    make_origin_policy,
)
from labkit.transports.origin_policy import OriginPolicy, find_origins


def has_ipv6() -> bool:
    """Tell whether this machine has the loopback address of IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@pytest.fixture
def both_families(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give `localhost` an address of each family, as most systems do."""

    async def getaddrinfo(*arguments: Any, **options: Any) -> list[Any]:
        return [(family, kind, 6, "", (address, 0)) for family, kind, address in KNOWN]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)


KNOWN = (
    (socket.AF_INET6, socket.SOCK_STREAM, "::1"),
    (socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1"),
)


@pytest.mark.parametrize(
    ("host", "checked", "dialled"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost", "localhost"),
        ("My-Machine.local", "My-Machine.local", "My-Machine.local"),
        ("0.0.0.0", "0.0.0.0", "127.0.0.1"),
        (None, "", "127.0.0.1"),
        ("", "", "127.0.0.1"),
        ("::", "::", "::1"),
        ("[::]", "::", "::1"),
        ("[::1]", "::1", "::1"),
    ],
)
def test_a_wildcard_is_dialled_as_loopback(host: str | None, checked: str, dialled: str) -> None:
    """Anything else is dialled as it is."""
    assert checked_host(host) == checked and dialled_host(checked) == dialled


@pytest.mark.parametrize(
    "host",
    [5, True, ["127.0.0.1"], "127.0.0.1:80", "[::1]:80", "http://127.0.0.1", "a/b", "me@here", " "],
)
def test_what_is_no_host(host: object) -> None:
    """An address of the web, or one with a port, gets a sentence."""
    with pytest.raises(LabError, match="host"):
        checked_host(host)


def test_what_was_asked_for_is_a_name() -> None:
    """At a wildcard it is every address."""
    names, pages = frozenset({"box.local", "hub"}), find_origins("hub")
    assert make_origin_policy("Box.local", ["hub"]) == OriginPolicy(names, pages=pages)
    assert make_origin_policy("0.0.0.0", ()) == OriginPolicy(any_address=True)


def test_what_others_reach_is_said() -> None:
    """Who serves this machine alone is told nothing."""
    assert describe_exposure("chat", ["127.0.0.1", "::1"]) == ""
    assert "every address of this machine" in describe_exposure("chat", ["0.0.0.0", "::"])
    assert "listens at 192.0.2.7: anyone on the same network" in describe_exposure(
        "chat", ["192.0.2.7"]
    )


@pytest.mark.parametrize("protocol", ["websocket", "socketio", "sse"])
@pytest.mark.parametrize(
    "host", ["0.0.0.0", None, "", *(pytest.param(each, marks=ipv6) for each in ("::", "::1"))]
)
async def test_the_benchs_own_clients_get_in(
    lab: ModuleType, protocol: str, host: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the server, and by its address; what it means for safety is said once."""
    server = await lab.serve(protocol, host=host)
    for target in (server, server.url):
        assert (await lab.connect(target, protocol=protocol)).state == "open"
    await lab.finish()
    told = capsys.readouterr().out
    assert told.count("anyone on the same network can connect") == (host != "::1")
    assert server.url.partition("//")[2].startswith(("127.0.0.1:", "[::1]:"))


@ipv6
@pytest.mark.parametrize("protocol", ["websocket", "socketio"])
async def test_a_name_of_both_families_has_one_port(
    lab: ModuleType, protocol: str, both_families: None
) -> None:
    """Each address is listened at, on the same port, which is the bench's."""
    server = await lab.serve(protocol, host="localhost")
    assert server.addresses == ["::1", "127.0.0.1"]
    for address in server.addresses:
        _, writer = await asyncio.open_connection(address, server.port)
        writer.close()
        await writer.wait_closed()
    await lab.finish()
    await lab.close()
    assert bench.current().foreign_ports() == []


@ipv6
async def test_what_this_machine_has_not_is_left_out(
    both_families: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a family is switched off, the other will do; where nothing is left, it is an error."""
    monkeypatch.setitem(globals(), "KNOWN", (KNOWN[1], (*KNOWN[1][:2], "203.0.113.7")))
    assert await find_addresses("localhost") == ["127.0.0.1"]
    monkeypatch.setitem(globals(), "KNOWN", 2 * ((*KNOWN[1][:2], "203.0.113.7"),))
    assert await find_addresses("localhost") == ["203.0.113.7"]  # one: listening itself will tell


@ipv6
async def test_a_port_that_is_taken_in_between_is_tried_again(both_families: None) -> None:
    """Another one is looked for, a bounded number of times, unless it was asked for."""
    tried: list[int] = []

    async def begin(addresses: list[str], port: int) -> None:
        tried.append(port)
        if len(tried) < 3:
            raise OSError(errno.EADDRINUSE, "taken")

    assert await listen("localhost", 0, begin) == ["::1", "127.0.0.1"]
    assert len(tried) == 3 and 0 not in tried

    async def never(addresses: list[str], port: int) -> None:
        tried.append(port)
        raise OSError(errno.EADDRINUSE, "taken")

    for port, times in ((0, PORT_ATTEMPTS), (8765, 1)):
        tried.clear()
        with pytest.raises(OSError) as caught:  # on a busy machine, the system may be who says so
            await listen("localhost", port, never)
        assert caught.value.errno == errno.EADDRINUSE
        assert 0 < len(tried) <= times


async def test_a_host_that_does_not_exist(lab: ModuleType) -> None:
    """Its name is told, and nothing listens."""
    for host in ("no-such-host.invalid", "a..b"):
        with pytest.raises(lab.LabError, match=host):
            await lab.serve("websocket", host=host)
    await lab.finish()
