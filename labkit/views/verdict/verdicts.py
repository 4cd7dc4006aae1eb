"""The verdicts of the court, as a table: what is said, by whom, and what holds here.

It has words only, which are the same in each run. The figures behind them are in `figures` and
`chart`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from statistics import median

from labkit.exceptions import LabError
from labkit.front_end.joiner import join_styles
from labkit.measure.court import experiment
from labkit.measure.court.catalogue import choose
from labkit.measure.court.results import Measured
from labkit.measure.court.verdict import Verdict, Word
from labkit.untrusted import NOT_TEX, html_text, plain_text, xml_text
from labkit.views.chart import BarChart
from labkit.views.verdict.figures import Figures, verdict_chart

SHAPES: dict[Word, str] = {
    "holds": "●",
    "holds for JavaScript only": "◐",
    "depends": "◆",
    "false": "✕",
    "too noisy to say": "≈",
    "not measured": "○",
}
"""The shape of each word, in the order in which they are counted; the word stands beside it."""

STYLE = join_styles("front_end/tokens.css", "front_end/card.css", "views/verdict/verdicts.css")


class Verdicts:
    """Verdicts on claims.

    They can be counted and looped over, and ``verdicts["latency.connected"]`` is one of them, with
    its `word` and its `findings`.

    Parameters
    ----------
    verdicts
        The verdicts.
    measured
        The experiments behind them, by name.
    note
        A sentence below: where results are kept, if they are not.
    """

    def __init__(
        self, verdicts: Sequence[Verdict], measured: Mapping[str, Measured], note: str = ""
    ) -> None:
        self._verdicts = {verdict.claim.id: verdict for verdict in verdicts}
        self._measured = measured
        self._note = note

    def __len__(self) -> int:
        return len(self._verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self._verdicts.values())

    def __getitem__(self, id: str) -> Verdict:
        """Return the verdict on a claim; raise LabError if there is none, with the nearest."""
        (claim_id,) = choose(self._verdicts, [id], topics=False)
        return self._verdicts[claim_id]

    def __await__(self) -> Generator[None, None, Verdicts]:
        """Let `await lab.verdicts()` be what `lab.verdicts()` is."""
        return self
        yield

    @property
    def numbers(self) -> dict[str, dict[str, dict[str, float]]]:
        """The medians of what was measured: ``numbers["echo"]["latency"]["websocket"]``.

        They are named by experiment, figure and subject, as in `figures`.

        Raises
        ------
        LabError
            If none of these claims is measured.
        """
        names = [name for each in self if each.findings for name in each.claim.experiments]
        if not names:
            raise LabError('Nothing is measured yet. `await lab.verdicts("all")` measures it.')
        return {name: _medians(self._measured[name].repeats) for name in dict.fromkeys(names)}

    @property
    def figures(self) -> Figures:
        """The figures behind the verdicts, with their spread, and where they were measured."""
        return Figures(list(self), self._measured)

    def chart(self, which: str = "all") -> BarChart:
        """Return the figures of claims as bars with their spread.

        Parameters
        ----------
        which
            A claim's id, or a topic, which is what ids begin with: "latency".

        Raises
        ------
        LabError
            If there is no such claim among these, or none of them is measured.
        """
        verdicts = [self._verdicts[id] for id in choose(self._verdicts, [which])]
        measured = [verdict for verdict in verdicts if verdict.findings]
        if not measured:
            claim = verdicts[0].claim.id
            raise LabError(
                f"{which!r} is not measured, so there is nothing to draw. "
                f'`await lab.verdicts("{claim}")` measures it.'
            )
        return verdict_chart(which, measured, self._measured)

    @property
    def heading(self) -> str:
        """How many verdicts there are of each word."""
        counts = Counter(verdict.word for verdict in self)
        told = ", ".join(f"{word} {counts[word]}" for word in SHAPES if counts[word])
        return f"Verdicts on {len(self)} claim{'' if len(self) == 1 else 's'}: {told}"

    @property
    def _notes(self) -> list[str]:
        """What stands below the table: what failed, and what was measured earlier, and when."""
        used = {name for verdict in self if verdict.findings for name in verdict.claim.experiments}
        earlier = [self._measured[name] for name in used if not self._measured[name].is_here]
        notes = [f"{verdict!r}" for verdict in self if verdict.why]
        notes += [
            f"{verdict.claim.id}: {verdict.claim.javascript}"
            for verdict in self
            if verdict.word == "holds for JavaScript only"
        ]
        if self._note and any(verdict.findings for verdict in self):
            notes.append(self._note)
        if earlier:
            first, last = (pick(each.at for each in earlier) for pick in (min, max))
            span = first if first == last else f"from {first} to {last}"
            machines = " and ".join(sorted({each.machine for each in earlier}))
            notes.append(f"Measured before this kernel began, {span}, on {machines}.")
        return notes

    def __repr__(self) -> str:
        told = [(f"{SHAPES[each.word]} {_words(each)}", each.claim) for each in self]
        words = max((len(word) for word, _ in told), default=0)
        ids = max((len(claim.id) for _, claim in told), default=0)
        lines = [f"  {word:<{words}}  {claim.id:<{ids}}  {claim.text}" for word, claim in told]
        return plain_text("\n".join([self.heading, *lines, *self._notes]), lines=True)

    def _repr_html_(self) -> str:
        rows = "".join(map(_row, self))
        titles = ("Verdict", "Claim", "Who says so", "Id")
        heads = "".join(f'<th scope="col">{title}</th>' for title in titles)
        notes = "".join(f'<p class="lk-verdicts-note">{html_text(n)}</p>\n' for n in self._notes)
        return (
            f'<section class="lk-card lk-verdicts lk-tokens {NOT_TEX}"><style>{STYLE}</style>'
            f"<table>\n<caption>{html_text(self.heading)}</caption>\n"
            f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n{notes}</section>"
        )


def _medians(repeats: Sequence[experiment.Figures]) -> dict[str, dict[str, float]]:
    return {
        figure: {
            subject: median(repeat[figure][subject] for repeat in repeats) for subject in subjects
        }
        for figure, subjects in repeats[0].items()
    }


def _row(verdict: Verdict) -> str:
    claim = verdict.claim
    source = f'<a href="{xml_text(claim.source)}">{html_text(claim.said_by)}</a>'
    return (
        f'<tr data-word="{verdict.word}"><td class="lk-verdicts-word">'
        f'<span aria-hidden="true">{SHAPES[verdict.word]}</span> {html_text(_words(verdict))}</td>'
        f'<th scope="row">{html_text(claim.text)}</th><td>{source}</td>'
        f"<td><code>{html_text(claim.id)}</code></td></tr>\n"
    )


def _words(verdict: Verdict) -> str:
    """Return the verdict in words; why one failed stands below the table."""
    return verdict.word if verdict.why else verdict.text
