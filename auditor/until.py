"""When a waiver ends: "2026-12-24" or "14d", as people say it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo


def end_of(until: str | None, now: datetime, zone: tzinfo) -> datetime | None:
    """When a waiver ends (aware UTC): after the whole last day, as ``zone`` counts days.

    Raises ValueError for anything but a date, a span or None.

    >>> now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    >>> end_of("2026-12-24", now, UTC)
    datetime.datetime(2026, 12, 25, 0, 0, tzinfo=datetime.timezone.utc)
    >>> end_of("2w", now, UTC)
    datetime.datetime(2026, 12, 7, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if until is None:
        return None
    spans = {"d": 1, "w": 7}
    if until[-1:].lower() in spans and until[:-1].isdecimal() and len(until) <= 5:
        days = int(until[:-1]) * spans[until[-1].lower()]
        last = now.astimezone(zone).date() + timedelta(days=days)
    else:
        try:
            last = datetime.strptime(until, "%Y-%m-%d").date()  # noqa: DTZ007  # a day, not an instant
        except ValueError as error:
            raise ValueError(
                f"{until!r} is no date like 2026-12-24 and no span like 14d"
            ) from error
    start_of_next = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
    return start_of_next.astimezone(UTC)
