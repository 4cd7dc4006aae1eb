"""Errors that no cell saw."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
from types import ModuleType

import pytest

from labkit import bench
from labkit.exceptions import Unfinished
from tests.conftest import turn_loop
from tests.support.untrusted import HOSTILE, hidden_in


async def fail(text: str) -> None:
    """Fail."""
    raise ValueError(text)


async def test_a_task_that_failed_is_named_though_a_variable_holds_it(lab: ModuleType) -> None:
    """A forgotten `create_task` that failed is found, with its line."""
    held = asyncio.create_task(fail("lost"))
    await turn_loop(5)
    (error,) = lab.errors()
    assert error.what == "ValueError: lost" and error.where == "task `fail`"
    assert error.source_line.line == "raise ValueError(text)"
    assert held.done() and lab.errors() == []


async def test_a_task_that_failed_and_was_dropped_is_named_once(lab: ModuleType) -> None:
    """The loop's own report about a dropped task is not counted a second time."""
    asyncio.create_task(fail("dropped"))  # noqa: RUF006 - forgotten on purpose
    await turn_loop(5)
    gc.collect()
    await turn_loop(5)
    assert [error.what for error in lab.errors()] == ["ValueError: dropped"]


async def test_a_failure_that_somebody_saw_is_no_background_error(lab: ModuleType) -> None:
    """Awaited, gathered or grouped tasks report to whoever waits for them."""
    task = asyncio.create_task(fail("awaited"))
    with pytest.raises(ValueError, match="awaited"):
        await task
    results = await asyncio.gather(fail("a"), fail("b"), return_exceptions=True)
    assert len(results) == 2
    with pytest.raises(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("grouped"))
    assert lab.errors() == []


async def test_to_ask_for_a_kind_decides_nothing(lab: ModuleType) -> None:
    """A task that has just failed may still be awaited, as `wait_for` does a turn later."""
    errors = bench.current().monitor.background_errors
    task = asyncio.create_task(fail("awaited"))
    await asyncio.wait({task})
    assert errors.has(KeyError, ValueError) and not errors.has(KeyError)
    assert isinstance(task.exception(), ValueError)
    assert lab.errors() == []
    held = asyncio.create_task(fail("lost"))
    await turn_loop(5)
    assert len(errors.pending_errors()) == 1 and held.done()
    assert errors.has(ValueError)
    lab.errors()
    assert not errors.has(ValueError)


async def test_a_gathering_that_nobody_awaited_is_found(lab: ModuleType) -> None:
    """Without `await`, `gather` hides no error, though the notebook holds what it gave."""
    held = asyncio.gather(fail("lost"), turn_loop())
    with pytest.raises(Unfinished, match="ValueError: lost"):
        await lab.finish()
    (error,) = lab.errors()
    assert error.where == "`asyncio.gather` without `await`"
    assert error.source_line.line == "raise ValueError(text)" and held.done()
    awaited = asyncio.gather(fail("heard"), return_exceptions=False)
    with pytest.raises(ValueError, match="heard"):
        await awaited
    assert lab.errors() == []


async def test_a_cancelled_task_is_no_error(lab: ModuleType) -> None:
    """Cancelling is no failure."""
    task = asyncio.create_task(asyncio.Event().wait())
    await turn_loop(5)
    task.cancel()
    await turn_loop(5)
    assert lab.errors() == []


async def test_a_callback_of_the_loop_that_fails_is_named(lab: ModuleType) -> None:
    """`call_soon` reports to the loop's handler, whose exceptions are kept."""
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await turn_loop(5)
    (error,) = lab.errors()
    assert error.what.startswith("ZeroDivisionError") and "1 / 0" in error.source_line.line


async def test_what_a_library_logs_as_an_error_is_kept(lab: ModuleType) -> None:
    """The loggers of the network libraries are listened to; their warnings are not kept."""
    logging.getLogger("websockets.server").error("something broke")
    logging.getLogger("websockets.server").warning("mind the gap")
    await turn_loop(5)
    assert [error.what for error in lab.errors()] == ["something broke"]


async def test_an_exception_is_kept_once(lab: ModuleType) -> None:
    """However many ways an exception comes, it is one error."""
    background_errors = bench.current().monitor.background_errors
    error = RuntimeError("twice")
    background_errors.add(error, "here")
    background_errors.add(error, "there")
    assert [e.where for e in lab.errors()] == ["here"]


async def test_errors_are_bounded(lab: ModuleType) -> None:
    """Of a flood of errors the first are kept, and the last one says how many more there were."""
    background_errors = bench.current().monitor.background_errors
    for number in range(background_errors.limit + 5):
        background_errors.add(RuntimeError(number), "flood")
    with pytest.raises(Unfinished, match="- 5 further errors, of which only the number is kept"):
        await lab.finish()
    *kept, last = lab.errors()
    assert len(kept) == background_errors.limit and last.what.startswith("5 further errors")
    assert lab.errors() == []


async def test_more_tasks_that_failed_than_are_kept_are_counted_too(lab: ModuleType) -> None:
    """However many failed tasks a variable holds, none is forgotten."""
    limit = bench.current().monitor.background_errors.limit
    held = [asyncio.create_task(fail(str(number))) for number in range(limit + 5)]
    await turn_loop(5)
    errors = lab.errors()
    assert [error.what for error in errors[:limit]] == [f"ValueError: {n}" for n in range(limit)]
    assert errors[limit].what.startswith("5 further errors") and all(t.done() for t in held)


async def test_a_sentence_is_kept_once(lab: ModuleType) -> None:
    """What a library logs again and again is one error, until somebody took it."""
    for _ in range(3):
        logging.getLogger("engineio.client").error("again and again")
    await turn_loop(5)
    assert len(lab.errors()) == 1
    logging.getLogger("engineio.client").error("again and again")
    await turn_loop(5)
    assert len(lab.errors()) == 1


async def test_what_a_thread_logs_is_kept(lab: ModuleType) -> None:
    """A library that works on a thread without a loop reports to the bench as well."""
    await asyncio.to_thread(logging.getLogger("aiohttp.client").error, "on a thread")
    await turn_loop(5)
    assert [error.what for error in lab.errors()] == ["on a thread"]


async def test_the_loop_is_left_as_it_was() -> None:
    """Task factory, exception handler and loggers are put back."""
    loop = asyncio.get_running_loop()

    def factory(loop, coro, **options):  # type: ignore[no-untyped-def]
        return asyncio.Task(coro, loop=loop, **options)

    loop.set_task_factory(factory)
    handlers = list(logging.getLogger("websockets").handlers)
    current = bench.current()
    await asyncio.create_task(turn_loop())
    current.stop()
    assert loop.get_task_factory() is factory
    assert loop.get_exception_handler() is None
    assert logging.getLogger("websockets").handlers == handlers
    loop.set_task_factory(None)


async def test_finish_names_each_problem(lab: ModuleType) -> None:
    """`finish` raises for errors nobody took and tasks that run on, until they are dealt with."""
    still = asyncio.create_task(asyncio.Event().wait())
    failed = asyncio.create_task(fail("unseen"))
    with pytest.raises(Unfinished) as caught:
        await lab.finish()
    assert "ValueError: unseen" in str(caught.value)
    assert "a task is still running: `still = asyncio.create_task" in str(caught.value)
    still.cancel()
    assert failed.done() and len(lab.errors()) == 1
    await lab.finish()


async def test_finish_names_many_of_one_kind_once(lab: ModuleType) -> None:
    """A thousand tasks of one line are one line, with their number."""
    many = [asyncio.create_task(asyncio.Event().wait()) for _ in range(1000)]
    with pytest.raises(Unfinished) as caught:
        await lab.finish()
    _, named, _ = str(caught.value).splitlines()
    assert named.endswith(" (1000 times)")
    for task in many:
        task.cancel()


async def test_finish_names_a_listener_that_is_not_the_benchs(lab: ModuleType) -> None:
    """A server of the learner's own that still listens is a leftover."""
    own = await lab.serve("websocket")
    foreign = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    with pytest.raises(Unfinished, match="is still listening") as caught:
        await lab.finish()
    assert str(own.port) not in str(caught.value)
    foreign.close()
    await foreign.wait_closed()
    await lab.finish()


async def test_of_a_group_each_error_is_one(lab: ModuleType) -> None:
    """What a task group raises in a task is named by what went wrong in it, each at its line."""

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("first"))
            group.create_task(fail("second"))

    held = asyncio.create_task(both())
    await turn_loop(10)
    errors = lab.errors()
    assert [error.what for error in errors] == ["ValueError: first", "ValueError: second"]
    assert {error.source_line.line for error in errors} == {
        "raise ValueError(text)"
    } and held.done()


async def test_an_error_is_told_as_text_on_one_line(lab: ModuleType) -> None:
    """What a stranger said may be in it: nothing of that is obeyed, or passes for another line."""
    asyncio.create_task(fail(f"{HOSTILE}\n- all is well"))  # noqa: RUF006
    await turn_loop(5)
    with pytest.raises(Unfinished) as caught:
        await lab.finish()
    told = [line for line in str(caught.value).splitlines() if "evil.example" in line]
    assert len(told) == 1 and "␊- all is well" in told[0]
    (error,) = lab.errors()
    assert not hidden_in(f"{error} {error!r} {caught.value}", lines=True)


async def test_a_shortage_of_descriptors_is_no_learners_mistake(lab: ModuleType) -> None:
    """A server that cannot accept a stranger tries again; any other shortage is told."""
    loop = asyncio.get_running_loop()
    short = OSError(errno.EMFILE, "Too many open files")
    loop.call_exception_handler({"message": "accept", "exception": short, "socket": object()})
    assert lab.errors() == []
    loop.call_exception_handler({"message": "a callback", "exception": short})
    assert len(lab.errors()) == 1


async def test_looking_leaves_what_taking_takes(lab: ModuleType) -> None:
    """`pending_errors` returns the same each time; `lab.errors` returns it once."""
    background_errors = bench.current().monitor.background_errors
    background_errors.add(ValueError("oops"), "here")
    assert background_errors.pending_errors() == background_errors.pending_errors() != []
    assert [error.what for error in lab.errors()] == ["ValueError: oops"]
    assert background_errors.pending_errors() == lab.errors() == []
