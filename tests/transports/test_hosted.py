"""What is hosted at the moment."""

from __future__ import annotations

from types import ModuleType

import pytest
import socketio
from aiohttp import web

from labkit.exceptions import LabError
from labkit.transports.hosted import claim_hosting, release_hosting


class Thing:
    """Something that can be hosted."""


def test_things_are_hosted_once() -> None:
    """All that are claimed at once or none, until they are released."""
    one, two = Thing(), Thing()
    claim_hosting(one)
    with pytest.raises(LabError, match="This `Thing` is already hosted under another name"):
        claim_hosting(two, one)
    claim_hosting(two)
    release_hosting(one, two)
    release_hosting(one)
    claim_hosting(one, two)
    release_hosting(one, two)


@pytest.mark.parametrize(
    "make",
    [web.Application, lambda: socketio.AsyncServer(async_mode="aiohttp")],
    ids=["application", "AsyncServer"],
)
async def test_what_a_learner_made_is_served_once(lab: ModuleType, make: type) -> None:
    """Under another name it is refused while it runs; under its own it is replaced."""
    made = make()
    first = await lab.serve(made, name="first")
    with pytest.raises(LabError, match="already hosted under another name"):
        await lab.serve(made, name="second")
    assert first.running
    again = await lab.serve(made, name="first")
    await again.stop()
    assert (await lab.serve(made, name="second")).running
