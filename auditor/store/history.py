"""Which stored truth is this the same as? Identity of facts over time; pure, no SQL.

A *fact* is what a truth is about, its own start included; a *series* is the same without the
start: the price of one product for one market, tax basis and quantity break through the years. A
*digest* stands for what is asserted of a fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b

from auditor.model import Truth
from auditor.values.types import (
    Amount,
    Basis,
    Code,
    Dimensions,
    Duration,
    Money,
    Quantity,
    Value,
    Word,
)


@dataclass(frozen=True, slots=True)
class FeedRunSummary:
    """What reading one feed came to, counted in facts, products and signals alike.

    ``started`` and ``expired`` count the truths that came into force and ran out since the feed was
    last read because of their dates alone; ``held`` new values that wait for a person.
    ``state`` is "applied", "unchanged", "quarantined" (a gate closed; the last good truth stays) or
    "failed" (unreadable; the last good truth stays). ``missing`` counts what this export lacks and
    the next must lack too before it ends. With ``dry_run`` nothing was written.
    """

    feed: str
    read_at: datetime
    state: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    missing: int = 0
    unchanged: int = 0
    rejected: int = 0
    message: str = ""
    dry_run: bool = False
    exported_at: datetime | None = None
    started: int = 0
    expired: int = 0
    held: int = 0
    content: str = ""


def series_of(truth: Truth) -> tuple[object, ...]:
    """What a truth is about, whenever it holds.

    A channel and a customer group count only where there is one: so the identity of all other
    truths is what databases from before they existed hold.
    """
    basis = truth.basis
    currency = truth.value.currency if isinstance(truth.value, Money) else ""
    whom = (basis.channel, basis.customer_group)
    return (
        truth.sku,
        truth.attribute.value,
        truth.key,
        currency,
        basis.price_unit,
        basis.min_qty,
        basis.tax.value,
        basis.market,
        *(whom if any(whom) else ()),
    )


def fact_of(truth: Truth) -> tuple[object, ...]:
    """What a truth is about: two truths with the same fact and different values contradict."""
    return (*series_of(truth), truth.valid_from)


def content_of(value: Value) -> tuple[object, ...]:
    """What a value says, however it was written: a feed that turns 200 into 200.00 changed nothing.

    >>> from auditor.values.types import Amount, Interval
    >>> def eur(text): return Money(Amount(text, (Interval.point(Decimal(text)),)), "EUR")
    >>> short_digest(*content_of(eur("200"))) == short_digest(*content_of(eur("200.00")))
    True
    """
    match value:
        case Money(amount, currency):
            return ("money", currency, *_ends(amount))
        case Quantity(amount, unit, tolerance):
            band = (tolerance.low, tolerance.high) if tolerance else ()
            return ("quantity", unit, *_ends(amount), *band)
        case Duration(amount, unit):
            return ("duration", unit.value, *_ends(amount))
        case Dimensions(parts, labels):
            return ("dimensions", *labels, *(end for part in parts for end in content_of(part)))
        case Code(_text, canonical):
            return ("code", canonical)
        case Word(_text, canonical):
            return ("word", canonical)


def basis_of(basis: Basis) -> tuple[object, ...]:
    """What a basis says, however its numbers were written; for whom is the series' matter."""
    return tuple(getattr(basis, name) for name in _CONTENT)


SEPARATOR = "\x1f"
"""Stands between the parts of what is digested, and in none of them."""

_CONTENT = tuple(n for n in Basis.__slots__ if n not in ("channel", "customer_group"))


def short_digest(*parts: object) -> str:
    """80 bits over the parts as 20 hex digits: a million facts clash with odds below 1e-12.

    Equal numbers count as equal; None differs from the empty text.

    >>> short_digest("TK-1", None) == short_digest("TK-1", ""), len(short_digest("a"))
    (False, 20)
    >>> short_digest(Decimal("1.50")) == short_digest(Decimal("1.5"))
    True
    """
    text = digest_text(*parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def digest_text(*parts: object) -> str:
    """What ``short_digest`` digests: the parts as text, joined by ``SEPARATOR``."""
    return SEPARATOR.join([_text(part) for part in parts])


def _text(part: object) -> str:
    if part is None:
        return "\x00"
    return format(part.normalize(), "f") if isinstance(part, Decimal) else str(part)


def _ends(amount: Amount) -> list[Decimal | None]:
    return [end for reading in amount.readings for end in (reading.low, reading.high)]


def succeeded(truths: Sequence[Truth]) -> list[Truth]:
    """The truths with open ends closed where a later open truth of the same series starts.

    Many exports give each price a start only. A later truth that has an end (a promotion) does not
    end the one before it: that holds again afterwards.
    """
    if len(truths) < 2:
        return list(truths)
    starts: dict[tuple[object, ...], list[datetime]] = {}
    for truth in truths:
        if truth.valid_to is None and truth.valid_from is not None:
            starts.setdefault((truth.feed, *series_of(truth)), []).append(truth.valid_from)
    return [_closed(truth, starts.get((truth.feed, *series_of(truth)), [])) for truth in truths]


def _closed(truth: Truth, starts: list[datetime]) -> Truth:
    own, end = truth.valid_from, truth.valid_to
    later = [start for start in starts if own is None or start > own]
    if not later or (end is not None and end <= min(later)):
        return truth
    return replace(truth, valid_to=min(later))
