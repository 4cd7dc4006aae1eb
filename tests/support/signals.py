"""Signals of the processes that tests start."""

from __future__ import annotations

import signal


def heed_interrupts() -> None:
    """Let Ctrl-C interrupt this process: for `preexec_fn`, so not for Windows.

    Tests may run in the background of a shell, where it is ignored, as then by all that they start.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
