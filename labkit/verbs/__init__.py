"""The learner's verbs, as `import labkit as lab` offers them: each a few lines over the bench."""

from labkit.verbs.looking import errors, explain, ladder, show
from labkit.verbs.measuring import verdicts
from labkit.verbs.practising import check, hint, progress, solution
from labkit.verbs.running import close, connect, finish, fresh, link, serve

__all__ = [
    "check",
    "close",
    "connect",
    "errors",
    "explain",
    "finish",
    "fresh",
    "hint",
    "ladder",
    "link",
    "progress",
    "serve",
    "show",
    "solution",
    "verdicts",
]
