"""Order multiple: the step in which one orders ("in multiples of 250", "steps of 5")."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.extract.interface import Context
from auditor.extract.quantities import MEASURED, labelled, statement, worded
from auditor.extract.reading import Reading
from auditor.model import Attribute, Candidate, Skipped
from auditor.values.units import COUNTED

_SOLD = COUNTED | MEASURED


class OrderMultipleExtractor:
    """Order multiples, from labels, columns and sentences; a multiple is not a minimum."""

    name = "order_multiple"
    attributes = frozenset({Attribute.ORDER_MULTIPLE})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield one statement for each number that is named a step."""
        done: set[int] = set()
        for found in (
            labelled(reading, "order.multiple", units=_SOLD),
            worded(reading, "order.multiple", units=_SOLD, before=False),
        ):
            for named in found:
                gap = named.token.core[0] - named.label[1]
                if named.token.start in done or (named.place.block.cell is None and gap > 24):
                    continue
                done.add(named.token.start)
                yield statement(reading, named, Attribute.ORDER_MULTIPLE)
