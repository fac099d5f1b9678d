"""Dates as printed: full dates, months, and those whose order stays open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from dateutil.parser import isoparse

from auditor.values.lexicon import lexicon
from auditor.values.locale import Locale
from auditor.values.own_words import OwnWords

_ISO = re.compile(
    r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"
    r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?: ?Z|[+-]\d\d:?\d\d)?)?"
)
_YEAR_FIRST = re.compile(r"((?:19|20)\d\d)[./](\d{1,2})[./](\d{1,2})(?![\d/]|\.\d)")
_NUMERIC = re.compile(r"(\d{1,2})([./-]) ?(\d{1,2})\2 ?((?:19|20)\d\d|\d\d)(?![\d/]|[.,]\d|-\d)")
_MONTH_YEAR = re.compile(r"(0[1-9]|1[0-2])/((?:19|20)\d\d)(?![\d/])")
_OF = frozenset({"de", "del", "di", "of"})
_TIME = re.compile(
    r"(?:[01]?\d|2[0-4])[:.][0-5]\d(?::[0-5]\d)?(?: ?(?:am|pm|a\.m\.|p\.m\.|uhr|h)(?!\w))"
    r"|(?:0?\d|1[0-2]) ?(?:am|pm|a\.m\.|p\.m\.)(?!\w)"
    r"|(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed date: its end, ISO text ("2026-03-31", "2026-03", "--03-31", "" where the order
    of day and month is open) and the first instant of a full date (midnight, UTC)."""

    end: int
    text: str
    instant: datetime | None


def read_date(text: str, lowered: str, at: int, locale: Locale) -> Printed | None:
    """The date whose first digit stands at ``at`` of folded text, None where none does.

    >>> from auditor.values.locale import locale_for
    >>> read_date("31.03.2026", "31.03.2026", 0, locale_for("de")).text
    '2026-03-31'
    >>> read_date("03/04/2026", "03/04/2026", 0, locale_for("en")).instant is None
    True
    >>> read_date("1.4301", "1.4301", 0, locale_for("de")) is None
    True
    """
    found = _ISO.match(text, at)
    if found is not None:
        return _iso(found)
    found = _YEAR_FIRST.match(text, at)
    if found is not None:
        return _dated(found.end(), int(found[1]), int(found[2]), int(found[3]))
    found = _NUMERIC.match(text, at)
    if found is not None:
        return _numeric(found, locale)
    found = _day_month(locale.language, locale.own).match(lowered, at)
    if found is not None:
        return _named(found, locale)
    found = _MONTH_YEAR.match(text, at)
    if found is not None:
        return Printed(found.end(), f"{found[2]}-{found[1]}", None)
    return None


def read_after_month(lowered: str, at: int, locale: Locale) -> tuple[int, Printed] | None:
    """The date of a month name that stands before the digits at ``at`` of lower-case text: its
    start and the date; None where no month name stands there.

    >>> from auditor.values.locale import locale_for
    >>> read_after_month("ends march 31, 2026", 11, locale_for("en"))[1].text
    '2026-03-31'
    """
    start, word = _word_before(lowered, at)
    if word in _OF:
        start, word = _word_before(lowered, start)
    month_text = lexicon(locale.language, locale.own).months.get(word)
    rest = _DAY_YEAR.match(lowered, at) if month_text else None
    if month_text is None or rest is None:
        return None
    month = int(month_text)
    if rest["alone"]:
        return start, Printed(rest.end(), f"{int(rest['alone']):04}-{month:02}", None)
    day = int(rest["day"])
    if rest["year"] is None:
        return start, Printed(rest.end(), f"--{month:02}-{day:02}", None)
    printed = _dated(rest.end(), int(rest["year"]), month, day)
    return None if printed is None else (start, printed)


def _word_before(lowered: str, at: int) -> tuple[int, str]:
    """The word that ends right before the blank (or full stop) at ``at`` - 1, and its start."""
    end = at - 1 if lowered[at - 1 : at] == " " else at
    start = max(
        lowered.rfind(" ", max(0, end - 14), end), lowered.rfind("(", max(0, end - 14), end)
    )
    word = lowered[start + 1 : end]
    return start + 1, word.rstrip(".") if len(word) < 14 else ""


def read_time(text: str, at: int) -> int | None:
    """The end of a time of day ("14:30", "2.30 pm"), which is no quantity; None for none."""
    found = _TIME.match(text, at)
    return found.end() if found else None


_DAY_YEAR = re.compile(
    r"(?P<alone>(?:19|20)\d\d)(?![\d.,-]*\d)|"
    r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d:]|[.,]\d)"
    r"(?:,? (?P<year>(?:19|20)\d\d)(?!\d))?"
)


@lru_cache(maxsize=16)
def _day_month(language: str, own: OwnWords) -> re.Pattern[str]:
    months = lexicon(language, own).month_pattern
    return re.compile(
        rf"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|er|º|°|\.)?(?: (?:of|de|del|di))?[ -]"
        rf"(?P<month>{months})(?![a-zà-ÿ])\.?"
        r"(?:(?: (?:de|del|di|of))?,?[ -](?P<year>(?:19|20)\d\d)(?!\d))?"
    )


def _iso(found: re.Match[str]) -> Printed | None:
    text = found.group()
    if len(text) > 10:
        try:
            instant = isoparse(text[:10] + "T" + text[11:].replace(" ", ""))
        except ValueError:
            return None
        aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        return Printed(found.end(), instant.isoformat(), aware.astimezone(UTC))
    year, month, day = (int(part) for part in text.split("-"))
    return _dated(found.end(), year, month, day)


def _numeric(found: re.Match[str], locale: Locale) -> Printed | None:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    year += 2000 if year < 100 else 0
    if found[2] == "-" and len(found[4]) == 2:
        return None
    day_first = True if found[2] == "." else locale.day_first
    if first > 12 >= second or first == second:
        day_first = True
    elif second > 12 >= first:
        day_first = False
    if day_first is None:
        return Printed(found.end(), "", None) if first <= 12 and second <= 12 else None
    month, day = (second, first) if day_first else (first, second)
    return _dated(found.end(), year, month, day)


def _named(found: re.Match[str], locale: Locale) -> Printed | None:
    month, day = int(lexicon(locale.language, locale.own).months[found["month"]]), int(found["day"])
    if found["year"] is None:
        return Printed(found.end(), f"--{month:02}-{day:02}", None)
    return _dated(found.end(), int(found["year"]), month, day)


def _dated(end: int, year: int, month: int, day: int) -> Printed | None:
    try:
        instant = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return Printed(end, date(year, month, day).isoformat(), instant)
