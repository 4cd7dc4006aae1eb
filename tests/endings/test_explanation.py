"""What a learner reads of an end, over real connections."""

from __future__ import annotations

import re
import time
from html import unescape
from types import ModuleType

import pytest

from labkit.backoff import Backoff
from labkit.endings.explanation import STYLE
from labkit.faults import Bandwidth, BlackHole, LimitData
from tests.conftest import soon

QUICK = {"ping_interval": 0.1, "ping_timeout": 0.1, "close_timeout": 0.1}
"""A heartbeat that soon gives up."""


async def test_a_close_handshake(lab: ModuleType) -> None:
    """Who closed first, what both saw, and the two frames that prove it."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    assert repr(lab.explain(alice)) == "alice is connected."
    await alice.close(4000, "lunch")
    await soon(lambda: not server.connection_count)
    assert repr(lab.explain(alice)).splitlines() == [
        "alice closed first, with a close frame: 4000 (the application's own code), 'lunch'.",
        "alice saw: 4000 (the application's own code).",
        "The server's log says: 4000 (the application's own code).",
        "What proves it, on the link:",
        "  → close 4000 lunch",
        "  ← close 4000 lunch",
    ]


async def test_a_plug(lab: ModuleType) -> None:
    """Both sides saw 1006, which never crossed; the link itself knows better."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    alice.link.cut()
    await alice.ends()
    await soon(lambda: not server.connection_count)
    text = repr(lab.explain(alice))
    assert "its plug was pulled" in text and text.count("1006") == 2
    assert text.endswith("What proves it, on the link:\n  · cut")


async def test_a_black_hole(lab: ModuleType) -> None:
    """Half-open until heartbeats find out; the close frame that nobody got is told."""
    server = await lab.serve("websocket", **QUICK)
    alice = await lab.connect(server, "alice", **QUICK)
    alice.link.add(BlackHole(), "upstream")
    await alice.say("is anybody there?")
    await soon(lambda: "half-open" in repr(lab.explain(alice)))
    await soon(lambda: alice.state == "closed" and not server.connection_count)
    explanation = lab.explain(alice)
    assert explanation.why.startswith("BlackHole() let nothing pass from alice to the server.")
    assert "alice sent 1011, and the server never got it." in explanation.seen
    assert "Heartbeats of alice that were not answered in time: 1." in explanation.seen
    assert "→ ping (held in the link)" in repr(explanation)


async def test_a_slow_line(lab: ModuleType) -> None:
    """The heartbeat stood behind other bytes: what proves it says that its answer came too late."""
    server = await lab.serve("websocket", **QUICK)
    bob = await lab.connect(server, "bob", ping_interval=None)
    carol = await lab.connect(server, "carol", ping_interval=None)
    bob.link.add(Bandwidth(20_000), "downstream")
    await carol.say("x" * 10_000)
    await bob.ends()
    await soon(lambda: server.connection_count == 1 and not bob.link.connection_count)
    assert "  ← ping (answered too late)" in repr(lab.explain(bob)).splitlines()


async def test_a_server_that_has_not_noticed(lab: ModuleType) -> None:
    """Without heartbeats of its own it believes in the connection still, and that is said."""
    server = await lab.serve("websocket", ping_interval=None)
    alice = await lab.connect(server, "alice", **QUICK)
    alice.link.add(BlackHole())
    await alice.ends()
    assert "The server's log does not show an end yet." in lab.explain(alice).seen
    alice.link.heal()
    await soon(lambda: not server.connection_count)
    assert "The server's log does not show an end yet." not in lab.explain(alice).seen


async def test_attempts_to_come_back_are_no_sessions(lab: ModuleType) -> None:
    """While no answer arrives, the end of the last session is explained, and who saw what of it."""
    server = await lab.serve("websocket", ping_interval=None)
    alice = await lab.connect(
        server, "alice", reconnect=Backoff(0.01, cap=0.01), open_timeout=0.1, **QUICK
    )
    alice.link.add(BlackHole(), "downstream")

    def server_saw() -> list[str]:
        return [entry.text[:4] for entry in server.log_entries if entry.kind == "closed"]

    await soon(lambda: server_saw()[:2] == ["1011", "1006"])
    explanation = lab.explain(alice)
    assert explanation.why.startswith("BlackHole() let nothing pass from the server to alice.")
    assert any(line.startswith("The server's log says: 1011") for line in explanation.seen)


async def test_a_slow_reader(lab: ModuleType) -> None:
    """The server's log tells why."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice", ping_interval=None)
    bob = await lab.connect(server, "bob")
    alice.link.add(BlackHole(), "downstream")
    for _ in range(25):
        await bob.say("x" * 500_000)
    await soon(lambda: any(entry.kind == "dropped" for entry in server.log_entries))
    alice.link.heal()
    await alice.ends()
    assert lab.explain(alice).why.startswith("The server websocket dropped alice as a slow reader")


async def test_a_limit(lab: ModuleType) -> None:
    """A fault that closes is named."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    await alice.hears("Welcome")
    alice.link.add(LimitData(3), "upstream")
    await alice.say("hello")
    await alice.ends()
    assert "The link closed the connection by LimitData(3)." in repr(lab.explain(alice))


async def test_a_session_that_begins_has_not_ended(lab: ModuleType) -> None:
    """While a client comes back, the end of the session before is explained."""
    server = await lab.serve("socketio")
    soon_again = Backoff(0.02, cap=0.02, jitter="none")
    alice = await lab.connect(server, "alice", transports=["websocket"], reconnect=soon_again)
    alice.link.reset()
    await soon(lambda: alice.state == "reconnecting")
    # between Engine.IO's open packet, by which a session begins, and Socket.IO's answer
    await soon(lambda: len(alice.link.trace.rows(kind="open")) == 2, every=0)
    assert alice.state != "open" and lab.explain(alice).why.startswith("The link reset")
    await soon(lambda: alice.state == "open")
    assert lab.explain(alice).why.startswith("The link reset")


@pytest.mark.parametrize("protocol", ["sse", "longpoll", "poll"])
async def test_a_client_over_plain_http_that_leaves(lab: ModuleType, protocol: str) -> None:
    """Its request says so; the id in it, which is random, is not shown."""
    alice = await lab.connect(await lab.serve(protocol), "alice")
    await alice.close()
    told = str(lab.explain(alice))
    assert "alice disconnected, and said so in a request." in told
    assert "→ request DELETE /clients/… HTTP/1.1\n" in f"{told}\n"


async def test_an_event_stream_that_falls_silent(lab: ModuleType) -> None:
    """Its reader gives up, and the link knows why nothing came."""
    await lab.fresh(timescale=0.1)
    alice = await lab.connect(await lab.serve("sse"), "alice", reconnect=False)
    alice.link.add(BlackHole())
    await alice.ends(within=60)
    await soon(lambda: alice.link.trace.rows(kind="half-closed"))
    assert repr(lab.explain(alice)).startswith(
        "BlackHole() let nothing pass in both directions. There was no FIN and no RST: the "
        "connection ended because what was due did not come.\nalice saw: 'ping timeout'"
    )


@pytest.mark.parametrize("protocol", ["sse", "longpoll", "poll"])
async def test_a_plug_over_plain_http(lab: ModuleType, protocol: str) -> None:
    """A client that comes back goes on, and the cut stays the last end until it leaves."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve(protocol)
    alice = await lab.connect(server, "alice")
    assert repr(lab.explain(alice)) == "alice is connected."
    alice.link.cut()
    await soon(lambda: alice.state == "reconnecting")
    cut = "The link was cut: its plug was pulled. Both sides got a FIN, as if a process had died."
    assert lab.explain(alice).why == cut
    assert repr(lab.explain(alice)).endswith("What proves it, on the link:\n  · cut")
    alice.link.restore()
    await soon(lambda: alice.state == "open")
    assert lab.explain(alice).why == cut
    assert "alice has come back since, over a new connection." in lab.explain(alice).seen
    await alice.close()
    await soon(lambda: not server.connection_count)
    told = repr(lab.explain(alice)).splitlines()
    assert told[0] == "alice disconnected, and said so in a request."
    assert "The server's log says: client disconnect." in told


@pytest.mark.parametrize(
    ("protocol", "why"),
    [
        ("sse", "The server sse ended its event stream, and said so."),
        ("longpoll", "The server longpoll refused to go on: HTTP/1.1 503 Service Unavailable."),
        ("poll", "alice could not send its next request: the server 'poll' is stopped."),
    ],
)
async def test_a_server_over_plain_http_that_stops(
    lab: ModuleType, protocol: str, why: str
) -> None:
    """It ends the stream, or answers the poll that waits; between two polls nobody is told."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve(protocol)
    alice = await lab.connect(server, "alice")
    if protocol == "longpoll":
        await soon(lambda: alice.link.trace.rows()[-1].kind == "request")
    await server.stop()
    await soon(lambda: alice.state == "reconnecting")
    assert lab.explain(alice).why.startswith(why)


@pytest.mark.exhaustive
async def test_a_blocked_loop(lab: ModuleType) -> None:
    """On Socket.IO a healthy connection ends, since its heartbeat came late."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", transports=["websocket"])
    time.sleep(1.8)  # noqa: ASYNC251  # sleeps: it is the subject
    await soon(lambda: len(alice.link.trace.rows(kind="connect")) > 2, within=20)
    await soon(lambda: alice.state == "open", within=20)
    explanation = lab.explain(alice)
    assert explanation.why.startswith("The kernel's event loop was blocked")
    assert "alice has come back since, over a new connection." in explanation.seen
    assert "server socketio and alice gave up a healthy connection" in explanation.why
    lines = repr(explanation).splitlines()
    assert "  ← close 1000" in lines and lines[-1] in ("  → reset", "  → half-closed")


async def test_as_html(lab: ModuleType) -> None:
    """It brings its own style, and has the same lines where that is taken out."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    assert "<ul" not in lab.explain(alice)._repr_html_()  # nothing seen yet, nothing to prove
    await alice.close(4000, "lunch")
    await soon(lambda: not server.connection_count)
    explanation = lab.explain(alice)
    html = explanation._repr_html_()
    assert STYLE in html and ".lk-explanation" in STYLE
    bare = re.sub("<[^>]+>", "", unescape(html.replace(STYLE, "")))
    assert bare.split() == repr(explanation).split()


async def test_markup_is_escaped(lab: ModuleType) -> None:
    """A reason from elsewhere is text, also for TeX."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    await alice.close(4000, "<b>$x$")
    html = lab.explain(alice)._repr_html_()
    assert "&lt;b&gt;" in html and "<b>" not in html and "tex2jax_ignore" in html


async def test_who_never_connected(lab: ModuleType) -> None:
    """It is said that there is nothing to explain; of what is no client, too."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    own, alice.link = alice.link, await lab.link(server)
    assert "has not been connected over this link" in repr(lab.explain(alice))
    alice.link = own
    with pytest.raises(lab.LabError, match="Give a client"):
        lab.explain(server)


async def test_a_chain_ends_as_its_way_does(lab: ModuleType) -> None:
    """With a close frame on a WebSocket, with a request on the other ways."""
    server = await lab.serve("chain")
    for way, how in (("websocket", "with a close frame: 1000"), ("sse", "said so in a request")):
        alice = await lab.connect(server, way, protocol=[way])
        await alice.close()
        await soon(lambda: not server.connection_count)
        explanation = lab.explain(alice)
        assert how in explanation.why
        assert explanation.seen[-1] == "The server's log says: client disconnect."
