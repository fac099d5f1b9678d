"""Feed cells to exact values: decimals, instants and keys; a refusal is a ValueError with why."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache, lru_cache

from dateutil import parser, tz

_EXACT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_ISO = re.compile(r"\d{4}-?\d{2}-?\d{2}(?:[T ]\d{2}:?\d{2}.*)?", re.ASCII)
_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}", re.ASCII)
_SPREADSHEET_KEY = re.compile(
    r"[+-]?\d+[.,]?\d*E\+\d{2,}"
    r"|\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"|#(?:REF|N/A|NAME\?|VALUE|DIV/0|NUM|NULL)!?",
    re.ASCII | re.IGNORECASE,
)
_MAX_DIGITS = 30

DAMAGED = "that a spreadsheet has damaged"
"""How this reason can be told again in a list of rejected rows."""


def exact(text: str) -> Decimal:
    """An exact feed number: digits with an optional ``.``; nothing is guessed.

    >>> exact("1299.00")
    Decimal('1299.00')
    >>> exact("1,5")
    Traceback (most recent call last):
    ValueError: '1,5' is no number with a decimal point
    >>> exact("1e5")
    Traceback (most recent call last):
    ValueError: '1e5' is no number with a decimal point
    """
    stripped = text.strip()
    if not _EXACT.fullmatch(stripped) or len(stripped) > _MAX_DIGITS:
        raise ValueError(f"{_short(stripped)} is no number with a decimal point")
    return Decimal(stripped)


def grouped(text: str, decimal: str, thousands: str | None) -> Decimal:
    """A number with a declared decimal sign and thousands separator, SAP's trailing minus too.

    Groups are checked: a separator that does not stand before exactly three digits is refused.

    >>> grouped("1.299,00", ",", ".")
    Decimal('1299.00')
    >>> grouped("12,50-", ",", None)
    Decimal('-12.50')
    >>> grouped("1.29,00", ",", ".")
    Traceback (most recent call last):
    ValueError: '1.29,00' is no number with decimal ',' and thousands '.'
    """
    stripped = text.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("\u2019", "'")
    body = stripped.removesuffix("-").strip()
    sign = "-" if stripped.endswith("-") else ""
    whole, found, fraction = body.partition(decimal)
    lead = whole[0] if whole[:1] in ("+", "-") else ""
    digits = whole[len(lead) :]
    groups = digits.split(thousands) if thousands else [digits]
    fits = (
        all(group.isdecimal() and group.isascii() for group in groups)
        and (len(groups) == 1 or (len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:])))
        and (not found or (fraction.isdecimal() and fraction.isascii()))
        and not (sign and lead)
        and len(body) <= _MAX_DIGITS
    )
    if not fits:
        kind = f"decimal {decimal!r}" + (f" and thousands {thousands!r}" if thousands else "")
        raise ValueError(f"{_short(text.strip())} is no number with {kind}")
    return Decimal(
        f"{sign or lead}{''.join(groups)}.{fraction or '0'}"
        if found
        else f"{sign or lead}{''.join(groups)}"
    )


@lru_cache(maxsize=4096)
def instant(text: str, zone: str, form: str = "iso") -> datetime | None:
    """An ISO date or instant, or one in strptime ``form``, as aware UTC; None for an empty cell.

    A date without a zone is the start of that day in ``zone``; an hour that a clock change skips
    is moved forward as clocks are.

    >>> instant("2026-04-01", "Europe/Berlin")
    datetime.datetime(2026, 3, 31, 22, 0, tzinfo=datetime.timezone.utc)
    >>> instant("01.04.2026", "Europe/Berlin")
    Traceback (most recent call last):
    ValueError: '01.04.2026' is no ISO date; give its form in `date` of a mapped column
    """
    stripped = text.strip()
    if not stripped:
        return None
    try:
        if form == "iso":
            if not _ISO.fullmatch(stripped):
                raise ValueError
            found = parser.isoparse(stripped.replace(" ", "T", 1))
        else:
            found = datetime.strptime(stripped, form)  # noqa: DTZ007 - the zone is put on below
    except (ValueError, OverflowError):
        hint = "" if _ISO.fullmatch(stripped) else "; give its form in `date` of a mapped column"
        wanted = f"ISO date{hint}" if form == "iso" else f"date of the form {form}"
        raise ValueError(f"{_short(stripped)} is no {wanted}") from None
    if found.tzinfo is None:
        found = tz.resolve_imaginary(found.replace(tzinfo=_tz(zone)))
    try:
        return found.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise ValueError(f"{_short(stripped)} is beyond any calendar") from None


def is_day(text: str) -> bool:
    """Whether an ISO text names a day and no hour.

    >>> is_day("2026-04-01"), is_day("2026-04-01T08:00")
    (True, False)
    """
    return bool(_DAY.fullmatch(text.strip()))


@lru_cache(maxsize=4096)
def day_after(text: str, zone: str, form: str = "iso") -> datetime | None:
    """The exclusive end of a period whose last day is ``text``.

    >>> day_after("2026-12-24", "UTC")
    datetime.datetime(2026, 12, 25, 0, 0, tzinfo=datetime.timezone.utc)
    """
    start = instant(text, zone, form)
    if start is None:
        return None
    local = start.astimezone(_tz(zone)).replace(tzinfo=None) + timedelta(days=1)
    return tz.resolve_imaginary(local.replace(tzinfo=_tz(zone))).astimezone(UTC)


def key(text: str) -> str:
    """A product key as it stands, outer blanks off; refused where a spreadsheet has damaged it.

    >>> key(" 00071-A ")
    '00071-A'
    >>> key("9.52E+12")
    Traceback (most recent call last):
    ValueError: '9.52E+12' is a key that a spreadsheet has damaged; export keys as text
    """
    stripped = text.strip()
    if not stripped:
        raise ValueError("the key is empty")
    if _SPREADSHEET_KEY.fullmatch(stripped):
        raise ValueError(f"{_short(stripped)} is a key {DAMAGED}; export keys as text")
    if len(stripped) > 200:
        raise ValueError(f"{_short(stripped)} is too long for a key (200 characters)")
    return stripped


@cache
def _tz(name: str) -> tzinfo:
    found = tz.gettz(name)
    if found is None:  # FeedConfig has checked it
        raise ValueError(f"{name!r} is no IANA time zone")
    return found


def local_year(instant: datetime, zone: str) -> int:
    """The year of an aware instant in ``zone``."""
    return instant.astimezone(_tz(zone)).year


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
