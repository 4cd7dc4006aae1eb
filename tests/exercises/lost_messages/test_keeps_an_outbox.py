"""Right answers to the outbox that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.lost_messages.keeps_an_outbox import EXERCISE, STUB

PUT_BACK = """
        async for websocket in self.connect():
            try:
                while True:
                    await self.more.wait()
                    self.more.clear()
                    while self.waiting:
                        text = self.waiting.popleft()
                        try:
                            await websocket.send(text)
                        except ConnectionClosed:
                            self.waiting.appendleft(text)
                            self.more.set()
                            raise
            except ConnectionClosed:
                pass
"""

WITHOUT_FOR = """
        while True:
            try:
                async with self.connect() as websocket:
                    while True:
                        while self.waiting:
                            await websocket.send(self.waiting[0])
                            self.waiting.popleft()
                        self.more.clear()
                        await self.more.wait()
            except (ConnectionClosed, OSError):
                await asyncio.sleep(0.001)  # sleeps: between two attempts
"""


@pytest.mark.parametrize("body", [PUT_BACK, WITHOUT_FOR], ids=["put back", "without async for"])
async def test_another_right_answer_is_done(body: str, patient_lab: ModuleType) -> None:
    """Whoever puts back what was not sent, or writes the loop by hand, keeps everything, too."""
    source = STUB.replace("run(self): ...\n", f"run(self):{body}")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done", outcome


async def test_an_outbox_that_raises_is_told_so(lab: ModuleType) -> None:
    """The error of the answer is part of what happened."""
    source = EXERCISE.solution.replace("self.waiting[0]", "self.waiting[7]")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and "IndexError" in outcome.happened
