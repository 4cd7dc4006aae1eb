"""`lab.crowd`: real crowds, whose processes end with the bench, the kernel, or by themselves."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from labkit import bench
from labkit.backoff import Backoff
from labkit.exceptions import ConnectError, LabError
from labkit.measure.crowd import Crowd
from tests.conftest import ROOT, soon


def pid_of(crowd: Crowd) -> int:
    """Return the number of a crowd's process."""
    assert crowd._child is not None
    return crowd._child.pid


async def test_a_crowd_loses_its_link_and_comes_back(lab: ModuleType) -> None:
    """Thirty clients connect, are cut off with their link, and return as the backoff says."""
    server = await lab.serve("websocket")
    crowd = await lab.crowd(server, 30, reconnect=Backoff(0.05, factor=1, jitter="none"))
    assert crowd.connected == server.connection_count == crowd.link.connection_count == 30
    crowd.link.cut()
    await crowd.until_connected(0)
    crowd.link.restore()
    await crowd.until_connected(30)
    await crowd.stop()
    assert crowd.attempts >= 60 and not psutil.pid_exists(pid_of(crowd))
    await soon(lambda: not server.connections)
    await lab.finish()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"clients": 0}, "A crowd has 1 to 3000 clients, not 0."),
    ({"clients": 10_000}, "A crowd has 1 to 3000 clients, not 10000."),
    ({"clients": -1}, "A crowd has 1 to 3000 clients, not -1."),
    ({"clients": "many"}, "A crowd has 1 to 3000 clients, not 'many'."),
    ({"clients": True}, "A crowd has 1 to 3000 clients, not True."),
    (
        {"clients": 501},
        "The server 'websocket' accepts 500 clients, not 501. "
        "`lab.serve(..., max_connections=501)` accepts more.",
    ),
    (
        {"reconnect": "yes"},
        "`reconnect` must be True, False or a Backoff such as `Backoff(1, cap=5)`, not 'yes'.",
    ),
    ({"to": 7}, "A crowd cannot connect to 7: give a server, a link, or an address."),
    ({"name": ""}, "A name must be a non-empty string such as \"alice\", not ''."),
    ({"to": "http://127.0.0.1:1/chat"}, "has a path"),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG)
async def test_what_makes_no_sense_changes_nothing(
    lab: ModuleType, wrong: dict[str, Any], why: str
) -> None:
    """One sentence says what is wrong, before anything is started or replaced."""
    server = await lab.serve("websocket")
    with pytest.raises(LabError) as failed:
        await lab.crowd(**{"to": server, "clients": 3, **wrong})
    assert why in str(failed.value)
    assert not bench.current().crowds and not bench.current().all_links()


async def test_what_does_not_run_changes_nothing(lab: ModuleType) -> None:
    """A server that is stopped, a link that is cut, and an application without a client."""
    server = await lab.serve("websocket")
    link = await lab.link(server)
    link.cut()
    await server.stop()
    for to, why in ((server, "is stopped"), (link, "is cut, so nobody gets through")):
        with pytest.raises(LabError, match=why):
            await lab.crowd(to, 3)
    from aiohttp import web

    with pytest.raises(LabError, match="is a web application"):
        await lab.crowd(await lab.serve(web.Application()), 3)
    assert not bench.current().crowds


@pytest.mark.exhaustive
@pytest.mark.parametrize("protocol", ["websocket", "socketio"])
async def test_a_restarted_server_gets_its_crowd_back(lab: ModuleType, protocol: str) -> None:
    """A hundred clients are back within 6 s, and none has dialled sooner than its backoff says."""
    server = await lab.serve(protocol, token=True)
    crowd = await lab.crowd(server, 100, reconnect=Backoff(0.3, cap=2, jitter="equal"))
    await server.stop()
    await crowd.until_connected(0)
    server = await lab.serve(protocol, token=True)
    await crowd.until_connected(within=6)
    assert server.connection_count == 100
    for client in range(100):
        mine = [each for each in crowd.events if each.client == client and each.kind != "connected"]
        attempts = [index for index, each in enumerate(mine) if each.kind == "attempt"][1:]
        waits = [mine[index].seconds - mine[index - 1].seconds for index in attempts]
        least = [min(0.3 * 2**number, 2) / 2 for number in range(len(waits))]
        assert waits and all(wait >= each for wait, each in zip(waits, least, strict=True))
    await lab.finish()


@pytest.mark.exhaustive
async def test_a_crowd_that_cannot_connect_leaves_nothing(lab: ModuleType) -> None:
    """The error names the reason, and neither a process nor a link stays."""
    await lab.fresh(timescale=0.4)
    server = await lab.serve("websocket", max_connections=3)
    link = await lab.link(server)
    with pytest.raises(ConnectError, match=r"3 of 9 clients are .*6 times HTTP 503"):
        await lab.crowd(link, 9, reconnect=True)
    assert not bench.current().crowds and link.state == "whole"
    await soon(lambda: not server.connections)
    await lab.fresh(timescale=1)


@pytest.mark.exhaustive
@pytest.mark.parametrize("end", ["fresh", "close", "replace"])
async def test_the_bench_ends_its_crowds(
    lab: ModuleType, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the process nor its link outlives them."""
    server = await lab.serve("socketio")
    crowd = await lab.crowd(server, 5, reconnect=True)
    if end == "replace":
        await lab.crowd(server, 2)
        assert capsys.readouterr().out == "Replacing crowd 'crowd'.\n"
        assert server.connection_count == 2
    else:
        await getattr(lab, end)()
        assert not bench.current().crowds
    assert not psutil.pid_exists(pid_of(crowd)) and crowd.link.state == "closed"


@pytest.mark.exhaustive
async def test_closing_ends_a_crowd_that_is_starting(lab: ModuleType) -> None:
    """It does not wait until all have connected, and nothing stays."""
    server = await lab.serve("websocket")
    starting = asyncio.ensure_future(lab.crowd(server, 400))
    await soon(lambda: bench.current().crowds, every=0)
    await asyncio.wait_for(lab.close(), 5)
    with pytest.raises(ConnectError, match="has ended"):
        await starting
    assert not bench.current().crowds and not bench.current().all_links()


@pytest.mark.exhaustive
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
async def test_a_killed_crowd_is_a_background_error(lab: ModuleType) -> None:
    """Its last words are in it; the crowd can be started again."""
    server = await lab.serve("websocket")
    crowd = await lab.crowd(server, 3)
    os.kill(pid_of(crowd), signal.SIGKILL)
    await soon(lambda: not crowd.running)
    with pytest.raises(ConnectError, match="killed by SIGKILL"):
        await crowd.until_connected()
    (error,) = lab.errors()
    assert "ended (killed by SIGKILL)" in str(error) and "crowd 'crowd'" in str(error)
    assert (await lab.crowd(server, 3)).connected == 3


KERNEL = """
import asyncio, sys
import labkit as lab
async def main():
    await lab.fresh()
    crowd = await lab.crowd(await lab.serve("websocket"), 5, reconnect=True)
    print(crowd._child.pid, flush=True)
    if "wait" in sys.argv:
        await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.mark.exhaustive
@pytest.mark.parametrize("end", ["killed", "ended"])
async def test_a_crowd_ends_with_its_kernel(end: str, tmp_path: Path) -> None:
    """However the kernel ends, and in a folder of files that are called like libraries."""
    for name in ("random", "websockets", "labkit"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')", "utf-8")
    kernel = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", KERNEL, *(["wait"] if end == "killed" else []),
        cwd=tmp_path, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert kernel.stdout is not None
    pid = int(await asyncio.wait_for(kernel.stdout.readline(), 30))
    if end == "killed":
        kernel.kill()
    await kernel.wait()
    await soon(lambda: not psutil.pid_exists(pid), within=5)


@pytest.mark.exhaustive
async def test_labkit_in_a_folder_with_spaces_and_umlauts(tmp_path: Path) -> None:
    """The process of a crowd finds labkit where the kernel has it from."""
    folder = tmp_path / "websockets übung"
    shutil.copytree(ROOT / "labkit", folder / "labkit")
    kernel = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", f"{KERNEL}\nprint(lab.__file__)",
        cwd=tmp_path, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(folder)},
    )  # fmt: skip
    told, _ = await asyncio.wait_for(kernel.communicate(), 30)
    assert kernel.returncode == 0 and "websockets übung" in told.decode()
