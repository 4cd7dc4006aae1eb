"""What assistive technology finds on a page: axe-core's violations, and Chromium's landmarks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

OWN = ".lk-tokens"
"""All that labkit draws: in JupyterLab each view and output, on a chat page the document."""

COUNTED = ("moderate", "serious", "critical")
"""The impacts of violations that are counted: all but minor ones."""

LANDMARKS = frozenset(
    ("banner", "complementary", "contentinfo", "form", "main", "navigation", "region", "search")
)
"""The roles of landmarks (WAI-ARIA 1.2, section 5.3.4)."""

LANDMARKS_BY_NAME = frozenset({"form", "region"})
"""Those that are landmarks only if they have a name (HTML Accessibility API Mappings, 3.5)."""


def find_violations(page: Any, node_modules: Path) -> list[str]:
    """Return what axe-core finds in all that labkit draws on a page, minor things apart."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("own => axe.run({include: [own]})", OWN)["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in COUNTED
        for node in rule["nodes"]
    ]


def find_landmarks(page: Any) -> list[tuple[str, str]]:
    """Return role and name of each landmark of a page, JupyterLab's too, as Chromium tells them."""
    session = page.context.new_cdp_session(page)
    try:
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        session.detach()
    return list(_landmarks(nodes))


def _landmarks(nodes: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        role, name = (node.get(key, {}).get("value", "") for key in ("role", "name"))
        is_one = role in LANDMARKS and (name or role not in LANDMARKS_BY_NAME)
        if is_one and not node["ignored"]:
            yield role, name
