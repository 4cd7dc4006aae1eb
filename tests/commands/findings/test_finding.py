"""How findings are printed."""

from __future__ import annotations

import json

from labkit.commands.findings.finding import (
    Finding,
    as_json,
    as_table,
    broken_installation,
    summarize_findings,
)

FINE = Finding("Python", "ok", "3.13.0")
NOTED = Finding("proxy variables", "note", "HTTP_PROXY", "pass them by")
BAD = Finding("loopback TCP", "bad", "refused", "open the firewall")


def test_only_what_is_bad_makes_a_machine_unready() -> None:
    """A note changes no verdict; what is bad is named in it."""
    assert summarize_findings([FINE, NOTED]) == "This machine is ready for the course."
    assert summarize_findings([FINE, BAD, NOTED]) == "This machine is not ready yet: loopback TCP."


def test_a_table_says_what_to_do_below_each_finding() -> None:
    """One line for each, aligned, and a second one where something is to be done."""
    assert as_table([FINE, BAD]).splitlines()[2:] == [
        "ok    Python        3.13.0",
        "bad   loopback TCP  refused",
        "                    -> open the firewall",
    ]


def test_json_holds_the_same() -> None:
    """The verdict in words and as a truth value, and each finding."""
    report = json.loads(as_json([FINE, BAD]))
    assert report["verdict"].startswith("This machine is not ready yet") and not report["ready"]
    assert report["rows"][1]["todo"] == "open the firewall"


def test_what_fails_within_the_installation_is_not_the_networks_fault() -> None:
    """The way out is a new installation."""
    finding = broken_installation("Socket.IO page", ImportError("no module"))
    assert finding.verdict == "bad" and "install labkit again" in finding.todo
