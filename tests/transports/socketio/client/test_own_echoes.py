"""Which messages are echoes."""

from __future__ import annotations

from types import ModuleType

import pytest
import socketio

from labkit.protocols.socketio import EventMessage
from labkit.transports.contract import Client
from labkit.transports.socketio.client.own_echoes import OwnEchoes
from tests.conftest import soon


def marked(client: Client) -> list[tuple[object, bool]]:
    """Return what a client heard, and whether it was its own."""
    return [(each.text, each.is_echo) for each in client.transcript if each.kind == "heard"]


def test_a_message_under_way_is_echoed_once() -> None:
    """Said twice, it comes back twice; another event with the same words is no echo."""
    echoes = OwnEchoes()
    echoes.expect(1, "chat message", ("hi",))
    echoes.expect(2, "chat message", ("hi",))
    assert not echoes.take(EventMessage.of("room message", ("hi",)))
    assert [echoes.take("hi") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("how", ["acknowledged", "ended"])
def test_no_echo_is_expected_any_more(how: str) -> None:
    """After the acknowledgement, or the end of the connection, it is somebody else's."""
    echoes = OwnEchoes()
    echoes.expect(1, "chat message", ("hi",))
    if how == "ended":
        echoes.clear()
    else:
        echoes.forget(1)
    assert not echoes.take("hi")


async def test_what_comes_back_is_told_from_what_others_say(lab: ModuleType) -> None:
    """The same words of bob's are his; in a room, too, alice's own come back."""
    server = await lab.serve("socketio")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("hi")
    await alice.hears("hi")
    await bob.say("hi")
    await alice.hears("hi")
    await alice.call("join", "tea")
    await alice.say("milk", room="tea")
    await alice.hears("milk")
    assert marked(alice) == [("hi", True), ("hi", False), ('room message("tea", "milk")', True)]
    assert marked(bob)[:2] == [("hi", False), ("hi", True)]


async def test_a_server_that_skips_the_sender(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """Nothing comes back, and what somebody else says later is theirs."""

    @sio.on("chat message")  # type: ignore[untyped-decorator]
    async def relay(sid: str, text: str) -> None:
        await sio.emit("chat message", text, skip_sid=sid)

    server = await lab.serve(sio)
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("hi")
    await bob.hears("hi")
    await soon(lambda: alice.transcript[-1].send_status == "acknowledged")
    await bob.say("hi")
    await alice.hears("hi")
    assert marked(alice) == marked(bob) == [("hi", False)]
