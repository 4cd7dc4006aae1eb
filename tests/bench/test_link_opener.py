"""Opening links: by name, with the faults of their server."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.bench.link_opener import LinkOpener
from labkit.exceptions import LabError
from labkit.faults import Latency


async def test_a_link_looks_its_server_up_when_it_dials(lab: ModuleType) -> None:
    """It leads to whoever has the name then, and to nobody if that one is stopped."""
    first, second = await lab.serve("websocket", name="a"), await lab.serve("websocket", name="b")
    servers = {"a": first}
    link = await LinkOpener(servers, {}).open_link(first, "link")
    assert link.target() == (first.host, first.port)
    servers["a"] = second
    assert link.target() == (second.host, second.port)
    await second.stop()
    with pytest.raises(LabError, match="'b' is stopped"):
        link.target()
    await link.close()


async def test_a_link_has_the_faults_of_its_server(lab: ModuleType) -> None:
    """Those that were added before it was opened."""
    server = await lab.serve("websocket")
    handle = server.faults.add(Latency(0.001))
    link = await LinkOpener({}, {}).open_link(server, "link")
    assert list(link.faults) == [handle]
    await link.close()


async def test_a_link_knows_the_clients_of_its_bench(lab: ModuleType) -> None:
    """By the ports from which they dial; so they pass a link to an address elsewhere."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    opener = LinkOpener({}, {"alice": alice})
    for to in (server, "ws://127.0.0.1:9/"):
        link = await opener.open_link(to, "link")
        (port,) = alice.local_ports
        assert link.is_own_client(port) and not link.is_own_client(server.port)
        await link.close()
