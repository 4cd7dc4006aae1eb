"""A finding of `labkit doctor`, and how several are printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["ok", "note", "bad"]


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes
    ----------
    verdict
        "ok"; "note" (works, but worth knowing, or optional); "bad" (the course will not work).
    todo
        What to do, "" if nothing.
    """

    subject: str
    verdict: Verdict
    found: str
    todo: str = ""


def broken(subject: str, error: Exception) -> Finding:
    """Return what to say when something fails within this installation: a package, or labkit."""
    todo = "install labkit again (in a clone: delete the folder .venv, and start again)"
    return Finding(subject, "bad", f"{type(error).__name__}: {error}", todo)


def verdict_on(findings: Sequence[Finding]) -> str:
    """Say in a sentence whether the course will work here."""
    bad = ", ".join(each.subject for each in findings if each.verdict == "bad")
    if bad:
        return f"This machine is not ready yet: {bad}."
    return "This machine is ready for the course."


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings as JSON."""
    report = {
        "verdict": verdict_on(findings),
        "ready": all(each.verdict != "bad" for each in findings),
        "rows": [asdict(each) for each in findings],
    }
    return json.dumps(report, indent=2)


def as_table(findings: Sequence[Finding]) -> str:
    """Return the findings as lines of text, and below each what to do."""
    width = max(len(each.subject) for each in findings)
    lines = [verdict_on(findings), ""]
    for each in findings:
        lines.append(f"{each.verdict:<5} {each.subject:<{width}}  {each.found}")
        if each.todo:
            lines.append(f"{'':<5} {'':<{width}}  -> {each.todo}")
    return "\n".join(lines)
