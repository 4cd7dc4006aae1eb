"""Words of strangers in JupyterLab and on the chat pages: text, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from labkit.commands.refresh import execute_notebook, tidy_notebook
from labkit.untrusted import plain_text
from tests.browser.conftest import ARTEFACTS, Jupyter, Page, expect
from tests.conftest import ROOT

WORDS = [
    "it costs $5 here and $6 there",
    r"a formula \(b\) or $$c$$ or \[d\]",
    r"$\href{https://evil.example/login}{\text{Session expired, log in again}}$",
    r"$\rule{3000px}{3000px}$",
    r"\begin{equation}\style{background:red}{x}\end{equation}",
    "<img src=x onerror=\"document.title='OWNED'\"><a href='https://evil.example'>here</a>",
    "</td></table><script>document.title='OWNED'</script><mjx-container>",
    "\x1b]0;OWNED\x07\x1b[2J\x1b]52;c;ZXZpbA==\x1b\\",
    "\x9b2J\x9d0;OWNED\x9c",
    "invoice\u202egnp.exe",
    "\u2066a\u2069\u061c al\u200bice\ufeff",
    "line\u2028separator \0 NUL",
    "👩\u200d💻 می\u200cخواهم שלום",  # noqa: RUF001
]
"""A dozen things that somebody says, none of which is to be obeyed, and one that is in order."""

CELL = f"""
from IPython.display import HTML
import labkit as lab
import socketio

await lab.fresh()
words = {WORDS!r}
server = await lab.serve("socketio", name="chat" + words[3])
eve = await lab.connect(server, "eve" + words[2] + words[9])
bob = await lab.connect(server, "bob")
for each in words:
    await eve.say(each)
    await bob.hears(each)
    await eve.call("join", each)
for each in words[:4]:
    server.log("refused", each, each)
bob.link.cut()
await bob.ends()
lab.show(eve, bob, server, eve.link)
"""

PROGRAM = f"""
import asyncio, sys
import labkit as lab

async def main():
    server = await lab.serve(sys.argv[1])
    eve = await lab.connect(server, "eve")
    print(server.page, flush=True)
    await server.changes.until(lambda: len(server.connections) > 1, 30)
    for each in {WORDS!r}:
        await eve.say(each)
    await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""

OTHERS = ("lab.ladder(eve, bob)", "bob.link.trace.rows()", "HTML('<p class=control>$x$</p>')")


def _notebook() -> Any:
    cells = [nbformat.v4.new_code_cell(source) for source in (CELL, *OTHERS)]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def stored(jupyter: Jupyter, course_root: Path) -> str:
    """Store a notebook with hostile outputs, which nobody has trusted."""
    notebook = execute_notebook(_notebook(), course_root)
    tidy_notebook(notebook)
    name = "hostile-words.ipynb"
    nbformat.write(notebook, course_root / "my-course" / "notebooks" / name)
    return name


@pytest.fixture(scope="module", params=["stored", "live"])
def page(jupyter: Jupyter, stored: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open it as it came, or run it; MathJax has gone over it: the control is a formula."""
    with jupyter.notebook(stored, viewport={"width": 1280, "height": 9000}) as page:
        if request.param == "live":
            page.run_all()
        page.page.locator(".control mjx-container").wait_for()
        yield page
        page.shot(f"hostile-words-{request.param}")


def test_nothing_is_typeset(page: Page) -> None:
    """No output holds a formula but the control; no stranger's link, and no other title."""
    expect(page.page.locator(".jp-OutputArea mjx-container")).to_have_count(1)
    expect(page.page.locator("a[href*='evil.example']")).to_have_count(0)
    expect(page.page.locator(".jp-OutputArea img[src='x']")).to_have_count(0)
    assert "OWNED" not in page.page.title()


@pytest.mark.parametrize("words", WORDS, ids=range(len(WORDS)))
def test_text_is_text(page: Page, words: str) -> None:
    """What was said stands in the outputs, sign by sign."""
    outputs = page.page.locator(".jp-OutputArea-output").all_inner_texts()
    assert plain_text(words) in "\n".join(outputs)


def test_nothing_is_reversed(page: Page) -> None:
    """No output holds a character that reorders others, hides, or ends a line."""
    for text in page.page.locator(".jp-OutputArea-output").all_inner_texts():
        assert plain_text(text, lines=True) == text


OWN_TEXT = """lines => lines.map(line => [...line.childNodes]
    .filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.data).join(""))"""
"""What was said in each line, without the marks around it: the time, and that it came back."""


@pytest.mark.parametrize("chat", ["websocket", "socketio"])
def test_text_is_text_on_a_chat_page(browser: Any, chat: str) -> None:
    """A chat page shows what was said sign by sign, and its title stays."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", PROGRAM, chat]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as program:
        assert program.stdin is not None and program.stdout is not None
        page = browser.new_page()
        page.goto(program.stdout.readline().strip())
        greetings = 1 if chat == "websocket" else 0
        heard = page.locator("#log p.heard")
        expect(heard).to_have_count(greetings + len(WORDS))
        page.screenshot(path=ARTEFACTS / f"hostile-words-{chat}.png")
        texts = heard.evaluate_all(OWN_TEXT)[greetings:]
        assert texts == [plain_text(words, lines=True) for words in WORDS]
        assert "OWNED" not in page.title()
        page.close()
        program.stdin.close()
