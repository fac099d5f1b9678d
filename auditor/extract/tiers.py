"""From which quantity on does a price hold? Breaks in tables (either way round) and in prose."""

from __future__ import annotations

import re
from decimal import Decimal

from auditor.extract.reading import Place, Reading
from auditor.extract.tier_tables import (
    Break,
    break_in_table,
    ends,
    is_open,
    is_point,
    made_break,
    read_break,
)
from auditor.values.phrasing import Phrasing
from auditor.values.tokens import Bound, Kind, Token
from auditor.values.types import Quantity
from auditor.values.units import COUNTED
from auditor.values.vocabulary import vocabulary

_BEFORE = Phrasing(
    r"\s*(?:[+≥]|<<break.open>>)?\s*"
    r"(?:(?:pcs?|stk|stück|units?|pieces?|pièces?|pz|stuks|uds|ea|off)\.?)?\s*"
    r"[\s(]*(?:[:=→@–—-]|->|=>|<<break.link>>)?\s*(?:only|nur|just)?\s*"
)
_COSTS = Phrasing(
    r"\s*(?!(?:and|but|und|aber|et|mais|y|pero|e|ma|en|maar)\s)[\w-]{0,20}\s?"
    r"(?:(?:of|der|des|de|du|del|van|di|dei|delle)\s[^,;:()]{2,40}\s)?"
    r"(?:<<break.costs>>)\s*(?:only |just |nur )?"
)
# "5 for £30"
_FOR = re.compile(
    r"\s*(?:pcs?\.?|pieces|units|stk\.?|stück|pièces|unidades|pezzi|stuks)?\s*"
    r"(?:for|für|pour|por|per|voor)\s*(?:only|just|nur)?\s*",
    re.I,
)
_ON_ORDERING = Phrasing(r"\b(?:<<break.ordering>>)(?!\w)")
_EQUALS = re.compile(r"\s*(?:pcs?\.?|stk\.?|units?)?\s*(?:minimum|min\.?)?\s*=\s*", re.I)
# "Unit price at 5,000: $0.67" holds from there on, "Price for 100: $45" is so much for a hundred.
_PRICE_AT = re.compile(
    r"(?:price|cost|preis|prix|precio|prezzo|prijs)s? "
    r"(?:each |per unit |per piece |pro stück |unitaire |unitario )?"
    r"(?:(?:at|from|@|bei|ab|à partir de|dès|desde|a partir de|da|vanaf|bij)|"
    r"(?P<amount>for|für|pour|para|per|voor)) (?:(?:qty|quantity|menge|quantité|cantidad)\.? )?$",
    re.I,
)
_AFTER = re.compile(
    r"[\s,(]*(?:each|ea\.?|per \w+|je \w+|/\s?\w+|pro \w+)?[\s,(]*(?:price )?"
    r"(?:(?:when|if) (?:you )?(?:buy|order|purchas)(?:ing)?|when ordering|on orders of|for "
    r"orders of|"
    r"bei (?:abnahme|bestellung) (?:von|ab)|ab einer (?:abnahme|bestellung) von|at|for|from|ab|"
    r"bei|when|"
    r"à partir de|dès|par|a partir de|da|vanaf|desde|@)?\s*(?:von |of )?",
    re.I,
)
_SINGLE = Phrasing(r"(?:<<break.single>>)\s*(?:are|at|for|for only|:|zu|kostet|à|a)?\s*$")


_SPELT = Phrasing(
    r"(?<!\w)(?P<number>(?:[^\W\d_]+ )?(?P<last>[^\W\d_]+))\s(?:<<break.open>>)"
    r"\s?[:=–-]?\s?(?:at |for |je |à |(?:<<break.link>>) )?$"
)
_SPELT_FROM = Phrasing(
    r"(?<!\w)(?:<<break.opens>>)\s(?P<number>(?:[^\W\d_]+ )?(?P<last>[^\W\d_]+))"
    r"(?: (?:pcs|pieces|units|stück|stk|pièces|unidades|pezzi|stuks))?"
    r"\s?[:=–,-]?\s?(?:it is |at |for |je |à |to |zu |auf )?$"
)
_SPELT_BEHIND = Phrasing(
    r"[\s,(]*(?:each|ea\.?|je|apiece|pièce)?[\s,(]*(?:<<break.opens>>)\s"
    r"(?P<number>(?:[^\W\d_]+ )?(?P<last>[^\W\d_]+))(?!\w)"
)
_SPELT_COSTS = Phrasing(r"\s(?:<<break.costs>>)\s*$")
_OF_GOODS = Phrasing(r"(?:\s(?!(?:<<subject.and>>)\s|(?:<<subject.and>>)$)[^\W\d_]{2,20}){0,2}")
_SPELT_REACH = 4
_WORD = re.compile(r"[^\W\d_]+")
_THE_MANY = Phrasing(r"(?<!\w)(?:<<break.the>>)\s$")
_MANY = frozenset({Decimal(10), Decimal(50), Decimal(100), Decimal(500), Decimal(1000)})
_LEAST_SPELT = Decimal(2)
_DECIMAL = re.compile(r"[.,]\d{2,}")
# A word this close to a number belongs to it ("50 pc minimum").
_NEXT_TO = 6


def break_of(reading: Reading, place: Place, token: Token) -> Break | None:
    """The break a price holds from, None where none is stated."""
    found = (
        break_in_table(reading, place)
        if place.block.cell is not None
        else _labelled(reading, place)
    )
    if found is not None:
        return found
    before = _just_before(reading, place, token)
    if before is not None:
        return before
    if _leads_with_price(reading, place, token):
        after = _just_after(reading, place, token)
        if after is not None:
            return after
    if place.block.cell is None and (behind := _spelt_behind(reading, token)) is not None:
        return behind
    return _in_next_line(reading, place, token)


def _labelled(reading: Reading, place: Place) -> Break | None:
    """ "ab 10 Stück: 2,90 €", "Par 10 : 11,50 €": the label is the quantity."""
    for label in place.labels:
        bare = reading.plain(*label).startswith(("par ", "qty ", "qté ", "menge "))
        found = read_break(reading, *label, bare=bare)
        if found is not None:
            return found
    return None


def _just_before(reading: Reading, place: Place, token: Token) -> Break | None:
    text = reading.page.text
    start = max(place.sentence[0], token.core[0] - 60)
    if _SINGLE.of(reading.locale.own).search(text, start, token.core[0]):
        hit = _SINGLE.of(reading.locale.own).search(text, start, token.core[0])
        assert hit is not None
        return Break(Decimal(1), None, "pcs", (hit.start(), token.core[0]))
    quantities = [t for t in reading.tokens_in(start, token.core[0]) if _is_count(t)]
    spelt = _spelt_break(reading, quantities[-1].end if quantities else start, token)
    if spelt is not None or not quantities:
        return spelt
    quantity = quantities[-1]
    gap = text[quantity.end : token.core[0]]
    together = (
        _COSTS.of(reading.locale.own).fullmatch(gap)
        or _EQUALS.fullmatch(gap)
        or _FOR.fullmatch(gap)
    )
    if together and is_point(quantity) and _names_no_lower_end(reading, quantity):
        # "12 for $53.40" is so much for twelve, "12 for $4.45 each" a price from twelve on
        is_amount = token.basis is None or not token.basis.unit_stated
        span = (quantity.start, quantity.end)
        return made_break(quantity, span, open_up=not is_amount, is_amount=is_amount)
    if not _BEFORE.of(reading.locale.own).fullmatch(gap) or _is_minimum(reading, quantity):
        return None
    if _is_for_many(reading, quantity, token):
        return made_break(quantity, (quantity.start, quantity.end), open_up=False, is_amount=True)
    named = _PRICE_AT.search(text, max(place.block.start, start - 60), quantity.core[0])
    if named is not None and is_point(quantity):
        unit_price = token.basis is not None and token.basis.unit_stated
        amount, span = bool(named["amount"]) and not unit_price, (quantity.start, quantity.end)
        return made_break(quantity, span, open_up=not amount, is_amount=amount)
    open_up = is_open(reading, quantity, token.core[0])
    if not open_up and is_point(quantity) and not _in_list(reading, place, token):
        return None
    if not open_up and not is_point(quantity) and ends(quantity)[0] is None:
        return None
    return made_break(
        quantity, (quantity.start, quantity.end), open_up=open_up or is_point(quantity)
    )


def _is_for_many(reading: Reading, quantity: Token, token: Token) -> bool:
    """ "les 1 000 : 18,60 €": a round number behind an article is what the price is for."""
    if not is_point(quantity) or ends(quantity)[0] not in _MANY or quantity.bound is not Bound.NONE:
        return False
    if token.basis is not None and token.basis.unit_stated:
        return False
    before = max(0, quantity.core[0] - 6)
    return _THE_MANY.of(reading.locale.own).search(
        reading.page.text, before, quantity.core[0]
    ) is not None and not is_open(reading, quantity, token.core[0])


def _spelt_break(reading: Reading, start: int, token: Token) -> Break | None:
    """ "twenty or more £3.10", "ab hundert 6,90 €": a number in words right before the amount."""
    own, text = reading.locale.own, reading.page.text
    for pattern in (_SPELT, _SPELT_FROM):
        hit = pattern.of(own).search(text, start, token.core[0])
        if hit is not None:
            return _spelt(reading, hit)
    costs = _SPELT_COSTS.of(own).search(text, start, token.core[0])
    return _spelt_amount(reading, start, costs.start()) if costs is not None else None


def _spelt_amount(reading: Reading, start: int, end: int) -> Break | None:
    """ "a thousand bags" in front of "come to": so many together, at most two words between."""
    numbers = vocabulary(reading.locale.language, reading.locale.own).words("number")
    text = reading.page.text
    words = [hit.span() for hit in _WORD.finditer(text, start, end)][-_SPELT_REACH:]
    for at in range(len(words)):
        for last in words[at : at + 2][::-1]:
            if not _OF_GOODS.of(reading.locale.own).fullmatch(text, last[1], end):
                continue
            number = Decimal(numbers.get(reading.plain(words[at][0], last[1]), "0"))
            if number >= _LEAST_SPELT:
                return Break(number, None, "pcs", (words[at][0], end), is_amount=True)
    return None


def _spelt_behind(reading: Reading, token: Token) -> Break | None:
    """ "£16.75 from ten": a number in words right behind the amount."""
    hit = _SPELT_BEHIND.of(reading.locale.own).match(reading.page.text, token.end)
    return _spelt(reading, hit, start_of_words=True) if hit is not None else None


def _spelt(reading: Reading, hit: re.Match[str], *, start_of_words: bool = False) -> Break | None:
    words = vocabulary(reading.locale.language, reading.locale.own).words("number")
    first, (start, end) = hit.start("number"), hit.span("last")
    spans = [(first, end), (start, end)]
    if start_of_words:  # "from ten upwards"
        spans.append((first, first + len(reading.page.text[first:end].partition(" ")[0])))
    for low, high in spans:
        number = Decimal(words.get(reading.plain(low, high), "0"))
        if number >= _LEAST_SPELT:
            return Break(number, None, "pcs", (low, hit.end()))
    return None


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
        if (
            is_open(reading, quantity, end)
            or not is_point(quantity)
            or _ON_ORDERING.of(reading.locale.own).search(gap)
        ):
            return made_break(quantity, (quantity.start, quantity.end), open_up=True)
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
            if gap <= _NEXT_TO:
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
    if reading.cues.any(after.start, min(after.end, after.start + 40), "time.history"):
        return None  # "Price history: 2023 $11.00"
    if any(t.kind is Kind.MONEY for t in reading.tokens_in(after.start, after.end)):
        return None  # "Unit price at 1,000: $0.91" says it of its own amount
    for quantity in reading.tokens_in(cue[1], min(after.end, cue[1] + 60)):
        if quantity.kind is Kind.MONEY:
            return None
        if _is_count(quantity):
            words = reading.plain(cue[1], quantity.core[0])
            if re.search(r"\b(?:for|für|pour|para|per|voor)\b", words) and "or more" not in words:
                return made_break(
                    quantity, (quantity.start, quantity.end), open_up=False, is_amount=True
                )
            return made_break(quantity, (quantity.start, quantity.end), open_up=True)
    return None


def _leads_with_price(reading: Reading, place: Place, token: Token) -> bool:
    """Whether the sentence gives the price before the quantity."""
    first = next(
        (t for t in reading.tokens_in(*place.sentence) if t.kind is Kind.MONEY or _is_count(t)),
        None,
    )
    return first is None or first.kind is Kind.MONEY or first.start >= token.start


def is_in_scale(reading: Reading, place: Place, token: Token) -> bool:
    """ "Pricing (USD): 100 pcs 0.61  1,000 pcs 0.44": a price word, then counts and decimals."""
    block = place.block
    found = reading.tokens_in(block.start, block.end)
    if len(found) < 4 or len(found) % 2:
        return False
    counts, amounts = found[::2], found[1::2]
    return (
        any(t.start == token.start for t in amounts)
        and all(_is_count(t) and t.kind is Kind.QUANTITY for t in counts)
        and all(t.kind is Kind.NUMBER and _DECIMAL.search(_printed(t)) for t in amounts)
        and reading.cues.any(block.start, found[0].start, "amount.price", "amount.list") is not None
    )


def _printed(token: Token) -> str:
    return token.value.amount.text if isinstance(token.value, Quantity) else ""


def _in_list(reading: Reading, place: Place, token: Token) -> bool:
    """Whether plain numbers before prices come at least twice: "1: $5.00, 10: $4.50"."""
    moneys = [t for t in reading.tokens_in(*place.sentence) if t.kind is Kind.MONEY]
    if not moneys and is_in_scale(reading, place, token):
        return True
    if len(moneys) < 2:
        return False
    pairs = 0
    for money in moneys[:12]:
        before = [
            t
            for t in reading.tokens_in(max(place.sentence[0], money.core[0] - 24), money.core[0])
            if _is_count(t)
        ]
        if before and _BEFORE.of(reading.locale.own).fullmatch(
            reading.page.text[before[-1].end : money.core[0]]
        ):
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
