"""Order multiple: the step in which one orders ("in multiples of 250", "steps of 5")."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.extract.groups import groups
from auditor.extract.interface import Context
from auditor.extract.quantities import (
    MEASURED,
    Named,
    labelled,
    speaks_of_ordering,
    statement,
    worded,
)
from auditor.extract.reading import Reading
from auditor.extract.statement import candidate, refused
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Skipped
from auditor.values.units import COUNTED

_SOLD = COUNTED | MEASURED
# How far a number may stand behind the words of a step.
_GAP = 24
# … behind "ordered per" at once.
_NO_GAP = 2


class OrderMultipleExtractor:
    """Order multiples, from labels, columns and sentences; a multiple is not a minimum."""

    name = "order_multiple"
    attributes = frozenset({Attribute.ORDER_MULTIPLE})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield one statement for each number that is named a step."""
        done: set[int] = set()
        said: set[int] = set()
        for named in _named(reading):
            if named.token.start in done or reading.page.text[named.label[0]].isdigit():
                continue
            done.add(named.token.start)
            said.add(named.place.sentence[0])
            yield statement(reading, named, Attribute.ORDER_MULTIPLE)
        for named in worded(reading, "order.step", units=_SOLD, after=False):
            # "three at a time": of moulding, where the sentence names the step itself
            is_known = named.token.start in done or named.place.sentence[0] in said
            if not is_known and speaks_of_ordering(reading, named.place.sentence):
                done.add(named.token.start)
                yield statement(reading, named, Attribute.ORDER_MULTIPLE)
        yield from _in_groups(reading, said)


def _named(reading: Reading) -> Iterator[Named]:
    yield from labelled(reading, "order.multiple", units=_SOLD)
    for named in worded(reading, "order.multiple", units=_SOLD, before=False):
        if named.place.block.cell is not None or named.token.core[0] - named.label[1] <= _GAP:
            yield named
    for named in worded(reading, "order.per", units=_SOLD, before=False):
        if named.token.core[0] - named.label[1] <= _NO_GAP:
            yield named
    for named in worded(reading, "order.divisible", units=_SOLD, after=False):
        is_beside = named.label[0] - named.token.core[1] <= _NO_GAP
        if is_beside and speaks_of_ordering(reading, named.place.sentence):
            yield named


def _in_groups(reading: Reading, said: set[int]) -> Iterator[Candidate | Skipped]:
    """ "in 10er-Schritten", "in fours": the number is part of the words."""
    for group in groups(reading):
        if group.in_pack or group.place.sentence[0] in said:
            continue
        timing = not_today(reading, group.place, *group.span)
        if timing is not None:
            yield refused(reading, timing[0], group.span, Attribute.ORDER_MULTIPLE, timing[1])
            continue
        yield candidate(reading, group.place, Attribute.ORDER_MULTIPLE, group.value, group.span)
