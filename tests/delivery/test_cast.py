"""Who takes part in a run, and in which role."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from labkit.delivery import Promise, Say, run
from labkit.delivery.cast import Parts, gather_participants
from labkit.delivery.lab_dialler import LabDialler
from labkit.delivery.learner_dialler import Receiver, Sender
from labkit.exceptions import LabError
from tests.support.chats import Outbox, sound_chat
from tests.support.run_parts import run_parts

PROMISE = Promise("at least once")


class Both(Outbox):
    """A sender that hears, too."""

    def __init__(self, connect: Any, heard: Any) -> None:
        super().__init__(connect)


async def listen(connect: Any, heard: Any) -> None:
    """Listen to nothing."""


async def roles(parts: Parts, leg: Any) -> dict[str, list[tuple[type, bool, bool]]]:
    """Return what dials for alice and others, whether it hears, and whether it says."""
    async with run_parts(sound_chat()) as bench:
        people = await gather_participants(
            bench.bench, bench.server, ("alice",), parts, leg, PROMISE, bench.history
        )
        return {
            person.name: [(type(each), each.hears, each.can_say) for each in person.diallers]
            for person in people
        }


async def test_labkits_client_does_what_the_learner_does_not(lab: ModuleType) -> None:
    """By the leg, it hears or does not; where nobody else would, a witness listens."""
    alone = {"alice": [(LabDialler, True, True)]}
    assert await roles(Parts(), "whole") == alone
    assert await roles(Parts(), "from store") == alone
    assert await roles(Parts(), "to store") == {"alice": [(LabDialler, False, True)]}
    assert await roles(Parts(Outbox), "to store") == {"alice": [(Sender, False, True)]}
    assert await roles(Parts(Outbox), "whole") == {
        "witness": [(LabDialler, True, False)],
        "alice": [(Sender, False, True)],
    }
    assert await roles(Parts(Both), "whole") == {"alice": [(Sender, True, True)]}
    assert await roles(Parts(Both, listen), "whole") == {
        "alice": [(Receiver, True, False), (Sender, False, True)]
    }
    assert await roles(Parts(None, listen), "from store") == {
        "alice": [(Receiver, True, False), (LabDialler, False, True)]
    }
    assert await roles(Parts(None, listen), "to store") == {"alice": [(LabDialler, False, True)]}


async def test_own_code_dials_raw_servers_only(lab: ModuleType) -> None:
    """And the witness keeps its name."""
    with pytest.raises(LabError, match="this server speaks socketio"):
        await run("socketio", [Say("alice")], PROMISE, sender=Outbox)
    with pytest.raises(LabError, match='"witness" is the name of the client that listens'):
        await run(sound_chat, [Say("witness")], PROMISE, sender=Outbox)


@pytest.mark.parametrize(("parts", "told"), [((7, None), "sender must"), ((None, 7), "receiver")])
def test_parts_are_called(parts: Any, told: str) -> None:
    """Anything else is refused with a sentence."""
    with pytest.raises(LabError, match=told):
        Parts(*parts)
