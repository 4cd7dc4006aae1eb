"""The errors of labkit."""

from labkit import exceptions


def test_all_but_one_can_be_caught_at_once() -> None:
    """`except LabError` catches them; the watchdog's last resort is no Exception at all."""
    errors = [thing for thing in vars(exceptions).values() if isinstance(thing, type)]
    others = {error for error in errors if not issubclass(error, exceptions.LabError)}
    assert others == {exceptions.LoopStillBlocked}
    assert not issubclass(exceptions.LoopStillBlocked, Exception)
