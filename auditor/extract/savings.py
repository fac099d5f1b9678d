"""Which of two amounts is the old one? The stated saving is the proof, not the mark-up."""

from __future__ import annotations

from decimal import Decimal

from auditor.extract.reading import Place, Reading
from auditor.model import Role
from auditor.values.tokens import Kind, Token
from auditor.values.types import Money, Quantity

# Characters around an amount in which its counterpart and the saving stand.
_NEAR = 90
# A percentage is printed rounded to a whole number.
_ROUNDED = Decimal("0.0051")
_MOST = 12


def by_saving(reading: Reading, place: Place, token: Token) -> Role | None:
    """WAS for the higher and SALE for the lower of two amounts that a stated saving parts.

    "4.20 € 3.78 € Save 10 %", "$50.00 $39.00 You save $11.00": None where nothing adds up.
    """
    own = _amount(token)
    if own is None or place.block.cell is not None:
        return None
    first, last = token.start - _NEAR, token.end + _NEAR
    around = [t for t in reading.tokens_in(max(0, first), last) if t.start != token.start][:_MOST]
    others = [
        (t, a) for t in around if (a := _amount(t)) is not None and _is_beside(reading, place, t)
    ]
    for other, amount in others:
        high, low = max(own, amount), min(own, amount)
        if low == high or low * 5 < high:
            continue
        for saving in around:
            if saving.start != other.start and _is_saving(reading, saving, high, low):
                return Role.WAS if own == high else Role.SALE
    return None


def _is_beside(reading: Reading, place: Place, token: Token) -> bool:
    index = reading.block_at(token.start)
    if index < 0:
        return False
    block = reading.blocks[index]
    return (block.region, block.heading, block.container, block.cell) == (
        place.block.region,
        place.block.heading,
        place.block.container,
        None,
    )


def _is_saving(reading: Reading, token: Token, high: Decimal, low: Decimal) -> bool:
    """Whether a percentage or amount is called a saving and is that between two amounts."""
    start, end = token.core
    said = reading.cues.any(max(0, start - 24), end + 12, "amount.saving")
    if said is None and reading.page.text[max(0, start - 1) : start] not in ("-", "–", "−"):
        return False
    if token.kind is Kind.PERCENT and isinstance(token.value, Quantity):
        percent = token.value.amount.readings[0].low
        return percent is not None and abs((high - low) / high - abs(percent) / 100) <= _ROUNDED
    amount = _amount(token)
    return amount is not None and amount == high - low


def _amount(token: Token) -> Decimal | None:
    if not isinstance(token.value, Money):
        return None
    reading = token.value.amount.readings[0]
    return reading.low if reading.is_point and reading.low and reading.low > 0 else None
