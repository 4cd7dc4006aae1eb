"""The proof that a way works."""

from __future__ import annotations

from typing import Any, cast

import pytest

from labkit.transports.chain.attempt import MOST_UNPOSTED, Attempt
from labkit.transports.http.chat.client.failed_request import Failed
from tests.conftest import turn_loop
from tests.support.ways import BROKEN, FakeWay, conversation

pytestmark = pytest.mark.usefixtures("hurry")


def make_way() -> FakeWay:
    """Return a way that works."""
    return FakeWay(cast("Any", None), conversation())


async def test_a_way_is_proved_in_both_directions() -> None:
    """Something comes down first, then an empty post with number 0 goes up."""
    way = make_way()
    attempt = Attempt("sse", way)
    await attempt.prove()
    assert way.posted == [(0, "")]
    assert way.listens and not attempt.broken.done()
    await attempt.stop()
    assert not way.listens


@pytest.mark.parametrize(
    ("hears", "carries", "why"),
    [
        (False, True, "nothing came down within 3 s"),
        (True, False, "nothing that goes up is answered within 3 s"),
        (BROKEN, True, "it broke"),
        (True, BROKEN, "it broke"),
    ],
    ids=["silent", "mute", "refused", "refuses posts"],
)
async def test_half_a_proof_is_none(hears: bool | Failed, carries: bool | Failed, why: str) -> None:
    """A way that works in one direction, or in none, is refused with the reason."""
    way = make_way()
    way.hears, way.carries = hears, carries
    attempt = Attempt("sse", way)
    with pytest.raises(Failed, match=why):
        await attempt.prove()
    await attempt.stop()
    assert not way.listens


async def test_what_goes_up_is_not_tried_before_something_came_down() -> None:
    """On one connection, a post would pass before the stream occupies it."""
    way = make_way()
    way.hears = False
    attempt = Attempt("sse", way)
    with pytest.raises(Failed):
        await attempt.prove()
    await attempt.stop()
    assert way.posted == []


async def test_a_way_that_breaks_while_it_is_proved_is_refused_at_once() -> None:
    """Nobody waits for the rest of the 3 s."""
    way = make_way()
    way.carries = False
    attempt = Attempt("sse", way)
    await turn_loop(2)
    way.fail()
    with pytest.raises(Failed, match="it broke"):
        await attempt.prove()
    await attempt.stop()


async def test_posts_that_fail_break_a_way_that_still_listens() -> None:
    """One may be chance; two in a row, or one without an answer, show that nothing goes up."""
    way = make_way()
    attempt = Attempt("sse", way)
    await attempt.prove()
    for failing in [True] * (MOST_UNPOSTED - 1) + [False] + [True] * (MOST_UNPOSTED - 1):
        way.carries = BROKEN if failing else True
        if failing:
            with pytest.raises(Failed):
                await attempt.carry(way.post(1, "hello"))
        else:
            await attempt.carry(way.post(1, "hello"))
    assert not attempt.broken.done()
    with pytest.raises(Failed):
        await attempt.carry(way.post(1, "hello"))
    assert attempt.broken.exception() is BROKEN
    await attempt.stop()


async def test_a_post_without_an_answer_breaks_a_way_at_once() -> None:
    """It has waited long enough already."""
    way = make_way()
    attempt = Attempt("sse", way)
    await attempt.prove()
    way.carries = Failed("ping timeout", "no answer came in time")
    with pytest.raises(Failed):
        await attempt.carry(way.post(1, "hello"))
    assert attempt.broken.exception() is way.carries
    await attempt.stop()


async def test_a_mistake_does_not_go_unseen() -> None:
    """What is no failure of a request ends the way, too, and is raised as it is."""
    way = make_way()
    attempt = Attempt("sse", way)
    await attempt.prove()
    way.fail(ZeroDivisionError("oops"))
    await turn_loop(2)
    assert isinstance(attempt.broken.exception(), ZeroDivisionError)
    await attempt.stop()


async def test_its_age_is_in_seconds_of_the_lab() -> None:
    """A scaled second counts as one."""
    way = make_way()
    attempt = Attempt("sse", way)
    way.hears = False
    with pytest.raises(Failed):
        await attempt.prove()
    assert 3 <= attempt.age < 30
    await attempt.stop()
