"""The claims, as texts and as data (that their experiments fit: `test_experiments.py`)."""

from __future__ import annotations

import re

import pytest

from labkit.measure.court.claim import Claim
from labkit.measure.court.claims import CLAIMS

TOPICS = {
    "browsers",
    "buffering",
    "built_on",
    "control",
    "duplex",
    "fallback",
    "latency",
    "memory",
    "overhead",
    "reconnection",
    "reliability",
    "samples",
    "simplicity",
    "throughput",
}


def test_ids() -> None:
    """Each is a topic and a name, and belongs to one claim alone."""
    ids = [claim.id for claim in CLAIMS]
    assert len(set(ids)) == len(ids) == 19
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", id) for id in ids)
    assert {claim.topic for claim in CLAIMS} == TOPICS


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_claim_is_whole(claim: Claim) -> None:
    """It is a sentence, has a source that can be opened, and says what is counted."""
    for sentence in (claim.text, claim.counted):
        assert re.fullmatch(r"[A-Z].*[.]", sentence)
    assert claim.said_by and re.fullmatch(r"https://\S+\.\S+/\S+", claim.source)
    assert claim.parts
    assert claim.javascript == "" or claim.javascript.endswith(".")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_parts_that_may_disagree_say_on_what_it_depends(claim: Claim) -> None:
    """Only a claim of a single part can do without."""
    assert bool(claim.depends_on) == (len(claim.parts) > 1)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_parts_differ(claim: Claim) -> None:
    """No figure of the same subjects counts twice."""
    seen = [(p.experiment, p.figure, p.more, p.less) for p in claim.parts]
    assert len(set(seen)) == len(seen)
