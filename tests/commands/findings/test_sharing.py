"""Whether other users share this machine."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from labkit.commands.findings import sharing
from labkit.commands.findings.sharing import find_other_people, shared_machine

HUB = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ann/"}


@pytest.mark.parametrize(
    ("environment", "people", "verdict", "found"),
    [
        ({}, 0, "ok", "no other user seen"),
        ({}, 1, "note", "1 other user seen"),
        ({"container": "podman"}, 0, "ok", "a container, no other user seen"),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1", **HUB}, 0, "note", "a hub, a container, no other"),
        (HUB, 2, "note", "a hub, 2 other users seen"),
    ],
)
def test_the_signs(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    people: int,
    verdict: str,
    found: str,
) -> None:
    """A hub and other people are notes with what to do; what was not seen is not denied."""
    monkeypatch.setattr(sharing, "find_other_people", lambda: set("ab"[:people]))
    finding = shared_machine(environment, ())
    assert finding.verdict == verdict and finding.found.startswith(found)
    assert ("token=True" in finding.todo) == (verdict == "note")


def test_a_containers_mark(tmp_path: Path) -> None:
    """A file tells of a container."""
    assert shared_machine({}, [tmp_path]).found.startswith("a container, ")


def test_who_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logged in, or with a program of theirs; neither oneself nor the system's users."""
    me = psutil.Process().username()

    def process(name: str, uid: int | None) -> SimpleNamespace:
        uids = None if uid is None else SimpleNamespace(real=uid)
        return SimpleNamespace(info={"username": name, "uids": uids})

    processes = [process("ben", 1001), process(me, 1000), process("postgres", 70)]
    processes += [process("mapped", 100_999), process("on Windows", None)]
    monkeypatch.setattr(psutil, "users", lambda: [SimpleNamespace(name=n) for n in (me, "cleo")])
    monkeypatch.setattr(psutil, "process_iter", lambda attributes: iter(processes))
    assert find_other_people() == {"ben", "cleo"}
