"""Socket.IO packets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from socketio.msgpack_packet import MsgPackPacket as Packed

from labkit.protocols.engineio import decode_packet
from labkit.protocols.socketio import Assembler, SocketPacket, in_json, packet_kind


def read(*encoded: str | bytes) -> list[SocketPacket]:
    """Decode the Engine.IO messages of one direction."""
    assembler = Assembler()
    packets = (decode_packet(e if isinstance(e, bytes) else f"4{e}") for e in encoded)
    return [found for each in packets if (found := assembler.feed(each)) is not None]


@pytest.mark.parametrize(
    ("encoded", "kind", "namespace", "number", "event", "arguments"),
    [
        ("0", "connect", "/", None, "", ()),
        ('0/admin,{"token":"x"}', "connect", "/admin", None, "", ({"token": "x"},)),
        ('0{"sid":"y"}', "connect", "/", None, "", ({"sid": "y"},)),
        ("1/admin,", "disconnect", "/admin", None, "", ()),
        ('2["hi"]', "event", "/", None, "hi", ()),
        ('2/admin,12["hi",1,{"a":null}]', "event", "/admin", 12, "hi", (1, {"a": None})),
        ('312["got it"]', "ack", "/", 12, "", ("got it",)),
        ('4{"message":"no"}', "connect error", "/", None, "", ({"message": "no"},)),
    ],
)
def test_packets(  # type: ignore[no-untyped-def]
    encoded, kind, namespace, number, event, arguments
) -> None:
    """Type, namespace, acknowledgement id, event and arguments of each kind."""
    (packet,) = read(encoded)
    assert (packet.kind, packet.namespace, packet.id, packet.event, packet.arguments) == (
        kind,
        namespace,
        number,
        event,
        arguments,
    )
    assert packet.problem == ""


def test_attachments_are_put_back() -> None:
    """The placeholders of a binary event are filled as its attachments come."""
    first, second, third = read(
        '52-["file",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]', b"a", b"b"
    )
    assert (first.kind, first.waiting) == ("binary event", 2)
    assert (second.kind, second.waiting) == ("attachment", 1)
    assert (third.event, third.arguments, third.waiting) == ("file", (b"b", b"a"), 0)


@pytest.mark.parametrize(
    "encoded",
    [
        "9",
        "x",
        "2{",
        '2["a"',
        "2" + "[" * 100_000,
        "5999999999999-[]",
        "2" + "1" * 200 + '["a"]',
        f'2["a",{"9" * 5000}]',
    ],
)
def test_what_cannot_be_decoded(encoded: str) -> None:
    """It is garbage, with a reason, and the next packet is read."""
    bad, good = read(encoded, '2["hi"]')
    assert bad.kind == "garbage" and bad.problem
    assert good.event == "hi"


def test_a_crowd_of_attachments_is_not_collected() -> None:
    """A packet that announces millions of them costs nothing."""
    packet, stray = read('5999999999-["file"]', b"x")
    assert "more than 10" in packet.problem and packet.attachments == 999_999_999
    assert "no packet waits" in stray.problem


@pytest.mark.parametrize("number", ["7", "-1", '"0"', "null"])
def test_a_forged_placeholder(number: str) -> None:
    """A placeholder that points nowhere is told, and is over."""
    _, attachment, after = read(
        f'51-["file",{{"_placeholder":true,"num":{number}}}]', b"x", '2["hi"]'
    )
    assert "fits nowhere" in attachment.problem or attachment.arguments == (b"x",)
    assert after.event == "hi"


def test_an_event_needs_a_name() -> None:
    """A list without a name is told."""
    assert [packet.problem for packet in read("2[]", "2{}", "2[1]")] == [
        "an event is a list that begins with a name"
    ] * 3


@given(st.lists(st.one_of(st.text(), st.binary(), st.from_regex(r"[0-6](\d-)?\[.*\]"))))
def test_anything_is_a_packet_or_garbage(encoded: list[str | bytes]) -> None:
    """No input raises."""
    for packet in read(*encoded):
        assert packet.kind


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("häh", '"häh"'),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        (b"123456789", "<9 bytes: 31 32 33 34 35 36 37 38 …>"),
        (["a", {"b": b"\xff"}], '["a", {"b": <1 byte: ff>}]'),
        ({"_placeholder": True, "num": 2}, "<attachment 2>"),
        ([object], "[<type>]"),
    ],
)
def test_values_in_words(value: object, shown: str) -> None:
    """JSON as it is; bytes without quotes, which would make a text of them."""
    assert in_json(value) == shown


def test_a_value_without_end() -> None:
    """What contains itself, or is nested too deeply, is said to be so."""
    endless: list[object] = [b""]
    endless.append(endless)
    assert in_json(endless) == "<too deep>"


@pytest.mark.parametrize(
    ("packet", "kind", "event", "arguments", "size"),
    [
        (Packed(2, ["hi", 1, b"\xff"], "/", 7), "event", "hi", (1, b"\xff"), 4),
        (Packed(0, {"token": "x"}, "/admin"), "connect", "", ({"token": "x"},), 9),
        (Packed(1, None, "/"), "disconnect", "", (), 0),
        (Packed(3, ["got it"], "/", 7), "ack", "", ("got it",), 7),
    ],
)
def test_msgpack(packet: Any, kind: str, event: str, arguments: tuple[Any, ...], size: int) -> None:
    """What that serializer writes is read, from the first packet on."""
    (found,) = read(packet.encode())
    assert (found.kind, found.event, found.arguments, found.content_size) == (
        kind,
        event,
        arguments,
        size,
    )
    assert (found.namespace, found.id, found.serializer) == (packet.namespace, packet.id, "msgpack")
    assert found.problem == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\x80",
        b"\x93\x01\x02\x03",
        b"\x91" * 2000,
        b"\xdd\xff\xff\xff\xff",
        Packed(9, [], "/").encode(),
        Packed("2", [], "/").encode(),
        Packed(True, [], "/").encode(),
        Packed(2, ["a"], 7).encode(),
        Packed(2, ["a"], "/", "7").encode(),
    ],
)
def test_a_serializer_that_is_not_known(data: bytes) -> None:
    """Bytes before any text are another serializer's, of which nothing is said; text is read."""
    assert read(data, data) == []
    assert [packet.event for packet in read(data, '2["hi"]')] == ["hi"]


def test_bytes_that_nobody_announced() -> None:
    """Behind text of the default serializer they are a mistake, whatever they look like."""
    packets = read('2["hi"]', Packed(2, ["hi"], "/").encode())
    assert "no packet waits" in packets[1].problem


def test_keys_that_json_has_not() -> None:
    """A value of another serializer's is shown in words if it has no JSON."""
    (packet,) = read(Packed(2, ["hi", {b"a": 1}], "/").encode())
    assert [in_json(each) for each in packet.arguments] == ["<dict>"]


@given(st.lists(st.binary(), max_size=3))
def test_any_bytes(encoded: list[bytes]) -> None:
    """No bytes raise."""
    for packet in read(*encoded):
        assert packet.kind


@pytest.mark.parametrize(
    ("begin", "kind"),
    [(b"42", "event"), (b"46", "binary ack"), (b"2", "ping"), (b"47", "garbage"), (b"", "garbage")],
)
def test_kinds_by_two_characters(begin: bytes, kind: str) -> None:
    """They are enough to know what a packet is."""
    assert packet_kind(begin) == kind
