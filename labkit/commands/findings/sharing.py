"""The check whether other users share this machine, who can then connect to a learner's servers."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from labkit.commands.findings.finding import Finding
from labkit.commands.hub import PREFIX_VARIABLE

PEOPLE = range(501 if sys.platform == "darwin" else 1000, 60_000)
"""The user ids of people; the others are the system's, or those of containers."""

CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
"""Files that Docker and Podman put into a container."""


def shared_machine(
    environment: Mapping[str, str], marks: Collection[Path] = CONTAINER_MARKS
) -> Finding:
    """Report the signs of other users that can be seen: a hub, a container, other people.

    What cannot be seen is not claimed: a user who is not logged in now, and runs nothing, leaves no
    sign; neither does one on the host of a container.
    """
    is_hub = PREFIX_VARIABLE in environment
    is_container = (
        any(mark.exists() for mark in marks)
        or "container" in environment
        or "KUBERNETES_SERVICE_HOST" in environment
    )
    count = len(find_other_people())
    kinds = [*(["a hub"] if is_hub else []), *(["a container"] if is_container else [])]
    found = ", ".join([*kinds, f"{count or 'no'} other user{'s' if count > 1 else ''} seen"])
    if not (is_hub or count):
        return Finding("shared machine", "ok", found)
    todo = (
        "other users of a machine can connect to your servers: send nothing secret in a lesson, or "
        "start them with `lab.serve(..., token=True)`"
    )
    return Finding("shared machine", "note", found, todo)


def find_other_people() -> set[str]:
    """Return the names of other people who are logged in, or whose programs run here."""
    try:
        import psutil
    except ImportError:  # labkit is installed without the extra `lab`
        return set()
    names = {user.name for user in psutil.users()}
    for process in psutil.process_iter(["uids", "username"]):
        uids = process.info.get("uids")  # there are none on Windows
        if uids is not None and uids.real in PEOPLE:
            names.add(process.info["username"])
    return names - {psutil.Process().username()}
