"""How judgements are worded: canonical values, dates and attribute names for people."""

from __future__ import annotations

from datetime import datetime

from auditor.model import Attribute, Claim, Role, Truth
from auditor.values.locale import locale_for
from auditor.values.text import canonical, localized, unit_text
from auditor.values.types import Basis, Money, Value

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
}


def claimed_text(claim: Claim) -> tuple[str, str]:
    """The claim in canonical text, and its unit."""
    basis = _price_basis(claim.attribute, claim.basis)
    text = canonical(claim.value, basis)
    if claim.role is Role.FROM:
        text = f"from {text}"
    return text, unit_text(claim.value, basis)


def expected_text(truth: Truth) -> str:
    """What should stand there, in canonical text."""
    return canonical(truth.value, _price_basis(truth.attribute, truth.basis))


def value_text(value: Value) -> str:
    """A value alone in canonical text."""
    return canonical(value, None)


def attribute_name(attribute: Attribute, key: str = "") -> str:
    """The attribute in a person's words: "list price", "operating voltage", "lead time"."""
    if attribute is Attribute.SPEC:
        return key or _NAMES[attribute]
    if attribute is Attribute.PRICE:
        return f"{key or 'list'} price"
    return f"{key} {_NAMES[attribute]}" if key else _NAMES[attribute]


def day(instant: datetime) -> str:
    """A date as people write it.

    >>> from datetime import UTC
    >>> day(datetime(2026, 4, 1, tzinfo=UTC))
    '1 April 2026'
    """
    return f"{instant.day} {instant:%B %Y}"


def replacement(claim: Claim, truth: Truth, language: str) -> str:
    """The text to put in place of the quote, in the page's own number format.

    Empty where the two values are not for the same basis, so that a number alone would mislead.
    """
    alike = claim.basis.price_per == truth.basis.price_per and (
        not claim.basis.unit_stated or claim.basis.price_unit == truth.basis.price_unit
    )
    if isinstance(claim.value, Money) and not alike:
        return expected_text(truth)
    if type(claim.value) is not type(truth.value):
        return expected_text(truth)
    return localized(truth.value, claim.quote, locale_for(language))


def _price_basis(attribute: Attribute, basis: Basis) -> Basis | None:
    return basis if attribute is Attribute.PRICE else None
