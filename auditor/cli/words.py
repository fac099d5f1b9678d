"""How findings are told to people: states, ages and values in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from auditor.cli.output import one_line
from auditor.model import Diagnosis, State, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from auditor.model import Judgement

STATES: Mapping[State, str] = {
    State.OPEN: "open",
    State.ACKNOWLEDGED: "acknowledged",
    State.CLAIMED_FIXED: "said to be fixed",
    State.VERIFIED: "verified",
    State.NOT_OBSERVED: "said fixed, not seen",
    State.REOPENED: "reopened",
    State.WAIVED: "waived",
    State.REJECTED: "rejected",
}

STYLES: Mapping[State, str] = {
    State.OPEN: "red",
    State.ACKNOWLEDGED: "yellow",
    State.CLAIMED_FIXED: "cyan",
    State.VERIFIED: "green",
    State.NOT_OBSERVED: "bold red",
    State.REOPENED: "bold red",
    State.WAIVED: "dim",
    State.REJECTED: "dim",
}

_DIAGNOSES: Mapping[Diagnosis, str] = {
    Diagnosis.NONE: "",
    Diagnosis.OUTDATED: "outdated",
    Diagnosis.EARLY: "published too early",
    Diagnosis.OTHER_PRODUCT: "another product's value",
    Diagnosis.BASIS: "another basis",
    Diagnosis.SLIP: "a slip of the pen",
    Diagnosis.MARKUP_STALE: "markup differs from the text",
    Diagnosis.NEVER_VALID: "was never true",
}

_VERDICTS: Mapping[Verdict, str] = {
    Verdict.MATCH: "agrees",
    Verdict.MISMATCH: "differs",
    Verdict.MISSING: "missing",
    Verdict.EXTRA: "should not be there",
    Verdict.CONTRADICTION: "contradicts itself",
    Verdict.EXPIRED: "is over",
    Verdict.NOT_JUDGED: "not judged",
    Verdict.REPORTED: "flagged by a colleague",
}


def why(judgement: Judgement, zone: tzinfo = UTC) -> str:
    """The shortest reason: diagnosis where there is one, else the verdict; days as in ``zone``.

    >>> from auditor.model import Attribute, Judgement
    >>> j = Judgement("web", "https://a/", "S", Attribute.MOQ, "", "", Verdict.MISSING)
    >>> why(j)
    'missing'
    """
    text = diagnosis(judgement)
    if judgement.diagnosis is Diagnosis.OUTDATED and judgement.stale_since is not None:
        return f"{text} since {day(judgement.stale_since, zone)}"
    return text


def diagnosis(judgement: Judgement) -> str:
    """Why it is wrong in a word or two; how it is wrong where that is not known."""
    return _DIAGNOSES[judgement.diagnosis] or _VERDICTS[judgement.verdict]


def fact(judgement: Judgement) -> str:
    """Which fact of which product: "BX-20 spec operating voltage"."""
    return fact_named(judgement.sku, str(judgement.attribute), judgement.key)


def fact_named(sku: str, attribute: str, key: str) -> str:
    """The same from its parts.

    >>> fact_named("BX-20", "lead_time", "")
    'BX-20 lead time'
    """
    parts = (sku, attribute.replace("_", " "), key)
    return one_line(" ".join(part for part in parts if part))


def value(text: str, otherwise: str = "nothing") -> str:
    """A canonical value, harmless, or a word for its absence."""
    return one_line(text) or otherwise


def age(since: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that says enough.

    >>> age(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))
    '21 days'
    """
    if since is None:
        return ""
    seconds = max(0.0, (now - since).total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' * (count != 1)}"
    return "just now"


def day(at: datetime, zone: tzinfo = UTC) -> str:
    """The day of an instant, as people in ``zone`` count days.

    >>> from zoneinfo import ZoneInfo
    >>> day(datetime(2026, 11, 30, 23, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    '2026-12-01'
    """
    return f"{at.astimezone(zone):%Y-%m-%d}"


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> count(1, "page"), count(1200, "page"), count(0, "entry", "entries")
    ('1 page', '1,200 pages', '0 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
