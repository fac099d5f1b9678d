"""Visible prices: which amounts are prices, in which role, for what, from which quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.reading import Place, Reading
from auditor.extract.roles import A_TOTAL, UNSAID, Refusal, has_foreign_lead, role_of
from auditor.extract.savings import by_saving, is_saved
from auditor.extract.statement import candidate, refused
from auditor.extract.terms import PageTerms, currency_in, page_terms, table_notes, terms_of
from auditor.extract.tier_tables import Break, read_break
from auditor.extract.tiers import break_of, is_in_scale
from auditor.extract.unpriced import unpriced
from auditor.extract.windows import window_end, window_start
from auditor.model import Attribute, Candidate, Method, Reason, Role, Skipped
from auditor.page.model import Region
from auditor.values.tokens import Kind, Token
from auditor.values.types import Basis, Money, Quantity
from auditor.values.units import CONTAINERS, COUNTED, canonical_unit

# A line of breaks and prices is no longer than this.
_LONGEST_SCALE = 160
# Columns whose header alone says price: "Each", "$", "EUR", "netto".
_PRICE_HEADER = re.compile(r"(?:each|ea\.?|net|netto|brutto|ht|[$€£₹]|usd|eur|gbp|chf|inr)", re.I)
# "Rs 1 - 2 Lakh", "$10–15k": the first number is no amount by itself.
_SCALED = re.compile(
    r"\s?[–-]\s?[$€£₹]?\s?[\d.,]+\s?(?:lakhs?|crores?|million|mio\.?|mln|k)\b", re.I
)
# "Rs 635,0002010": a price and the year behind it, without a blank in the markup.
_GLUED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})*[.,]\d{6,}")
_MACHINE_PRICE = re.compile(r"\d{1,9}(?:\.\d{1,4})?")
# A sale's dates stand within this many characters of its price.
_NEAR = 240
# … and a word for the list price just before it.
_NAMED = 28
# Under "1-24 | 25-99" only a number with decimals is taken for a price.
# "£3.35 from a hundred": how far behind its price a quantity may stand that makes it one.
_BREAK_BEHIND = 16
_DECIMALS = re.compile(r"[.,]\d{2,}")
_CURRENCY = re.compile(r"\b(?:USD|EUR|GBP|CHF|CAD|AUD|INR)\b|[$€£₹]|\b(?:euros?|dollars?)\b", re.I)
_WORD = re.compile(r"[^\W\d_]+")
# Words that say "for one, net" and make no other thing of an amount.
_EACH = re.compile(
    r"unit|units|each|ea|per|je|pro|par|por|al|net|netto|ht|excl|ex|vat|mwst|tva|iva|btw|tax|"
    r"unitario|unitaire|l|la|le"
)
_CODE_BEHIND = re.compile(
    r" ?(?:ea\.?|each|per \w{2,10}|/ ?\w{1,8})? ?(?:USD|EUR|GBP|CHF|CAD|AUD)\b"
)
_AROUND_A_NUMBER = re.compile(r"[\s$€£₹*+.,–—()-]*")


class PriceExtractor:
    """Every visible amount of money, as a price in its role or skipped with a reason."""

    name = "price"
    attributes = frozenset({Attribute.PRICE})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield prices in document order, then the places where a price should stand."""
        terms = reading.once("terms", lambda page: page_terms(page, context))
        for token, place in _amounts(reading, terms):
            yield _statement(reading, place, token, context, terms)
        yield from unpriced(reading)


def _amounts(reading: Reading, terms: PageTerms) -> Iterator[tuple[Token, Place]]:
    """Money tokens, and bare numbers that a price column or label makes amounts of money."""
    for token in reading.tokens:
        if token.kind not in (Kind.MONEY, Kind.NUMBER, Kind.QUANTITY):
            continue
        if token.kind is not Kind.MONEY and not _may_be_labelled(reading, token):
            continue
        place = reading.place(token.core[0])
        if place is None:
            continue
        if token.kind is Kind.MONEY:
            if reading.page.text.startswith(".m", token.end):
                continue  # "2 p.m.", not two pence
            if isinstance(token.value, Money):
                yield _with_currency(reading, place, token, terms), place
        elif _is_price_number(reading, place, token):
            yield _as_money(reading, place, token, terms), place


def _statement(
    reading: Reading, place: Place, token: Token, context: Context, terms: PageTerms
) -> Candidate | Skipped:
    span = (token.start, token.end)
    if _SCALED.match(reading.page.text, token.end):
        note = "a range whose magnitude stands at its end"
        return refused(reading, Reason.AMBIGUOUS_NUMBER, span, Attribute.PRICE, note)
    if isinstance(token.value, Money) and _GLUED.fullmatch(token.value.amount.text):
        note = "two numbers run into each other"
        return refused(reading, Reason.AMBIGUOUS_NUMBER, span, Attribute.PRICE, note)
    if _is_zero(token):
        loading = reading.cues.any(place.block.start, place.block.end, "unpriced.loading")
        reason = Reason.NEEDS_RENDER if loading or reading.page.needs_render else Reason.EMPTY_VALUE
        return refused(reading, reason, span, Attribute.PRICE, "an empty amount")
    breaks = break_of(reading, place, token)
    role = _role(reading, place, token, context, breaks)
    if isinstance(role, Refusal):
        return refused(reading, role.reason, span, Attribute.PRICE, role.note)
    basis = terms_of(reading, place, (token.start, token.end), token.basis or Basis(), terms)
    quote = span
    if breaks is not None:
        basis = _with_break(basis, breaks)
        if role in (Role.LIST, Role.FROM) and not breaks.is_amount:
            role = Role.FROM if role is Role.FROM else Role.TIER
        if 0 <= token.start - breaks.span[1] <= 16 and breaks.span[0] >= place.block.start:
            quote = (breaks.span[0], token.end)
    if token.value is None:
        return refused(reading, Reason.EMPTY_VALUE, span, Attribute.PRICE, "no amount")
    made = candidate(reading, place, Attribute.PRICE, token.value, quote, role=role, basis=basis)
    made = _within_window(reading, place, token, made, context)
    # It may confirm a truth and accuses nobody, unless the markup says that it is the price.
    foreign = has_foreign_lead(reading, place, token) and not _is_in_markup(reading, token)
    return replace(made, tentative=True) if foreign else made


def _is_dated(reading: Reading) -> bool:
    return any(token.kind is Kind.DATE for token in reading.tokens)


def _within_window(
    reading: Reading, place: Place, token: Token, made: Candidate, context: Context
) -> Candidate:
    """The price with the days that its line says it holds from and until."""
    if not reading.once("dated", _is_dated):
        return made
    ends = _sale_end(reading, place, token, made.role, context)
    begins = window_start(reading, _own_stretch(reading, place, token), context.timezone)
    return replace(made, valid_to=ends, valid_from=begins)


def _role(
    reading: Reading, place: Place, token: Token, context: Context, breaks: Break | None
) -> Role | Refusal:
    """The role of an amount, its quantity and the amounts beside it considered."""
    role = role_of(reading, place, token, context)
    if breaks is not None and role == UNSAID and breaks.span[0] < token.end + _BREAK_BEHIND:
        role = Role.LIST  # "thirty or more £4.80", in however long a sentence
    if breaks is not None and role == A_TOTAL and breaks.is_amount:
        role = Role.LIST  # "a thousand bags come to $42.60"
    if role is Role.LIST and _beside_old_price(reading, place, token):
        return Role.SALE
    if role is Role.LIST and is_saved(reading, place, token):
        return Refusal(Reason.ROLE_UNCLEAR, "what two prices differ by")
    if role in (Role.LIST, Role.SALE) and not _is_called_list(reading, place, token):
        return by_saving(reading, place, token) or role
    return role


def _is_called_list(reading: Reading, place: Place, token: Token) -> bool:
    """ "List price 12.00, your discount 10 %": what holds is called by its name."""
    first = max(place.sentence[0], token.core[0] - _NAMED)
    return reading.cues.any(first, token.core[0], "amount.list") is not None


def _is_in_markup(reading: Reading, token: Token) -> bool:
    """Whether the structured data of the page's own product gives the same amount as its price."""
    if not isinstance(token.value, Money) or len(token.value.amount.readings) != 1:
        return False
    return token.value.amount.readings[0].low in reading.once("markup prices", _markup_prices)


def _markup_prices(reading: Reading) -> frozenset[Decimal]:
    prices = {
        offer.price.strip()
        for node in reading.page.products
        if node.is_main and node.method is not Method.EMBEDDED_JSON
        for offer in node.offers
        if not offer.price_type
    }
    return frozenset(Decimal(text) for text in prices if _MACHINE_PRICE.fullmatch(text))


def _beside_old_price(reading: Reading, place: Place, token: Token) -> bool:
    """Whether a struck or "was" amount stands in the same line: then this one is a sale price."""
    near = max(place.block.start, token.start - _NEAR), min(place.block.end, token.end + _NEAR)
    for other in reading.tokens_in(*near):
        if other.kind is not Kind.MONEY or other.start == token.start:
            continue
        if reading.is_struck(other.start, other.end):
            return True
        was = reading.cues.any(max(near[0], other.core[0] - 8), other.core[0], "amount.was")
        if was is not None and other.core[0] - was[1] <= 2:
            return True
    return False


def _with_break(basis: Basis, breaks: Break) -> Basis:
    if breaks.is_amount:
        if basis.unit_stated and basis.price_per != 1:
            return basis
        unit = breaks.unit or basis.price_unit
        return replace(basis, price_per=breaks.low or Decimal(1), price_unit=unit, unit_stated=True)
    if basis.unit_stated and basis.price_unit == "pcs" and breaks.unit in CONTAINERS:
        basis = replace(basis, price_unit=breaks.unit)  # "ten bags or more: $19.80 each"
    return replace(basis, min_qty=breaks.low, max_qty=breaks.high)


def _sale_end(
    reading: Reading, place: Place, token: Token, role: Role, context: Context
) -> datetime | None:
    """When a sale price ends, said in its line or the line after."""
    if role not in (Role.SALE, Role.LIST):
        return None
    near = max(place.block.start, token.start - _NEAR), min(place.block.end, token.end + _NEAR)
    if role is Role.LIST:  # only what is right beside it: the window may be that of a sale price
        near = _own_stretch(reading, place, token)
    end = window_end(reading, near, context.timezone)
    if end is not None or role is not Role.SALE:
        return end
    after = reading.next_block(place.index)
    if after is None or after.cell is not None:
        return None
    return window_end(reading, (after.start, min(after.end, after.start + _NEAR)), context.timezone)


def _own_stretch(reading: Reading, place: Place, token: Token) -> Span:
    """The part of the sentence between the amount before this one and the amount after it."""
    first, last = place.sentence
    for other in reading.tokens_in(first, last):
        if other.kind is Kind.MONEY and other.end <= token.start:
            first = other.end
        elif other.kind is Kind.MONEY and other.start >= token.end:
            last = other.start
            break
    return first, last


def _is_zero(token: Token) -> bool:
    if not isinstance(token.value, Money):
        return False
    low, high = token.value.amount.readings[0].low, token.value.amount.readings[0].high
    return (low or Decimal(0)) == 0 and (high or Decimal(0)) == 0


def _may_be_labelled(reading: Reading, token: Token) -> bool:
    """Cheap test: a bare number is looked at only where it fills its cell or follows a label."""
    index = reading.block_at(token.start)
    if index < 0:
        return False
    block = reading.blocks[index]
    return block.end - block.start <= _LONGEST_SCALE


def _is_price_number(reading: Reading, place: Place, token: Token) -> bool:
    """Whether a bare number is the whole of a price cell or of a "Price: 12.40" line."""
    if not isinstance(token.value, Quantity) or place.block.region in (
        Region.REVIEWS,
        Region.COMMENTS,
    ):
        return False
    text, block = reading.page.text, place.block
    if place.block.cell is not None:
        rest = text[block.start : token.start] + text[token.end : block.end]
        if not _AROUND_A_NUMBER.fullmatch(rest) or token.value.unit not in ("",):
            return False
        return any(
            _says_price(reading, label)
            or (
                _DECIMALS.search(token.value.amount.text)
                and read_break(reading, *label, bare=False)
            )
            for label in place.labels
        )
    if token.value.unit in COUNTED | {""} and _is_coded(reading, place, token):
        return True
    if token.value.unit != "":
        return False
    if is_in_scale(reading, place, token):
        return True
    lead = reading.cues.last(
        place.clause[0], token.start, "amount.price", "amount.list", "amount.sale"
    )
    if (
        lead is not None
        and not text[lead[1][1] : token.start].strip(" :=.")
        and text[token.end : block.end].strip(" *.") == ""
    ):
        return ":" in text[lead[1][1] : token.start]
    if text[block.start : token.start].strip() or text[token.end : block.end].strip(" *"):
        return False
    return any(_says_price(reading, label) for label in place.labels)


def _says_price(reading: Reading, label: Span) -> bool:
    text = reading.page.text[slice(*label)].strip()
    if _PRICE_HEADER.fullmatch(text) or _is_currency_each(reading, text):
        return True
    hit = reading.cues.last(
        *label,
        "amount.price",
        "amount.list",
        "amount.sale",
        "amount.was",
        "amount.rrp",
        "amount.total",
    )
    if hit is None:
        return currency_in(text, reading.locale) is not None and any(c in text for c in "/$€£₹")
    other = reading.cues.any(*label, "order.moq", "order.pack")
    return other is None or hit[1][0] < other[0]


def _is_currency_each(reading: Reading, text: str) -> bool:
    """ "Unit (USD)", "EUR/Stk", "USD each, net": a currency, and at most words for one piece."""
    if currency_in(text, reading.locale) is None:
        return False
    rest = _CURRENCY.sub(" ", text).lower()
    return all(
        _EACH.fullmatch(word) or canonical_unit(word, reading.locale.language) in COUNTED
        for word in _WORD.findall(rest)
    )


def _is_coded(reading: Reading, place: Place, token: Token) -> bool:
    """ "PRICE .27 ea USD": a price word right before, a currency code right behind."""
    lead = reading.cues.last(place.clause[0], token.start, "amount.price", "amount.list")
    text = reading.page.text
    if lead is None or text[lead[1][1] : token.start].strip(" :=."):
        return False
    return _CODE_BEHIND.match(text, token.end) is not None


def _with_currency(reading: Reading, place: Place, token: Token, terms: PageTerms) -> Token:
    assert isinstance(token.value, Money)
    if token.value.currency is not None:
        return token
    currency = _labelled_currency(reading, place) or terms.currency
    return replace(token, value=replace(token.value, currency=currency))


def _as_money(reading: Reading, place: Place, token: Token, terms: PageTerms) -> Token:
    assert isinstance(token.value, Quantity)
    currency = _labelled_currency(reading, place) or terms.currency
    return replace(token, kind=Kind.MONEY, value=Money(token.value.amount, currency), basis=Basis())


def _labelled_currency(reading: Reading, place: Place) -> str | None:
    for span in (*place.labels, *table_notes(reading, place)):
        currency = currency_in(reading.page.text[slice(*span)], reading.locale)
        if currency is not None:
            return currency
    return None
