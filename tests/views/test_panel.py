"""What `lab.show` returns."""

from types import ModuleType

from labkit import views
from labkit.views import make_panel


async def test_one_object_with_three_forms(lab: ModuleType) -> None:
    """A live widget, a static table and one line of text are in the bundle."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    shown = make_panel(alice, bob, server, server.faults, alice.link.faults)
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {
        "application/vnd.jupyter.widget-view+json",
        "text/html",
        "text/plain",
    }
    assert bundle["text/plain"] == repr(shown)
    assert repr(shown).split(" | ")[2:] == [
        "server websocket: running, 2 connected",
        "faults on all links of websocket: none",
        "faults on link alice: none",
    ]
    assert bundle["text/html"].count("<th ") == 5
    assert bundle["text/html"].count('<td style="text-align:left;vertical-align:top">') == 5
    shown.close()


async def test_the_twin_is_that_of_the_moment(lab: ModuleType) -> None:
    """The bundle is made when the object is displayed."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    shown = make_panel(alice)
    await alice.say("later")
    assert "later" in shown._repr_mimebundle_()["text/html"]
    shown.close()


async def test_after_the_end_the_last_state_stays(lab: ModuleType) -> None:
    """`lab.close` leaves boxes on the page that say closed."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    shown = lab.show(alice)
    await lab.close()
    assert shown.views[0].widget.state["state"]["key"] == "closed"


def test_nothing_that_is_imported_hides_a_module() -> None:
    """What `labkit.views` offers are the panel's class and its maker; `panel` is the module."""
    assert isinstance(views.panel, ModuleType)
    assert not {name for name in views.__all__ if isinstance(getattr(views, name), ModuleType)}
