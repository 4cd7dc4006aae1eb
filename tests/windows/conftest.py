"""Tests on Windows' kind of event loop, whatever the system: what differs there, and the basics."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.links.test_link import ends
from tests.support.proactor import ProactorLoop
from tests.transports.contract.conftest import join, server, transport


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run each test of this folder on a proactor loop: the real one where there is one."""
    return {"proactor": getattr(asyncio, "ProactorEventLoop", ProactorLoop)}
