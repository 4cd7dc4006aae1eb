"""The story of a wait in vain."""

from __future__ import annotations

from types import ModuleType

from labkit import bench
from labkit.faults import BlackHole
from labkit.transports.contract.expected import Expectation
from labkit.transports.contract.not_heard import explain_unended, explain_unheard


async def test_what_was_heard_instead_is_listed(lab: ModuleType) -> None:
    """The last five of many, from the read mark on; and that there were earlier ones."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    await alice.hears("Welcome")
    alice.inbox[:] = [f"message {number}" for number in range(8)]
    wanted = Expectation.of("hello")
    assert explain_unheard(alice, wanted, 2, read=0).startswith(
        "alice did not hear 'hello' within 2 s. alice has heard 8 messages, the last: "
        "'message 3', 'message 4'"
    )
    told = explain_unheard(alice, wanted, 2, read=7)
    assert " has heard 'message 7' since the last `hears` that returned something. " in told
    assert " has heard nothing since the last `hears`" in explain_unheard(alice, wanted, 2, read=8)
    alice.inbox.dropped = 3
    told = explain_unheard(alice, wanted, 2, read=2)
    assert " heard 8 messages" in told and " 1 earlier message was dropped before anything " in told
    assert "an inbox keeps the last 16 MiB" in told
    assert "dropped" not in explain_unheard(alice, wanted, 2, read=3)
    assert "heard 'message 7'" in explain_unheard(alice, wanted, 2, read=10)
    alice.inbox.dropped = 0
    alice.link.add(BlackHole(), "downstream")
    assert explain_unheard(alice, wanted, 2, read=8).endswith(
        "The connection is open, but faults act on the link: BlackHole() downstream."
    )
    alice.link.cut()
    await alice.ends()
    assert explain_unheard(alice, wanted, 2, read=8).endswith(
        "The link is cut: `alice.link.restore()`, then `await alice.open()`."
    )


async def test_an_end_that_does_not_come_tells_of_what_failed(lab: ModuleType) -> None:
    """A handler that was stopped is the likelier cause, until somebody has taken its error."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    bench.current().monitor.background_errors.add(ValueError("no"), "handler of 'mine'")
    told = "alice's connection did not end within 2 s; it is open"
    assert explain_unended(alice, 2) == (
        f"{told}, but something failed in the background: ValueError: no (handler of 'mine'); see "
        "`lab.errors()`."
    )
    lab.errors()
    assert explain_unended(alice, 2) == f"{told}."
