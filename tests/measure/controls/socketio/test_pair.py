"""A server of `python-socketio`, and who is connected to it."""

from __future__ import annotations

from labkit.measure.controls.socketio.pair import pair, run, watch


async def test_a_client_of_the_library_is_connected() -> None:
    """The server is asked what it was told, and its answer comes back."""
    async with pair() as (near, served, sid):
        assert near.connected
        assert await near.call("say", "text") == "stored"
        assert served.heard == ["text"]
        assert served.sio.rooms(sid) == [sid]


async def test_a_witness_sees_the_packets() -> None:
    """It is connected, and gets what the library's client would decode."""
    async with watch() as (witness, served, sid):
        await served.sio.emit("text", "hello", to=sid)
        assert await witness.recv() == '42["text","hello"]'


async def test_the_server_takes_options_of_the_library() -> None:
    """And has an address of its own."""
    async with run(max_http_buffer_size=100) as served:
        assert served.sio.eio.max_http_buffer_size == 100
        assert served.url.startswith("http://127.0.0.1:")
