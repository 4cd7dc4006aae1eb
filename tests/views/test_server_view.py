"""The view of a server, without a browser."""

from types import ModuleType

from labkit.views.server_view import GUESTS, SHOWN, ServerView
from tests.conftest import soon


async def test_who_and_what_is_shown(lab: ModuleType) -> None:
    """Connections, counts, events, errors and blocked times are in the state."""
    server = await lab.serve("websocket")
    view = ServerView(server, lambda: ["ValueError: x"], lambda: [1.234])
    alice = await lab.connect(server, "alice")
    await alice.say("hello")
    await soon(lambda: view.widget.state["counts"].get("message"))
    state = view.widget.state
    assert (state["name"], state["running"], state["connected"]) == ("websocket", True, 1)
    assert state["guests"][0]["name"] == "alice" and state["guests"][0]["received"] == 1
    assert [event["text"] for event in state["events"]] == [
        "alice connected",
        "alice sent text, 5 characters",
    ]
    assert (state["errors"], state["blocked"]) == (["ValueError: x"], [1.2])
    view.close()


async def test_the_state_is_bounded(lab: ModuleType) -> None:
    """Many events and many people are cut to the newest and the first."""
    server = await lab.serve("websocket")
    for number in range(500):
        server.note("refused", "a request", f"403: {number}")
    server.guests.extend([_guest(number) for number in range(GUESTS + 7)])
    view = ServerView(server, list, list)
    state = view.widget.state
    assert len(state["events"]) == SHOWN and state["counts"]["refused"] == 500
    assert len(state["guests"]) == GUESTS and state["connected"] == GUESTS + 7
    server.guests.clear()
    view.close()


async def test_the_twins(lab: ModuleType) -> None:
    """The twins name who is there and what happened, escaped, without times and ports."""
    server = await lab.serve("websocket", name="<chat>")
    view = ServerView(server, lambda: ["a < b"], lambda: [9.9])
    assert view.line == "server <chat>: running, 0 connected"
    assert view.body == "<b>connected:</b> nobody<br>\n<b>background error:</b> a &lt; b"
    alice = await lab.connect(server, "alice")
    await alice.close()
    await soon(lambda: not server.connections)
    await server.stop()
    assert view.heading == "server &lt;chat&gt; ○ stopped"
    assert "alice left: 1000 (normal closure" in view.body
    assert str(server.port) not in view.body and "9.9" not in view.body
    view.close()
    assert view._publisher.changed not in server.changes._listeners


async def test_ports_and_durations_stay_out_of_the_twin(lab: ModuleType) -> None:
    """What differs from run to run is hidden in the twin, and told in the live view."""
    server = await lab.serve("websocket")
    server.note("refused", "a request", "403: a page of 'http://evil.example:40123' may not")
    view = ServerView(server, lambda: ["LoopBlocked: blocked\nfor 10.2 s"], list)
    assert "403: a page of &#x27;http://evil.example:…&#x27; may not" in view.body
    assert "LoopBlocked: blocked for … s" in view.body
    assert "40123" in view.widget.state["events"][0]["text"]
    view.close()


def _guest(number: int):  # type: ignore[no-untyped-def]
    from labkit.transports.contract import Guest

    return Guest(number, f"guest {number}", 0.0, None)


async def test_messages_do_not_push_out_all_else(lab: ModuleType) -> None:
    """Among a thousand messages one still sees who was refused; with few, all are shown."""
    server = await lab.serve("websocket")
    view = ServerView(server, list, list)
    server.note("refused", "a request", "403 Forbidden")
    for number in range(1000):
        server.note("message", "alice", f"text, {number} characters")
    shown = [event["kind"] for event in view._look(following=True)["events"]]
    assert shown == ["refused", *["message"] * (SHOWN - 1)]
    for number in range(30):
        server.note("connected", f"guest {number}")
    shown = [event["kind"] for event in view._look(following=True)["events"]]
    assert shown == ["message"] * (SHOWN // 2) + ["connected"] * (SHOWN // 2)
    view.close()
