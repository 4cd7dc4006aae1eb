"""The court's rule."""

from __future__ import annotations

import pytest

from labkit.measure.court.claim import Claim, Part
from labkit.measure.court.verdict import Finding, Verdict, find

FAST = Part("here", "echo", "latency", "ms", "socketio", "websocket")
KNOWN = Part("32 bytes", "bytes", "32 bytes", "bytes", "socketio", "websocket", exact=True)


def finding(*ratios: float, part: Part = FAST) -> Finding:
    """Return a finding with these ratios."""
    return Finding(part, tuple((ratio, 1.0) for ratio in ratios))


def verdict(*findings: Finding, depends_on: str = "", javascript: str = "") -> Verdict:
    """Return a verdict on a claim with these findings."""
    parts = tuple(each.part for each in findings)
    claim = Claim("a.b", "Text.", "People", "", "Counted.", parts, depends_on, javascript)
    return Verdict(claim, findings)


@pytest.mark.parametrize(
    ("ratios", "word"),
    [
        ((1.9, 2.0, 1.95, 2.1, 1.8, 2.0, 1.9), "holds"),
        ((1.9, 2.0, 1.95, 9.0, 0.4, 2.0, 1.9), "holds"),
        ((1.0, 1.01, 0.99, 1.02, 1.0, 1.0, 0.98), "false"),
        ((1.3, 1.28, 1.3, 1.35, 1.27, 1.3, 1.31), "depends"),
        ((1.2, 1.3, 1.22, 1.28, 1.19, 1.31, 1.25), "depends"),
        ((0.5, 2.0, 0.6, 2.2, 0.7, 2.1, 1.9), "too noisy to say"),
        ((1.9,), "holds"),
    ],
)
def test_word_of_a_measured_part(ratios: tuple[float, ...], word: str) -> None:
    """All repeats but the lowest and highest lie on one side of the line, and not near it."""
    assert finding(*ratios).word == word


@pytest.mark.parametrize(("ratio", "word"), [(1.26, "holds"), (1.24, "false"), (1.25, "holds")])
def test_word_of_an_exact_part(ratio: float, word: str) -> None:
    """What is the same in each run is decided by the line alone."""
    assert finding(ratio, part=KNOWN).word == word


HOLDS, FALSE, NOISY = finding(2.0), finding(1.0), finding(0.5, 2, 0.6, 2.2, 0.7, 2.1, 1.9)


@pytest.mark.parametrize(
    ("findings", "text"),
    [
        ((HOLDS, HOLDS), "holds"),
        ((HOLDS, FALSE), "depends on the distance"),
        ((FALSE, FALSE), "false"),
        ((HOLDS, NOISY), "too noisy to say"),
        ((HOLDS, FALSE, NOISY), "depends on the distance"),
        ((finding(1.3), HOLDS), "depends on the machine"),
    ],
)
def test_text_of_a_claim(findings: tuple[Finding, ...], text: str) -> None:
    """A claim whose parts disagree depends on what they differ in."""
    assert verdict(*findings, depends_on="the distance").text == text


def test_what_only_javascript_does() -> None:
    """A claim that is false here and true there holds for JavaScript only."""
    assert verdict(FALSE, javascript="It buffers.").text == "holds for JavaScript only"
    assert verdict(HOLDS, javascript="It buffers.").text == "holds"


def test_what_is_not_measured() -> None:
    """A claim without findings says so, and why, if somebody tried."""
    claim = verdict(HOLDS).claim
    assert (Verdict(claim).word, Verdict(claim).text) == ("not measured", "not measured yet")
    assert Verdict(claim, why="it hung.").text == "not measured: it hung."


def test_repr() -> None:
    """It says of which claim, and the verdict."""
    assert repr(verdict(HOLDS)) == "a.b: holds"


def test_find_pairs_each_repeat() -> None:
    """A finding has the ratio of each repeat, in the order of the repeats."""
    repeats = [{"latency": {"socketio": 4.0, "websocket": 2.0}}]
    repeats.append({"latency": {"socketio": 6.0, "websocket": 2.0}})
    assert find(FAST, repeats).ratios == (2.0, 3.0)


def test_one_subject_alone() -> None:
    """A part without a second subject is judged by its figure."""
    part = Part("polling", "built on", "opened", "", "socketio polling", line=1, exact=True)
    assert find(part, [{"opened": {"socketio polling": 1.0}}]).word == "holds"
    assert find(part, [{"opened": {"socketio polling": 0.0}}]).word == "false"


def test_nothing_of_it() -> None:
    """What one has and the other has not is more; what neither has is no difference."""
    assert finding().part is FAST
    some, none = Finding(KNOWN, ((3.0, 0.0),)), Finding(KNOWN, ((0.0, 0.0),))
    assert (some.word, none.word) == ("holds", "false")
