"""Numbers beside a word of the business: they may be the fact, in words that no list has.

"You start with 96 jars" names no minimum in any phrase known here, yet where the feed's minimum is
96 the page agrees with it. A hint confirms by being equal and is nothing otherwise: no page is ever
wrong by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.quantities import MEASURED, is_count, with_noun
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Skipped
from auditor.page.model import Region
from auditor.values.tokens import Kind, Token
from auditor.values.types import Basis, Duration, Money, Quantity
from auditor.values.units import COUNTED

_SOLD = COUNTED | MEASURED
_YEAR = re.compile(r"(?:19|20)\d\d")
# How far a word of ordering may stand before a number, and behind it.
_BEFORE = 48
_AFTER = 24
_ORDERING = (
    "order.hint",
    "order.from_behind",
    "order.opening",
    "order.minimum",
    "order.moq",
    "order.from",
)
_OTHER = ("order.multiple", "order.pack", "order.step")
_MAKING = ("lead.time", "lead.ships", "order.hint")
_NAMING = (*_ORDERING, *_MAKING, "amount.minimum_value")


class HintExtractor:
    """What may be a minimum quantity, a minimum order value or a lead time."""

    name = "hints"
    attributes = frozenset({Attribute.MOQ, Attribute.MIN_ORDER_VALUE, Attribute.LEAD_TIME})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield hints of the main text in document order; refuses nothing."""
        is_named = any(cue in reading.cues for cue in _NAMING)
        for token in reading.tokens if is_named else ():
            if token.kind not in (Kind.NUMBER, Kind.QUANTITY, Kind.MONEY, Kind.DURATION):
                continue
            place = reading.place(token.core[0])
            if place is None or place.block.region is not Region.MAIN:
                continue
            made = _hint(reading, place, token)
            if made is not None and not_today(reading, place, token.start, token.end) is None:
                yield replace(made, tentative=True, hint=True)


def _hint(reading: Reading, place: Place, token: Token) -> Candidate | None:
    if isinstance(token.value, Money):
        return _order_value(reading, place, token)
    if isinstance(token.value, Duration):
        return _lead_time(reading, place, token)
    if isinstance(token.value, Quantity) and is_count(token, _SOLD):
        return _minimum(reading, place, token)
    return None


def _minimum(reading: Reading, place: Place, token: Token) -> Candidate | None:
    """A counted noun with a word of ordering or of the least beside it."""
    assert isinstance(token.value, Quantity)
    end = with_noun(reading, place, token)
    if token.value.unit == "" and (end == token.end or _YEAR.fullmatch(token.value.amount.text)):
        return None
    if not _is_near(reading, place, token, _ORDERING) or _is_near(reading, place, token, _OTHER):
        return None
    value = token.value if token.value.unit else replace(token.value, unit="pcs")
    return candidate(reading, place, Attribute.MOQ, value, (token.start, end))


def _order_value(reading: Reading, place: Place, token: Token) -> Candidate | None:
    """An amount of an order at least; free carriage and charges for small orders are none."""
    if token.basis is not None and token.basis.unit_stated:
        return None
    said = place.sentence
    if reading.cues.any(*said, "amount.threshold", "amount.fee", "amount.saving", "amount.charge"):
        return None
    assert isinstance(token.value, Money)
    if token.value.currency is None:
        return None
    cues = ("amount.minimum_value", *_ORDERING)
    if not _is_near(reading, place, token, cues):
        return None
    return candidate(
        reading,
        place,
        Attribute.MIN_ORDER_VALUE,
        token.value,
        (token.start, token.end),
        basis=Basis(tax=(token.basis or Basis()).tax),
    )


def _lead_time(reading: Reading, place: Place, token: Token) -> Candidate | None:
    """A time that a sentence about ordering or making gives, and no return or payment term."""
    assert token.value is not None
    if reading.cues.any(*place.sentence, "lead.other", "lead.exception"):
        return None
    if not any(reading.cues.any(*place.sentence, concept) for concept in _MAKING):
        return None
    span = token.start, token.end
    return candidate(reading, place, Attribute.LEAD_TIME, token.value, span)


def _is_near(reading: Reading, place: Place, token: Token, concepts: tuple[str, ...]) -> bool:
    first, last = place.sentence
    near: Span = max(first, token.core[0] - _BEFORE), min(last, token.end + _AFTER)
    if reading.cues.any(*near, *concepts) is not None:
        return True
    return any(reading.cues.any(*label, *concepts) for label in place.labels)
