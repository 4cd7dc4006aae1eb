"""The record of a link, undecoded."""

from __future__ import annotations

import pytest

from labkit.trace.records import Record, Records


def filled(count: int, max_records: int = 1000) -> Records:
    """Return records of so many chunks, each of which holds its number."""
    records = Records(max_records)
    for number in range(count):
        records.append(1, "upstream", b"%d" % number)
    return records


def test_a_record_keeps_the_time_that_it_has() -> None:
    """Records that are taken over from elsewhere are the same ones here, facts and chunks."""
    taken = [Record(3.5, 2, "", "opened", b""), Record(4.0, 2, "downstream", "", b"hi")]
    records = Records()
    for record in taken:
        records.add(record)
    assert list(records) == taken and records.oldest == taken[0]


@pytest.mark.parametrize("mark", [0, 10, 30, 59, 60])
def test_records_since_a_mark(mark: int) -> None:
    """They are numbered from the first one ever, and the oldest come first."""
    records = filled(60, max_records=50)
    assert (records.total, records.dropped, len(records)) == (60, 10, 50)
    kept = [b"%d" % number for number in range(max(mark, 10), 60)]
    assert [record.chunk for record in records.since(mark)] == kept
    assert [record.chunk for record in records.since(mark, most=7)] == kept[:7]
