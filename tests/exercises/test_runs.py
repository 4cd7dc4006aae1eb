"""What a judge says of a run."""

from __future__ import annotations

from types import ModuleType

from labkit.delivery import Cut, Promise, Say, run
from labkit.exercises.runs import explain_run
from tests.support.chats import naive_chat


async def test_a_broken_run_is_told_by_its_findings_and_steps(lab: ModuleType) -> None:
    """What happened begins with a capital letter; the case has a step on each line."""
    found = await run(naive_chat, [Cut("bob"), Say("alice"), Say("carol")], Promise("at most once"))
    told = explain_run(found)
    assert told is not None
    happened, case = told
    assert happened[0].isupper() and "never heard" in happened
    assert case == "cut bob\nalice says\ncarol says"


async def test_a_kept_run_is_not_told(lab: ModuleType) -> None:
    """There is nothing to say of one that keeps its promise, or is not over."""
    trial = run("websocket", [Say("alice"), Say("bob")], Promise("at most once"))
    assert explain_run(trial) is None
    assert explain_run(await trial) is None
