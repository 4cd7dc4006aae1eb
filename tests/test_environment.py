"""`environment.yml` delegates: Python and pip from conda-forge, all else from the two files."""

from __future__ import annotations

from tests.conftest import ROOT

WANTED = """\
name: labkit
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.12
  - pip
  - pip:
      - -c constraints.txt
      - -e .[lab,test]
"""


def test_the_environment_delegates() -> None:
    """There is no second list of versions."""
    assert (ROOT / "environment.yml").read_text("utf-8") == WANTED
