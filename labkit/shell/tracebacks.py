"""How an error of labkit's looks below a cell: the learner's own lines, and the sentence.

IPython asks an exception for that (`_render_traceback_`). Frames of labkit and of other libraries
are left out: they would push the sentence, which says what they mean, off the screen. The exception
itself keeps them, for `%tb Verbose`, `%debug` and the module `traceback`.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator
from types import TracebackType

from labkit.shell.running import running_shell
from labkit.source_lines import is_learner_file


def render_traceback(error: BaseException) -> list[str]:
    """Return the lines that IPython shows for an exception; in its mode Verbose, with all frames.

    Parameters
    ----------
    error
        An exception that was raised. What it was raised from, or during, is shown if there is a
        line of the learner's in it, too.
    """
    shell = running_shell()
    if shell is None:
        return traceback.format_exception(error)
    shown = shell.InteractiveTB
    if shown.mode == "Verbose":
        return list(shown.structured_traceback(type(error), error, error.__traceback__))
    with shortened(error):
        return list(shown.structured_traceback(type(error), error, error.__traceback__, 0))


@contextlib.contextmanager
def shortened(error: BaseException) -> Iterator[None]:
    """Leave out, until the block ends, what is not the learner's of an exception and its chain."""
    chain = _chain(error)
    before = [
        (each, each.__traceback__, each.__cause__, each.__context__, each.__suppress_context__)
        for each in chain
    ]
    told = [each for each in chain if each is error or _own_lines(each.__traceback__)]
    try:
        for each, below in zip(told, [*told[1:], None], strict=True):
            each.__traceback__ = _own_lines(each.__traceback__)
            if each.__cause__ is not below or below is None:
                each.__cause__, each.__context__ = None, below
                each.__suppress_context__ = below is None
        yield
    finally:
        for each, lines, cause, context, is_suppressed in before:
            each.__traceback__, each.__cause__, each.__context__ = lines, cause, context
            each.__suppress_context__ = is_suppressed


def _chain(error: BaseException) -> list[BaseException]:
    """Return an exception and what it was raised from or during, as Python would show it."""
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and all(following is not each for each in chain):
        chain.append(following)
        context = None if following.__suppress_context__ else following.__context__
        following = following.__cause__ or context
    return chain


def _own_lines(lines: TracebackType | None) -> TracebackType | None:
    """Return a traceback of those frames that are the learner's, None without one."""
    own = []
    while lines is not None:
        if is_learner_file(lines.tb_frame.f_code.co_filename):
            own.append(lines)
        lines = lines.tb_next
    kept = None
    for each in reversed(own):
        kept = TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return kept
