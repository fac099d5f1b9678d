"""Until when does an offer or a price list say it holds?"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auditor.extract.cues import Span
from auditor.extract.reading import Reading
from auditor.values.tokens import Kind, Token

# Names of zones as shops print them, for "ends 11:59 p.m. Pacific".
_ZONES = {
    "pacific": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "mountain": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver",
    "central": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago",
    "eastern": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "gmt": "Europe/London", "bst": "Europe/London", "utc": "UTC", "cet": "Europe/Berlin",
    "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin", "ist": "Asia/Kolkata",
}  # fmt: skip
_ZONE = re.compile(rf"\b({'|'.join(_ZONES)})\b", re.I)


def window_end(reading: Reading, span: Span, zone: str) -> datetime | None:
    """The instant after the last day named by "until …" in ``span``, None where none is.

    Exclusive, aware UTC: "through 10/31/2026" in New York is 2026-11-01T04:00Z.
    """
    end: Token | None = None
    dates = [t for t in reading.tokens_in(*span) if t.kind is Kind.DATE and t.instant is not None]
    for token in dates[:8]:
        lead = max(span[0], token.start - 32)
        cue = reading.cues.last(lead, token.core[0], "time.ends")
        within = token.core[0] != token.start and reading.cues.any(
            token.start, token.core[0], "time.ends"
        )
        led = cue is not None and not _other_date_between(dates, cue[1][1], token)
        closes = token is dates[-1] and len(dates) == 2 and _is_range(reading, dates)
        if within or led or closes:
            end = token
    if end is None or end.instant is None:
        return None
    return day_after(end.instant, zone_in(reading.page.text[end.end : end.end + 48]) or zone)


def window_start(reading: Reading, span: Span, zone: str) -> datetime | None:
    """The first instant of the day named by "from …" in ``span``, None where none is."""
    for token in reading.tokens_in(*span):
        if token.kind is not Kind.DATE or token.instant is None:
            continue
        lead = max(span[0], token.start - 24)
        cue = reading.cues.last(lead, token.core[0], "time.starts")
        if cue is not None and token.core[0] - cue[1][1] <= 12:
            return day_after(token.instant - timedelta(days=1), zone)
    return None


def day_after(day: datetime, zone: str) -> datetime:
    """Midnight at the end of ``day`` in ``zone``, in UTC; an unknown zone counts as UTC.

    >>> day_after(datetime(2026, 10, 31, tzinfo=UTC), "America/New_York").isoformat()
    '2026-11-01T04:00:00+00:00'
    """
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        where = ZoneInfo("UTC")
    try:
        midnight = datetime.combine(day.date() + timedelta(days=1), time(), where)
        return midnight.astimezone(UTC)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def zone_in(text: str) -> str | None:
    """The time zone a text names: "at 11:59 p.m. Pacific".

    >>> zone_in(" at 11:59 p.m. Pacific"), zone_in("in stores")
    ('America/Los_Angeles', None)
    """
    hit = _ZONE.search(text)
    return _ZONES[hit[1].lower()] if hit else None


def _other_date_between(dates: list[Token], start: int, token: Token) -> bool:
    return any(start <= other.start < token.start for other in dates if other is not token)


def _is_range(reading: Reading, dates: list[Token]) -> bool:
    between = reading.plain(dates[0].end, dates[1].start)
    return between in {
        "-",
        "–",
        "to",
        "through",
        "thru",
        "until",
        "bis",
        "au",
        "al",
        "tot",
        "a",
        "t/m",
        "bis zum",
    }
