"""Experiments that are measured once."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest

from labkit import bench
from labkit.bench import Bench
from labkit.bench.starting import open_client, start_server
from labkit.measure.court.experiment import Figures
from labkit.measure.instruments.exact import exact
from tests.support.experiments import measured


async def test_each_repeat_has_a_bench_of_its_own(lab: ModuleType) -> None:
    """It is the current one, it is new, and it closes."""
    seen: list[Bench] = []

    async def measure(child: Bench) -> Figures:
        assert bench.current() is child and not child.servers
        await open_client(child, await start_server(child, "websocket"))
        seen.append(child)
        return {"clients": {"websocket": len(child.clients)}}

    experiment = exact(measure)
    async with experiment.open() as measure_once:
        assert await measure_once() == await measure_once() == {"clients": {"websocket": 1}}
    assert len(set(seen)) == 2 and not any(child.servers or child.clients for child in seen)
    assert (experiment.repeats, experiment.load) == (1, "any")


async def test_nothing_is_left_when_it_is_interrupted(lab: ModuleType) -> None:
    """Servers, clients, links and tasks of the measurement end with it."""
    before = asyncio.all_tasks()
    children: list[Bench] = []
    is_open = asyncio.Event()

    async def wait_forever() -> None:
        await asyncio.Event().wait()

    async def measure(child: Bench) -> Figures:
        children.append(child)
        await open_client(child, await start_server(child, "socketio"))
        is_open.set()
        await asyncio.gather(wait_forever(), wait_forever())
        return {}

    async def run() -> None:
        async with exact(measure).open() as measure_once:
            await measure_once()

    running = asyncio.ensure_future(run())
    await is_open.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    [child] = children
    assert not (child.servers or child.clients or child.links)
    assert asyncio.all_tasks() <= before


async def test_nothing_is_left_when_it_fails(lab: ModuleType) -> None:
    """What it waits for ends with it, and its error comes out."""

    async def measure(child: Bench) -> Figures:
        await start_server(child, "websocket")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await measured(exact(measure))
    assert not bench.current().servers
