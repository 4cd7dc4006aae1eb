"""A long line."""

from __future__ import annotations

import itertools
from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.faults import Latency
from labkit.protocols.stream import FIN, RST, Item
from tests.faults.conftest import Stack
from tests.support.timed import takes
from tests.support.turned_clock import Line


@pytest.mark.parametrize("end", [FIN, RST], ids=lambda end: end.fact)
def test_everything_arrives_later(end: Item) -> None:
    """Each chunk and the end behind it take as long as asked, to the microsecond."""
    line = Line(Latency(0.3))
    line.send(b"a", at=1.0)
    line.send(b"b", end, at=1.1)
    assert line.passed_by(1.299999) == []
    assert line.stage.held == 2
    assert line.passed_by(5) == [(1.3, b"a"), (1.4, b"b"), (1.4, end)]
    assert line.stage.held == 0


def test_no_latency_at_all() -> None:
    """With 0 seconds everything passes at once."""
    line = Line(Latency(0))
    line.send(b"a", FIN, at=1.0)
    assert line.passed == [(1.0, b"a"), (1.0, FIN)]


def test_jitter_stays_within_its_bounds() -> None:
    """Chunks that are far apart take 0.2 to 0.4 s, and use all of that."""
    line = Line(Latency(0.3, jitter=0.1), seed=1)
    for second in range(200):
        line.send(b"%d" % second, at=second)
    taken = [when - second for second, (when, _) in enumerate(line.passed_by(300))]
    assert len(taken) == 200
    assert 0.2 <= min(taken) < 0.25 and 0.35 < max(taken) <= 0.4


def test_jitter_keeps_the_order() -> None:
    """Chunks that are close together never overtake each other."""
    line = Line(Latency(0.3, jitter=0.3), seed=2)
    sent = [b"%d" % number for number in range(300)]
    for number, chunk in enumerate(sent):
        line.send(chunk, at=number / 1000)
    passed = line.passed_by(10)
    assert [item for _, item in passed] == sent
    assert all(early <= late for (early, _), (late, _) in itertools.pairwise(passed))


def test_jitter_is_repeatable() -> None:
    """The same seed gives the same times, another one others; without jitter, none is drawn."""

    def times(seed: int) -> list[float]:
        line = Line(Latency(0.3, jitter=0.1), seed)
        for second in range(20):
            line.send(b"a", at=second)
        return [when for when, _ in line.passed_by(30)]

    assert times(1) == times(1) != times(2)

    def draw() -> float:
        raise AssertionError("nothing is random here")

    Latency(0.3).live(draw).data(b"a", 1.0)


def test_it_may_hold_more_than_others() -> None:
    """64 KiB on a line of 0.05 s would be a narrow line: 1.3 MB/s."""
    assert Latency(1).hold_limit == 2**20


@pytest.mark.parametrize("make", [lambda: Latency(-1), lambda: Latency(1, jitter=-1)])
def test_bad_values(make: object) -> None:
    """Seconds are numbers, 0 or more."""
    with pytest.raises(LabError, match="must be a number from 0"):
        make()  # type: ignore[operator]


@pytest.mark.exhaustive
@pytest.mark.parametrize("direction", ["upstream", "downstream"])
async def test_messages_on_both_stacks(lab: ModuleType, stack: Stack, direction: str) -> None:
    """A message takes as long as asked on that way, and no longer on the other one."""
    server = await lab.serve(stack.protocol)
    alice, bob = [await stack.join(lab, server, name) for name in ("alice", "bob")]

    async def upstream() -> None:
        await alice.say("up")
        await bob.hears("up")

    async def downstream() -> None:
        await bob.say("down")
        await alice.hears("down")

    acts = {"upstream": upstream, "downstream": downstream}
    for asked in (0.02, 0.3):
        with alice.link.add(Latency(asked), direction):
            await takes(asked, acts[direction])
