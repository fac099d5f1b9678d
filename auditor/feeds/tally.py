"""What is wrong with single rows, counted while they pass, and what the columns are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.feeds.drift import Columns
from auditor.feeds.fields import DAMAGED
from auditor.feeds.records import CONTRADICTS
from auditor.feeds.table import CUT_OFF, RAGGED
from auditor.model import RejectedRow
from auditor.store.stated import Stated, StatedBlock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.feeds.interface import Record


_READY = (Stated, list, StatedBlock)


@dataclass(slots=True)
class Tally:
    """Rejected rows by what the gates ask for; ``cut_off``: the last one ends with the file."""

    ragged: int = 0
    damaged: int = 0
    duplicates: int = 0
    cut_off: bool = False
    columns: Columns = field(default_factory=lambda: Columns({}))

    def of(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records, the columns kept back."""
        for record in records:
            if type(record) in _READY:
                yield record
                continue
            if isinstance(record, RejectedRow):
                self.ragged += RAGGED in record.reason
                self.damaged += DAMAGED in record.reason
                self.duplicates += CONTRADICTS in record.reason
                self.cut_off = CUT_OFF in record.reason
            elif isinstance(record, Columns):
                self.columns = record
                continue
            yield record
