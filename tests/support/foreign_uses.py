"""Where labkit uses names of the libraries that it is built on, read from its code.

A use is an attribute of a library's object, class or module, a method of a library's class that a
subclass of labkit's replaces, a name that is imported, or a string with which an attribute is read
or replaced. `RECEIVERS` says which expressions are a library's objects; classes, modules and base
classes are looked up.
"""

from __future__ import annotations

import ast
import enum
import functools
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import aiohttp
import engineio
import socketio
from aiohttp import web
from engineio.async_socket import AsyncSocket
from engineio.packet import Packet as EnginePacket
from socketio.async_pubsub_manager import AsyncPubSubManager
from socketio.packet import Packet as SocketPacket

LIBRARIES = ("aiohttp", "engineio", "h11", "socketio", "websockets")

Owner = Any
"""A class or a module of a library, or a tuple of classes, of which it may be any."""


class Use(NamedTuple):
    """A name of a library's that a file of labkit uses.

    Attributes
    ----------
    file
        The file, from the package's folder on.
    owner
        The class or module that defines the name.
    name
        The name in it.
    is_change
        Whether labkit replaces what has the name, or sets it.
    """

    file: str
    owner: str
    name: str
    is_change: bool


_HTTP = {
    "library": web.Server,
    "match_info": web.UrlMappingMatchInfo,
    "protocol": web.RequestHandler,
    "request": web.Request,
    "runner": web.AppRunner,
}
_SERVER = _HTTP | {
    "_sio": socketio.AsyncServer,
    "eio": engineio.AsyncServer,
    "item": EnginePacket,
    "kind": SocketPacket,
    "manager": (socketio.AsyncManager, AsyncPubSubManager),  # either of them
    "raw": socketio.AsyncServer,
    "server": socketio.AsyncServer,
    "sio": socketio.AsyncServer,
    "socket": AsyncSocket,
}
_CLIENT = {
    "_library": socketio.AsyncClient,
    "eio": engineio.AsyncClient,
    "got": aiohttp.ClientResponse,
    "library": socketio.AsyncClient,
    "pkt": EnginePacket,
}

RECEIVERS: dict[str, dict[str, Owner]] = {
    "protocols/engineio.py": {"packet": EnginePacket},
    "protocols/socketio.py": {"packet": SocketPacket},
    "transports/http/": _HTTP,
    "transports/socketio/": _SERVER,
    "transports/socketio/client/": _CLIENT,
}
"""For each folder or file, the last names of expressions that are an object of a library's class;
the longest path decides."""

CODECS = {
    "engineio.json",
    "engineio.packet",
    "engineio.payload",
    "socketio.msgpack_packet",
    "socketio.packet",
}
"""Modules that encode and decode, without any I/O."""

EXPORTING = {"aiohttp", "aiohttp.hdrs", "aiohttp.web", "socketio.exceptions"}
"""Modules whose names are all public."""

DOCUMENTED = {
    ("aiohttp.client_reqrep.ClientResponse", "close"),
    ("aiohttp.client_reqrep.ClientResponse", "content"),
    ("aiohttp.client_reqrep.ClientResponse", "headers"),
    ("aiohttp.client_reqrep.ClientResponse", "status"),
    ("aiohttp.client_ws.ClientWebSocketResponse", "close"),
    ("aiohttp.web_request.BaseRequest", "client_max_size"),
    ("aiohttp.web_request.BaseRequest", "transport"),
    ("aiohttp.web_request.Request", "clone"),
    ("aiohttp.web_runner.BaseRunner", "cleanup"),
    ("aiohttp.web_runner.BaseRunner", "server"),
    ("aiohttp.web_runner.BaseRunner", "setup"),
    ("socketio.packet.Packet", "decode"),  # these two where the option `serializer` is explained
    ("socketio.packet.Packet", "encode"),
}
"""Names in a reference that have no docstring of their own."""

OWN = ("self", "cls")
"""What a method calls its own object or class."""

BY_NAME = {"delattr", "getattr", "hasattr", "replace", "setattr", "wrap"}
"""Functions that get an object and the name of its attribute."""


def uses_in(path: Path, root: Path) -> set[Use]:
    """Return the uses in a file of labkit, given the package's folder."""
    file = path.relative_to(root).as_posix()
    return set(_Reader(file, ast.parse(path.read_text("utf-8"))).uses())


def names_in(path: Path) -> set[str]:
    """Return a file's strings, names of arguments, and attributes of others than `self`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.keyword | ast.arg) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) not in OWN:
            found.add(node.attr)
    return found


def private_attributes(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield each private attribute in a file, and whether it is one of `self`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and re.match("_(?!_)", node.attr):
            yield node.attr, ast.unparse(node.value) in OWN


def find_owner(dotted: str) -> Owner:
    """Return a class or a module by its full name."""
    try:
        return importlib.import_module(dotted)
    except ImportError:
        module, _, name = dotted.rpartition(".")
        return getattr(importlib.import_module(module), name)


def is_documented(use: Use) -> bool:
    """Return whether a use is of a name in the library's reference, or that it exports.

    The references of `socketio` and `engineio` have the docstrings of what they export, and an
    exported enumeration is exported with its members. What only reads packets may use their codecs,
    since the option `serializer` takes such a class.
    """
    library = use.owner.partition(".")[0]
    owner = find_owner(use.owner)
    if use.name.startswith("_"):
        return False
    if library in ("h11", "websockets") or (use.owner, use.name) in DOCUMENTED:
        return True
    if inspect.isclass(owner) and issubclass(owner, enum.Enum):
        return getattr(importlib.import_module(library), owner.__name__, None) is owner
    module = owner.__name__ if inspect.ismodule(owner) else owner.__module__
    if module in CODECS or f"{use.owner}.{use.name}" in CODECS:
        return not use.is_change
    if inspect.isclass(owner) and issubclass(owner, enum.Enum):  # its members are what it is for
        return getattr(importlib.import_module(library), owner.__name__, None) is owner
    if inspect.ismodule(owner):
        return use.owner in EXPORTING or (library == use.owner and use.name in owner.__all__)
    if library != "aiohttp" and owner not in _in_reference():
        return False
    member = inspect.getattr_static(owner, use.name, None)
    return bool((callable(member) or hasattr(member, "__get__")) and inspect.getdoc(member))


@functools.cache
def _in_reference() -> frozenset[type]:
    """Return the exported classes, and those from which they inherit."""
    exported = [getattr(each, name) for each in (engineio, socketio) for name in each.__all__]
    return frozenset(
        base for kind in exported if inspect.isclass(kind) for base in inspect.getmro(kind)
    )


def is_of_library(owner: object) -> bool:
    """Return whether something is a class or a module of one of the libraries."""
    name = getattr(owner, "__name__", "") if inspect.ismodule(owner) else ""
    if inspect.isclass(owner):
        name = owner.__module__
    return name.partition(".")[0] in LIBRARIES


def definer_of(owner: Owner, name: str) -> str | None:
    """Return the dotted name of what defines an attribute of a class or module, None if nothing."""
    if inspect.ismodule(owner):
        return owner.__name__ if hasattr(owner, name) else None
    kinds = owner if isinstance(owner, tuple) else (owner,)
    for kind in (base for each in kinds for base in inspect.getmro(each)):
        if is_of_library(kind) and (name in vars(kind) or name in assigned_in(kind)):
            return f"{kind.__module__}.{kind.__qualname__}"
    return None


@functools.cache
def assigned_in(kind: type) -> frozenset[str]:
    """Return the names of the attributes that a class's methods set on `self`."""
    try:
        tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(kind)))
    except (OSError, TypeError):  # it is compiled
        return frozenset()
    return frozenset(
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


class _Reader:
    """Reads the uses of one file."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self._file = file
        self._tree = tree
        paths = [path for path in RECEIVERS if file.startswith(path)]
        self._receivers = RECEIVERS[max(paths, key=len)] if paths else {}
        self._names = dict(self._imported())

    def _imported(self) -> Iterator[tuple[str, object]]:
        """Yield the libraries' modules and classes that are imported, wherever in the file."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    if top in LIBRARIES:
                        importlib.import_module(alias.name)
                        yield alias.asname or top, importlib.import_module(top)
            elif isinstance(node, ast.ImportFrom) and _is_foreign(node):
                module = importlib.import_module(node.module or "")
                for alias in node.names:
                    yield alias.asname or alias.name, _member(module, alias.name)

    def uses(self) -> Iterator[Use]:
        """Yield the uses."""
        yield from self._in(self._tree, None)

    def _in(self, tree: ast.AST, base: Owner) -> Iterator[Use]:
        """Yield the uses below a node, in a class with a library's base class or elsewhere."""
        for node in ast.iter_child_nodes(tree):
            inner = base
            if isinstance(node, ast.ClassDef):
                inner = next(filter(None, map(self._owner, node.bases)), None)
                yield from self._replaced(node, inner)
            yield from self._at(node, base)
            yield from self._in(node, inner)

    def _replaced(self, node: ast.ClassDef, base: Owner) -> Iterator[Use]:
        """Yield what a class sets that its base class has."""
        for part in node.body:
            names = []
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [part.name]
            elif isinstance(part, ast.Assign):
                names = [each.id for each in part.targets if isinstance(each, ast.Name)]
            for name in names:
                yield from self._use(base, name, is_change=True)

    def _at(self, node: ast.AST, base: Owner) -> Iterator[Use]:
        if isinstance(node, ast.Attribute):
            owner = self._owner(node.value) or self._own(node.value, base)
            yield from self._use(owner, node.attr, is_change=not isinstance(node.ctx, ast.Load))
        elif isinstance(node, ast.ImportFrom) and _is_foreign(node):
            for alias in node.names:
                yield from self._use(
                    importlib.import_module(f"{node.module}"), alias.name, is_change=False
                )
        elif isinstance(node, ast.Call) and len(node.args) > 1:
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            target, what = node.args[:2]
            if name in BY_NAME and isinstance(what, ast.Constant) and isinstance(what.value, str):
                owner = self._owner(target) or self._own(target, base)
                reads = name in ("getattr", "hasattr")
                yield from self._use(owner, what.value, is_change=not reads)

    def _own(self, node: ast.expr, base: Owner) -> Owner:
        """Return the base class if an expression is `self`, `cls` or `super()`."""
        return base if ast.unparse(node) in {*OWN, "super()"} else None

    def _use(self, owner: Owner, name: str, *, is_change: bool) -> Iterator[Use]:
        definer = None if owner is None else definer_of(owner, name)
        is_part = inspect.ismodule(owner) and inspect.ismodule(getattr(owner, name, None))
        if definer is not None and name != "__init__" and not is_part:
            yield Use(self._file, definer, name, is_change)

    def _owner(self, node: ast.expr) -> Owner:
        """Return the class or module that an expression is, or of which it is an object."""
        last = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        found = self._names.get(last) if isinstance(node, ast.Name) else None
        if isinstance(node, ast.Attribute):
            owner = self._owner(node.value)
            if isinstance(owner, ModuleType):
                found = _member(owner, node.attr)
        return found if is_of_library(found) else self._receivers.get(last)


def _is_foreign(node: ast.ImportFrom) -> bool:
    return not node.level and (node.module or "").partition(".")[0] in LIBRARIES


def _member(module: ModuleType, name: str) -> object:
    """Return a member of a module, which may be a module that is not imported yet."""
    if not hasattr(module, name):
        importlib.import_module(f"{module.__name__}.{name}")
    return getattr(module, name)
