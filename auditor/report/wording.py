"""The closed words of the report in plain sentences."""

from __future__ import annotations

import re
from hashlib import sha256

from auditor.model import Reason, State
from auditor.store import SAID_NOT_WRONG

STATES: dict[State, str] = {
    State.OPEN: "found, nobody has looked at it yet",
    State.ACKNOWLEDGED: "somebody is on it",
    State.CLAIMED_FIXED: "somebody says it is fixed; the next crawl will tell",
    State.NOT_OBSERVED: "said to be fixed, but the page still shows it",
    State.REOPENED: "was right and is wrong again",
    State.WAIVED: "left alone until a date or until a value changes",
    State.REJECTED: "off the list for a reason that a person gave: not wrong, or will not be fixed",
    State.VERIFIED: "seen right by a later crawl",
}

REASONS: dict[Reason, str] = {
    Reason.AMBIGUOUS_NUMBER: "The separators of the number allow two readings and nothing on the "
    "page or in the source's language decides.",
    Reason.AMBIGUOUS_PRODUCT: "The statement could belong to more than one product.",
    Reason.AMBIGUOUS_CURRENCY: "The page shows a currency sign that several currencies share.",
    Reason.UNKNOWN_PRODUCT: "The statement belongs to something the product feed does not know.",
    Reason.NO_TRUTH: "The page states it, but no feed says what is true.",
    Reason.NO_CLAIM: "The feed knows it, but the product's page does not state it.",
    Reason.SOURCE_CONFLICT: "Two truths of equal rank contradict each other: a question to the "
    "data owner.",
    Reason.PROPAGATION_GRACE: "The truth changed so shortly before the page was fetched that the "
    "page may still follow.",
    Reason.OTHER_MARKET: "The statement or the truth is for another market.",
    Reason.OTHER_CHANNEL: "The only truth is for a sales channel the source does not speak for.",
    Reason.OTHER_CURRENCY: "Page and truth are in different currencies; nothing is converted.",
    Reason.CUSTOMER_SPECIFIC: "A price for one customer or group, not the public one.",
    Reason.NOT_PUBLISHED: "The page says “on request” or “log in for price”.",
    Reason.VARIANT_NOT_SELECTED: "The page shows a range over variants and none is selected.",
    Reason.PACKAGING_LEVEL: "The identifier names another packaging level of the product.",
    Reason.BASIS_UNCLEAR: "It is not clear what the value is for (per piece, pack, 100, net or "
    "gross).",
    Reason.ROLE_UNCLEAR: "It is not clear whether it is a price in force.",
    Reason.HISTORIC: "The statement speaks of the past.",
    Reason.EXAMPLE: "The number stands in an example or calculation.",
    Reason.NOT_CURRENT: "A struck, former or recommended price, which is not in force.",
    Reason.EMPTY_VALUE: "The place of the value is empty or holds a placeholder.",
    Reason.NEEDS_RENDER: "The value appears only after JavaScript has run.",
    Reason.NO_TEXT_LAYER: "The document is a picture of text: it needs text recognition (OCR).",
    Reason.UNREADABLE: "The page could not be read.",
    Reason.LOGIN_WALL: "The page asks for a log-in.",
    Reason.SOFT_404: "The page says that it was not found.",
    Reason.SERVER_ERROR: "The server had a fault or was under maintenance.",
    Reason.BLOCKED: "The server took the crawler for a robot and blocked it.",
    Reason.FEED_GATED: "The feed behind the truth is not to be trusted at the moment.",
    Reason.VALUE_HELD: "The feed's new value is so far from the old one that it waits for a "
    "person: `sellby feeds`.",
    Reason.SOURCE_DOUBT: "A feed's export contradicts so many pages that agreed before that its "
    "owner is asked first: `sellby feeds`.",
    Reason.INCOMPARABLE: "Page and truth are of kinds that cannot be compared.",
}


def reason_meaning(reason: str) -> str:
    """The sentence for a reason word; a plug-in's own word stands for itself."""
    if reason == SAID_NOT_WRONG:
        return (
            "Sellby found it wrong, and a person said that it is not: `sellby findings --state "
            "rejected` lists them with their reasons."
        )
    return REASONS[Reason(reason)] if reason in set(Reason) else reason.replace("_", " ")


def percent(part: float, whole: float) -> str:
    """A share in whole per cent, never rounded up to 100 or down to 0.

    >>> percent(999, 1000), percent(1, 1000), percent(0, 0)
    ('99.9 %', '0.1 %', '–')
    >>> percent(94, 100)
    '94 %'
    """
    if not whole:
        return "–"
    share = 100 * part / whole
    if part not in (0, whole) and not 0.5 <= share < 99.5:
        return f"{min(max(share, 0.1), 99.9):.1f} %"
    return f"{share:.0f} %"


def percent_of(part: float, whole: float) -> str:
    """A share with one digit after the point, for shares that are followed over time.

    >>> percent_of(1, 3), percent_of(97, 100), percent_of(9999, 10000)
    ('33.3 %', '97.0 %', '99.9 %')
    >>> percent_of(1, 1), percent_of(0, 1), percent_of(0, 0)
    ('100 %', '0 %', '–')
    """
    if not whole:
        return "–"
    if part in (0, whole):
        return "100 %" if part else "0 %"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f} %"


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its word.

    >>> plural(1, "audit"), plural(1200, "audit"), plural(2, "piece of work", "pieces of work")
    ('1 audit', '1,200 audits', '2 pieces of work')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def slug(name: str) -> str:
    """A name as it can stand in an address; different names have different ones.

    >>> slug("Cable ties"), slug("cable-ties"), slug("")
    ('cable-ties-1fa526', 'cable-ties', 'none-')
    """
    if not name:
        return "none-"
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    if plain == name:
        return plain
    return f"{plain or 'x'}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"
