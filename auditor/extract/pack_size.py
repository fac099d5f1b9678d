"""Pack size: how many pieces are in the selling unit ("Boîte de 200 pièces", "500/box")."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.quantities import Named, labelled, statement, with_noun, worded
from auditor.extract.reading import Reading
from auditor.model import Attribute, Candidate, Skipped
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
