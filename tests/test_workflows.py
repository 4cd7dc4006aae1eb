"""`.github/workflows/`: what cannot be run here has at least the right form."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.exhaustive
def test_the_schema_of_workflows_holds(need: Callable[[str, object], None], tmp_path: Path) -> None:
    """Each workflow is well formed, and one without its machines would not be."""
    need("check-jsonschema", importlib.util.find_spec("check_jsonschema"))
    broken = tmp_path / "broken.yml"
    broken.write_text(re.sub("runs-on: .*", "", WORKFLOWS[0].read_text("utf-8")), "utf-8")
    check = [sys.executable, "-m", "check_jsonschema", "--output-format", "json"]
    check += ["--builtin-schema", "vendor.github-workflows", *map(str, WORKFLOWS), str(broken)]
    report = json.loads(subprocess.run(check, stdout=subprocess.PIPE, check=False).stdout)
    assert report["status"] == "fail" and report["parse_errors"] == []
    assert {error["filename"] for error in report["errors"]} == {str(broken)}, report["errors"]


def test_the_oldest_python_is_among_them() -> None:
    """The first Python that the two commands run with is the oldest that labkit allows."""
    text = (ROOT / ".github" / "workflows" / "three-systems.yml").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (oldest,) = re.findall(r'python: \["(3\.\d+)", ', text)
    assert project["requires-python"] == f">={oldest}"
