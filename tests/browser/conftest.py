"""A real JupyterLab in a real browser, on a working copy of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from labkit.commands.course import Course
from labkit.commands.lab import jupyterlab_command, jupyterlab_environment
from tests.conftest import ROOT
from tests.support.accessibility import find_violations
from tests.support.background import background
from tests.support.hub import NAME as HUB
from tests.support.ports import free_port

ARTEFACTS = ROOT / "test-artefacts"

SCHEMES = ("dark", "light")
"""The colour schemes that a system may prefer; the last one is a page's at first."""

NUMBERED = re.compile(r"\[\d+\]")
"""The prompt of a cell that has run."""

ERRORS = '.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]'
"""Outputs of cells that failed, or wrote to stderr."""

ALL_CELLS_ARE_THERE = r"""() => {
    const status = document.getElementById("jp-main-statusbar").innerText;
    const [, count] = /Cell \d+\/(\d+)/.exec(status) ?? [];
    return document.querySelectorAll(".jp-Notebook .jp-Cell").length === Number(count);
}"""
"""JupyterLab attaches cells out of sight later; a kernel that runs already is idle before that."""

# A browser that asks nobody on the network for anything.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {HUB} 127.0.0.1",
)


@pytest.fixture(scope="package")
def browser(need: Callable[[str, object], None]) -> Iterator[Any]:
    """Start the system's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    need("Chromium", path)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        need("Playwright (`python3 start.py --extras browser test --exhaustive`)", False)
        raise
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield chromium
        chromium.close()


def expect(*arguments: Any) -> Any:
    """Return Playwright's assertions about a locator; it is imported only where it is installed."""
    from playwright.sync_api import expect

    return expect(*arguments)


@dataclass
class Jupyter:
    """A running JupyterLab."""

    url: str
    browser: Any

    @contextlib.contextmanager
    def notebook(self, name: str, scheme: str = "light", **options: Any) -> Iterator[Page]:
        """Open a notebook in a fresh context of the browser and wait for its kernel."""
        context = self.browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "color_scheme": scheme, **options}
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        complaints: list[str] = []
        page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{self.url}lab/tree/notebooks/{name}?reset")
        page.wait_for_selector("#jp-main-statusbar >> text=/\\| Idle/")
        page.wait_for_function(ALL_CELLS_ARE_THERE)
        try:
            yield Page(page, complaints, scheme)
        finally:
            page.close()
            context.close()


@dataclass
class Page:
    """A notebook that is open in the browser."""

    page: Any
    complaints: list[str]
    scheme: str

    def schemes(self) -> Iterator[str]:
        """Let the system prefer each colour scheme in turn, which JupyterLab and views follow."""
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            is_light = "true" if scheme == "light" else "false"
            self.page.wait_for_selector(f'body[data-jp-theme-light="{is_light}"]', state="attached")
            yield scheme

    def menu(self, menu: str, command: str) -> None:
        """Choose an item of the menu bar."""
        self.page.click(f'.lm-MenuBar-itemLabel:text-is("{menu}")')
        self.page.click(f'.lm-Menu [data-command="{command}"]')

    def run_all(self, within: float = 60) -> None:
        """Run all cells and wait until the last one has its number: a new one, not a stored one."""
        last = self.page.locator(".jp-CodeCell .jp-InputPrompt").last
        self.page.evaluate(
            """() => {
                window.hasBegun = false;
                new MutationObserver((_, watcher) => {
                    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];
                    if (!prompts.some(prompt => prompt.textContent.includes('*'))) return;
                    window.hasBegun = true;
                    watcher.disconnect();
                }).observe(document.body, {childList: true, characterData: true, subtree: true});
            }"""
        )
        self.menu("Run", "runmenu:run-all")
        self.page.wait_for_function("() => window.hasBegun")
        # Of its own prompt only: on a busy machine JupyterLab now and then leaves that of a cell
        # which failed as expected blank (https://github.com/jupyterlab/jupyterlab/issues/14831).
        try:
            last.filter(has_text=NUMBERED).wait_for(timeout=within * 1000)
        except Exception as error:  # JupyterLab runs no further cell after one that failed
            error.add_note("\n".join(self.page.locator(ERRORS).all_inner_texts()))
            error.add_note(self.state())
            raise

    def failing(self) -> list[int]:
        """Return which code cells show an error, or anything on stderr."""
        return list(
            self.page.locator(".jp-CodeCell").evaluate_all(
                "(cells, errors) => cells.flatMap((c, n) => c.querySelector(errors) ? [n] : [])",
                ERRORS,
            )
        )

    def box(self, name: str, which: int = -1) -> Any:
        """Return a person's chat box, by default the last one on the page."""
        boxes = self.boxes(name)
        box = boxes.nth(which) if which >= 0 else boxes.last
        # by its own id: which one is the last changes when JupyterLab takes cells off the page
        own = box.get_attribute("aria-labelledby")
        return self.page.locator(f'section[aria-labelledby="{own}"]')

    def boxes(self, name: str) -> Any:
        """Return all boxes of a person; from the second on their names have a number."""
        own = re.compile(rf"^{re.escape(name)}( \(\d+\))?$")
        return self.page.get_by_role("region", name=own)

    def show_box(self, name: str, which: int = -1) -> None:
        """Scroll a box into view, with what stands above it."""
        self.box(name, which).evaluate("box => box.scrollIntoView({block: 'center'})")

    def run_new(self, code: str, finished: bool = True) -> None:
        """Add a cell at the end and run it."""
        cells = self.page.locator(".jp-CodeCell")
        cells.last.locator(".cm-content").click()
        before = cells.count()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.wait_for_function(
            f"() => document.querySelectorAll('.jp-CodeCell').length > {before}"
        )
        self.page.keyboard.press("Enter")
        # JupyterLab makes a new cell's editor when it finds time: what is typed before, it loses
        # (Playwright's `to_be_focused` also wants the window to have the focus)
        cells.last.locator(".cm-content:focus").wait_for()
        self.page.keyboard.insert_text(code)
        expect(cells.last.locator(".cm-content")).not_to_have_text("")
        self.page.keyboard.press("Control+Enter")
        prompt = cells.last.locator(".jp-InputPrompt")
        try:
            prompt.filter(has_text=NUMBERED if finished else "[*]").wait_for()
        except Exception as error:
            error.add_note(self.state())
            raise

    def state(self) -> str:
        """Return what JupyterLab shows of its kernel and of cells: for tests that fail."""
        cells = self.page.locator(".jp-CodeCell")
        last, bar = cells.last, self.page.locator("#jp-main-statusbar")
        shown = {"status bar": bar.inner_text(), "last cell": last.inner_text()}
        waiting = cells.filter(has=self.page.locator('.jp-InputPrompt:text("[*]")'))
        if waiting.count():
            shown["first cell that waits"] = waiting.first.inner_text()
        return "\n".join(f"{what}: {text!r}" for what, text in shown.items())

    def violations(self, node_modules: Path) -> list[str]:
        """Return what axe-core finds in labkit's views and outputs, minor things apart."""
        return find_violations(self.page, node_modules)

    def shot(self, name: str) -> None:
        """Keep a screenshot as a test artefact."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png")


def meant_to_fail(name: str) -> list[int]:
    """Return which code cells of a notebook are tagged as raising an exception."""
    cells = json.loads((ROOT / "notebooks" / name).read_text("utf-8"))["cells"]
    tags = [cell["metadata"].get("tags", []) for cell in cells if cell["cell_type"] == "code"]
    return [number for number, names in enumerate(tags) if "raises-exception" in names]


def say(box: Any, text: str) -> Any:
    """Type a message into a box, press Enter, and return its bubble."""
    line = box.get_by_role("textbox", name="Message")
    line.fill(text)
    line.press("Enter")
    return box.locator(".lk-said").filter(has_text=text)


@pytest.fixture(scope="package")
def course_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the course, with a folder for notebooks that tests write."""
    return copy_course(tmp_path_factory)


def copy_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the course to a folder of its own."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    return root


@pytest.fixture(scope="package")
def jupyter(course_root: Path, browser: Any) -> Iterator[Jupyter]:
    """Start JupyterLab, which most files share."""
    with run_jupyter(course_root, browser) as running:
        yield running


@contextlib.contextmanager
def run_jupyter(course_root: Path, browser: Any) -> Iterator[Jupyter]:
    """Run JupyterLab as `labkit lab` does, with settings of nobody's."""
    course = Course(course_root)
    course.hand_out()
    port = free_port()
    further = [
        "--no-browser",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
    ]
    own = {
        "JUPYTER_CONFIG_DIR": str(course_root / "config"),
        "JUPYTER_RUNTIME_DIR": str(course_root / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(course_root / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(course_root / "workspaces"),
        "IPYTHONDIR": str(course_root / "ipython"),
    }
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    # a person works here: pytest and CI say in the environment that nobody does
    inherited = {name: os.environ[name] for name in os.environ.keys() - {"CI", "PYTEST_VERSION"}}
    with background(
        jupyterlab_command(course, further, is_root),
        course_root / "jupyter.log",
        b" is running at:",
        cwd=course.copies,
        env=jupyterlab_environment({**inherited, **own}),
    ):
        yield Jupyter(f"http://127.0.0.1:{port}/", browser)
