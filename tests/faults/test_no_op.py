"""The fault that changes nothing."""

from __future__ import annotations

from types import ModuleType

from labkit.faults import NoOp
from labkit.protocols.stream import FIN
from tests.faults.conftest import Stack
from tests.support.turned_clock import Line


def test_everything_passes_at_once() -> None:
    """Bytes and ends pass as they come, and nothing is held."""
    line = Line(NoOp())
    line.send(b"a", at=1.0)
    line.send(b"b", FIN, at=2.0)
    assert line.passed == [(1.0, b"a"), (2.0, b"b"), (2.0, FIN)]
    assert line.stage.held == line.reports == 0


async def test_messages_on_both_stacks(lab: ModuleType, stack: Stack) -> None:
    """A conversation is the same, and the record has one fact more for each connection."""
    server = await lab.serve(stack.protocol)
    link = await lab.link(server)
    handle = link.add(NoOp())
    alice, bob = [await stack.join(lab, link, name) for name in ("alice", "bob")]
    await alice.say("hello")
    await bob.hears("hello")
    await bob.say("שלום")
    await alice.hears("שלום")
    facts = link.trace.facts()
    assert facts.count("fault added: NoOp()") == facts.count("opened") == handle.connection_count
