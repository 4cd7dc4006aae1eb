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
        "ok"; "note" (the course works, but this is worth knowing); "bad" (it will not work).
    todo
        What to do, "" for nothing.
    """

    subject: str
    verdict: Verdict
    found: str
    todo: str = ""


def broken_installation(subject: str, error: Exception) -> Finding:
    """Return the finding for a failure inside this installation: of a package, or of labkit."""
    todo = "install labkit again (in a clone: delete the folder .venv and run start.py again)"
    return Finding(subject, "bad", f"{type(error).__name__}: {error}", todo)


def summarize_findings(findings: Sequence[Finding]) -> str:
    """Return a sentence that says whether the course will work here."""
    bad = ", ".join(each.subject for each in findings if each.verdict == "bad")
    if bad:
        return f"This machine is not ready yet: {bad}."
    return "This machine is ready for the course."


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings as JSON."""
    report = {
        "verdict": summarize_findings(findings),
        "ready": all(each.verdict != "bad" for each in findings),
        "rows": [asdict(each) for each in findings],
    }
    return json.dumps(report, indent=2)


def as_table(findings: Sequence[Finding]) -> str:
    """Return the findings as lines of text, each followed by what to do."""
    width = max(len(each.subject) for each in findings)
    lines = [summarize_findings(findings), ""]
    for each in findings:
        lines.append(f"{each.verdict:<5} {each.subject:<{width}}  {each.found}")
        if each.todo:
            lines.append(f"{'':<5} {'':<{width}}  -> {each.todo}")
    return "\n".join(lines)
