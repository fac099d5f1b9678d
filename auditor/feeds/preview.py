"""The first records of an export as they would be stored, and the first rows that cannot be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.model import RejectedRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.feeds.interface import Record

RECORDS = 10
"""Records that are kept: enough to see whether the mapping is right."""

REJECTED = 20
"""Rejected rows that are kept; all are counted elsewhere."""


@dataclass(slots=True)
class Preview:
    """What is kept of the records that pass by."""

    records: list[Record] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)

    def of(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records, looked at in passing."""
        for record in records:
            if isinstance(record, RejectedRow):
                if len(self.rejected) < REJECTED:
                    self.rejected.append(record)
            elif len(self.records) < RECORDS:
                self.records.append(record)
            yield record
