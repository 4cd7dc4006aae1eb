"""The contract of a transport on a proactor loop: what begins and ends there."""

from __future__ import annotations

from tests.transports.contract.test_client import (
    test_a_cut_and_a_way_back,
    test_a_reset,
    test_clients_and_servers_are_context_managers,
    test_others_hear_what_is_said,
    test_the_states_of_a_life,
)
from tests.transports.contract.test_server import test_the_server_stops
