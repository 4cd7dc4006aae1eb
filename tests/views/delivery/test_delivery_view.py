"""The view of deliveries: counters that follow, and the proof of the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType

from labkit.delivery import Cut, Promise, Say, judge, run, search
from labkit.delivery.failing_part import FailingPart
from labkit.delivery.tally import Tally
from labkit.observable import Observable
from labkit.views.delivery.delivery_view import DeliveryView
from labkit.views.panel import Panel
from tests.conftest import soon
from tests.support.chats import naive_chat, sound_chat
from tests.support.told import told

COUNTED = ("counted", "messages", "lost", "duplicated", "reordered")


@dataclass
class Trial:
    """A run without sockets."""

    said: str
    tally: Tally = field(default_factory=Tally)
    part: FailingPart | None = None
    changes: Observable = field(default_factory=Observable)

    def __repr__(self) -> str:
        return self.said


def lost() -> FailingPart:
    events = told("alice enter", "bob enter", "alice say alice#1")
    return FailingPart(judge(events, Promise()).broken, events)


async def test_the_counters_follow_a_run(lab: ModuleType) -> None:
    """Before the end nothing is lost for certain; after it the proof is drawn."""
    trial = Trial("running")
    view = DeliveryView(trial)
    state = view.widget.state
    assert [state[each] for each in COUNTED] == ["Messages in 0 runs", 0, None, None, None]
    assert (state["said"], state["svg"], state["part"]) == ("running", "", "")
    trial.tally, trial.said = Tally(1, 7, 3, 2, 1, "this run"), "Broken: one."
    trial.part = lost()
    trial.changes.notify()
    await soon(lambda: view.widget.state["messages"] == 7)
    state = view.widget.state
    assert [state[each] for each in COUNTED] == ["Messages in this run", 7, 3, 2, 1]
    assert state["said"] == "Broken: one."
    assert state["svg"].startswith("<svg")
    assert state["part"] == str(trial.part)
    view.close()
    trial.tally = Tally(2)
    trial.changes.notify()
    assert view.widget.state["messages"] == 7


async def test_a_search_is_shown_while_it_runs(lab: ModuleType) -> None:
    """In the end with what it says in one sentence."""
    trial = search(sound_chat, Promise(), seeds=range(2), messages=4)
    panel = lab.show(trial)
    (view,) = panel.views
    await trial
    await soon(lambda: view.widget.state["said"] == repr(trial))
    assert view.widget.state["counted"] == "Messages in 2 runs"
    assert view.widget.state["messages"] == trial.tally.said > 0
    assert repr(panel) == trial.sentence


async def test_a_run_is_shown_as_well(lab: ModuleType) -> None:
    """Before it begins, and in the end with what proves that the promise was broken."""
    trial = run(naive_chat, [Say("alice"), Cut("bob"), Say("carol"), Say("carol")], Promise())
    panel = lab.show(trial)
    (view,) = panel.views
    assert repr(panel) == "<Run of 4 steps: ready>"
    await trial
    await soon(lambda: view.widget.state["svg"])
    assert view.widget.state["lost"] == trial.tally.lost
    assert repr(panel) == trial.verdict.sentence


async def test_the_twins_have_no_numbers_that_differ(lab: ModuleType) -> None:
    """The first line of what is said; and all of it, with the ladder, its list and no counters."""
    trial = Trial("Broken: <one>.\nThe fewest steps", Tally(1, 987654321, 1, 1), lost())
    panel = Panel([DeliveryView(trial)])
    assert repr(panel) == "Broken: <one>."
    html = panel._repr_mimebundle_()["text/html"]
    assert "Broken: &lt;one&gt;." in html and "The fewest steps" in html and "987654321" not in html
    assert "<li>bob does not hear alice#1</li>" in html
    panel.close()


async def test_a_promise_that_was_kept_needs_no_proof(lab: ModuleType) -> None:
    """Nothing is drawn."""
    view = DeliveryView(Trial("Kept.", Tally(1, 1)))
    assert view.widget.state["svg"] == ""
    assert "lk-ladder" not in view.body
    view.close()


async def test_what_is_said_is_only_text(lab: ModuleType) -> None:
    """A peer's text turns nothing round."""
    view = DeliveryView(Trial("\u202egone"))
    assert "\u202e" not in view.widget.state["said"] + view.line + view.body
    view.close()
