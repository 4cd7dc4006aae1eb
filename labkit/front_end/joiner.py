"""Joins ES modules into one: a widget is given its script as one text, which can import no file.

The modules stand one after the other, each after those that it imports, without their imports and
exports; what was written between the lines is left as it is. So all share one scope, and what does
not fit into one scope is refused: two modules that declare the same name, a renamed import, a
circle. Statements at the top of a module begin at the start of a line, as the formatter leaves
them; that is all that must be known of JavaScript here.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_IMPORT = re.compile(r'^import \{([^{}]*)\} from "([^"\n]*)";\n', re.MULTILINE)
_EXPORT = re.compile(
    r"^export (?=(?:async )?function[ *]|class |const [\w$]|let [\w$])", re.MULTILINE
)
_DECLARATION = re.compile(
    r"^(export )?(?:(?:async )?function\*?|class|const|let|var) +([\w$]+)", re.MULTILINE
)
_DEFAULT = re.compile(r"^export default .*", re.MULTILINE)
_NOT_JOINED = re.compile(r"^(?:import|export|(?:const|let|var) +[\[{]).*", re.MULTILINE)
_COMMENT = re.compile(r"[ \t]*/\*.*?\*/\n?", re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")


class JoinError(ValueError):
    """Modules that cannot be joined; the text names the file, what is wrong in it and why."""


@dataclass(frozen=True)
class _Module:
    imports: dict[str, list[str]]  # path of a file -> names
    declared: list[str]
    exported: list[str]
    text: str


@cache
def join_modules(entry: str) -> str:
    """Return a module and all that it imports as the text of one module.

    Parameters
    ----------
    entry
        Path of the module within `labkit/`; it alone may have a default export, which stays.

    Raises
    ------
    JoinError
        If a file is missing, an imported name is not exported, modules import each other in a
        circle, two declare the same name, or a statement is of a kind that cannot be joined.

    Examples
    --------
    >>> "function make(" in join_modules("front_end/dom.js")
    True
    """
    joined: dict[str, _Module] = {}
    _visit(entry, [], joined)
    owners: dict[str, str] = {}
    for path, module in joined.items():
        for name in module.declared:
            if name in owners:
                raise JoinError(
                    f"{path} declares {name}, and so does {owners[name]}. Joined, both are in one "
                    "scope: rename one, or import it."
                )
            owners[name] = path
        if path != entry and (default := _DEFAULT.search(module.text)):
            raise JoinError(
                f"{path} has a default export: {default[0]!r}. Only the module that is shown has "
                "one: export by name."
            )
    return "\n".join(module.text for module in joined.values())


def join_styles(*paths: str) -> str:
    """Return style sheets, by their paths within `labkit/`, one after the other.

    Their comments stay behind: a sheet is stored with each drawing that has it.
    """
    return "".join(_COMMENT.sub("", _read(path)).lstrip("\n") for path in paths)


def _visit(path: str, importers: list[str], joined: dict[str, _Module]) -> None:
    """Add what a module imports, then the module itself."""
    if path in importers:
        circle = " imports ".join([*importers[importers.index(path) :], path])
        raise JoinError(f"A circle: {circle}. Move what both need into a third module.")
    if path in joined:
        return
    module = _parse(path, importers[-1] if importers else "")
    for other, names in module.imports.items():
        _visit(other, [*importers, path], joined)
        exported = joined[other].exported
        for name in names:
            if name not in exported:
                known = ", ".join(exported) or "nothing"
                raise JoinError(f"{path} imports {name} from {other}, which exports {known}.")
    joined[path] = module


def _parse(path: str, importer: str) -> _Module:
    text = _read(path, importer)
    imports: dict[str, list[str]] = {}
    for inside, source in _IMPORT.findall(text):
        names = [name.strip() for name in inside.split(",") if name.strip()]
        if not source.startswith(("./", "../")) or not all(map(_IDENTIFIER.fullmatch, names)):
            raise JoinError(
                f"{path} imports {{{inside}}} from {source!r}. Only names as they are can be "
                "imported, and from relative paths."
            )
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), source))
        imports.setdefault(target, []).extend(names)
    declared = _DECLARATION.findall(text)
    body = _EXPORT.sub("", _IMPORT.sub("", text))
    left = _NOT_JOINED.search(_DEFAULT.sub("", body))
    if left:
        raise JoinError(
            f'{path} has {left[0]!r}. Modules are joined that `import {{ name }} from "./file.js";`'
            " and export functions, classes and constants where they declare them, one by one."
        )
    return _Module(
        imports,
        [name for _, name in declared],
        [name for export, name in declared if export],
        body.strip("\n") + "\n",
    )


def _read(path: str, importer: str = "") -> str:
    file = files("labkit").joinpath(path)
    if not file.is_file():
        who = f", which {importer} imports" if importer else ""
        raise JoinError(f"There is no file labkit/{path}{who}.")
    return file.read_text("utf-8")
