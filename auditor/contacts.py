"""Which stale facts stand behind which tickets and calls? Pure.

A finding stands behind a contact where both are about one product, the page was wrong when the
customer called, and the contact's reason is about that kind of fact or says nothing of the kind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.model import Attribute, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from auditor.model import Contact, Finding

Words = dict[Attribute, tuple[str, ...]]

REASONS: Words = {
    Attribute.MOQ: ("minimum order", "minimum quantity", "moq", "mindestmenge", "mindestbestell",
                    "quantité minimum"),
    Attribute.PACK_SIZE: ("pack size", "packaging unit", "pieces per", "vpe", "verpackungseinheit",
                          "order multiple", "conditionnement"),
    Attribute.LEAD_TIME: ("lead time", "delivery time", "delivery date", "delivery", "dispatch",
                          "when will", "lieferzeit", "liefertermin", "délai"),
    Attribute.AVAILABILITY: ("availability", "available", "in stock", "out of stock", "stock",
                             "verfügbar", "bestand", "lagernd", "disponib"),
    Attribute.STATUS: ("discontinued", "replacement", "successor", "end of life", "abgekündigt",
                       "nachfolger", "ersatz"),
    Attribute.OFFER: ("offer", "promotion", "campaign", "coupon", "voucher", "aktion", "angebot"),
    Attribute.POLICY: ("return", "warranty", "terms", "payment", "policy", "shipping cost",
                       "rückgabe", "garantie", "zahlung"),
    Attribute.PRICE: ("price", "pricing", "cost", "discount", "surcharge", "quote", "preis",
                      "rabatt", "prix", "precio", "prezzo"),
    Attribute.SPEC: ("specification", "spec", "datasheet", "data sheet", "dimension", "technical",
                     "ingredient", "material", "compatib", "size", "weight", "certificate",
                     "datenblatt", "maße", "abmessung", "technisch", "inhaltsstoff"),
}  # fmt: skip
"""Which words of a reason or subject speak of which kind of fact; the first kind that has one wins.
"""

REPEAT_DAYS = 14
"""A second contact of one customer about one product within so many days is a repeat where the
help desk does not say: the usual window of first-contact resolution."""

_ALIKE = {Attribute.ORDER_MULTIPLE: Attribute.PACK_SIZE, Attribute.MIN_ORDER_VALUE: Attribute.MOQ}


class Link(StrEnum):
    """How sure it is that a finding stands behind a contact."""

    FACT = "fact"
    PRODUCT = "product"

    @property
    def meaning(self) -> str:
        """The link in words."""
        return {
            Link.FACT: "the contact asks about this very kind of fact",
            Link.PRODUCT: "the contact is about this product and does not say what",
        }[self]


@dataclass(frozen=True, slots=True)
class Told:
    """A contact with what is made of it: its product ("" unknown), kind of fact, repeat."""

    contact: Contact
    sku: str
    attribute: Attribute | None
    repeat: bool


@dataclass(frozen=True, slots=True)
class Toll:
    """What contacts cost: how many, how many of them repeats, and their minutes.

    ``minutes`` are measured ones; ``unmeasured`` counts contacts without.
    """

    contacts: int = 0
    repeats: int = 0
    minutes: Decimal = Decimal(0)
    unmeasured: int = 0

    def plus(self, told: Told) -> Toll:
        """With one more contact."""
        minutes = told.contact.minutes
        return Toll(
            self.contacts + 1,
            self.repeats + told.repeat,
            self.minutes + (minutes or 0),
            self.unmeasured + (minutes is None),
        )


@dataclass(frozen=True, slots=True)
class Behind:
    """The findings (fingerprint, how sure) that stand behind one contact."""

    told: Told
    findings: tuple[tuple[str, Link], ...]


def about(contact: Contact, words: Mapping[Attribute, Sequence[str]] = REASONS) -> Attribute | None:
    """The kind of fact a contact is about: by its reason, else by its subject; None: unsaid.

    >>> from datetime import UTC, datetime
    >>> from auditor.model import Contact
    >>> at = datetime(2026, 11, 1, tzinfo=UTC)
    >>> about(Contact("1", at, reason="Price question")), about(Contact("2", at, reason="other",
    ...     subject="When will BX-20 arrive, delivery time?")), about(Contact("3", at))
    (<Attribute.PRICE: 'price'>, <Attribute.LEAD_TIME: 'lead_time'>, None)
    """
    return _about(contact, _patterns(tuple((a, tuple(known)) for a, known in words.items())))


def told(
    contacts: Iterable[tuple[Contact, str]],
    words: Mapping[Attribute, Sequence[str]] = REASONS,
    repeat_days: int = REPEAT_DAYS,
) -> list[Told]:
    """Contacts (with their product) oldest first, each with what it is about.

    Where the help desk does not say so, a repeat is the same customer about the same product
    again within ``repeat_days``.
    """
    found = []
    patterns = _patterns(tuple((a, tuple(known)) for a, known in words.items()))
    last: dict[tuple[str, str], datetime] = {}
    for contact, sku in sorted(contacts, key=lambda pair: (pair[0].at, pair[0].id)):
        again = False
        if contact.who and sku:
            before = last.get((contact.who, sku))
            again = before is not None and contact.at - before <= timedelta(days=repeat_days)
            last[contact.who, sku] = contact.at
        repeat = again if contact.repeat is None else contact.repeat
        found.append(Told(contact, sku, _about(contact, patterns), repeat))
    return found


def behind(contacts: Iterable[Told], findings: Iterable[Finding]) -> list[Behind]:
    """For each contact the findings that stand behind it; contacts without any are in it too."""
    by_sku: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.judgement.sku:
            by_sku[finding.judgement.sku].append(finding)
    made = []
    for one in contacts:
        links = (
            (finding.fingerprint, link)
            for finding in by_sku.get(one.sku, ())
            if (link := _link(one, finding)) is not None
        )
        made.append(Behind(one, tuple(sorted(links, key=lambda pair: (pair[1], pair[0])))))
    return made


def by_finding(found: Iterable[Behind]) -> dict[str, Toll]:
    """What stands on each finding's account, by fingerprint.

    A contact counts in full on every finding behind it, since fixing one alone may not spare it;
    sums over findings are therefore made of contacts, not of these: see ``toll``.
    """
    tolls: dict[str, Toll] = defaultdict(Toll)
    for one in found:
        for fingerprint, _how in one.findings:
            tolls[fingerprint] = tolls[fingerprint].plus(one.told)
    return dict(tolls)


def toll(found: Iterable[Behind], *, explained: bool = True) -> Toll:
    """What contacts cost together, each counted once; ``explained``: only those with a finding."""
    total = Toll()
    for one in found:
        if one.findings or not explained:
            total = total.plus(one.told)
    return total


def wrong_between(finding: Finding) -> tuple[datetime, datetime | None]:
    """From when until when it was wrong: since the truth changed, else since it was seen.

    None: it is wrong still. Being seen right ends it; what will not be fixed is not looked for
    any more, and is known to be wrong until it was seen last. What a person said is not wrong is
    none of the findings to ask this of.
    """
    stale = finding.judgement.stale_since
    start = min(stale, finding.first_seen) if stale is not None else finding.first_seen
    match finding.state:
        case State.VERIFIED:
            return start, finding.closed_at
        case State.REJECTED:
            return start, finding.last_seen
        case _:
            return start, None


_Patterns = tuple[tuple[Attribute, re.Pattern[str]], ...]


@lru_cache(maxsize=8)
def _patterns(words: tuple[tuple[Attribute, tuple[str, ...]], ...]) -> _Patterns:
    """One pattern a kind of fact: any of its words, from the beginning of a word on."""
    return tuple(
        (attribute, re.compile(r"\b(?:" + "|".join(re.escape(w.casefold()) for w in known) + ")"))
        for attribute, known in words
        if known
    )


def _about(contact: Contact, patterns: _Patterns) -> Attribute | None:
    for text in (contact.reason, contact.subject):
        if not text:
            continue
        folded = " ".join(text.replace("_", " ").casefold().split())
        for attribute, pattern in patterns:
            if pattern.search(folded):
                return attribute
    return None


def _link(one: Told, finding: Finding) -> Link | None:
    start, end = wrong_between(finding)
    if one.contact.at < start or (end is not None and one.contact.at > end):
        return None
    if one.attribute is None:
        return Link.PRODUCT
    attribute = finding.judgement.attribute
    same = _ALIKE.get(attribute, attribute) == _ALIKE.get(one.attribute, one.attribute)
    return Link.FACT if same else None


def with_words(more: Mapping[Attribute, Sequence[str]]) -> Words:
    """The words for reasons with a company's own in front.

    >>> with_words({Attribute.PRICE: ["tariff"]})[Attribute.PRICE][:2]
    ('tariff', 'price')
    """
    own = {attribute: tuple(words) for attribute, words in more.items()}
    merged = {a: (*own.get(a, ()), *words) for a, words in REASONS.items()}
    return {**{a: w for a, w in own.items() if a not in merged}, **merged}
