"""Verbs that look: what they take, and what they say to mistakes."""

from __future__ import annotations

from types import ModuleType

import pytest


async def test_show_takes_clients_and_servers(lab: ModuleType) -> None:
    """Nothing, a string, or a forgotten await gets a sentence."""
    with pytest.raises(lab.LabError, match="Nothing to show"):
        lab.show()
    with pytest.raises(lab.LabError, match="only clients, servers, links, faults, crowds and runs"):
        lab.show("alice")
    forgotten = lab.serve("websocket")
    with pytest.raises(lab.LabError, match="await"):
        lab.show(forgotten)
    forgotten.close()


async def test_ladder_takes_clients_and_links(lab: ModuleType) -> None:
    """Something else gets a sentence; without an argument it draws every link of the bench."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    with pytest.raises(lab.LabError, match="a ladder shows clients and links"):
        lab.ladder(server)
    assert repr(lab.ladder()) == repr(lab.ladder(alice)) == repr(lab.ladder(alice.link))


async def test_explain_takes_a_client(lab: ModuleType) -> None:
    """Something else, or a forgotten await, gets a sentence."""
    server = await lab.serve("websocket")
    with pytest.raises(lab.LabError, match="Give a client, for example alice"):
        lab.explain(server)
    forgotten = lab.connect(server, "alice")
    with pytest.raises(lab.LabError, match="await"):
        lab.explain(forgotten)
    forgotten.close()


async def test_explain_refuses_to_guess_on_a_shared_link(lab: ModuleType) -> None:
    """The record does not say whose connection was whose, so there is a sentence and no verdict."""
    server = await lab.serve("websocket")
    link = await lab.link(server)
    alice = await lab.connect(link, "alice")
    assert repr(lab.explain(alice)) == "alice is connected."
    await lab.connect(link, "bob")
    with pytest.raises(lab.LabError, match="alice shares its link with bob"):
        lab.explain(alice)
