"""The command `labkit`."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys

import pytest

from labkit.cli import VERBS, main
from labkit.commands import doctor
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
    assert "usage: labkit" in capsys.readouterr().err


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
    assert f"usage: labkit {verb}" in capsys.readouterr().out


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
