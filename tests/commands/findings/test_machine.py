"""What this machine lets a program do."""

from __future__ import annotations

import pytest

from labkit import verbs
from labkit.clock import clock
from labkit.commands.findings import machine
from labkit.exceptions import ConnectError, NotHeard


def test_proxies_and_prefix() -> None:
    """Proxy variables in either case, and a hub's prefix, are notes with advice."""
    assert machine.proxies({}).verdict == "ok"
    finding = machine.proxies({"HTTP_PROXY": "http://proxy:3128", "no_proxy": "*"})
    assert (finding.verdict, finding.found) == (
        "note",
        "HTTP_PROXY",
    ) and "proxy=None" in finding.todo
    assert machine.prefix({}).verdict == "ok"
    finding = machine.prefix({"JUPYTERHUB_SERVICE_PREFIX": "/user/ann/"})
    assert (finding.verdict, finding.found) == ("note", "/user/ann/")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("No module named 'websockets.asyncio'"), "install labkit again"),
        (ConnectError("alice cannot connect"), "a security program may interfere"),
        (NotHeard("alice did not hear 'hello'"), "a security program may interfere"),
    ],
)
def test_why_no_message_crosses(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    """Only what concerns the network is blamed on it."""

    async def serve(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(verbs, "serve", serve)
    finding = machine.websocket()
    assert finding.verdict == "bad" and str(error) in finding.found and words in finding.todo


def test_a_variable_that_makes_no_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time scale that is none is named with what to do, and the other findings are there."""
    monkeypatch.setenv("LABKIT_TIMESCALE", "fast")
    monkeypatch.setattr(clock, "_scale", None)
    finding = machine.websocket()
    assert finding.verdict == "bad" and "unset LABKIT_TIMESCALE" in finding.todo
