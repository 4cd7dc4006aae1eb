"""The court: its figures as a table; and whether it says the same each time.

`python -m benchmarks.court --runs 10 --loaded 3` hears all claims so many times, the last of them
beside two processes that keep the processor busy, and says whether the verdicts agree. Under load,
"too noisy to say" is a right answer; another verdict is not.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from labkit import bench
from labkit.measure.court.claims import CLAIMS
from labkit.measure.court.court import Court
from labkit.measure.court.experiment import Figures as Repeat
from labkit.measure.court.experiments import EXPERIMENTS
from labkit.measure.court.results import Measured, describe_machine
from labkit.measure.court.verdict import Verdict
from labkit.views.verdict.figures import HEADS, Figures

HOGS = 2
"""Processes that keep the processor busy."""

NOISY = "too noisy to say"


async def hear(repeats: int | None = None) -> tuple[list[Verdict], dict[str, Measured]]:
    """Hear all claims once, and return the verdicts, and what was measured."""
    measured: dict[str, Measured] = {}

    def keep(name: str, topology: str, figures: Sequence[Repeat]) -> None:
        at = time.strftime("%H:%M:%S")
        measured[name] = Measured(tuple(figures), at, describe_machine(), topology)

    here = bench.current()
    await here.fresh()
    try:
        verdicts = await Court(EXPERIMENTS, keep).hear(CLAIMS, repeats)
        await here.finish()
    finally:
        await here.close()
    return verdicts, measured


def report(repeats: int) -> bool:
    """Hear all claims once and print the figures; return whether all could be measured."""
    began = time.perf_counter()
    verdicts, measured = asyncio.run(hear(repeats))
    figures = Figures(verdicts, measured)
    print(f"| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}")
    for row in figures.rows:
        print(f"| {' | '.join(row)} |")
    print()
    for line in (*map(repr, verdicts), *figures.notes):
        print(f"- {line}")
    print(f"\nIt took {time.perf_counter() - began:.0f} s.")
    return all(verdict.findings for verdict in verdicts)


@contextmanager
def _load(processes: int) -> Iterator[None]:
    """Keep the processor busy."""
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def report_agreement(runs: int, loaded: int) -> bool:
    """Hear all claims several times, print the verdicts, and return whether they agree.

    Parameters
    ----------
    runs
        How often.
    loaded
        How many of these are under load, the last ones.
    """
    quiet: list[Counter[str]] = [Counter() for _ in CLAIMS]
    busy: list[Counter[str]] = [Counter() for _ in CLAIMS]
    for number in range(runs):
        is_busy = number >= runs - loaded
        began = time.perf_counter()
        with _load(HOGS if is_busy else 0):
            verdicts, _ = asyncio.run(hear())
        for counts, verdict in zip(busy if is_busy else quiet, verdicts, strict=True):
            counts[verdict.text] += 1
        kind = "under load" if is_busy else "quiet"
        print(f"run {number + 1} ({kind}): {time.perf_counter() - began:.0f} s", flush=True)
    print("\n| claim | quiet | under load | |\n|---|---|---|---|")
    agreed = True
    for claim, calm, loud in zip(CLAIMS, quiet, busy, strict=True):
        same = agree(calm, loud)
        agreed = agreed and same
        print(f"| {claim.id} | {_told(calm)} | {_told(loud)} | {'' if same else 'differs'} |")
    print(f"\n{'All verdicts agree.' if agreed else 'Verdicts differ.'}")
    return agreed


def agree(quiet: Counter[str], loaded: Counter[str]) -> bool:
    """Return whether a claim's verdicts are one, and none of them is that nothing was measured."""
    verdicts = {*quiet, *(text for text in loaded if text != NOISY or not quiet)}
    return len(verdicts) <= 1 and not any(text.startswith("not measured") for text in verdicts)


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{text} ({count})" for text, count in counts.most_common())


def main() -> int:
    """Hear as often as is asked for; 1 if verdicts differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.court", description=__doc__)
    parser.add_argument("--runs", type=int, default=10, help="how often (default 10)")
    parser.add_argument("--loaded", type=int, default=3, help="how many under load (default 3)")
    chosen = parser.parse_args()
    if not 0 <= chosen.loaded <= chosen.runs:
        parser.error("--loaded is from 0 to the number of runs")
    return 0 if report_agreement(chosen.runs, chosen.loaded) else 1


if __name__ == "__main__":
    sys.exit(main())
