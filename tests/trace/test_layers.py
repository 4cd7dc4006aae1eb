"""What all layers share."""

from __future__ import annotations

from labkit.trace.layers import Field, Layer, hexed, visible, without_sid


def test_text_is_made_visible() -> None:
    """Control characters, invisible ones and half characters show, and long text is cut."""
    assert visible("a\0b\n\x7f") == "a␀b␊␡"
    assert visible("\u202eevil\ud83d") == "\\u202eevil\\ud83d"
    assert visible("x" * 200, 10) == "x" * 10 + "…"
    assert hexed(bytes(20)).endswith("00 …")


def test_a_layer_is_told_without_what_varies() -> None:
    """Bytes, name, value and meaning of each field; what is another in each run is not told."""
    fields = (
        Field("length", "5", "of what follows", 0, 1),
        Field("key", "", "random", 1, 4, varies=True),
    )
    told = Layer("frame", "text", 6, fields, b"\x05abcd").told()
    assert told.splitlines() == [
        "  frame  +6 B  text",
        "      05                       length: 5 (of what follows)",
        "      varies                   key (random)",
    ]


def test_session_ids_are_left_out() -> None:
    """In an address and in an open packet, and nothing else is touched."""
    assert without_sid("GET /?sid=a-_9&x=sid HTTP/1.1") == "GET /?sid=…&x=sid HTTP/1.1"
    assert without_sid('0{"sid":"abc","x":1}') == '0{"sid":"…","x":1}'
    told = Layer("HTTP request", "GET /?sid=abc", 1, (Field("", "GET /?sid=abc", "", 0, 0),)).told()
    assert "abc" not in told
