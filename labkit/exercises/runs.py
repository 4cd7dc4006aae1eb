"""What a judge says of a run that breaks its promise."""

from __future__ import annotations

from labkit.delivery import Run


def explain_run(run: Run) -> tuple[str, str] | None:
    """Return what happened and the smallest case, None if the promise was kept.

    Parameters
    ----------
    run
        A run that is over.
    """
    if run.verdict is None or run.verdict.kept:
        return None
    sentences = [finding.sentence for finding in run.verdict.broken[:2]]
    happened = " ".join([*sentences, *run.errors[:1]]) or run.verdict.sentence
    return happened[:1].upper() + happened[1:], "\n".join(step.words for step in run.steps)
