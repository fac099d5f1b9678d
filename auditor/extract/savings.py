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
# Amounts further apart than a sale goes are of two things, whatever the word beside them says.
_DEEPEST = 5


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
        if low == high:
            continue
        rest = [t for t in around if t.start != other.start]
        wordless = _adds_up(rest, high, low)
        near = low * _DEEPEST > high and _in_one_card(reading, place, other)
        if wordless or (near and any(_is_saving(reading, t, high, low) for t in rest)):
            return Role.WAS if own == high else Role.SALE
    return None


def is_saved(reading: Reading, place: Place, token: Token) -> bool:
    """Whether an amount is itself what two others differ by, in money and in percent."""
    own = _amount(token)
    if own is None or place.block.cell is not None:
        return False
    around = reading.tokens_in(max(0, token.start - 2 * _NEAR), token.end + _NEAR)[:_MOST]
    amounts = [a for t in around if t.start != token.start and (a := _amount(t)) is not None]
    percents = [t for t in around if t.kind is Kind.PERCENT]
    return any(
        high - low == own and any(_is_percent(t, high, low) for t in percents)
        for high in (amounts if percents else ())
        for low in amounts
    )


def _is_beside(reading: Reading, place: Place, token: Token) -> bool:
    index = reading.block_at(token.start)
    if index < 0:
        return False
    block = reading.blocks[index]
    return (block.region, block.heading, block.cell) == (
        place.block.region,
        place.block.heading,
        None,
    )


def _in_one_card(reading: Reading, place: Place, token: Token) -> bool:
    return reading.blocks[reading.block_at(token.start)].container == place.block.container


def _adds_up(tokens: list[Token], high: Decimal, low: Decimal) -> bool:
    """Whether the difference stands beside two amounts both in money and in percent.

    "145.00 € … 24.99 € … 120.01 € (83 %)": no word is needed to know which is which.
    """
    in_money = any(_amount(token) == high - low for token in tokens)
    return in_money and any(_is_percent(token, high, low) for token in tokens)


def _is_percent(token: Token, high: Decimal, low: Decimal) -> bool:
    if token.kind is not Kind.PERCENT or not isinstance(token.value, Quantity):
        return False
    percent = token.value.amount.readings[0].low
    return percent is not None and abs((high - low) / high - abs(percent) / 100) <= _ROUNDED


def _is_saving(reading: Reading, token: Token, high: Decimal, low: Decimal) -> bool:
    """Whether a percentage or amount is called a saving and is that between two amounts."""
    start, end = token.core
    said = reading.cues.any(max(0, start - 24), end + 12, "amount.saving")
    if said is None and reading.page.text[max(0, start - 1) : start] not in ("-", "–", "−"):
        return False
    if _is_percent(token, high, low):
        return True
    amount = _amount(token)
    return amount is not None and amount == high - low


def _amount(token: Token) -> Decimal | None:
    if not isinstance(token.value, Money):
        return None
    reading = token.value.amount.readings[0]
    return reading.low if reading.is_point and reading.low and reading.low > 0 else None
