"""The libraries' private names that labkit uses exist as they were read, and only where it says."""

from __future__ import annotations

import functools
import inspect
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from engineio.async_drivers.aiohttp import _async

from tests.conftest import ROOT
from tests.support.foreign_uses import (
    DOCUMENTED,
    Use,
    definer_of,
    find_owner,
    is_documented,
    names_in,
    private_attributes,
    uses_in,
)

LABKIT = ROOT / "labkit"

TABLE = tomllib.loads((ROOT / "tests/support/foreign_names.toml").read_text("utf-8"))


class Row(NamedTuple):
    """A row of the table."""

    owner: str
    name: str
    is_string: bool
    files: frozenset[str]
    signature: str
    why: str


def rows() -> list[Row]:
    """Return the table."""
    found = []
    for library in TABLE.values():
        for key, (files, signature, why) in library["names"].items():
            is_string = ":" in key
            owner, _, name = key.partition(":") if is_string else key.rpartition(".")
            places = frozenset(f"transports/{file}" for file in files.split())
            owner = f"{library['package']}.{owner}"
            found.append(Row(owner, name, is_string, places, signature, why))
    return found


ROWS = rows()

FILES = {
    "http/aiohttp_server.py",
    "socketio/client/async_client.py",
    "socketio/packets.py",
    "socketio/server/async_server.py",
}
"""The files with such uses. The list may only get shorter."""

STRINGS = [row for row in ROWS if row.is_string]


@functools.cache
def uses() -> list[Use]:
    """Return the uses in all of labkit. Not at import: every process of the tests imports this."""
    return [use for path in LABKIT.rglob("*.py") for use in uses_in(path, LABKIT)]


def signature_of(row: Row) -> str:
    """Return a signature without types, "" for what is not called."""
    member = getattr(find_owner(row.owner), row.name, None)
    if not callable(member):
        return ""
    made = inspect.signature(member)
    bare = [each.replace(annotation=each.empty) for each in made.parameters.values()]
    return str(made.replace(parameters=bare, return_annotation=made.empty))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.owner}.{row.name}")
def test_each_name_is_as_it_was_read(row: Row) -> None:
    """Each name is defined where the table says, and has the signature that was read."""
    owner = find_owner(row.owner)
    assert row.why
    if row.is_string:
        assert row.name in names_in(Path(inspect.getfile(owner)))
    else:
        assert definer_of(owner, row.name) == row.owner
        assert signature_of(row) == row.signature


def test_the_driver_has_what_is_replaced() -> None:
    """One item of Engine.IO's driver for aiohttp is replaced by name."""
    assert "websocket" in _async


def test_no_other_name_is_used_and_no_other_file_uses_one() -> None:
    """What is not public is in the table; a row names the files that use it, and no other."""
    found: dict[tuple[str, str], set[str]] = {}
    for use in uses():
        if not is_documented(use):
            found.setdefault((use.owner, use.name), set()).add(use.file)
    assert found == {(row.owner, row.name): row.files for row in ROWS if not row.is_string}


def test_no_file_is_added() -> None:
    """What needs a private name goes to one of these files."""
    assert set.union(*(set(row.files) for row in ROWS)) == {f"transports/{file}" for file in FILES}


REPLACED = {
    # for all servers over HTTP
    "aiohttp.web_request.Request._prepare_hook",
    "aiohttp.web_server.Server.connection_lost",
    "aiohttp.web_server.Server.connection_made",
    # for Socket.IO's client
    "socketio.async_client.AsyncClient._engineio_client_class",
    "socketio.async_client.AsyncClient._handle_disconnect",
    # on each Socket.IO server while it is hosted
    "socketio.async_server.AsyncServer._handle_connect",
    "socketio.async_server.AsyncServer._handle_event_internal",
    "socketio.async_server.AsyncServer._trigger_event",
    "socketio.base_manager.BaseManager.basic_enter_room",
    "socketio.base_manager.BaseManager.basic_leave_room",
}
"""The methods that labkit replaces or overrides, and that are not public. The list may only get
shorter; for python-socketio and python-engineio together, it may have nine."""


def test_no_further_method_is_replaced() -> None:
    """Each of them could change without a word in a new release."""
    found = {
        f"{use.owner}.{use.name}"
        for use in uses()
        if use.is_change and not is_documented(use) and callable(_member(use))
    }
    assert found == REPLACED
    assert sum(not each.startswith("aiohttp.") for each in found) <= 9


def _member(use: Use) -> object:
    return getattr(find_owner(use.owner), use.name, None)


def test_no_other_file_names_a_private_name() -> None:
    """Neither as a string, nor as an attribute of something whose class is not known here."""
    allowed: dict[str, set[str]] = {}
    for row in ROWS:
        if row.is_string or re.match("_.*(?<!__)$", row.name):
            allowed.setdefault(row.name, set()).update(row.files)
    for path in LABKIT.rglob("*.py"):
        file = path.relative_to(LABKIT).as_posix()
        for name in names_in(path) & allowed.keys():
            assert file in allowed[name], f"{file} uses {name}"


def test_a_private_name_of_an_unknown_class_is_labkits_own() -> None:
    """Where the libraries are imported, each is labkit's or in the table."""
    seen = {path: set(private_attributes(path)) for path in LABKIT.rglob("*.py")}
    own = {name for found in seen.values() for name, is_own in found if is_own}
    known = {*own, *(row.name for row in ROWS), "_replace"}  # the last is a named tuple's
    others = {
        (path.name, name)
        for path, found in seen.items()
        for name, is_own in found
        if LABKIT / "transports" in path.parents and not is_own and name not in known
    }
    assert others == set()


@pytest.mark.parametrize("row", STRINGS, ids=lambda row: row.name)
def test_each_string_is_in_its_files(row: Row) -> None:
    """A string that no file needs any more leaves the table."""
    assert all(row.name in names_in(LABKIT / file) for file in row.files)


@pytest.mark.parametrize(
    ("code", "use"),
    [
        ("x = eio.sockets", "engineio.async_server.AsyncServer.sockets"),
        ("manager.rooms.clear()", "socketio.base_manager.BaseManager.rooms"),
        ("manager.thread.cancel()", "socketio.async_pubsub_manager.AsyncPubSubManager.thread"),
        ("getattr(sio, '_binary_packet')", "socketio.base_server.BaseServer._binary_packet"),
        ("patches.wrap(eio, '_async', x)", "engineio.base_server.BaseServer._async"),
        ("from aiohttp import web\nweb.Request.task", "aiohttp.web_request.BaseRequest.task"),
        (
            "from socketio import base_client\nbase_client.signal_handler",
            "socketio.base_client.signal_handler",
        ),
        (
            "from aiohttp.web_protocol import RequestHandler",
            "aiohttp.web_protocol.RequestHandler",
        ),
        (
            "import socketio\nclass A(socketio.AsyncServer):\n  def _trigger_event(self): ...",
            "socketio.async_server.AsyncServer._trigger_event",
        ),
        (
            "import socketio\nclass A(socketio.AsyncServer):\n  def f(self): self._handle_event()",
            "socketio.async_server.AsyncServer._handle_event",
        ),
        (
            "from socketio import packet\nclass A(packet.Packet):\n  def add_attachment(self): ...",
            "socketio.packet.Packet.add_attachment",
        ),
    ],
)
def test_a_use_is_found(code: str, use: str, tmp_path: Path) -> None:
    """Whatever the way in which a file uses a name that is not public."""
    file = tmp_path / "transports/socketio/new.py"
    file.parent.mkdir(parents=True)
    file.write_text(code, "utf-8")
    found = [each for each in uses_in(file, tmp_path) if not is_documented(each)]
    assert [f"{each.owner}.{each.name}" for each in found] == [use]


def test_a_member_of_an_exported_enumeration_is_public(tmp_path: Path) -> None:
    """It is exported with them, as `aiohttp.WSMsgType`."""
    file = tmp_path / "transports/http/new.py"
    file.parent.mkdir(parents=True)
    file.write_text("from aiohttp import WSMsgType\nWSMsgType.TEXT", "utf-8")
    (use,) = (each for each in uses_in(file, tmp_path) if each.name == "TEXT")
    assert is_documented(use)


def test_a_name_without_docstring_is_only_excepted_if_it_is_used() -> None:
    """The list of documented names is as short as it can be."""
    assert {(use.owner, use.name) for use in uses()} >= DOCUMENTED


@pytest.mark.parametrize("library", TABLE)
def test_the_pinned_version_is_the_one_that_was_read(library: str) -> None:
    """A new version is not pinned before its source has been read."""
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert f"{library}=={TABLE[library]['version']}" in pins
