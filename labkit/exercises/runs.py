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
    findings = [str(finding) for finding in run.verdict.broken]
    happened = " ".join(
        [*(each.partition(": ")[2] or each for each in findings[:2]), *run.errors[:1]]
    )
    return happened or run.verdict.sentence, "\n".join(step.words for step in run.steps)
