"""From which quantity on does a price hold? Breaks in tables (either way round) and in prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from auditor.extract.cues import Span
from auditor.extract.quantities import OPENING
from auditor.extract.reading import Place, Reading
from auditor.page.model import Cell
from auditor.values.tokens import Bound, Kind, Token
from auditor.values.types import Quantity
from auditor.values.units import COUNTED


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
    r"(?:from|starting at|at|par|ab|von|bis|über|over|more than|à partir de|dès|de|desde|a partir de|da|oltre|vanaf|"
    r"min\.?|or more|and up|and above|and over|und mehr|oder mehr|et plus|ou plus|y más|o más|"
    r"e oltre|o più|en meer|of meer|up|to|plus|units?|pcs\.?|pieces?|stk\.?|stück|st\.?|pièces?|"
    r"pcs?|ea\.?|each|qty\.?|menge|unidades|uds\.?|pezzi|pz\.?|stuks|[+≥>=<≤–—:*()/.,-]|\s)+",
    re.I,
)
_BEFORE = re.compile(
    r"\s*(?:[+≥]|or more|and up|und mehr|et plus|y más|e oltre|en meer)?\s*"
    r"(?:(?:pcs?|stk|stück|units?|pieces?|pièces?|pz|stuks|uds|ea)\.?)?\s*"
    r"[\s(]*(?:[:=→@–—-]|->|=>|at|à|zu|für|for|je|a|kosten|cost|costs|per)?\s*(?:only|nur|just)?\s*",
    re.I,
)
_COSTS = re.compile(
    r"\s*[\w-]{0,20}\s?(?:cost|costs|kosten|coûtent|cuestan|costano|go for|sell for|list at)\s*",
    re.I,
)
# "5 for £30"
_FOR = re.compile(
    r"\s*(?:pcs?\.?|pieces|units|stk\.?|stück|pièces|unidades|pezzi|stuks)?\s*"
    r"(?:for|für|pour|por|per|voor)\s*(?:only|just|nur)?\s*",
    re.I,
)
_ON_ORDERING = re.compile(
    r"\b(?:buy|order\w*|purchase|abnahme|bestell\w+|commande\w*|achat)\b", re.I
)
_EQUALS = re.compile(r"\s*(?:pcs?\.?|stk\.?|units?)?\s*(?:minimum|min\.?)?\s*=\s*", re.I)
_AFTER = re.compile(
    r"[\s,(]*(?:each|ea\.?|per \w+|je \w+|/\s?\w+|pro \w+)?[\s,(]*(?:price )?"
    r"(?:(?:when|if) (?:you )?(?:buy|order|purchas)(?:ing)?|when ordering|on orders of|for orders of|"
    r"bei (?:abnahme|bestellung) (?:von|ab)|ab einer (?:abnahme|bestellung) von|at|for|from|ab|bei|when|"
    r"à partir de|dès|par|a partir de|da|vanaf|desde|@)?\s*(?:von |of )?",
    re.I,
)
_SINGLE = re.compile(
    r"(?:single units?|single pieces?|singles?|one[- ]off|1[- ]off|einzelstück\w*|einzeln|einzelpreis|"
    r"à l'unité|l'unité|por unidad|singolarmente|per stuk|qty 1)\s*(?:are|at|for|for only|:|zu|kostet|à|a)?\s*$",
    re.I,
)


# A word this close to a number belongs to it ("50 pc minimum").
_NEXT_TO = 6


def break_of(reading: Reading, place: Place, token: Token) -> Break | None:
    """The break a price holds from, None where none is stated."""
    found = _in_table(reading, place) if place.block.cell is not None else _labelled(reading, place)
    if found is not None:
        return found
    before = _just_before(reading, place, token)
    if before is not None:
        return before
    if _leads_with_price(reading, place, token):
        after = _just_after(reading, place, token)
        if after is not None:
            return after
    return _in_next_line(reading, place, token)


def read_break(reading: Reading, start: int, end: int, *, bare: bool) -> Break | None:
    """A cell or header that is nothing but a quantity: "1 - 9", "50+", "ab 100 Stk.".

    ``bare`` also takes a plain number ("10"), which means something only under a quantity header.
    """
    tokens = [t for t in reading.tokens_in(start, end) if t.kind in (Kind.NUMBER, Kind.QUANTITY)]
    if len(tokens) != 1 or len(tokens) != len(reading.tokens_in(start, end)):
        return None
    token = tokens[0]
    rest = reading.page.text[start : token.start] + " " + reading.page.text[token.end : end]
    if rest.strip() and not _MARKS.fullmatch(rest):
        return None
    open_up = _is_open(reading, token, end)
    is_range = _ends(token)[1] is not None and not _is_point(token)
    if not (bare or open_up or is_range):
        return None
    return _made(token, (start, end), open_up=open_up or bare)


def _labelled(reading: Reading, place: Place) -> Break | None:
    """ "ab 10 Stück: 2,90 €", "Par 10 : 11,50 €": the label is the quantity."""
    for label in place.labels:
        bare = reading.plain(*label).startswith("par ")
        found = read_break(reading, *label, bare=bare)
        if found is not None:
            return found
    return None


def _in_table(reading: Reading, place: Place) -> Break | None:
    cell = reading.cell(place.block)
    if cell is None:
        return None
    for header in (*cell.columns[::-1], *cell.rows[::-1]):
        row_says = _row_names_quantity(reading, place)
        found = read_break(reading, *header, bare=row_says)
        if found is not None:
            return found
    return _in_row(reading, place, cell)


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
        named = any(
            reading.cues.any(*header, "order.break")
            and not reading.cues.any(*header, "order.moq", "order.pack")
            for header in other.columns
        )
        if not named and any(
            reading.cues.any(*h, "order.moq", "order.pack", "order.multiple") for h in other.columns
        ):
            continue
        found = read_break(reading, other.start, other.end, bare=named)
        if found is not None:
            return found
    return None


def _row_names_quantity(reading: Reading, place: Place) -> bool:
    """Whether the header row of the amount's table starts with a quantity word or pack name."""
    assert place.block.cell is not None
    number, _, _ = place.block.cell
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
        and read_break(reading, c.start, c.end, bare=True) is not None
    ]  # fmt: skip
    return bool(quantities) and len(plain_numbers) == len(quantities) and len(text) <= 24


def _just_before(reading: Reading, place: Place, token: Token) -> Break | None:
    text = reading.page.text
    start = max(place.sentence[0], token.core[0] - 60)
    if _SINGLE.search(text, start, token.core[0]):
        hit = _SINGLE.search(text, start, token.core[0])
        assert hit is not None
        return Break(Decimal(1), None, "pcs", (hit.start(), token.core[0]))
    quantities = [t for t in reading.tokens_in(start, token.core[0]) if _is_count(t)]
    if not quantities:
        return None
    quantity = quantities[-1]
    gap = text[quantity.end : token.core[0]]
    together = _COSTS.fullmatch(gap) or _EQUALS.fullmatch(gap) or _FOR.fullmatch(gap)
    if together and _is_point(quantity) and _names_no_lower_end(reading, quantity):
        return _made(quantity, (quantity.start, quantity.end), open_up=False, is_amount=True)
    if not _BEFORE.fullmatch(gap) or _is_minimum(reading, quantity):
        return None
    open_up = _is_open(reading, quantity, token.core[0])
    if not open_up and _is_point(quantity) and not _in_list(reading, place, token):
        return None
    if not open_up and not _is_point(quantity) and _ends(quantity)[0] is None:
        return None
    return _made(quantity, (quantity.start, quantity.end), open_up=open_up or _is_point(quantity))


def _just_after(reading: Reading, place: Place, token: Token) -> Break | None:
    text = reading.page.text
    end = min(place.sentence[1], token.end + 40)
    for quantity in reading.tokens_in(token.end, end):
        if quantity.kind is Kind.MONEY:
            return None
        if not _is_count(quantity):
            continue
        gap = text[token.end : quantity.start]
        if not _AFTER.fullmatch(gap) or _is_minimum(reading, quantity):
            return None
        if _is_open(reading, quantity, end) or not _is_point(quantity) or _ON_ORDERING.search(gap):
            return _made(quantity, (quantity.start, quantity.end), open_up=True)
        return None
    return None


def _names_no_lower_end(reading: Reading, quantity: Token) -> bool:
    return quantity.bound is Bound.NONE or _is_minimum(reading, quantity)


def _is_minimum(reading: Reading, quantity: Token) -> bool:
    """ "$2.10, minimum 50", "8¢ each, 100 minimum": the least one can order, not a break."""
    span = max(0, quantity.core[0] - 24), quantity.core[1] + 20
    for concept in ("order.moq", "order.minimum"):
        for hit in reading.cues.within(concept, *span):
            gap = (
                hit[0] - quantity.core[1]
                if hit[0] >= quantity.core[1]
                else quantity.core[0] - hit[1]
            )
            if gap <= _NEXT_TO and not OPENING.search(reading.plain(*hit)):
                return True
    return False


def _in_next_line(reading: Reading, place: Place, token: Token) -> Break | None:
    """ "From $189.00 | Price at 10 or more"; "$120.96 | Price for the minimum order of 144"."""
    if reading.page.text[token.end : place.block.end].strip(" *"):
        return None
    after = reading.next_block(place.index)
    if after is None:
        return None
    cue = reading.cues.any(after.start, min(after.end, after.start + 24), "amount.price")
    if cue is None or cue[0] - after.start > 4:
        return None
    for quantity in reading.tokens_in(cue[1], min(after.end, cue[1] + 60)):
        if quantity.kind is Kind.MONEY:
            return None
        if _is_count(quantity):
            words = reading.plain(cue[1], quantity.core[0])
            if re.search(r"\b(?:for|für|pour|para|per|voor)\b", words) and "or more" not in words:
                return _made(
                    quantity, (quantity.start, quantity.end), open_up=False, is_amount=True
                )
            return _made(quantity, (quantity.start, quantity.end), open_up=True)
    return None


def _leads_with_price(reading: Reading, place: Place, token: Token) -> bool:
    """Whether the sentence gives the price before the quantity."""
    first = next(
        (t for t in reading.tokens_in(*place.sentence) if t.kind is Kind.MONEY or _is_count(t)),
        None,
    )
    return first is None or first.kind is Kind.MONEY or first.start >= token.start


def _in_list(reading: Reading, place: Place, token: Token) -> bool:
    """Whether plain numbers before prices come at least twice: "1: $5.00, 10: $4.50"."""
    moneys = [t for t in reading.tokens_in(*place.sentence) if t.kind is Kind.MONEY]
    if len(moneys) < 2:
        return False
    pairs = 0
    for money in moneys[:12]:
        before = [
            t
            for t in reading.tokens_in(max(place.sentence[0], money.core[0] - 24), money.core[0])
            if _is_count(t)
        ]
        if before and _BEFORE.fullmatch(reading.page.text[before[-1].end : money.core[0]]):
            pairs += 1
    return pairs >= 2 and pairs >= len(moneys[:12]) - 1


def _is_count(token: Token) -> bool:
    """Whether a token can be a number of selling units (or of metres, litres, kilos)."""
    if token.kind is Kind.NUMBER:
        return True
    if token.kind is not Kind.QUANTITY or not isinstance(token.value, Quantity):
        return False
    return token.value.unit in COUNTED or token.value.unit in {
        "m",
        "ft",
        "kg",
        "l",
        "t",
        "lb",
        "g",
        "ml",
        "gal",
        "",
    }


def _is_open(reading: Reading, token: Token, end: int) -> bool:
    """Whether a quantity is a lower end: "50+", "ab 100", "10 or more"."""
    if token.bound is Bound.FROM:
        return True
    tail = reading.plain(token.end, min(end, token.end + 14))
    return bool(
        re.match(
            r"\s*(?:pcs|stk\.?|units|pieces)?\s*(?:\+|or more|and up|and over|and above|und mehr|oder mehr|et plus|ou plus|y más|o más|e oltre|o più|en meer|of meer)",
            tail,
        )
    )


def _ends(token: Token) -> tuple[Decimal | None, Decimal | None]:
    if not isinstance(token.value, Quantity):
        return None, None
    reading = token.value.amount.readings[0]
    return reading.low, reading.high


def _is_point(token: Token) -> bool:
    low, high = _ends(token)
    return low is not None and (high is None or low == high)


def _made(token: Token, span: Span, *, open_up: bool, is_amount: bool = False) -> Break | None:
    low, high = _ends(token)
    if low is None and high is not None:
        low = Decimal(1)
    if low is None or low < 0 or not isinstance(token.value, Quantity):
        return None
    if high == low and open_up:
        high = None
    return Break(low, high, token.value.unit, span, is_amount)
