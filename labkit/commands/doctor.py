"""`labkit doctor`: check whether this machine is ready for the course, and say what to do."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

from labkit.commands.findings import installation, machine, sharing
from labkit.commands.findings.finding import Finding, as_json, as_table
from labkit.commands.output import print_text


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the findings, and return 1 if one of them is bad."""
    findings = examine()
    print_text(as_json(findings) if options.json else as_table(findings))
    return 1 if any(each.verdict == "bad" for each in findings) else 0


def examine() -> list[Finding]:
    """Return the findings, in the order in which they are shown."""
    checks: tuple[Callable[[], Finding], ...] = (
        installation.python,
        lambda: installation.package(
            "ipykernel", (7, 4), "older ones run widgets on other threads"
        ),
        lambda: installation.package("jupyterlab", (4, 6)),
        installation.widgets,
        installation.settings,
        installation.course,
        installation.working_copy,
        machine.loopback,
        machine.websocket,
        lambda: machine.proxies(os.environ),
        machine.free_port,
        machine.blocked_loop,
        lambda: installation.tool("Node", ("node",), "needed for some tests of the project only"),
        lambda: installation.tool(
            "Chromium", ("chromium", "chromium-browser", "google-chrome"), "as Node"
        ),
        installation.socketio_page,
        lambda: machine.prefix(os.environ),
        lambda: sharing.shared_machine(os.environ),
    )
    return [check() for check in checks]
