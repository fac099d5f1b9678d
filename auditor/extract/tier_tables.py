"""Quantity breaks in tables: columns as breaks, rows as breaks, and cells that are a quantity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from auditor.extract.cues import Span
from auditor.extract.reading import Place, Reading
from auditor.page.model import Cell
from auditor.values.phrasing import Phrasing
from auditor.values.tokens import Bound, Kind, Token
from auditor.values.types import Quantity
from auditor.values.units import COUNTED, canonical_unit

# What goods are sold by beside pieces and packs; watts or volts tell variants apart.
SOLD_BY = frozenset({"", "m", "ft", "yd", "kg", "g", "t", "lb", "l", "ml", "gal", "m²", "ft²"})


@dataclass(frozen=True, slots=True)
class Break:
    """A quantity break: from ``low`` up to ``high`` (None: open) of ``unit``; ``span`` its text.

    ``is_amount`` tells that the price is for that many together ("1000 bags cost $31.40").
    """

    low: Decimal
    high: Decimal | None
    unit: str
    span: Span
    is_amount: bool = False


_MARKS = re.compile(
    r"(?:from|starting at|at|par|ab|von|bis|über|over|more than|à partir de|dès|de|desde|a "
    r"partir de|da|oltre|vanaf|"
    r"min\.?|or more|and up|and above|and over|und mehr|oder mehr|et plus|ou plus|y más|o más|"
    r"e oltre|o più|en meer|of meer|up|to|plus|units?|pcs\.?|pieces?|stk\.?|stück|st\.?|pièces?|"
    r"pcs?|ea\.?|each|qty\.?|menge|unidades|uds\.?|pezzi|pz\.?|stuks|[+≥>=<≤–—:*()/.,-]|\s)+",
    re.I,
)
_NOUN = re.compile(r"[^\W\d_]{3,16}")
_OPEN = Phrasing(r"\s*(?:pcs|stk\.?|units|pieces)?\s*(?:\+|<<break.open>>)")


def break_in_table(reading: Reading, place: Place) -> Break | None:
    cell = reading.cell(place.block)
    if cell is None:
        return None
    assert place.block.cell is not None
    for header in (*cell.columns[::-1], *cell.rows[::-1]):
        found = _in_header(reading, place.block.cell[0], header)
        if found is not None:
            return found
    return _in_row(reading, place, cell)


def _in_header(reading: Reading, number: int, header: Span) -> Break | None:
    def read(_: Reading) -> Break | None:
        says = reading.once(
            ("quantity row", number), lambda _: _first_row_is_quantities(reading, number)
        )
        return read_break(reading, *header, bare=says)

    return reading.once(("header break", number, header), read)


def read_break(reading: Reading, start: int, end: int, *, bare: bool) -> Break | None:
    """A cell or header that is nothing but a quantity: "1 - 9", "50+", "ab 100 Stk.".

    ``bare`` also takes a plain number ("10"), which means something only under a quantity header.
    """
    tokens = reading.tokens_in(start, end)
    if len(tokens) != 1 or tokens[0].kind not in (Kind.NUMBER, Kind.QUANTITY):
        return None
    token = tokens[0]
    if not isinstance(token.value, Quantity) or not is_sold_by(token.value.unit):
        return None
    rest = reading.page.text[start : token.start] + " " + reading.page.text[token.end : end]
    left = _MARKS.sub(" ", rest).strip() if rest.strip() else ""
    is_noun = token.bound is Bound.FROM and _NOUN.fullmatch(left)  # "from 12 tins"
    if left and canonical_unit(left, reading.locale.language) not in COUNTED and not is_noun:
        return None
    open_up = is_open(reading, token, end)
    is_range = ends(token)[1] is not None and not is_point(token)
    if not (bare or open_up or is_range):
        return None
    return made_break(token, (start, end), open_up=open_up or bare)


def _in_row(reading: Reading, place: Place, cell: Cell) -> Break | None:
    """The quantity cell of the amount's row: under a quantity header, or with a mark of its own."""
    assert place.block.cell is not None
    number, row, _ = place.block.cell
    width = min(reading.page.tables[number].n_columns, 24)
    for column in range(width):
        other = reading.cells(number).get((row, column))
        if (
            other is None
            or column == cell.column
            or (other.start, other.end) == (cell.start, cell.end)
        ):
            continue
        named = _column_is_quantities(reading, other.columns)
        if named is None:
            continue
        found = read_break(reading, other.start, other.end, bare=named)
        if found is not None:
            return found
    return None


def _column_is_quantities(reading: Reading, headers: tuple[Span, ...]) -> bool | None:
    """Whether the headers of a column announce quantities; None where other ones than breaks."""

    def is_break(header: Span) -> bool:
        other = reading.cues.any(*header, "order.moq", "order.pack")
        return other is None and reading.cues.any(*header, "order.break") is not None

    def read(_: Reading) -> bool | None:
        if any(map(is_break, headers)):
            return True
        others = ("order.moq", "order.pack", "order.multiple")
        return None if any(reading.cues.any(*h, *others) for h in headers) else False

    return reading.once(("quantity column", headers), read)


def _first_row_is_quantities(reading: Reading, number: int) -> bool:
    """Whether the header row of a table starts with a quantity word or pack name."""
    first = reading.cells(number).get((0, 0))
    if first is None:
        return False
    text = reading.plain(first.start, first.end)
    if reading.cues.any(first.start, first.end, "order.break"):
        return True
    quantities = [
        c for c in reading.page.tables[number].cells[:24]
        if c.row == 0 and c.column > 0 and c.end > c.start
    ]  # fmt: skip
    plain_numbers = [
        c for c in quantities
        if len(reading.tokens_in(c.start, c.end)) == 1
        and (found := read_break(reading, c.start, c.end, bare=True)) is not None
        and found.unit in {"", *COUNTED}  # "1 kg | 5 kg" may well be sizes
    ]  # fmt: skip
    return bool(quantities) and len(plain_numbers) == len(quantities) and len(text) <= 24


def is_sold_by(unit: str) -> bool:
    """Whether goods are counted or measured out in a unit, so that a price can break at it.

    >>> is_sold_by("box"), is_sold_by("m"), is_sold_by("W")
    (True, True, False)
    """
    return unit in COUNTED or unit in SOLD_BY


def is_open(reading: Reading, token: Token, end: int) -> bool:
    """Whether a quantity is a lower end: "50+", "ab 100", "10 or more"."""
    if token.bound is Bound.FROM:
        return True
    tail = reading.plain(token.end, min(end, token.end + 14))
    return _OPEN.of(reading.locale.own).match(tail) is not None


def ends(token: Token) -> tuple[Decimal | None, Decimal | None]:
    if not isinstance(token.value, Quantity):
        return None, None
    reading = token.value.amount.readings[0]
    return reading.low, reading.high


def is_point(token: Token) -> bool:
    low, high = ends(token)
    return low is not None and (high is None or low == high)


def made_break(token: Token, span: Span, *, open_up: bool, is_amount: bool = False) -> Break | None:
    low, high = ends(token)
    if low is None and high is not None:
        low = Decimal(1)
    if low is None or low < 0 or not isinstance(token.value, Quantity):
        return None
    if high == low and open_up:
        high = None
    return Break(low, high, token.value.unit, span, is_amount)
