"""Pack size: how many pieces are in the selling unit ("Boîte de 200 pièces", "500/box")."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.quantities import Named, labelled, statement, with_noun, worded
from auditor.extract.reading import Reading
from auditor.extract.statement import candidate, trimmed
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Skipped
from auditor.values.tokens import Kind
from auditor.values.types import Amount, Interval, Quantity
from auditor.values.units import COUNTED

# A container word and its number stand next to each other.
_GAP = 14


class PackSizeExtractor:
    """Pack sizes, from labels, columns and phrases that name a container."""

    name = "pack_size"
    attributes = frozenset({Attribute.PACK_SIZE})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield one statement for each number that is named the content of a pack."""
        done: set[int] = set()
        for named in _named(reading):
            if named.token.start not in done:
                done.add(named.token.start)
                yield statement(reading, named, Attribute.PACK_SIZE)
        yield from _in_price_units(reading)


def _in_price_units(reading: Reading) -> Iterator[Candidate]:
    """ "$148.00 / case of 500": the price unit says what is in the case."""
    for token in reading.tokens:
        basis = token.basis
        if token.kind is not Kind.MONEY or basis is None or basis.pack_size is None:
            continue
        if basis.pack_unit != "pcs":
            continue
        place = reading.place(token.core[0])
        if place is None or not_today(reading, place, token.start, token.end) is not None:
            continue
        size = Amount(f"{basis.pack_size:f}", (Interval.point(basis.pack_size),))
        span = trimmed(reading, token.core[1], token.end)
        if span[0] < span[1]:
            yield candidate(reading, place, Attribute.PACK_SIZE, Quantity(size, "pcs"), span)


def _named(reading: Reading) -> Iterator[Named]:
    for named in worded(reading, "order.pack", units=COUNTED):
        start, end = named.span
        token, cue = named.token, named.label
        after = token.core[0] >= cue[1]
        gap = token.core[0] - cue[1] if after else cue[0] - with_noun(reading, named.place, token)
        if gap <= _GAP and not (after and _is_unit_price(reading, cue)):
            yield Named(
                token, named.place, (start, max(end, with_noun(reading, named.place, token))), cue
            )
    yield from labelled(reading, "order.pack", units=COUNTED)


def _is_unit_price(reading: Reading, cue: Span) -> bool:
    """ "per box 12 €": the box is the price unit, the number that follows is something else."""
    return reading.plain(*cue).startswith(("per ", "/", "to "))
