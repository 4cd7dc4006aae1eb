"""Packets and JSON that are refused."""

from __future__ import annotations

from typing import Any

import pytest
from engineio.payload import Payload
from socketio.packet import Packet

from labkit.transports.socketio.packets import (
    MAX_PACKETS_IN_BODY,
    StrictJson,
    StrictPacket,
    Unreadable,
    raise_packet_limit,
    server_packet,
)


@pytest.mark.parametrize(
    "encoded",
    ['2["a",1]', '21["a"]', "0", "1", '31["x"]', '51-["a",{"_placeholder":true,"num":0}]'],
)
def test_good_packets_pass(encoded: str) -> None:
    """What a well-behaved peer sends is read as the library reads it."""
    assert StrictPacket(encoded_packet=encoded).packet_type == int(encoded[0])


@pytest.mark.parametrize(
    ("encoded", "words"),
    [
        ('2["connect"]', "is reserved"),
        ('2["disconnecting"]', "is reserved"),
        ("2{}", "begins with a name"),
        ("2[]", "begins with a name"),
        ("2[NaN]", "NaN is not valid JSON"),
        ('3["x"]', "a number and a list"),
        ('30["x"]', "a number and a list"),
        ("31{}", "a number and a list"),
        ('511-["a"]', "11 attachments"),
        (b"\x00", "no packet announced"),
    ],
)
def test_bad_packets_are_refused(encoded: Any, words: str) -> None:
    """Each with its reason."""
    with pytest.raises(ValueError, match=words):
        StrictPacket(encoded_packet=encoded)


@pytest.mark.parametrize("number", [-1, 1, "0", None, True])
def test_attachments_are_counted_from_zero(number: Any) -> None:
    """A placeholder of another number fits nothing."""
    packet = StrictPacket(encoded_packet='51-["a",{"_placeholder":true,"num":0}]')
    packet.data[1]["num"] = number
    with pytest.raises(ValueError, match="no attachment"):
        packet.add_attachment(b"x")


def test_text_is_no_attachment() -> None:
    """It is not taken for one, as the library would."""
    packet = StrictPacket(encoded_packet='51-["a",{"_placeholder":true,"num":0}]')
    with pytest.raises(ValueError, match="text came instead"):
        packet.add_attachment('2["b"]')
    assert packet.add_attachment(b"x") and packet.data == ["a", b"x"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [{"a": float("-inf")}]])
def test_json_that_is_none_is_not_written(value: Any) -> None:
    """NaN and infinities raise; all else is written as the library writes it."""
    with pytest.raises(ValueError, match="JSON"):
        StrictJson.dumps(value)
    assert StrictJson.dumps(["a", 1.5, None], separators=(",", ":")) == '["a",1.5,null]'
    assert StrictJson.loads('["a",1.5,null]') == ["a", 1.5, None]


def test_a_body_may_have_many_packets() -> None:
    """The limit of the process is raised, and a higher one is left alone."""
    raise_packet_limit()
    assert Payload.max_decode_packets == MAX_PACKETS_IN_BODY
    assert len(Payload(encoded_payload="\x1e".join(["4x"] * 1000)).packets) == 1000


@pytest.mark.parametrize(
    "encoded",
    ["", "9", "2{}", "2[", "2" + "[" * 100_000, b"\x00", b"", "x", None, "0", '0{"sid":null}'],
)
def test_faults_of_a_peer_are_told_apart(encoded: Any) -> None:
    """What cannot be read is `Unreadable`, whoever's class reads it, and whatever that raises."""
    for kind in (StrictPacket, Packet):
        if kind is Packet and encoded == "2{}":
            continue  # the library lets it pass
        with pytest.raises(Unreadable):
            server_packet(kind)(encoded_packet=encoded)
    with pytest.raises(ValueError, match="does not support binary") as mine:
        server_packet(StrictPacket)(packet_type=0, data=b"x")
    assert not isinstance(mine.value, Unreadable)


def test_packets_that_can_be_read_are_as_before() -> None:
    """Also with attachments, and those that do not fit are a peer's fault, too."""
    kind = server_packet(StrictPacket)
    assert kind(encoded_packet='2["a",1]').data == ["a", 1]
    packet = kind(encoded_packet='51-["a",{"_placeholder":true,"num":0}]')
    with pytest.raises(Unreadable, match="text came instead"):
        packet.add_attachment("x")
    assert packet.add_attachment(b"x") and packet.data == ["a", b"x"]
    assert kind(2, data=["a"]).encode() == '2["a"]'
