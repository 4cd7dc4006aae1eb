"""`start.py`: the set-up, without the network. CI runs the real one."""

from __future__ import annotations

import ast
import base64
import contextlib
import hashlib
import importlib
import importlib.util
import json
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import psutil
import pytest

from labkit.cli import VERBS
from tests.conftest import ROOT

BUNDLE = "socket.io-client/dist/socket.io.min.js"

Commands = list[list[str]]

FAKE_NPM = """
import json, pathlib, sys, time
here = pathlib.Path(__file__).parent
with open(here / "calls.txt", "a") as file:
    print(*sys.argv[1:], file=file)
time.sleep(float((here / "slow.txt").read_text()))  # sleeps: a slow network
if (here / "fail.txt").exists():
    sys.exit("npm error code ENOTFOUND\\nnpm error network in many more lines")
folder = pathlib.Path("node_modules", "socket.io-client")
folder.mkdir(parents=True, exist_ok=True)
wanted = json.loads(pathlib.Path("package.json").read_text())["dependencies"][folder.name]
(folder / "package.json").write_text(json.dumps({"version": wanted}))
(folder / "dist").mkdir(exist_ok=True)
(folder / "dist" / "socket.io.min.js").write_text((here / "client.js").read_text())
"""


def load(folder: Path) -> ModuleType:
    """Load the start.py of a folder as a module."""
    spec = importlib.util.spec_from_file_location("start", folder / "start.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the files that matter of a checkout to a folder with spaces and letters of all kinds."""
    folder = tmp_path / "my cöurse ✓"
    folder.mkdir()
    for name in (
        "start.py",
        "start_client.py",
        "pyproject.toml",
        "constraints.txt",
        "package.json",
    ):
        shutil.copyfile(ROOT / name, folder / name)
    package = json.loads((folder / "package.json").read_text("utf-8"))
    digest = base64.b64encode(hashlib.sha384(b"the client").digest()).decode()
    package["integrity"] = {BUNDLE: f"sha384-{digest}"}
    (folder / "package.json").write_text(json.dumps(package))
    return folder


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder in which programs are found; there is none in it."""
    path = tmp_path / "programs"
    path.mkdir()
    monkeypatch.setenv("PATH", str(path))
    return path


@pytest.fixture
def npm(path: Path) -> Path:
    """Put an npm there that installs at once, out of nothing; return the folder."""
    (path / "npm.py").write_text(FAKE_NPM)
    (path / "slow.txt").write_text("0")
    (path / "client.js").write_text("the client")
    (path / "npm.cmd").write_text(f'@"{sys.executable}" "{path / "npm.py"}" %*\n')
    (path / "npm").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{path / "npm.py"}" "$@"\n')
    (path / "npm").chmod(0o755)
    return path


def start_client() -> ModuleType:
    """Return the module that start.py gets from its folder."""
    return importlib.import_module("start_client")


def calls(npm: Path) -> list[str]:
    """Return how npm was called so far, and forget it."""
    log = npm / "calls.txt"
    told = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return told


@pytest.fixture
def start(folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Give start.py with a real virtual environment, but without pip, and no installation."""
    module = load(folder)
    real = subprocess.call
    module.commands, module.environments = [], []
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "start_client", raising=False)

    def call(command: list[str], **options: object) -> int:
        if "-m" not in command:
            return int(real(command, **options))  # the fake npm
        module.commands.append(command)
        module.environments.append(options.get("env"))
        if "venv" in command:
            code = int(real([*command, "--without-pip"], **options))  # it takes seconds
            (site,) = folder.glob(".venv/[Ll]ib/**/site-packages")
            (site / "pip.py").touch()
            return code
        return 1 if getattr(module, "offline", False) and "install" in command else 0

    monkeypatch.setattr(module.subprocess, "call", call)
    monkeypatch.setattr(module, "become", call)
    return module


def verbs(commands: Commands) -> list[str]:
    """Say in a word what each command does."""
    return [next(w for w in ("venv", "install", "pytest", "labkit") if w in c) for c in commands]


def test_any_python_can_read_it() -> None:
    """Python 3.6 understands the files, so that it can be told that it is too old."""
    for path in ROOT.glob("start*.py"):
        ast.parse(path.read_text("utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told(start: ModuleType) -> None:
    """The error names both versions and what to do."""
    with pytest.raises(start.SetUpError, match=r"needs Python 3\.11 or newer, and this is 3\.9\.2"):
        start.check_python((3, 9, 2))
    start.check_python((3, 11, 0))


def test_set_up_happens_once(start: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    """First environment, installation, JupyterLab; the second time JupyterLab alone."""
    assert start.main([]) == 0
    assert verbs(start.commands) == ["venv", "install", "labkit"]
    install = start.commands[1]
    assert install[-4:] == ["-c", "constraints.txt", "-e", ".[lab,test]"]
    assert start.commands[2][1:] == ["-m", "labkit", "lab"]
    assert "installing labkit" in capfd.readouterr().out
    start.commands.clear()
    assert start.main(["--port", "9999", "--no-browser"]) == 0
    assert start.commands == [
        [start.PYTHON, "-m", "labkit", "lab", "--port", "9999", "--no-browser"]
    ]


def test_verbs_and_extras(start: ModuleType) -> None:
    """`test` is pytest, other verbs are labkit's; extras are installed and remembered."""
    assert start.main(["--extras", "browser,dev", "test", "-k", "x"]) == 0
    assert start.commands[1][-1] == ".[browser,dev,lab,test]"
    assert start.commands[2][1:] == ["-m", "pytest", *start.SPREAD, "-k", "x"]
    start.commands.clear()
    assert start.main(["doctor", "--json"]) == 0
    assert start.commands == [[start.PYTHON, "-m", "labkit", "doctor", "--json"]]


def test_without_the_pins(start: ModuleType) -> None:
    """`--unpinned` installs the newest of all, once; without it the pinned versions come back."""
    assert start.main([]) == 0
    start.commands.clear()
    assert start.main(["--unpinned", "--extras", "dev", "test", "--unpinned"]) == 0
    install, test = start.commands
    assert "constraints.txt" not in install and install[-1] == ".[dev,lab,test]"
    assert install[install.index("--upgrade") :][:3] == ["--upgrade", "--upgrade-strategy", "eager"]
    assert test[-1] == "--unpinned"
    start.commands.clear()
    assert start.main(["--unpinned", "doctor"]) == 0
    assert verbs(start.commands) == ["labkit"]
    start.commands.clear()
    assert start.main(["doctor"]) == 0
    install, _ = start.commands
    assert "constraints.txt" in install and "--upgrade" not in install
    assert install[-1] == ".[dev,lab,test]"


def test_what_builds_labkit_is_pinned_too(start: ModuleType) -> None:
    """pip makes an environment for that, where `-c` does not count: two variables do."""
    names = ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT")  # before pip 25.3, and since
    start.main(["doctor"])
    install = start.environments[verbs(start.commands).index("install")]
    assert [install.get(name) for name in names] == ["constraints.txt"] * 2
    start.commands.clear()
    start.environments.clear()
    start.main(["--unpinned", "doctor"])
    install = start.environments[verbs(start.commands).index("install")]
    assert [install.get(name) for name in names] == [os.environ.get(name) for name in names]


def test_windows_keeps_its_programs_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the environment's Python is `.venv/Scripts/python.exe`."""
    start = str(folder / "start.py")
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        found = runpy.run_path(start)["PYTHON"]
    assert found == os.path.join(folder, ".venv", "Scripts", "python.exe")


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_change_is_installed(start: ModuleType, folder: Path, name: str) -> None:
    """When one of the two files changes, the installation happens again, in the same place."""
    start.main([])
    start.commands.clear()
    with (folder / name).open("a") as file:
        file.write("\n# changed\n")
    start.main([])
    assert verbs(start.commands) == ["install", "labkit"]


def test_an_interrupted_set_up_is_repaired(start: ModuleType) -> None:
    """A failed installation is tried again; half an environment is made again."""
    start.offline = True
    assert start.main([]) == 1
    assert verbs(start.commands) == ["venv", "install"]
    start.offline = False
    start.commands.clear()
    assert start.main([]) == 0
    assert verbs(start.commands) == ["install", "labkit"]
    Path(start.PYTHON).unlink()
    start.commands.clear()
    assert start.main([]) == 0
    assert verbs(start.commands) == ["venv", "install", "labkit"]


def test_no_network_is_told(start: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """When pip fails, one sentence says what to do."""
    start.offline = True
    assert start.main(["test"]) == 1
    assert "Run start.py again" in capsys.readouterr().err


def test_a_folder_of_somebody_elses(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is set up there can be used; what is not gets a sentence, and nothing is touched."""
    with monkeypatch.context() as patch:
        patch.setattr(start.os, "access", lambda path, mode: False)
        assert start.main(["doctor"]) == 1
    assert "because you may not write" in capsys.readouterr().err and start.commands == []
    start.main(["doctor"])
    before = sorted(Path(start.VENV).iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(start.os, "access", lambda path, mode: False)
        patch.setattr(start, "become", lambda *command, **options: 0)
        assert start.main(["doctor"]) == 0
    assert sorted(Path(start.VENV).iterdir()) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows asks before a program runs as administrator")
@pytest.mark.parametrize("part", ["", "bin", "link"])
def test_root_runs_no_environment_of_somebody_elses(
    start: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    part: str,
) -> None:
    """A .venv that another user may have planted gets a sentence; by sudo it is one's own."""
    assert start.main(["doctor"]) == 0
    start.commands.clear()
    venv = Path(start.VENV)
    if part == "link":
        venv.rename(venv.with_name("elsewhere"))
        venv.symlink_to("elsewhere")
    stranger = os.geteuid() or 65534
    if os.geteuid():
        monkeypatch.setattr(start.os, "geteuid", lambda: 0)
    else:
        os.chown(venv if part == "link" else venv / part, stranger, -1)
    assert start.main(["doctor"]) == 1 and start.commands == []
    assert "would run as root. None of it was run." in capsys.readouterr().err
    monkeypatch.setenv("SUDO_UID", str(stranger))
    assert start.main(["doctor"]) == 0


@pytest.mark.skipif(os.name == "nt", reason="on Windows such rights are not in the mode")
@pytest.mark.parametrize("part", ["", "bin"])
def test_an_environment_that_everybody_may_change_is_not_run(
    start: ModuleType, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    """It gets a sentence, unless the disk knows no such rights, so that start.py is as open."""
    assert start.main(["doctor"]) == 0
    start.commands.clear()
    (Path(start.VENV) / part).chmod(0o777)
    assert start.main(["doctor"]) == 1 and start.commands == []
    assert "can be written by everyone" in capsys.readouterr().err
    Path(start.__file__).chmod(0o777)
    assert start.main(["doctor"]) == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such user ids")
def test_an_environment_of_the_clones_owner_is_run(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who set the clone up for others is trusted by them, as with start.py itself."""
    assert start.main(["doctor"]) == 0
    if not os.geteuid():
        for path in (start.__file__, start.VENV, Path(start.VENV, "bin")):
            os.chown(path, 65534, -1)
    monkeypatch.setattr(start.os, "geteuid", lambda: 4242)
    assert start.main(["doctor"]) == 0


def test_a_python_without_venv_is_told(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The package to install is named."""
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert start.main([]) == 1
    assert "sudo apt install python3-venv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "text"), [(["--extras"], "needs a list"), (["--extras", "x"], "no extra named x")]
)
def test_wrong_extras_are_told(
    start: ModuleType, words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An extra that is not there gets a sentence, before anything is installed."""
    assert start.main(words) == 1
    assert text in capsys.readouterr().err and start.commands == []


def test_the_exit_code_goes_through(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests or the verb return is what start.py returns."""
    start.main([])
    answer: Callable[..., int] = lambda *command, **options: 3  # noqa: E731
    monkeypatch.setattr(start, "become", answer)
    assert start.main(["test"]) == 3


def test_the_pages_client_is_installed_once(start: ModuleType, npm: Path, folder: Path) -> None:
    """npm is called quietly, and again only if package.json asks for another version."""
    assert start.main(["doctor"]) == 0
    (call,) = calls(npm)
    assert call.startswith("install --no-package-lock --ignore-scripts --no-audit --no-fund")
    assert "http" not in call
    assert start.main(["doctor"]) == 0 and calls(npm) == []
    package = json.loads((folder / "package.json").read_text("utf-8"))
    package["dependencies"]["socket.io-client"] = "99.0.0"
    (folder / "package.json").write_text(json.dumps(package))
    assert start.main(["doctor"]) == 0 and len(calls(npm)) == 1
    (folder / "node_modules" / "socket.io-client" / "package.json").unlink()
    assert start.main(["doctor"]) == 0 and len(calls(npm)) == 1


def test_another_client_is_not_served(
    start: ModuleType, npm: Path, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file without the recorded hash is removed, and told once; the right one comes back."""
    (npm / "client.js").write_text("a changed client")
    for told in (True, False):
        assert start.main(["doctor"]) == 0 and verbs(start.commands)[-1] == "labkit"
        assert (
            "npm installed something else than package.json records" in capfd.readouterr().out
        ) == told
        assert not (folder / "node_modules" / BUNDLE).exists()
    Path(start.VENV, start_client().STAMP).unlink()
    (npm / "client.js").write_text("the client")
    assert start.main(["doctor"]) == 0 and (folder / "node_modules" / BUNDLE).exists()
    (folder / "node_modules" / BUNDLE).write_text("changed later")
    calls(npm)
    assert start.main(["doctor"]) == 0 and len(calls(npm)) == 1
    assert (folder / "node_modules" / BUNDLE).read_text() == "the client"


def test_npm_runs_nothing_that_it_installs(start: ModuleType, npm: Path) -> None:
    """Scripts of packages, which could do whatever this user can, are not run."""
    assert start.main(["doctor"]) == 0
    (call,) = calls(npm)
    assert call.startswith("install ") and "--ignore-scripts" in call


def test_the_recorded_hash_is_that_of_the_client(node_modules: Path) -> None:
    """What npm installs for the tests in that version is what learners get."""
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    name = "socket.io-client"
    installed = json.loads((node_modules / name / "package.json").read_text("utf-8"))
    assert installed["version"] == package["dependencies"][name]
    digest = hashlib.sha384((node_modules / BUNDLE).read_bytes()).digest()
    assert package["integrity"] == {BUNDLE: f"sha384-{base64.b64encode(digest).decode()}"}


def test_without_npm_the_start_goes_on(
    start: ModuleType, npm: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """One sentence says so, the first time; once npm is there, it is used."""
    for name in ("npm", "npm.cmd"):
        (npm / name).rename(npm / f"{name}.away")
    assert start.main(["doctor"]) == 0 and verbs(start.commands)[-1] == "labkit"
    told = capfd.readouterr()
    assert "work without its client (Node's npm was not found)" in told.out and told.err == ""
    assert start.main(["doctor"]) == 0 and "npm" not in capfd.readouterr().out
    for name in ("npm", "npm.cmd"):
        (npm / f"{name}.away").rename(npm / name)
    assert start.main(["doctor"]) == 0 and len(calls(npm)) == 1
    assert capfd.readouterr().out == ""


def test_an_npm_that_fails_is_told_once_a_day(
    start: ModuleType, npm: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its code stands in one sentence, its many lines nowhere; a day later it is tried again."""
    (npm / "fail.txt").touch()
    assert start.main(["doctor"]) == 0 and verbs(start.commands)[-1] == "labkit"
    told = capfd.readouterr()
    assert "work without its client (npm failed: ENOTFOUND)" in told.out
    assert "many more lines" not in told.out + told.err
    assert len(calls(npm)) == 1
    assert start.main(["doctor"]) == 0 and calls(npm) == []
    assert capfd.readouterr().out == ""
    yesterday = time.time() - start_client().AGAIN - 1
    os.utime(Path(start.VENV, start_client().STAMP), (yesterday, yesterday))
    (npm / "fail.txt").unlink()
    assert start.main(["doctor"]) == 0 and len(calls(npm)) == 1
    assert capfd.readouterr().out == ""


def test_an_npm_that_hangs_is_not_waited_for(
    start: ModuleType,
    npm: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """After the time limit the start goes on."""
    (npm / "slow.txt").write_text("30")
    monkeypatch.setattr(start_client(), "WITHIN", 0.2)
    assert start.main(["doctor"]) == 0 and verbs(start.commands)[-1] == "labkit"
    assert "(npm did not finish within 0.2 s)" in capfd.readouterr().out


def test_help() -> None:
    """`--help` explains itself, names every verb, and sets nothing up."""
    command = [sys.executable, str(ROOT / "start.py"), "--help"]
    text = subprocess.check_output(command, text=True)
    assert "python3 start.py test" in text
    assert all(re.search(rf"\b{verb}\b", text) for verb in VERBS)


def test_a_wrong_verb_is_told(start: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """The verbs that there are stand in the sentence, `test` as well; nothing is installed."""
    assert set(start.VERBS) == {*VERBS, "test"}
    assert start.main(["dance"]) == 1 and start.commands == []
    assert f"no verb dance; the verbs are {', '.join(start.VERBS)}." in capsys.readouterr().err


CHILD = """
import os, signal, sys, time
count = 0
def asked(*_):
    global count
    count += 1
    os.write(1, b"are you sure?\\n")  # a signal may come while `print` is at work
    if count == 2:
        sys.exit(7)
signal.signal(signal.SIGINT, asked)
print("ready", flush=True)
while True:
    # sleeps: a signal just before `signal.pause()` would be forgotten in it
    time.sleep(0.05)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups of this kind")
def test_a_program_answers_ctrl_c_by_itself() -> None:
    """JupyterLab asks at the first one, and nothing ends it before it is answered."""
    with running(f"start.become([sys.executable, '-c', {CHILD!r}], '.', dict(os.environ))") as it:
        assert it.stdout is not None and it.stdout.readline() == "ready\n"
        for _ in range(2):
            os.killpg(it.pid, signal.SIGINT)
            assert it.stdout.readline() == "are you sure?\n"
        assert it.wait(10) == 7


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
def test_a_set_up_that_is_told_to_end_ends_pip() -> None:
    """SIGTERM ends start.py as a shell expects, and the program that it waits for."""
    child = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
    call = f"start.run([sys.executable, '-c', {child!r}], 'it failed')"
    with running(f"signal.signal(signal.SIGTERM, start.leave); {call}") as it:
        assert it.stdout is not None
        pip = psutil.Process(int(it.stdout.readline()))
        it.terminate()
        assert it.wait(10) == 143
        assert not pip.is_running()


@contextlib.contextmanager
def running(code: str) -> Iterator[subprocess.Popen[str]]:
    """Run a line that uses start.py, in a process group of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", f"import os, signal, start, sys; {code}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
