"""The attempts of a client to reconnect, and the waits before them."""

from __future__ import annotations

from itertools import islice

import pytest

from labkit.backoff import Backoff
from labkit.clock import clock
from labkit.transports.attempts import Attempts
from labkit.transports.settings import STABLE


@pytest.fixture
def told() -> list[tuple[int, float]]:
    """Return what is told before each wait."""
    return []


@pytest.fixture
def attempts(told: list[tuple[int, float]]) -> Attempts:
    """Return the attempts of a client whose waits are 1, 2, 4, 5, 5, ... s."""
    return Attempts(Backoff(1, cap=5, jitter="none"), lambda *wait: told.append(wait), STABLE)


def test_each_wait_is_told_before_it_begins(
    attempts: Attempts, told: list[tuple[int, float]]
) -> None:
    """Waits after losses and after failed attempts are in one row."""
    assert attempts.next_delay() == 1
    assert list(islice(attempts.delays(), 2)) == [2, 4]
    assert attempts.next_delay() == 5
    assert next(attempts.delays()) == 5
    assert told == [(1, 1), (2, 2), (3, 4), (4, 5), (5, 5)]


def test_only_a_stable_connection_starts_the_row_afresh(attempts: Attempts) -> None:
    """A connection that is lost too soon counts like a failed attempt."""
    attempts.on_lost(7)  # before the first one, which cannot be
    assert (attempts.any_was_open, attempts.next_delay()) == (False, 1)
    attempts.on_opened(100)
    attempts.on_lost(100 + STABLE - 0.1)
    assert (attempts.any_was_open, attempts.next_delay()) == (True, 2)
    attempts.on_opened(200)
    attempts.on_lost(200 + STABLE)
    assert attempts.next_delay() == 1


def test_the_labs_clock_scales_waits_and_stability(
    attempts: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a scale of 0.1, waits are a tenth, and a connection is stable in a tenth of the time."""
    monkeypatch.setattr(clock, "_scale", 0.1)
    assert list(islice(attempts.delays(), 2)) == pytest.approx([0.1, 0.2])
    attempts.on_opened(0)
    attempts.on_lost(STABLE / 10)
    assert attempts.next_delay() == pytest.approx(0.1)


def test_each_client_draws_for_itself() -> None:
    """Two clients that lost their connections together do not wait equally long."""
    clients = (Attempts(Backoff(cap=60), lambda *wait: None, STABLE) for _ in range(2))
    rows = [list(islice(client.delays(), 6)) for client in clients]
    assert rows[0] != rows[1]
