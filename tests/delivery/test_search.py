"""Many runs under many seeds, and the smallest one that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from labkit.delivery import Promise, Steps, run, search
from labkit.exceptions import LabError
from tests.support.chats import (
    Outbox,
    naive_chat,
    overtaking_chat,
    replaying_chat,
    sound_chat,
    storing_chat,
)

AT_MOST = Promise("at most once", order="per sender")
EXACTLY = Promise("exactly once", acknowledged=True)

SEARCH = import_module("labkit.delivery.search")


def kinds(trial: Any) -> set[str]:
    """Return what broke the promise in a run."""
    return {finding.kind for finding in trial.verdict.broken}


async def test_a_right_answer_is_kept_under_all_seeds(lab: ModuleType) -> None:
    """The sentence says how many runs there were; there is nothing to replay."""
    found = await search(sound_chat, AT_MOST, seeds=range(5), cuts=1)
    assert repr(found) == "The promise was kept in 5 runs under as many seeds."
    assert (found.steps, found.run, found.verdict, found.runs) == (None, None, None, 5)
    assert found.part is None
    tally = found.tally
    assert tally.title == "Messages in 5 runs"
    assert tally.said > 5
    assert (tally.lost, tally.duplicated, tally.reordered) == (0, 0, 0)


@pytest.mark.parametrize(
    ("chat", "kind", "most"),
    [
        (naive_chat, {"disconnected", "lost"}, 4),
        pytest.param(replaying_chat, {"duplicated", "stale"}, 5, marks=pytest.mark.exhaustive),
        pytest.param(overtaking_chat, {"reordered", "lost"}, 8, marks=pytest.mark.exhaustive),
    ],
)
async def test_a_failing_run_is_shrunk(
    lab: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    chat: Callable[[], Any],
    kind: set[str],
    most: int,
) -> None:
    """To a few steps that fail in the same way when they are run again in a cell."""
    monkeypatch.setattr(SEARCH, "SHRINKING", 60.0)
    found = await search(chat, AT_MOST, seeds=range(3, 20), messages=5, cuts=1)
    assert found.steps is not None
    assert len(found.steps) <= most
    assert found.fails >= 4
    assert not found.is_race
    again = await run(chat, Steps.from_json(found.steps.to_json()), AT_MOST)
    assert kinds(again) & kind
    lines = repr(found).splitlines()
    assert lines[0].startswith("Broken: ")
    assert lines[2] == "The fewest steps that show it:"
    assert lines[3].startswith("1. ")


@pytest.mark.exhaustive
@pytest.mark.parametrize("chat", [naive_chat, replaying_chat, overtaking_chat])
async def test_what_is_wrong_is_found_under_every_seed(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch, chat: Callable[[], Any]
) -> None:
    """And shrinks to at most eight steps each time, in as many trials as its seconds are for."""
    monkeypatch.setattr(SEARCH, "SHRINKING", 60.0)
    for seed in range(0, 200, 20):
        found = await search(chat, AT_MOST, seeds=range(seed, seed + 20))
        assert found.steps is not None
        assert len(found.steps) <= 8
        assert found.trials <= 200  # some 40 ms each, where the machine is idle
        assert found.fails >= 4


@pytest.mark.exhaustive
async def test_nothing_can_be_left_out(lab: ModuleType) -> None:
    """Without any one of the smallest steps, the run does not fail in that way."""
    found = await search(replaying_chat, AT_MOST, seeds=range(9), messages=8, cuts=1)
    assert found.steps is not None
    assert found.run is not None
    kind = found.kind
    for at in range(len(found.steps)):
        smaller = [*found.steps[:at], *found.steps[at + 1 :]]
        trial = await run(replaying_chat, found.steps.with_steps(smaller), AT_MOST)
        assert kind not in kinds(trial)


async def test_a_learners_sender_is_searched_with_a_store(lab: ModuleType) -> None:
    """Everybody may be cut, since the store is the witness."""
    wrong = storing_chat(knows_repeats=False)
    found = await search(wrong, EXACTLY, sender=Outbox, clients=2, messages=4, cuts=1)
    assert found.run is not None
    assert kinds(found.run) == {"duplicated"}
    right = storing_chat(knows_repeats=True)
    found = await search(right, EXACTLY, sender=Outbox, clients=2, messages=4, seeds=range(5))
    assert found.run is None


async def test_a_race_is_called_one(lab: ModuleType) -> None:
    """An answer that fails by a chance that nobody seeds fails in some of five runs only."""
    again = 0

    def make() -> Any:
        nonlocal again
        again += trial.phase == "running again"
        is_wrong = again <= 2
        chat = sound_chat()

        async def handler(websocket: Any) -> None:
            if is_wrong:
                await websocket.close(1011)
            await chat(websocket)

        return handler

    trial = search(make, AT_MOST, seeds=[0], messages=2, cuts=0)
    found = await trial
    assert (found.fails, found.is_race) == (2, True)
    assert "This is a race: of 5 runs of these steps, 2 fail in this way." in repr(found)


async def test_shrinking_has_an_end(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its seconds are over, the smallest failing run so far is the result."""
    monkeypatch.setattr(SEARCH, "SHRINKING", 0.0)
    found = await search(naive_chat, AT_MOST, messages=6, cuts=1)
    assert found.trials == 0
    assert found.steps is not None
    assert len(found.steps) == found.first_steps


async def test_it_reports_what_it_does(lab: ModuleType) -> None:
    """Its phases come in order, and its counts only grow."""
    trial = search(overtaking_chat, AT_MOST, seeds=range(9), clients=2, messages=6, cuts=0)
    phases: list[str] = []
    trial.changes.subscribe(lambda: phases.append(trial.phase))
    assert repr(trial) == "The search is ready: 0 of 9 runs so far."
    found = await trial
    order = ["searching", "shrinking", "running again", "over"]
    assert list(dict.fromkeys(phases)) == order
    assert found.current is None
    assert await trial is found


async def test_an_interrupt_leaves_nothing(lab: ModuleType) -> None:
    """A search that is cancelled is over, and closes what ran."""
    trial = search(sound_chat, AT_MOST)

    async def wait() -> None:
        await trial

    task = asyncio.ensure_future(wait())
    await trial.changes.until(lambda: trial.runs == 2, within=5)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert trial.phase == "over"
    assert trial.sentence == "The search was ended after 2 of 50 runs."
    await lab.finish()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"promise": 7}, "judged by a Promise"),
        ({"seeds": 7}, "seeds must be several"),
        ({"seeds": "abc"}, "seeds must be several"),
        ({"seeds": []}, "seeds must not be empty"),
        ({"seeds": [None]}, "seed must be"),
        ({"clients": 0}, "clients must be"),
        ({"cuts": -1}, "cuts must be"),
        ({"leg": "up"}, "leg must be"),
        ({"sender": 7}, "sender must be"),
    ],
)
def test_wrong_arguments_are_refused_at_once(options: dict[str, Any], told: str) -> None:
    """A sentence says what is wrong, before anything runs."""
    arguments = {"promise": AT_MOST, **options}
    with pytest.raises(LabError, match=told):
        search(sound_chat, **arguments)
