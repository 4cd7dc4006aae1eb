"""The view of deliveries: counters that follow, and the proof of the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType

from labkit.delivery import Cut, Promise, Say, Verdict, judge, run, search
from labkit.delivery.failing_part import failing_part
from labkit.observable import Observable
from labkit.views.delivery.delivery_view import DeliveryView
from labkit.views.panel import Panel
from tests.conftest import soon
from tests.support.chats import naive_chat, sound_chat
from tests.support.told import told


@dataclass
class Trial:
    """A run without sockets."""

    said: str
    delivered: int = 0
    duplicated: int = 0
    lost: int | None = None
    verdict: Verdict | None = None
    changes: Observable = field(default_factory=Observable)

    def __repr__(self) -> str:
        return self.said


def verdict(*lines: str) -> Verdict:
    return judge(told("alice enter", "bob enter", "alice say alice#1", *lines), Promise())


async def test_the_counters_follow_a_run(lab: ModuleType) -> None:
    """Before the end nothing is lost for certain; after it the proof is drawn."""
    trial = Trial("running")
    view = DeliveryView(trial)
    state = view.widget.state
    assert (state["delivered"], state["lost"], state["said"]) == (0, None, "running")
    assert state["svg"] == state["part"] == ""
    trial.delivered, trial.duplicated, trial.lost, trial.said = 7, 1, 1, "Broken: one."
    trial.verdict = verdict()
    trial.changes.notify()
    await soon(lambda: view.widget.state["delivered"] == 7)
    state = view.widget.state
    assert (state["lost"], state["duplicated"], state["said"]) == (1, 1, "Broken: one.")
    assert state["svg"].startswith("<svg")
    assert state["part"] == failing_part(trial.verdict.broken[0])
    view.close()
    trial.delivered = 8
    trial.changes.notify()
    assert view.widget.state["delivered"] == 7


async def test_a_search_is_shown_while_it_runs(lab: ModuleType) -> None:
    """In the end with what it says in one sentence."""
    trial = search(sound_chat, Promise(), seeds=range(2), messages=4)
    panel = lab.show(trial)
    (view,) = panel.views
    await trial
    await soon(lambda: view.widget.state["said"] == repr(trial))
    assert view.widget.state["delivered"] == trial.delivered > 0
    assert repr(panel) == trial.sentence


async def test_a_run_is_shown_as_well(lab: ModuleType) -> None:
    """Before it begins, and in the end with what proves that the promise was broken."""
    trial = run(naive_chat, [Say("alice"), Cut("bob"), Say("carol"), Say("carol")], Promise())
    panel = lab.show(trial)
    (view,) = panel.views
    assert repr(panel) == "<Run of 4 steps: ready>"
    await trial
    await soon(lambda: view.widget.state["svg"])
    assert view.widget.state["lost"] == trial.lost
    assert repr(panel) == trial.verdict.sentence


async def test_the_twins_have_no_numbers_that_differ(lab: ModuleType) -> None:
    """The first line of what is said; and all of it, with the ladder, its list and no counters."""
    trial = Trial("Broken: <one>.\nThe fewest steps", 987654321, 1, 1, verdict())
    panel = Panel([DeliveryView(trial)])
    assert repr(panel) == "Broken: <one>."
    html = panel._repr_mimebundle_()["text/html"]
    assert "Broken: &lt;one&gt;." in html and "The fewest steps" in html and "987654321" not in html
    assert "<li>bob does not hear alice#1</li>" in html
    panel.close()


async def test_a_promise_that_was_kept_needs_no_proof(lab: ModuleType) -> None:
    """Nothing is drawn, also where losses are excused."""
    for lines in (["bob hear alice#1"], ["bob ended fault"]):
        view = DeliveryView(Trial("Kept.", 1, 0, 0, verdict(*lines)))
        assert view.widget.state["svg"] == ""
        assert "lk-ladder" not in view.body
        view.close()


async def test_what_is_said_is_only_text(lab: ModuleType) -> None:
    """A peer's text turns nothing round."""
    view = DeliveryView(Trial("\u202egone"))
    assert "\u202e" not in view.widget.state["said"] + view.line + view.body
    view.close()
