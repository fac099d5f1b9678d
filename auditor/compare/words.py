"""How judgements are worded: canonical values, dates and attribute names for people."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from auditor.compare.facts import amount_of
from auditor.compare.units import is_one_selling_unit
from auditor.model import Attribute, Claim, Role, Truth
from auditor.values.locale import locale_for
from auditor.values.text import canonical, localized, unit_text
from auditor.values.types import Basis, Duration, Interval, Quantity, Word

# A number that is no plain decimal or range of decimals: fractions, exponents, lakh words.
_ODD_NUMBER = re.compile(r"[/½¼¾⅓⅔⅛⅜⅝⅞^×]|[eE]\d|\d\s+\d/")

_NAMES = {
    Attribute.PRICE: "price",
    Attribute.MOQ: "minimum order quantity",
    Attribute.ORDER_MULTIPLE: "order multiple",
    Attribute.PACK_SIZE: "pack size",
    Attribute.MIN_ORDER_VALUE: "minimum order value",
    Attribute.LEAD_TIME: "lead time",
    Attribute.AVAILABILITY: "availability",
    Attribute.STATUS: "status",
    Attribute.SPEC: "specification",
    Attribute.OFFER: "offer",
    Attribute.POLICY: "policy",
    Attribute.REPORTED: "reported fact",
}


_UNDERSCORED = frozenset({Attribute.AVAILABILITY, Attribute.STATUS, Attribute.LEAD_TIME})


def claimed_text(claim: Claim) -> tuple[str, str]:
    """The claim in canonical text, and its unit; an offer in the page's own words."""
    if claim.attribute is Attribute.OFFER and isinstance(claim.value, Word):
        return " ".join(claim.value.text.split()), ""
    basis = _price_basis(claim.attribute, claim.basis)
    text = canonical(claim.value, basis)
    if claim.role is Role.FROM and claim.basis.min_qty is None:
        text = f"from {text}"
    return text, unit_text(claim.value, basis)


def expected_text(truth: Truth) -> str:
    """What should stand there, in canonical text."""
    return canonical(truth.value, _price_basis(truth.attribute, truth.basis))


def attribute_name(attribute: Attribute, key: str = "") -> str:
    """The attribute in a person's words: "list price", "operating voltage", "lead time"."""
    if attribute is Attribute.SPEC:
        return key or _NAMES[attribute]
    if attribute is Attribute.PRICE:
        return f"{key or 'list'} price"
    return f"{key} {_NAMES[attribute]}" if key else _NAMES[attribute]


def spoken(text: str, attribute: Attribute) -> str:
    """Canonical text as it is said in a sentence.

    >>> spoken("5 business_days", Attribute.LEAD_TIME), spoken("A_1", Attribute.SPEC)
    ('5 business days', 'A_1')
    """
    return text.replace("_", " ") if attribute in _UNDERSCORED else text


def day(instant: datetime) -> str:
    """A date as people write it.

    >>> from datetime import UTC
    >>> day(datetime(2026, 4, 1, tzinfo=UTC))
    '1 April 2026'
    """
    return f"{instant.day} {instant:%B %Y}"


def replacement(claim: Claim, truth: Truth, language: str) -> str:
    """The text to put in place of the quote, in the page's own number format.

    The canonical truth where another number alone would mislead: other units, another basis, a
    fraction or a sign that would have to change.
    """
    plain = expected_text(truth)
    ours, theirs = amount_of(claim.value), amount_of(truth.value)
    if ours is None or theirs is None or not _alike(claim, truth):
        return plain
    number = ours.text.strip()
    if not number or claim.quote.count(number) == 0 or _ODD_NUMBER.search(number):
        return plain
    one, two = ours.readings[0], theirs.readings[0]
    if _signs(one) != _signs(two) or one.is_point != two.is_point:
        return plain
    unsigned = replace(theirs, readings=(Interval(_size(two.low), _size(two.high)),))
    written = localized(Quantity(unsigned, ""), number, locale_for(language))
    return claim.quote.replace(number, written, 1) if written != number else plain


def _alike(claim: Claim, truth: Truth) -> bool:
    """Whether the number may be exchanged and everything around it kept."""
    if claim.attribute is Attribute.PRICE:
        one, two = claim.basis, truth.basis
        per = one.price_per == two.price_per
        unit = not one.unit_stated or one.price_unit == two.price_unit
        return per and (unit or is_one_selling_unit(one.price_unit, two.price_unit))
    match claim.value, truth.value:
        case Quantity(unit=ours), Quantity(unit=theirs):
            return ours in ("", theirs) or is_one_selling_unit(ours, theirs)
        case Duration(unit=span), Duration(unit=other):
            return span is other
        case _:
            return type(claim.value) is type(truth.value)


def _signs(interval: Interval) -> tuple[bool, bool]:
    return (interval.low or 0) < 0, (interval.high or 0) < 0


def _size(number: Decimal | None) -> Decimal | None:
    return None if number is None else abs(number)


def _price_basis(attribute: Attribute, basis: Basis) -> Basis | None:
    return basis if attribute is Attribute.PRICE else None
