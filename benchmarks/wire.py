"""What recording, decoding and looking cost."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import socket
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median

from benchmarks.boxes import run_cells
from benchmarks.echo import client_at, limited_server, round_trips
from benchmarks.worker import Measure
from labkit.links import Link
from labkit.protocols.frames import FrameDecoder
from labkit.trace import Trace

BULK = 256 * 2**20
"""Bytes of a bulk transfer, in writes of 64 KiB."""


@asynccontextmanager
async def _link(port: int, recording: bool) -> AsyncIterator[Link]:
    async with Link(lambda: ("127.0.0.1", port), "benchmark") as link:
        if not recording:
            link.trace.append = lambda *_: None  # type: ignore[method-assign]
        yield link


@asynccontextmanager
async def recording_round_trips() -> AsyncIterator[Measure]:
    """Round trips through a link that records."""
    async with limited_server() as port, _link(port, True) as link, client_at(link.port) as client:
        yield lambda: round_trips(client)


@asynccontextmanager
async def silent_round_trips() -> AsyncIterator[Measure]:
    """Round trips through a link that does not record."""
    async with limited_server() as port, _link(port, False) as link, client_at(link.port) as client:
        yield lambda: round_trips(client)


class _Sink(asyncio.Protocol):
    """Counts what it gets."""

    received = 0

    def data_received(self, data: bytes) -> None:
        _Sink.received += len(data)


@asynccontextmanager
async def _bulk(recording: bool) -> AsyncIterator[Measure]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Sink, "127.0.0.1", 0)
    async with server, _link(server.sockets[0].getsockname()[1], recording) as link:
        _, writer = await asyncio.open_connection("127.0.0.1", link.port)

        async def measure() -> float:
            """Return MiB a second."""
            _Sink.received, block, started = 0, bytes(65_536), time.perf_counter()
            for _ in range(BULK // len(block)):
                writer.write(block)
                await writer.drain()
            while _Sink.received < BULK:  # noqa: ASYNC110
                await asyncio.sleep(0)
            return BULK / 2**20 / (time.perf_counter() - started)

        yield measure
        writer.close()


def recording_bulk() -> object:
    """64 KiB writes through a link that records."""
    return _bulk(True)


def silent_bulk() -> object:
    """64 KiB writes through a link that does not record."""
    return _bulk(False)


def report_memory() -> bool:
    """Print the bytes of a record of a 40-byte chunk, beside the chunk's own."""
    count = 50_000
    chunks = [b"%040d" % number for number in range(count)]
    trace = Trace(max_records=count)
    gc.collect()
    tracemalloc.start()
    for chunk in chunks:
        trace.append(1, "upstream", chunk)
    grown = tracemalloc.get_traced_memory()[0] / count
    tracemalloc.stop()
    print(f"\nA record of a 40-byte chunk takes {grown:.0f} bytes beside the chunk (promised: 80).")
    return grown <= 80


def report_decoding() -> bool:
    """Print how many frames and rows are decoded a second."""
    frame = bytes.fromhex("818537fa213d7f9f4d5158")
    data = frame * 50_000
    started = time.perf_counter()
    frames = len(FrameDecoder(from_client=True).feed(data))
    seconds = time.perf_counter() - started
    trace = Trace(max_records=10**6)
    trace.note(1, "opened")
    trace.append(1, "upstream", _REQUEST)
    trace.append(1, "downstream", _ANSWER)
    for _ in range(frames):
        trace.append(1, "upstream", frame)
    began = time.perf_counter()
    rows = len(trace.rows())
    looked = time.perf_counter() - began
    print(f"Decoded: {frames / seconds:,.0f} frames a second, {rows / looked:,.0f} rows a second.")
    return rows == frames + 3


_REQUEST = (
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)

SET_UP = """
import asyncio, time
import labkit as lab
await lab.fresh()
server = await lab.serve("websocket")
alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
"""

FLOOD = """
loop, worked = asyncio.get_running_loop(), time.process_time()
began = loop.time()
for second in range(20):  # 5 000 messages a second for two seconds
    for number in range(500):
        await alice.say(f"message {number}")
    await asyncio.sleep(max(0, began + 0.1 * (second + 1) - loop.time()))
await bob.hears(10_000, within=60)
print(time.process_time() - worked)
"""


def report_view(repeats: int) -> bool:
    """Print what an open view of a link costs the kernel during 5 000 messages a second."""
    cells = {True: [SET_UP, "lab.show(bob.link)", FLOOD], False: [SET_UP, FLOOD]}
    costs: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(repeats):
        for shown, codes in cells.items():
            costs[shown].append(float(asyncio.run(run_cells(codes))))
    shown, hidden = median(costs[True]), median(costs[False])
    share = (shown - hidden) / 2
    print(
        f"A view of a link during 5 000 messages a second: {shown:.2f} s of CPU in two seconds, "
        f"without {hidden:.2f} s; the view takes {share:.0%} of the kernel (promised: a fifth)."
    )
    return share < 0.2


def mitmdump() -> str | None:
    """Return the path of the program mitmdump, if there is one."""
    return os.environ.get("MITMDUMP") or shutil.which("mitmdump")


@asynccontextmanager
async def mitm_round_trips() -> AsyncIterator[Measure]:
    """Round trips through mitmdump in reverse mode, a peer with another purpose."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with limited_server() as server:
        running = await asyncio.create_subprocess_exec(
            mitmdump() or "",
            *("--mode", f"reverse:http://127.0.0.1:{server}"),
            *("--listen-host", "127.0.0.1", "--listen-port", str(port), "--quiet"),
        )
        try:
            async with asyncio.timeout(60):
                while True:
                    try:
                        _, writer = await asyncio.open_connection("127.0.0.1", port)
                        break
                    except OSError:
                        await asyncio.sleep(0.2)
            writer.close()
            async with client_at(port) as client:

                async def measure() -> float:
                    """Return round trips a second, of fewer than elsewhere: it is slow."""
                    started = time.perf_counter()
                    for _ in range(300):
                        await client.send("x" * 32)
                        await client.recv()
                    return 300 / (time.perf_counter() - started)

                yield measure
        finally:
            running.kill()
            await running.wait()
