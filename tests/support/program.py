"""A program in a process of its own that serves with labkit, and can be asked.

It stands for the kernel of a notebook where a browser's tests need one: Playwright's synchronous
interface leaves a test no event loop of its own.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.conftest import ROOT

IMPORTS = """
import ast, asyncio, inspect, json, sys
import labkit as lab
"""

ANSWERS = """
async def main():
    out, sys.stdout = sys.stdout, sys.stderr
    while asked := await asyncio.to_thread(sys.stdin.readline):
        code = compile(json.loads(asked), "asked", "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        told = eval(code, globals())
        told = await told if inspect.isawaitable(told) else told
        print(json.dumps(told, default=str), file=out, flush=True)

asyncio.run(main())
"""


class Program:
    """The program, which has imported labkit as `lab`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, expression: str) -> Any:
        """Let it evaluate an expression of Python, which may have `await` and `:=`."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(expression) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextlib.contextmanager
def program(definitions: str = "") -> Iterator[Program]:
    """Run a program until the block ends, with definitions of Python that it may be asked for."""
    with subprocess.Popen(
        [sys.executable, "-c", IMPORTS + definitions + ANSWERS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as running:
        yield Program(running)
        running.kill()
