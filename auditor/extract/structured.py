"""Statements of the structured data: JSON-LD, microdata, RDFa, Open Graph, embedded shop data.

Nobody reads them on the page, so they are candidates with ``visible=False``; what the page shows
wins. Text parts of the markup follow schema.org, where a decimal point is a point; a price in
the page's own form ("1.299,00 €") is read as the page would be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from auditor.extract.interface import Context
from auditor.extract.reading import Reading
from auditor.extract.spec_names import spec_names_of
from auditor.extract.windows import day_after
from auditor.model import Attribute, Candidate, Locator, Method, Reason, Role, Skipped
from auditor.page.model import Offer, ProductNode
from auditor.values.fold import plain
from auditor.values.locale import locale_for
from auditor.values.tokenizer import tokenize
from auditor.values.tokens import Kind
from auditor.values.types import Amount, Basis, Interval, Money, Quantity, Tax, Value, Word
from auditor.values.units import canonical_unit

_CONFIDENCE = {
    Method.JSON_LD: 0.9,
    Method.MICRODATA: 0.9,
    Method.RDFA: 0.85,
    Method.OPEN_GRAPH: 0.7,
    Method.EMBEDDED_JSON: 0.4,
}
_MACHINE_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,8})?")
_STATES = {
    "instock": "in_stock", "instoreonly": "in_stock", "onlineonly": "in_stock",
    "limitedavailability": "in_stock", "outofstock": "out_of_stock", "soldout": "out_of_stock",
    "backorder": "backorder", "madetoorder": "made_to_order", "preorder": "preorder",
    "presale": "preorder", "reserved": "out_of_stock", "oos": "out_of_stock",
    "availablefororder": "backorder", "true": "in_stock", "false": "out_of_stock",
}  # fmt: skip
_ROLES = {
    "listprice": Role.LIST, "saleprice": Role.SALE, "strikethroughprice": Role.WAS,
    "msrp": Role.RRP, "srp": Role.RRP, "rrp": Role.RRP, "suggestedretailprice": Role.RRP,
    "minimumadvertisedprice": Role.RRP, "regularprice": Role.LIST, "invoiceprice": Role.LIST,
}  # fmt: skip
_LETTERS = re.compile(r"[^a-z]")
# UN/CEFACT codes of the units in which prices are stated.
_UNIT_CODES = {
    "C62": "pcs", "EA": "pcs", "H87": "pcs", "NAR": "pcs", "MTR": "m", "KGM": "kg", "LTR": "l",
    "MTK": "m²", "PR": "pair", "PK": "pack", "BX": "box", "RL": "reel", "SET": "set", "GRM": "g",
    "FOT": "ft", "LBR": "lb", "TNE": "t", "MTQ": "m³", "DZN": "dozen", "FTK": "ft²",
}  # fmt: skip


class StructuredExtractor:
    """Prices, availability, minimum quantities and properties of structured product nodes."""

    name = "structured"
    attributes = frozenset(
        {
            Attribute.PRICE,
            Attribute.AVAILABILITY,
            Attribute.MOQ,
            Attribute.ORDER_MULTIPLE,
            Attribute.PACK_SIZE,
            Attribute.LEAD_TIME,
            Attribute.SPEC,
        }
    )

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield the statements of each product node in order; other products' only by their id."""
        for node in reading.page.products:
            if not node.is_main and not _hint(node, Offer()):
                continue
            for offer in node.offers:
                yield from _offer(reading, node, offer, context)
            yield from _order(node)
            yield from _properties(reading, node, context)


def _offer(
    reading: Reading, node: ProductNode, offer: Offer, context: Context
) -> Iterator[Candidate | Skipped]:
    yield from _price(reading, node, offer, context)
    state = _STATES.get(_LETTERS.sub("", offer.availability.rpartition("/")[2].lower()))
    if state is not None:
        word = Word(offer.availability, state)
        yield _made(node, offer, Attribute.AVAILABILITY, word, offer.availability)
    elif _LETTERS.sub("", offer.availability.rpartition("/")[2].lower()) == "discontinued":
        word = Word(offer.availability, "discontinued")
        yield _made(node, offer, Attribute.STATUS, word, offer.availability)
    for token in tokenize(offer.lead_time[:80], locale_for("en")) if offer.lead_time else ():
        if token.kind is Kind.DURATION and token.value is not None:
            yield _made(node, offer, Attribute.LEAD_TIME, token.value, offer.lead_time)
            break


def _price(
    reading: Reading, node: ProductNode, offer: Offer, context: Context
) -> Iterator[Candidate | Skipped]:
    text = offer.price or offer.low_price
    if not text:
        return
    currency = offer.currency.strip().upper()[:3] or context.currency
    amount = _amount(text, reading)
    if amount is None or all((r.high or Decimal(0)) == 0 for r in amount.readings):
        note = (
            "the markup's price is empty"
            if amount is not None
            else "the markup's price is no number"
        )
        locator = Locator(-1, -1, offer.path or node.path)
        yield Skipped(Reason.EMPTY_VALUE, text, locator, Attribute.PRICE, note=note)
        return
    role = _ROLES.get(_LETTERS.sub("", offer.price_type.rpartition("/")[2].lower()), Role.LIST)
    if not offer.price and offer.low_price and offer.low_price != offer.high_price:
        role = Role.FROM
    basis = _basis(offer, reading)
    if basis.min_qty is not None and role is Role.LIST:
        role = Role.TIER
    made = _made(
        node, offer, Attribute.PRICE, Money(amount, currency), text, role=role, basis=basis
    )
    ends = _instant(offer.valid_until, context)
    yield replace(made, valid_to=ends) if ends else made


def _basis(offer: Offer, reading: Reading) -> Basis:
    tax = {True: Tax.INCL, False: Tax.EXCL, None: Tax.UNKNOWN}[offer.tax_included]
    basis = Basis(tax=tax, min_qty=_number(offer.min_qty), max_qty=_number(offer.max_qty))
    if basis.min_qty is not None and basis.min_qty <= 1 and basis.max_qty is None:
        basis = replace(basis, min_qty=None)
    unit = _UNIT_CODES.get(offer.unit.upper()) or canonical_unit(
        offer.unit, reading.locale.language, reading.locale.own
    )
    per = _number(offer.reference_quantity)
    if unit or per:
        basis = replace(
            basis, price_unit=unit or "pcs", price_per=per or Decimal(1), unit_stated=True
        )
    return basis


def _order(node: ProductNode) -> Iterator[Candidate]:
    """Minimum, multiple and pack size as application data gives them, in pieces."""
    for name, number in node.order:
        amount = Amount(number, (Interval.point(Decimal(number)),))
        yield _made(node, Offer(), Attribute(name), Quantity(amount, "pcs"), number)


def _properties(reading: Reading, node: ProductNode, context: Context) -> Iterator[Candidate]:
    names = spec_names_of(tuple(sorted(context.spec_names.items())))
    if not names:
        return
    for name, value, unit in node.properties:
        for key in names.keys(name):
            typed = _typed(f"{value} {_UNIT_CODES.get(unit, unit)}".strip()[:200], reading)
            yield replace(
                _made(node, Offer(), Attribute.SPEC, typed, value), key=key, label=plain(name)
            )


def _typed(text: str, reading: Reading) -> Value:
    tokens = [t for t in tokenize(text, reading.locale) if t.value is not None]
    if tokens and tokens[0].start == 0 and tokens[0].value is not None:
        return tokens[0].value
    return Word(text, plain(text))


def _made(  # noqa: PLR0913 - the fields of a record, named at every call
    node: ProductNode,
    offer: Offer,
    attribute: Attribute,
    value: Value,
    text: str,
    *,
    role: Role = Role.NONE,
    basis: Basis | None = None,
) -> Candidate:
    anchor = offer.anchor or (-1, -1)
    return Candidate(
        attribute=attribute,
        key="",
        role=role,
        value=value,
        basis=basis or Basis(),
        quote=text,
        locator=Locator(anchor[0], anchor[1], offer.path or node.path),
        method=node.method,
        visible=False,
        confidence=_CONFIDENCE.get(node.method, 0.5),
        sku_hint=_hint(node, offer),
        region="markup" if node.is_main else "related",
    )


def _hint(node: ProductNode, offer: Offer) -> str:
    return offer.sku or node.sku or node.mpn or node.gtin


def _amount(text: str, reading: Reading) -> Amount | None:
    """A markup price: a machine number, or a price as the page would print it."""
    stripped = text.strip()[:60]
    if _MACHINE_NUMBER.fullmatch(stripped):
        value = Decimal(stripped)
        readings = [Interval.point(value)]
        whole, point, fraction = stripped.partition(".")
        if point and len(fraction) == 3 and whole != "0" and reading.locale.decimal != ".":
            readings.append(Interval.point(Decimal(whole + fraction)))
        return Amount(stripped, tuple(readings))
    for token in tokenize(stripped, reading.locale):
        if isinstance(token.value, Money):
            return token.value.amount
        amount = getattr(token.value, "amount", None)
        if token.kind is Kind.NUMBER and isinstance(amount, Amount):
            return amount
    return None


def _number(text: str) -> Decimal | None:
    stripped = text.strip()
    return Decimal(stripped) if _MACHINE_NUMBER.fullmatch(stripped) else None


def _instant(text: str, context: Context) -> datetime | None:
    """``priceValidUntil``: the end of that day, or the instant where a time is given."""
    stripped = text.strip()[:40]
    if not stripped:
        return None
    try:
        stated = datetime.fromisoformat(stripped)
    except ValueError:
        return None
    if stated.tzinfo is not None and len(stripped) > 10:
        return stated
    return day_after(stated, context.timezone)
