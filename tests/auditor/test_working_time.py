"""Clocks that stand still when nobody works."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config import Config
from auditor.service_levels import working_time
from auditor.working_time import WorkingTime

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WorkingTime(frozenset(range(5)), 9 * 60, 17 * 60, BERLIN)
CHRISTMAS = WorkingTime(
    frozenset(range(5)), 9 * 60, 17 * 60, BERLIN, frozenset({date(2026, 12, 25)}).__contains__
)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("begun", "hours", "days", "ends"),
    [
        (local(2026, 11, 27, 16), 2, 0, local(2026, 11, 30, 10)),  # over a weekend
        (local(2026, 11, 28, 12), 1, 0, local(2026, 11, 30, 10)),  # begun on a Saturday
        (local(2026, 11, 26, 6), 0, 1, local(2026, 11, 26, 17)),  # a whole day, begun before it
        (local(2026, 11, 26, 11), 0, 1, local(2026, 11, 27, 11)),
        (local(2026, 11, 26, 18), 0, 2, local(2026, 11, 30, 17)),
    ],
)
def test_working_time_ends_when_so_much_of_it_has_passed(
    begun: datetime, hours: int, days: int, ends: datetime
) -> None:
    assert OFFICE.after(begun, hours=hours, days=days) == ends


def test_a_holiday_does_not_count() -> None:
    begun = local(2026, 12, 24, 13)
    assert CHRISTMAS.after(begun, days=1) == local(2026, 12, 28, 13)


def test_the_clocks_go_back_and_a_working_day_is_no_longer() -> None:
    begun = local(2026, 10, 23, 13)  # the Friday before
    assert OFFICE.after(begun, days=1) == local(2026, 10, 26, 13)
    assert OFFICE.between(begun, local(2026, 10, 26, 13)) == timedelta(hours=8)


def test_a_calendar_without_working_days_never_ends() -> None:
    never = WorkingTime(frozenset({0}), 540, 1020, UTC, lambda _: True)
    assert never.after(local(2026, 11, 27, 9), hours=1).year == 9999


@given(st.integers(0, 500_000), st.integers(1, 60))
def test_exactly_the_time_asked_for_has_passed_when_it_ends(minutes: int, hours: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ends = CHRISTMAS.after(start, hours=hours)
    assert CHRISTMAS.between(start, ends) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("country", "own", "ends"),
    [
        ("", [], local(2027, 1, 6, 11)),  # three days on from Monday, 4 January, but for …
        ("DE", [], local(2027, 1, 6, 11)),  # … what is a holiday in Bavaria alone
        ("DE-BY", [], local(2027, 1, 7, 11)),
        ("DE-BY", ["2027-01-05"], local(2027, 1, 8, 11)),  # own days off count as well
        ("RU", [], local(2027, 1, 12, 17)),  # begun on a holiday
    ],
)
def test_clocks_stand_still_on_the_public_holidays_of_the_calendars_country(
    country: str, own: list[str], ends: datetime
) -> None:
    config = Config.model_validate({
        "timezone": "Europe/Berlin",
        "service": {"calendar": {"country": country, "holidays": own}},
    })  # fmt: skip
    assert working_time(config).after(local(2027, 1, 4, 11), days=2) == ends
