"""nbclient's client, with a kernel of this interpreter, which it starts twice if it must.

A kernel's ports are free when jupyter_client chooses them, and not reserved: another program may
take one before the kernel does. The kernel then dies, or its client asks that other program, which
does not answer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from labkit.working_copy import UNATTENDED

NOT_STARTED = (
    "Kernel died before replying to kernel_info",
    "Kernel didn't respond in 60 seconds",
)
"""What jupyter_client says of a kernel that does not start within nbclient's and nbval's time."""


def make_manager() -> Any:
    """Return jupyter_client's manager of a kernel of this interpreter, which has not begun."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    manager = AsyncKernelManager()
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    argv.append("--log-level=ERROR")
    manager._kernel_spec = KernelSpec(
        argv=argv, display_name="Python 3", language="python", env={UNATTENDED: "1"}
    )
    return manager


def make_client(notebook: Any, folder: Path) -> Any:
    """Return nbclient's client for a notebook, whose kernel ends with the run."""
    from nbclient import NotebookClient

    class Client(NotebookClient):
        def create_kernel_manager(self) -> Any:
            self.km = make_manager()
            return self.km

        async def async_start_new_kernel(self, **options: Any) -> None:
            self._options = options  # for a second one
            await super().async_start_new_kernel(**options)

        async def async_start_new_kernel_client(self) -> Any:
            try:
                return await super().async_start_new_kernel_client()
            except RuntimeError as error:
                if str(error) not in NOT_STARTED:
                    raise
            self.create_kernel_manager()
            await self.async_start_new_kernel(**self._options)
            return await super().async_start_new_kernel_client()

    return Client(
        notebook,
        timeout=60,
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
    )
