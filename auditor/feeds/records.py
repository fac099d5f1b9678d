"""From rows to records: bad rows are rejected, facts stated twice told with both lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from auditor.feeds.canonical import Seen
from auditor.feeds.config import FIELDS
from auditor.feeds.drift import Sample
from auditor.feeds.interface import Record, Signal
from auditor.feeds.table import Row, read_rows, shown
from auditor.model import Product, RejectedRow, Truth
from auditor.store.history import fact_of

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig

CONTRADICTS = "contradicts line"
"""How this reason can be told again among rejected rows."""

Build = Callable[[Mapping[str, str], str], Iterable[Product | Truth | Signal]]
"""The records of one row's cells; the second argument is "file:line". Raises ValueError."""


def read_records(
    path: Path, config: FeedConfig, required: tuple[str, ...], build: Build, kind: str
) -> Iterator[Record]:
    """Yield what ``build`` makes of each row of the CSV file ``path``, streaming.

    ``kind`` says which canonical fields its columns are.
    """
    rows = read_rows(path, config.encoding, config.delimiter, required, config.header_row)
    return records_of(rows, path.name, build, FIELDS[kind])


def records_of(
    rows: Iterable[Row | RejectedRow], file: str, build: Build, used: Iterable[str]
) -> Iterator[Record]:
    """Yield what ``build`` makes of each row of ``file``; rejected rows go through.

    ``used`` are the columns without which its rows would say something else.
    """
    twice, sample = Twice(file), Sample()
    for row in rows:
        if isinstance(row, RejectedRow):
            yield row
            continue
        sample.note(row.cells)
        try:
            records = list(build(row.cells, f"{file}:{row.line}"))
        except ValueError as error:
            yield reject(file, row, str(error))
            continue
        for record in records:
            yield from twice.check(record, row)
    yield sample.columns(used)


class Twice:
    """Tells records of one file that state again what an earlier row stated.

    A product or signal stated twice: the later row is rejected. A truth stated twice with the same
    content: the same. With another content the two contradict: both are kept, so that judging
    abstains from either, and the later row is reported with both lines.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._seen = Seen()

    def check(self, record: Product | Truth | Signal, row: Row) -> Iterator[Record]:
        """Yield the record, or why not."""
        match record:
            case Truth():
                identity: object = fact_of(record)
                content: object = (record.value, record.basis, record.valid_to)
                what = f"{record.attribute} of {record.sku}"
            case Signal():
                identity = ("signal", record.about, record.subject, record.signal, record.day)
                content = (record.value, record.window_days)
                what = f"{record.signal} of {record.subject}"
            case Product():
                identity = ("product", record.sku)
                content = record
                what = f"product {record.sku}"
        earlier = self._seen.earlier(identity, content, row.line)
        if earlier is None:
            yield record
            return
        line, same = earlier
        if same:
            reason = f"line {row.line} states {what} again, as line {line} does"
        elif isinstance(record, Truth):
            reason = (
                f"line {row.line} {CONTRADICTS} {line} on {what}: "
                "both are kept and neither is judged until the owner says which holds"
            )
            yield record
        else:
            reason = f"line {row.line} {CONTRADICTS} {line} on {what}: line {line} is used"
        yield reject(self._file, row, reason)


def reject(file: str, row: Row, reason: str) -> RejectedRow:
    """The row as a RejectedRow."""
    text = row.text or " ".join(f"{name}={cell}" for name, cell in row.cells.items() if cell)
    return RejectedRow(file, row.line, reason, shown(text))
