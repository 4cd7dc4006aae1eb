"""Fault switches: what acts on a link, or on all links of a server, and buttons for the usual."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import cast

from labkit.exceptions import LabError
from labkit.faults import BlackHole, Down, Fault, Latency
from labkit.faults.scope import Scope
from labkit.front_end.joiner import join_modules
from labkit.links import FaultGroup, FaultList
from labkit.links.fault_handle import FaultHandle
from labkit.links.link_faults import LinkFaults
from labkit.untrusted import html_text, plain_text
from labkit.views.faults.fault_rows import FaultRow, FaultRows
from labkit.views.faults.messages import (
    Change,
    DigHole,
    FaultAction,
    FaultsSnapshot,
    Heal,
    HealLater,
    ShownNumber,
    SlowDown,
    Switch,
    TurnPlug,
)
from labkit.views.shared.acting import ActingView
from labkit.views.shared.actions import Actions
from labkit.views.shared.clip import clip
from labkit.views.shared.widget import SnapshotWidget, box_styles

LOOK = 0.25
"""Seconds between looks at what faults hold, which nobody notifies. Not scaled: for the eye."""

LONGEST = 200
"""Characters of a fault's words that are shown."""


class _Widget(SnapshotWidget):
    _esm = join_modules("views/faults/fault_switches.js")
    _css = box_styles("views/faults/fault_switches.css")


_ACTIONS: Actions[FaultAction] = Actions(
    Switch, Change, TurnPlug, DigHole, SlowDown, Heal, HealLater
)


class FaultSwitches(ActingView[FaultAction]):
    """Shows faults, and switches them for the person at the page.

    Parameters
    ----------
    faults
        Those of a link, or those on all links of a server.
    """

    def __init__(self, faults: FaultList) -> None:
        self.faults = faults
        self._rows = FaultRows(faults)
        self._shown: list[list[str]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._code = ""
        super().__init__(_Widget, _ACTIONS, faults.changes)

    def _snapshot(self, following: bool) -> FaultsSnapshot:
        self._rows.follow()
        self._shown = self._facts()
        if following and self.faults and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOOK, self._look)
        return {
            "following": following,
            "name": plain_text(self.faults.name),
            "isForAll": self._is_for_all,
            "isOver": isinstance(self.faults, LinkFaults) and self.faults.is_over,
            "isDown": self.faults.is_down,
            "faults": [
                {
                    "number": row.number,
                    "isOn": row.is_on,
                    "word": row.handle.fault.word,
                    "effect": clip(row.effect, LONGEST),
                    "facts": facts,
                    "numbers": self._numbers(row),
                }
                for row, facts in zip(self._rows, self._shown, strict=True)
            ],
            "healsIn": self.faults.heals_in,
            "code": clip(self._code, LONGEST),
        }

    def _numbers(self, row: FaultRow) -> list[ShownNumber]:
        if not self._rows.can_change(row):
            return []
        return [{"name": name, "number": number} for name, number in row.numbers.items()]

    def _facts(self) -> list[list[str]]:
        return [[clip(fact, LONGEST) for fact in self._rows.facts(row)] for row in self._rows]

    def _look(self) -> None:
        """Publish what faults hold if that has changed; otherwise look again later."""
        self._timer = None
        if not (self._publisher.following and self.faults):
            return
        if self._facts() != self._shown:
            self._publisher.changed()
        else:
            self._timer = self._publisher.loop.call_later(LOOK, self._look)

    async def _do(self, action: FaultAction) -> None:
        self._code = self._carry_out(action)
        self._publisher.changed()  # also if no fault came or went

    def _carry_out(self, action: FaultAction) -> str:
        """Do what is asked for, and return the code that does the same."""
        if action["kind"] == "switch":
            return self._switch(self._rows.find(action["fault"]), action["on"])
        if action["kind"] == "plug":
            return self._restore() if action["in_place"] else self._cut()
        if action["kind"] == "black_hole":
            return self._add(BlackHole())
        if action["kind"] == "slow":
            return self._slow(_number(action["seconds"]))
        if action["kind"] == "change":
            row = self._rows.find(action["fault"])
            return self._change(row, action["name"], _number(action["number"]))
        if action["kind"] == "heal_later":
            after = _number(action["seconds"])
            self.faults.heal(after=after)
            return f"{self._owner}.heal(after={after})"
        self.faults.heal()
        return f"{self._owner}.heal()"

    @property
    def _is_for_all(self) -> bool:
        return isinstance(self.faults, FaultGroup)

    @property
    def _owner(self) -> str:
        """What is called in code."""
        return "server.faults" if self._is_for_all else "link"

    def _add(self, fault: Fault) -> str:
        self.faults.add(fault)
        return f"{self._owner}.add({fault!r})"

    def _slow(self, seconds: float) -> str:
        """Add a latency, or give the one that was added so other seconds."""
        for handle in self.faults:
            is_added_here = handle.holders[0] is self.faults
            is_for_all = replace(handle.scope, seed=None) == Scope()
            if isinstance(handle.fault, Latency) and is_added_here and is_for_all:
                return self._change_handle(handle, replace(handle.fault, seconds=seconds))
        return self._add(Latency(seconds))

    def _change(self, row: FaultRow, name: str, number: float) -> str:
        if not self._rows.can_change(row) or name not in row.numbers:
            raise LabError(f"The value {plain_text(name)} of this fault cannot be changed here.")
        return self._change_handle(row.handle, replace(row.handle.fault, **{name: number}))

    def _change_handle(self, handle: FaultHandle, fault: Fault) -> str:
        handle.change(fault)
        return f"{self._name_in_code(handle)}.change({fault!r})"

    def _cut(self) -> str:
        if self.faults.is_down:  # a double click
            return self._code
        code = self._add(Down())
        return code if self._is_for_all else "link.cut()"

    def _restore(self) -> str:
        self.faults.restore()
        return f"{self._owner}.restore()"

    def _switch(self, row: FaultRow, on: bool) -> str:
        if row.is_on == on:  # a double click
            return self._code
        if on:
            self._rows.switch_on(row)
            return f"{self._owner}.{row.call}"
        handle = self._name_in_code(row.handle)
        if row.handle.holders[0] is self.faults:
            row.handle.remove()
            return f"{handle}.remove()"
        self.faults.discard(row.handle)  # it goes on acting on the server's other links
        return f"link.faults.discard({handle})"

    def _name_in_code(self, handle: FaultHandle) -> str:
        handles = "server.faults" if self._is_for_all else "link.faults"
        return f"{handles}[{self.faults.index(handle)}]"

    @property
    def _released(self) -> str:
        return f"These switches no longer follow {self._title}: run their cell again for live ones."

    @property
    def _title(self) -> str:
        """Whose faults these are."""
        what = "all links of" if self._is_for_all else "link"
        return f"{what} {plain_text(self.faults.name)}"

    @property
    def line(self) -> str:
        """The text twin: one line, the same in each run."""
        return f"faults on {self._title}: {self.faults}"

    @property
    def heading(self) -> str:
        """Heading of the static twin, as HTML."""
        acting = len(self.faults)
        state = f"▲ {acting} {'acts' if acting == 1 else 'act'}" if acting else "● none acts"
        return f"faults on {html_text(self._title)} {state}"

    @property
    def body(self) -> str:
        """The static twin: each fault in words, without what it holds or did, as HTML."""
        self._rows.follow()
        lines = [
            f"{'●' if row.is_on else '○ <i>(off)</i>'} <b>{html_text(row.handle.fault.word)}</b>: "
            f"{html_text(row.effect)}"
            for row in self._rows
        ]
        return "<br>\n".join(lines)


def _number(typed: str) -> float:
    """Return the number in a text, or the text itself: whatever takes it says what is wrong."""
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(typed)
    return cast("float", typed)
