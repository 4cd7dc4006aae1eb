"""The figures behind verdicts."""

from __future__ import annotations

from dataclasses import replace

from labkit.measure.court.court import judge
from labkit.measure.court.results import Measured
from labkit.measure.court.verdict import Verdict
from labkit.views.verdict.figures import Figures, verdict_chart
from tests.support.court import claim

CLAIM = claim("latency.connected", "echo")
ECHO = Measured(
    tuple(
        {
            "latency": {"socketio": ratio, "websocket": 1.0, "websocket deflate": 1.5},
            "p99": {"socketio": 9.0},
            "cpu": {"socketio": 120.0},
        }
        for ratio in (2.0, 1.9, 2.3)
    ),
    "2026-11-27 07:45:12",
    "Python 3.11.7, 2 cores, Linux",
    "client and server in processes of their own",
)
VERDICT = judge(CLAIM, {"echo": ECHO.repeats})


def test_a_row_for_each_part() -> None:
    """Both medians and the ratio with their spread, the line, and the part's verdict."""
    (row,) = Figures([VERDICT], {"echo": ECHO}).rows
    assert row == (
        "latency.connected",
        "latency echo, ms",
        "socketio: 2 (1.9 to 2.3)",
        "websocket: 1",
        "2 (1.9 to 2.3)",
        "1.25",
        "holds",
    )


def test_no_figure_stands_without_its_topology() -> None:
    """Below the table: what is counted, what ran where, how often, when, and what else there is."""
    assert Figures([VERDICT], {"echo": ECHO}).notes == [
        "latency.connected: Counted.",
        "The experiment echo: client and server in processes of their own; 3 repeats, "
        "2026-11-27 07:45:12, Python 3.11.7, 2 cores, Linux. Also measured: p99: socketio 9; "
        "cpu (µs): socketio 120.",
    ]


def test_what_this_kernel_measured_has_no_time() -> None:
    """It was just now, and a stored page is the same on another day."""
    here = replace(ECHO, is_here=True)
    assert "; 3 repeats, Python 3.11.7" in Figures([VERDICT], {"echo": here}).notes[1]


def test_the_twins() -> None:
    """Columns stand below each other in the text, and rows have headings in the table."""
    shown = Figures([VERDICT, Verdict(CLAIM)], {"echo": ECHO})
    head, row, *_ = repr(shown).splitlines()
    assert head.index("Less") == row.index("websocket: 1")
    html = shown._repr_html_()
    assert html.count('<th scope="row">') == 1 and html.count('<th scope="col">') == 7
    assert "processes of their own" in html


def test_a_figure_of_one_subject() -> None:
    """It is compared with nothing, so there is no ratio."""
    alone = type(CLAIM.parts[0])("", "echo", "p99", "ms", "socketio", line=1)
    one = type(CLAIM)(**{**vars(CLAIM), "parts": (alone,)})
    (row,) = Figures([judge(one, {"echo": ECHO.repeats})], {"echo": ECHO}).rows
    assert row[2:] == ("socketio: 9", "", "", "1", "holds")


def test_two_figures_of_nothing_have_no_ratio() -> None:
    """0 against 0 is not called as much as each other."""
    none = replace(ECHO, repeats=({"latency": {"socketio": 0, "websocket": 0}},))
    (row,) = Figures([judge(CLAIM, {"echo": none.repeats})], {"echo": none}).rows
    assert row[2:5] == ("socketio: 0", "websocket: 0", "both 0")


def test_a_plot_without_a_unit() -> None:
    """It has no empty brackets."""
    bare = replace(CLAIM, parts=(replace(CLAIM.parts[0], unit=""),))
    (plot,) = verdict_chart("latency", [judge(bare, {"echo": ECHO.repeats})], {"echo": ECHO}).plots
    assert plot.what == "latency echo"


def test_a_chart_has_all_subjects_of_a_figure() -> None:
    """Also those that no part compares, each once, however many parts share the figure."""
    chart = verdict_chart("latency", [VERDICT, VERDICT], {"echo": ECHO})
    (plot,) = chart.plots
    assert plot.what == "latency echo (ms)"
    assert [bar.label for bar in plot.bars] == ["socketio", "websocket", "websocket deflate"]
    assert chart.subtitle == "Python 3.11.7, 2 cores, Linux"


def test_a_plot_of_parts_with_several_names() -> None:
    """It has the figure's name alone: each part names two of the subjects, and all are drawn."""
    part = CLAIM.parts[0]
    parts = (part, replace(part, name="against deflate", less="websocket deflate"))
    both = judge(replace(CLAIM, parts=parts), {"echo": ECHO.repeats})
    (plot,) = verdict_chart("latency", [both], {"echo": ECHO}).plots
    assert plot.what == "latency (ms)" and len(plot.bars) == 3
