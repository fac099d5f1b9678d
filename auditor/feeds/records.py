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
from auditor.store.stated import Stated

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig

CONTRADICTS = "contradicts line"
"""How this reason can be told again among rejected rows."""

Earlier = tuple[int, bool]
"""The line that stated something before, and whether it said the same."""

Statement = Product | Truth | Stated | Signal

Build = Callable[[Mapping[str, str], str], Iterable[Statement]]
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
            records = tuple(build(row.cells, f"{file}:{row.line}"))
        except ValueError as error:
            yield reject(file, row, str(error))
            continue
        for record in records:
            earlier = twice.earlier(record, row.line)
            if earlier is None:
                yield record
            else:
                yield from twice.told(record, row, earlier)
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

    def earlier(self, record: Statement, line: int) -> Earlier | None:
        """The line that stated it before, and whether it said the same; None where it is new."""
        if isinstance(record, Stated):
            return self._seen.earlier(record.fact, record.digest, line)
        return self._seen.earlier(*_identity(record), line)

    def check(self, record: Statement, row: Row) -> Iterator[Record]:
        """Yield the record, or why not."""
        earlier = self.earlier(record, row.line)
        if earlier is None:
            yield record
        else:
            yield from self.told(record, row, earlier)

    def told(self, record: Statement, row: Row, earlier: Earlier) -> Iterator[Record]:
        """Yield what is to be said of a record that an earlier line has stated, too."""
        line, same = earlier
        what = _spoken(record)
        if same:
            reason = f"line {row.line} states {what} again, as line {line} does"
        elif isinstance(record, Truth | Stated):
            reason = (
                f"line {row.line} {CONTRADICTS} {line} on {what}: "
                "both are kept and neither is judged until the owner says which holds"
            )
            yield record
        else:
            reason = f"line {row.line} {CONTRADICTS} {line} on {what}: line {line} is used"
        yield reject(self._file, row, reason)


def _identity(record: Product | Truth | Signal) -> tuple[object, object]:
    """What a record is about, and what it says of it."""
    match record:
        case Truth():
            return fact_of(record), (record.value, record.basis, record.valid_to)
        case Signal():
            about = ("signal", record.about, record.subject, record.signal, record.day)
            return about, (record.value, record.window_days)
        case Product():
            return ("product", record.sku), record


def _spoken(record: Statement) -> str:
    match record:
        case Truth() | Stated():
            return f"{record.attribute} of {record.sku}"
        case Signal():
            return f"{record.signal} of {record.subject}"
        case Product():
            return f"product {record.sku}"


def reject(file: str, row: Row, reason: str) -> RejectedRow:
    """The row as a RejectedRow."""
    text = row.text or " ".join(f"{name}={cell}" for name, cell in row.cells.items() if cell)
    return RejectedRow(file, row.line, reason, shown(text))
