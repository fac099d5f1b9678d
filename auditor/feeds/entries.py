"""Entries of a catalogue export to records: each entry's product, its truths, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from auditor.feeds import canonical
from auditor.feeds.records import Twice, reject

if TYPE_CHECKING:
    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record
    from auditor.feeds.table import Row
    from auditor.model import Truth

Cells = dict[str, str]
"""Canonical fields of a product or a truth (docs/feeds.md) as text."""


class Entries:
    """Makes records of canonical cells; what cannot be used is told with the entry's row."""

    def __init__(self, feed: str, config: FeedConfig, file: str) -> None:
        self._defaults = canonical.Defaults.of(feed, config)
        self._file = file
        self._twice = Twice(file)

    def product(self, cells: Cells, row: Row) -> Iterator[Record]:
        """The product of an entry. A GTIN that a spreadsheet has damaged costs itself alone."""
        try:
            yield from self._twice.check(canonical.product(cells, self._defaults), row)
        except ValueError as error:
            yield self.rejected(row, str(error))
            if cells.get("gtin") and not str(error).startswith("the key"):
                yield from self.product({**cells, "gtin": ""}, row)

    def truths(
        self,
        sku: str,
        found: Iterable[Cells | ValueError],
        row: Row,
        change: Callable[[Truth], Truth] = lambda truth: truth,
    ) -> Iterator[Record]:
        """The truths of an entry, each after ``change``."""
        where = f"{self._file}:{row.line}"
        for cells in found:
            try:
                if isinstance(cells, ValueError):
                    raise cells
                truth = canonical.truth({**cells, "sku": sku}, self._defaults, where)
            except ValueError as error:
                yield self.rejected(row, str(error))
                continue
            yield from self._twice.check(change(truth), row)

    def rejected(self, row: Row, reason: str) -> Record:
        """The entry, or a part of it, as a rejected row."""
        return reject(self._file, row, reason)
