"""Choosing claims by what a learner types: an id, a topic, or all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from labkit.exceptions import LabError
from labkit.measure.court.claim import Claim
from labkit.measure.court.claims import CLAIMS

ALL = "all"


def find_claims(*which: Any) -> list[Claim]:
    """Return the claims of ids and topics, each once, in the order in which they are given.

    Parameters
    ----------
    which
        Ids, topics ("latency" for all that begin with "latency."), or "all".

    Raises
    ------
    LabError
        If there is none of that name; the text suggests the nearest.
    """
    claims = {claim.id: claim for claim in CLAIMS}
    return [claims[id] for id in choose(claims, which)]


def choose(ids: Iterable[str], which: Sequence[Any], *, topics: bool = True) -> list[str]:
    """Return those of some ids that are asked for.

    Parameters
    ----------
    ids
        All that there are.
    which
        What is asked for.
    topics
        Whether topics and "all" may be asked for, besides ids.

    Raises
    ------
    LabError
        If something asked for is none of them; the text suggests the nearest.
    """
    known = {id: [id] for id in ids}
    if topics:
        for id in tuple(known):
            known.setdefault(id.partition(".")[0], []).append(id)
        known[ALL] = list(dict.fromkeys(id for each in known.values() for id in each))
    chosen = dict.fromkeys(id for each in which for id in known[_checked(each, known)])
    return list(chosen)


def _checked(name: Any, known: Iterable[str]) -> str:
    if not isinstance(name, str):
        raise LabError(
            f"A claim's id is a string in quotes, not {name!r:.80}. `lab.verdicts()` lists the ids."
        )
    if name in known:
        return name
    near = get_close_matches(name, known, n=1)
    advice = f"Did you mean {near[0]!r}? " if near else ""
    raise LabError(f"There is no claim {name!r:.80}. {advice}`lab.verdicts()` lists the ids.")
