"""Working time: when is it over, and how much of it has passed? Pure, and right over DST."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dateutil.rrule import DAILY, rrule

NEVER_OFF: Callable[[date], bool] = lambda _day: False  # noqa: E731 - a value with a name

LONGEST_REGION = 3
"""Characters of a region's code; the package knows some towns by name, too."""

LONGEST_DAYS = 3_660
"""Days looked ahead for working time: a calendar with none in ten years has none."""


def public_holidays(country: str) -> Container[date]:
    """The public holidays of a country, or of a country and region: "DE", "DE-BY".

    Raises ValueError for one there is none of, and without the package that knows them.
    """
    try:
        import holidays
    except ImportError as error:
        raise ValueError("public holidays need `pip install 'sellby[holidays]'`") from error
    name, _, region = country.partition("-")
    known = holidays.list_supported_countries()
    if name not in known:
        raise ValueError(f"no public holidays are known of {name!r}; codes are like DE, FR, US")
    if region and region not in known[name]:
        codes = ", ".join(code for code in known[name] if len(code) <= LONGEST_REGION)
        raise ValueError(f"{name} has no region {region!r}; known are {codes or 'none'}")
    return holidays.country_holidays(name, subdiv=region or None)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Working days (Monday 0), working hours (minutes of the day), in whose time zone, days off.

    >>> berlin = WorkingTime(frozenset(range(5)), 9 * 60, 17 * 60, UTC)
    >>> berlin.after(datetime(2026, 11, 27, 16, tzinfo=UTC), hours=2)  # a Friday afternoon
    datetime.datetime(2026, 11, 30, 10, 0, tzinfo=datetime.timezone.utc)
    """

    weekdays: frozenset[int]
    start: int
    end: int
    zone: tzinfo
    is_off: Callable[[date], bool] = NEVER_OFF

    def after(self, at: datetime, *, hours: int = 0, days: int = 0) -> datetime:
        """The instant (UTC) when so much working time has passed since ``at`` (aware).

        A working day is as long as its hours, whenever it was begun. ``datetime.max`` where there
        is not that much working time in ten years.
        """
        left = timedelta(hours=hours) + days * timedelta(minutes=self.end - self.start)
        for opens, closes in self._spans(at):
            begun = max(opens, at)
            if left <= closes - begun:
                return (begun + left).astimezone(UTC)
            left -= closes - begun
        return datetime.max.replace(tzinfo=UTC)

    def between(self, since: datetime, until: datetime) -> timedelta:
        """Working time from ``since`` to ``until`` (both aware); zero where that is no span."""
        passed = timedelta()
        for opens, closes in self._spans(since):
            if opens >= until:
                break
            passed += max(timedelta(), min(closes, until) - max(opens, since))
        return passed

    def _spans(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working spans that end after ``since``, as UTC instants."""
        first = since.astimezone(self.zone).date()
        days = rrule(
            DAILY,
            dtstart=datetime.combine(first, time()),
            until=datetime.combine(first + timedelta(days=LONGEST_DAYS), time()),
            byweekday=sorted(self.weekdays),
        )
        for day in days:
            if self.is_off(day.date()):
                continue
            opens, closes = (self._instant(day.date(), m) for m in (self.start, self.end))
            if closes > since:
                yield opens, closes

    def _instant(self, day: date, minute: int) -> datetime:
        local = datetime.combine(day, time(), tzinfo=self.zone)
        if minute == 1440:
            return (local + timedelta(days=1)).astimezone(UTC)
        return local.replace(hour=minute // 60, minute=minute % 60).astimezone(UTC)
