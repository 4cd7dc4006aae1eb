"""The command `labkit`."""

from __future__ import annotations

import argparse
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labkit.cli import VERBS, main
from labkit.commands import doctor
from labkit.commands.spelling import spell_command
from tests.conftest import ROOT


def test_help_names_every_verb() -> None:
    """`python -m labkit --help` is quick and lists what there is."""
    command = [sys.executable, "-m", "labkit", "--help"]
    text = subprocess.check_output(command, text=True, cwd=ROOT)
    assert all(verb in text for verb in VERBS)


@pytest.mark.parametrize("words", [[], ["dance"], ["doctor", "--loud"], ["reset"]])
def test_a_wrong_call_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """No verb, an unknown one, or a wrong argument ends with 2 and a usage line."""
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: " in capsys.readouterr().err


def test_usage_is_what_works_in_this_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where `labkit` is not on the PATH, the usage of a verb names start.py."""
    for path, program in (("", "start.py"), (str(Path(sys.executable).parent), "labkit")):
        monkeypatch.setenv("PATH", path)
        for words in (["reset"], ["reset", "00", "--loud"], ["reset", "--help"]):
            with pytest.raises(SystemExit):
                main(words)
            told = capsys.readouterr()
            assert f"{program} reset [-h] NN" in told.out + told.err


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
def test_whoever_is_told_to_end_ends_its_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM ends a verb as a shell expects, and what it runs; what handled it before is back."""
    before, started = signal.getsignal(signal.SIGTERM), []
    code = "import os, signal; os.kill(os.getppid(), signal.SIGTERM); signal.pause()"

    class Program(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    def run(options: argparse.Namespace) -> int:
        return subprocess.run([sys.executable, "-c", code], check=False).returncode

    monkeypatch.setattr(subprocess, "Popen", Program)
    monkeypatch.setattr(doctor, "run", run)
    with pytest.raises(SystemExit) as caught:
        main(["doctor"])
    assert caught.value.code == 143 and signal.getsignal(signal.SIGTERM) is before
    assert [program.poll() for program in started] == [-signal.SIGKILL]


def test_what_cannot_be_done_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """An error of labkit's is printed without a traceback; the code is 1."""
    assert main(["check", "99"]) == 1
    assert capsys.readouterr().err.startswith(
        "labkit: There is no notebook '99'. The notebooks are: 00"
    )


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`labkit VERB --help` ends with 0."""
    with pytest.raises(SystemExit) as caught:
        main([verb, "--help"])
    assert caught.value.code == 0
    assert f"usage: {spell_command(verb)}" in capsys.readouterr().out


def test_a_variable_that_makes_no_sense_breaks_no_import() -> None:
    """With a time scale that is none, everything can be imported: whoever waits is told."""
    environment = {**os.environ, "LABKIT_TIMESCALE": "fast"}
    command = [sys.executable, "-c", "import labkit.verbs, labkit.commands.doctor"]
    assert subprocess.call(command, env=environment, cwd=ROOT) == 0


def test_any_letter_can_be_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the output's encoding lacks a letter, as in a pipe on Windows, it is escaped."""

    def run(options: argparse.Namespace) -> int:
        print("Müller ✓")
        return 0

    monkeypatch.setattr(doctor, "run", run)
    output = io.BytesIO()
    with io.TextIOWrapper(output, "cp1252", newline="\n") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert main(["doctor"]) == 0
        pipe.flush()
        assert output.getvalue().decode("cp1252") == "Müller \\u2713\n"
