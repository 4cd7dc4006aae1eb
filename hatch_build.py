"""Puts the course into the wheel: notebooks, and the Socket.IO page's client if it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CLIENT = ("package.json", "LICENSE", "dist/socket.io.min.js")


class CourseInWheel(BuildHookInterface[Any]):
    """Adds what lies beside the package in a clone, as `labkit/course/`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to include; an editable installation finds them where they are."""
        if version == "editable":
            return
        root = Path(self.root)
        found = [path for path in (root / "notebooks").rglob("*") if path.is_file()]
        client = root / "node_modules" / "socket.io-client"
        found += [client / name for name in CLIENT if (client / name).is_file()]
        for path in found:
            inside = path.relative_to(root)
            if not any(part.startswith((".", "__")) for part in inside.parts):
                build_data["force_include"][str(path)] = f"labkit/course/{inside.as_posix()}"
