"""The steps of a run as data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labkit.delivery.step import Back, Cut, CutAtMessage, Say, Step
from labkit.delivery.steps import MAX_CLIENTS, MAX_STEPS, SAVED, Steps
from labkit.exceptions import LabError

ALL = [
    Say("alice"),
    CutAtMessage("bob", pause=3),
    CutAtMessage("carol", "downstream"),
    Say("bob", pause=1),
    Back("bob"),
    Cut("bob", pause=2),
]


def test_steps_read_as_a_numbered_list() -> None:
    """Their text says who does what, with the pauses, and who only listens."""
    assert repr(Steps(ALL, clients=["dave"])).splitlines() == [
        "1. alice says",
        "2. cut bob at the next message from bob, then 3 turns of the loop",
        "3. cut carol at the next message to carol",
        "4. bob says, then 1 turn of the loop",
        "5. bob is back",
        "6. cut bob, then 2 turns of the loop",
        "dave only listens",
    ]
    assert repr(Steps([], clients=["a", "b"])) == "a, b only listen"
    assert repr(Steps([])) == "no steps"


def test_clients_are_those_given_and_those_of_the_steps() -> None:
    """Those that are given come first, and each is named once."""
    assert Steps(ALL, clients=["dave", "bob"]).clients == ("dave", "bob", "alice", "carol")
    steps = Steps(ALL, clients=["dave", "erin"])
    assert steps.listeners == ("dave", "erin")
    assert steps.without_listener("dave").clients == ("erin", "alice", "bob", "carol")


def test_part_of_them_keeps_clients_and_seed() -> None:
    """Fewer steps are a run of the same clients, with the same seed."""
    steps = Steps(ALL, clients=["dave"], seed=7)
    fewer = steps.with_steps(steps[:1])
    assert (list(fewer), fewer.clients, fewer.seed) == ([Say("alice")], steps.clients, 7)


def test_json_holds_them_whole() -> None:
    """What was saved is loaded as equal steps."""
    steps = Steps(ALL, clients=["dave"], seed="s")
    assert Steps.from_json(steps.to_json()) == steps
    assert hash(Steps.from_json(steps.to_json().encode())) == hash(steps)
    assert Steps(ALL) != Steps(ALL, seed=1)
    assert Steps(ALL) != ALL


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "another"}, "does not hold the steps of a run: .* an object with .format."),
        ({"version": SAVED.version + 1}, "newer labkit"),
        ({"more": 1}, "it should have seed, clients, steps, and nothing else"),
        ({"steps": {}}, "does not hold the steps of a run: its steps should be a list"),
        ({"steps": [7]}, "Step 1 cannot be read"),
        ({"steps": [{"do": "sing", "client": "alice", "pause": 0}]}, "say, cut, cut at message"),
        ({"steps": [{"do": ["say"], "client": "alice", "pause": 0}]}, "should be one of"),
        ({"steps": [{"do": "say", "client": "alice"}]}, "has the values client, pause"),
        ({"steps": [{"do": "say", "client": "alice", "pause": -1}]}, "pause must be"),
        (
            {"steps": [{"do": "cut at message", "client": "a", "pause": 0, "direction": []}]},
            "direction must be",
        ),
        ({"clients": "alice"}, "must be a list of names"),
        ({"clients": [1]}, "not 1"),
        ({"seed": None}, "seed must be"),
    ],
)
def test_damaged_json_is_refused(change: dict[str, Any], told: str) -> None:
    """A sentence says what is wrong with it."""
    data = json.loads(Steps(ALL).to_json()) | change
    with pytest.raises(LabError, match=told):
        Steps.from_json(json.dumps(data))


@pytest.mark.parametrize("name", ["", "a b", 7, None])
def test_a_listener_needs_a_name_too(name: Any) -> None:
    """As the client of a step does."""
    with pytest.raises(LabError, match="A client of a run has a name"):
        Steps([], clients=[name])


@pytest.mark.parametrize("steps", ["cut", 7, None, [7], [Step("alice")], [Say]])
def test_only_steps_are_steps(steps: Any) -> None:
    """Anything else is refused, and the sentence shows what steps look like."""
    with pytest.raises(LabError, match='Say\\("alice"\\)'):
        Steps(steps)


def test_their_number_is_bounded() -> None:
    """So is that of clients: each has two sockets in the kernel."""
    with pytest.raises(LabError, match="at most 10000 steps, not 10001"):
        Steps([Say("alice")] * (MAX_STEPS + 1))
    with pytest.raises(LabError, match="at most 100 clients, not 101"):
        Steps([], clients=[f"a{number}" for number in range(MAX_CLIENTS + 1)])
