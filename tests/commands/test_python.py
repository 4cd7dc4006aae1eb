"""The Python that has the course's libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAY = "import os, sys; print(sys.executable, sys.argv[1:], os.getcwd(), os.environ['WORD'])"


def run(*further: str, **how: object) -> subprocess.CompletedProcess[str]:
    """Run the verb."""
    command = [sys.executable, "-m", "labkit", "python", *further]
    return subprocess.run(command, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload, no-any-return]


def test_what_follows_goes_to_python(tmp_path: Path) -> None:
    """It is this Python, in the folder and with the variables of the terminal."""
    ended = run("-c", SAY, "--loud", "a b", cwd=tmp_path, env={**os.environ, "WORD": "hi"})
    assert ended.stdout.strip() == f"{sys.executable} ['--loud', 'a b'] {tmp_path.resolve()} hi"


@pytest.mark.parametrize("code", [0, 7])
def test_its_exit_code_is_pythons(code: int) -> None:
    """Whoever looks at it sees whether the program failed."""
    assert run("-c", f"raise SystemExit({code})").returncode == code
