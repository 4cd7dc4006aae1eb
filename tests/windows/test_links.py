"""The link on a proactor loop: its own tests once more, and what is different there."""

from __future__ import annotations

import asyncio
import select
import sys

import pytest

from tests.conftest import soon
from tests.links.test_link import (
    Ends,
    reset,
    test_a_cut_ends_both_sides_and_lets_nobody_through,
    test_a_half_close_is_passed_on,
    test_a_look_at_a_connection_that_is_being_made,
    test_a_reset_is_passed_on_as_a_reset,
    test_back_pressure_is_kept,
    test_bytes_pass_unchanged,
    test_nobody_behind_the_link,
    test_reset_resets_both_sides_and_lets_new_ones_through,
    test_small_writes_are_not_delayed,
)
from tests.sockets.test_read_limit import test_a_read_returns_a_chunk_at_most


@pytest.mark.skipif(sys.platform == "win32", reason="what Windows does by itself is not known here")
async def test_without_poll_a_reset_is_noticed_late(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system has no poll(), a reset is seen when the link reads on, and not before."""
    monkeypatch.delattr(select, "poll")
    (_, to_server), (from_client, to_client) = await ends.pair()
    to_client.transport.pause_reading()
    to_server.write(bytes(64 * 2**20))
    (connection,) = ends.link._connections
    await soon(lambda: connection.client.paused)
    reset(to_server)
    await soon(lambda: not to_server.transport.get_write_buffer_size())
    ends.link.sweep()
    assert "reset upstream" not in ends.link.trace.facts()
    to_client.transport.resume_reading()
    with pytest.raises(ConnectionResetError):
        while await asyncio.wait_for(from_client.read(2**20), 5):
            pass
    assert "reset upstream" in ends.link.trace.facts()
    await soon(lambda: ends.link.connection_count == 0)


async def test_a_record_of_bytearrays_stays_bounded(ends: Ends) -> None:
    """Python 3.11 hands out bytearrays there; what the record drops is counted as bytes."""
    (_, to_server), (from_client, _) = await ends.pair()
    ends.link.trace.max_bytes = 1000
    to_server.write(bytes(100_000))
    await from_client.readexactly(100_000)
    assert ends.link.trace.dropped > 0
    assert all(isinstance(record.chunk, bytes) for record in ends.link.trace)
