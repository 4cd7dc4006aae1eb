"""When a client will try to reconnect, as the library's log says it."""

from __future__ import annotations

import logging
import time
from types import ModuleType

import pytest
import socketio
from aiohttp import web

from labkit.transports.socketio.client.planned_reconnect import PlannedReconnectLog


async def test_the_log_says_when_the_next_attempt_is_made(lab: ModuleType) -> None:
    """The installed library says it in this sentence, and nowhere else."""
    log = logging.Logger("a client", logging.INFO)
    records: list[logging.LogRecord] = []
    log.addFilter(lambda record: bool(records.append(record)))
    waits = {"reconnection_delay": 0.04, "randomization_factor": 0, "reconnection_attempts": 1}
    client = socketio.AsyncClient(logger=log, handle_sigint=False, **waits)
    server = await lab.serve(web.Application())
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(server.url, retry=True)
    sentences = [(record.msg, record.args) for record in records if "attempt in" in record.msg]
    assert sentences == [("Connection failed, new attempt in 0.04 seconds", ())]


def test_the_time_of_the_next_attempt_is_read_from_that_sentence() -> None:
    """A delay below zero, which jitter can make, means at once."""
    times: list[float] = []
    log = PlannedReconnectLog(times.append)
    before = time.time()
    for delay in ("2.50", "-0.20"):
        log.info(f"Connection failed, new attempt in {delay} seconds")
    log.info("EngineIOClient.IO connection established")
    assert [round(each - before, 1) for each in times] == [2.5, 0.0]
