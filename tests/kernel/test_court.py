"""The court inside a real kernel: an interrupt while it measures."""

from __future__ import annotations

import asyncio

import psutil
import pytest

from tests.conftest import soon
from tests.kernel.conftest import CellError, Kernel

MEASURE = """
import labkit as lab
await lab.fresh()
print("begun", flush=True)
await lab.verdicts("latency.connected", "samples")
"""


async def test_an_interrupt_ends_a_measurement(kernel: Kernel) -> None:
    """Its processes end, nothing is left, and the next measurement is a whole one."""
    begun = asyncio.Event()
    measuring = asyncio.create_task(kernel.run(MEASURE, begun=begun))
    await asyncio.wait_for(begun.wait(), 20)
    own = psutil.Process(kernel.manager.provisioner.process.pid)
    await soon(lambda: len(own.children(recursive=True)) >= 3, within=20)
    await kernel.manager.interrupt_kernel()
    with pytest.raises(CellError, match="CancelledError"):
        await measuring
    await soon(lambda: not own.children(recursive=True), within=10)
    await kernel.run("await lab.finish()")
    assert await kernel.run('print(await lab.verdicts("samples"))') == (
        "Verdicts on 1 claim: false 1\n"
        "  ✕ false  samples.same  "
        "The same small chat server, written on each of them, does the same."
    )
