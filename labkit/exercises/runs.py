"""What a judge says of a run that breaks its promise."""

from __future__ import annotations

from labkit.delivery import Run
from labkit.exercises.outcome import as_sentence


def explain_run(run: Run) -> tuple[str, str] | None:
    """Return what happened and the smallest case, None if the promise was kept.

    Parameters
    ----------
    run
        A run that is over.
    """
    if run.verdict is None or run.verdict.kept:
        return None
    sentences = [finding.sentence for finding in run.verdict.broken[:2]] or [run.verdict.sentence]
    happened = " ".join(map(as_sentence, [*sentences, *run.errors[:1]]))
    return happened, "\n".join(step.words for step in run.steps)
