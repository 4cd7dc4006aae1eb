"""The joiner of ES modules, on small files, and on those of labkit."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from labkit.front_end import joiner
from labkit.front_end.joiner import JoinError, join_modules, join_styles
from tests.conftest import ROOT

DOM = "export function make() {}\n\nexport const put = 1;\n"


@pytest.fixture
def join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function that writes modules (a keyword each) and joins what `a.js` imports."""
    monkeypatch.setattr(joiner, "files", lambda package: tmp_path)

    def write_and_join(a: str, **others: str) -> str:
        for name, text in {"views/a": a, "dom": DOM, **others}.items():
            path = tmp_path / f"{name}.js"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        join_modules.cache_clear()
        return join_modules("views/a.js")

    return write_and_join


def test_modules_become_one(join: Callable[..., str]) -> None:
    """Each stands once, after what it imports; imports and exports go, a default export stays."""
    text = join(
        'import { make } from "../dom.js";\nimport { b } from "../b.js";\n\n'
        "b(make);\nexport default { b };\n",
        b='import {\n  make,\n  put,\n} from "./dom.js";\n\nexport async function b() {}\n',
    )
    assert text == (
        "function make() {}\n\nconst put = 1;\n\nasync function b() {}\n\n"
        "b(make);\nexport default { b };\n"
    )


def test_what_is_no_statement_stays(join: Callable[..., str]) -> None:
    """Comments with `import` and `export` in them, and names within functions, mean nothing."""
    text = (
        "// export const x = 1;\n/** @import { T } from './t.js' */\nif (1) {\n  const make = 2;\n"
    )
    assert join(f'import {{ make }} from "../dom.js";\n{text}').endswith(text)


@pytest.mark.parametrize(
    ("text", "others", "why"),
    [
        (
            'import { make } from "../gone.js";\n',
            {},
            "There is no file labkit/gone.js, which views/a.js imports.",
        ),
        (
            'import { x } from "../b.js";\n',
            {"b": 'import { y } from "./c.js";\n', "c": 'import { x } from "./b.js";\n'},
            "A circle: b.js imports c.js imports b.js. Move what both need into a third module.",
        ),
        (
            'import { make, find } from "../dom.js";\n',
            {},
            "views/a.js imports find from dom.js, which exports make, put.",
        ),
        (
            'import { make } from "../dom.js";\nimport { put } from "../b.js";\n',
            {"b": "function put() {}\n"},
            "views/a.js imports put from b.js, which exports nothing.",
        ),
        (
            'import { make } from "../dom.js";\n\nlet put;\n',
            {},
            "views/a.js declares put, and so does dom.js. Joined, both are in one scope: "
            "rename one, or import it.",
        ),
        (
            'import { b } from "../b.js";\n',
            {"b": "export const b = 1;\nexport default b;\n"},
            "b.js has a default export: 'export default b;'. Only the module that is shown has "
            "one: export by name.",
        ),
        (
            'import { make as m } from "../dom.js";\n',
            {},
            "views/a.js imports { make as m } from '../dom.js'. Only names as they are can be "
            "imported, and from relative paths.",
        ),
        (
            'import { h } from "preact";\n',
            {},
            "views/a.js imports { h } from 'preact'. Only names as they are can be imported, and "
            "from relative paths.",
        ),
    ],
)
def test_what_cannot_be_joined_is_refused(
    join: Callable[..., str], text: str, others: dict[str, str], why: str
) -> None:
    """The error names the files and the reason."""
    with pytest.raises(JoinError) as error:
        join(text, **others)
    assert str(error.value) == why


@pytest.mark.parametrize(
    "statement",
    [
        'import "../dom.js";',
        'import * as dom from "../dom.js";',
        'import dom from "../dom.js";',
        'import { make } from "../dom.js"',
        "export { make };",
        'export * from "../dom.js";',
        "const [a, b] = [1, 2];",
        "export const { a } = { a: 1 };",
    ],
)
def test_other_statements_are_refused(join: Callable[..., str], statement: str) -> None:
    """What the joiner would drop or overlook is named with its file."""
    with pytest.raises(JoinError, match=r"^views/a\.js has .*" + re.escape(repr(statement))):
        join(f"const before = 1;\n{statement}\n")


FRONT_END = sorted(
    path for path in (ROOT / "labkit").rglob("*.*") if path.suffix in (".js", ".css")
)


@pytest.mark.parametrize("path", FRONT_END, ids=lambda path: path.name)
def test_nothing_is_set_as_html_or_fetched(path: Path) -> None:
    """Text from the network can never become markup, and a page asks nobody but its server."""
    text = path.read_text("utf-8")
    for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert danger not in text
    fetching = "@import" if path.suffix == ".css" else "import("
    assert fetching not in text and "https:" not in text


def test_style_sheets_are_joined_in_order() -> None:
    """What a view adds to the box comes after it."""
    text = join_styles("views/shared/box.css", "views/chat/chat_box.css")
    assert text.index(".lk-box {") < text.index(".lk-form {")
