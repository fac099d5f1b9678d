"""Month by month: contacts, flags, hours, time to fix, and views of wrong pages. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from auditor.contacts import wrong_between
from auditor.exposure import between
from auditor.model import State

if TYPE_CHECKING:
    from auditor.contacts import Behind
    from auditor.exposure import Series
    from auditor.model import Finding

SETTLING_DAYS = 2
"""A month whose first contact comes later than its third day is taken for the one in which they
began to be told."""

Page = tuple[str, str]
"""Source and URL."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A fact that somebody of the staff could not find or found wrong; minutes None: not said."""

    at: datetime
    minutes: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month. ``whole`` is False for the month that is not over, and for the one in
    which contacts and flags began to be told.

    ``explained`` contacts have a stale fact behind them; ``minutes`` are theirs and the flags',
    of which ``assumed`` were not measured. ``opened`` and ``fixed`` count findings, ``days_to_fix``
    is the median from first seen to seen fixed, None where nothing was fixed. ``views_wrong`` are
    views of pages on which something was wrong, None without page views.
    """

    first: date
    whole: bool
    contacts: int = 0
    explained: int = 0
    repeats: int = 0
    flags: int = 0
    minutes: Decimal = Decimal(0)
    assumed: int = 0
    opened: int = 0
    fixed: int = 0
    days_to_fix: float | None = None
    views_wrong: float | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is told of it."""
        told = (self.contacts, self.flags, self.opened, self.fixed)
        return not any(told) and self.views_wrong is None

    @property
    def name(self) -> str:
        """The month as "2026-11"."""
        return f"{self.first:%Y-%m}"

    @property
    def hours(self) -> Decimal:
        """Staff hours lost to stale facts."""
        return self.minutes / 60


@dataclass(slots=True)
class _Sum:
    contacts: int = 0
    explained: int = 0
    repeats: int = 0
    flags: int = 0
    minutes: Decimal = Decimal(0)
    assumed: int = 0
    opened: int = 0
    days: list[float] = field(default_factory=list)
    views: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the months are counted from. ``assumed_minutes`` stand for those nobody measured."""

    contacts: Sequence[Behind]
    findings: Sequence[Finding]
    flags: Sequence[Flag]
    views: Callable[[Page], Series]
    assumed_minutes: Decimal


def months(evidence: Evidence, now: datetime, zone: tzinfo, last: int = 12) -> list[Month]:
    """The last so many months up to ``now``, oldest first, as people in ``zone`` count days."""
    today = now.astimezone(zone).date()
    firsts = _firsts(today, last)
    sums = {first: _Sum() for first in firsts}

    def of(at: datetime) -> _Sum | None:
        return sums.get(at.astimezone(zone).date().replace(day=1))

    for behind in evidence.contacts:
        if (total := of(behind.told.contact.at)) is not None:
            _add_contact(total, behind, evidence.assumed_minutes)
    for flag in evidence.flags:
        if (total := of(flag.at)) is not None:
            total.flags += 1
            total.minutes += evidence.assumed_minutes if flag.minutes is None else flag.minutes
            total.assumed += flag.minutes is None
    for finding in evidence.findings:
        if (total := of(finding.first_seen)) is not None:
            total.opened += 1
        closed = finding.closed_at if finding.state is State.VERIFIED else None
        if closed is not None and (total := of(closed)) is not None:
            span = closed - finding.first_seen
            total.days.append(max(0.0, span.total_seconds() / 86400))
    _add_views(sums, evidence, now, zone)
    begins = _begins(evidence, zone)
    made = [_month(first, sums[first], today, begins) for first in firsts]
    told = next((i for i, month in enumerate(made) if not month.is_empty), len(made) - 1)
    return made[told:]


def wrong_spans(
    findings: Iterable[Finding], now: datetime, zone: tzinfo
) -> Mapping[Page, list[tuple[date, date]]]:
    """When something was wrong on each page: days from and to, none twice, oldest first."""
    spans: dict[Page, list[tuple[date, date]]] = defaultdict(list)
    for finding in findings:
        start, end = wrong_between(finding)
        first = start.astimezone(zone).date()
        last = min(end or now, now).astimezone(zone).date()
        spans[finding.judgement.source, finding.judgement.url].append((first, last))
    return {page: _merged(several) for page, several in spans.items()}


def _add_contact(total: _Sum, behind: Behind, assumed: Decimal) -> None:
    total.contacts += 1
    total.repeats += behind.told.repeat
    if behind.findings:
        minutes = behind.told.contact.minutes
        total.explained += 1
        total.minutes += assumed if minutes is None else minutes
        total.assumed += minutes is None


def _add_views(sums: Mapping[date, _Sum], evidence: Evidence, now: datetime, zone: tzinfo) -> None:
    """Views of pages with something wrong on them, in the months of which any are told."""
    for page, spans in wrong_spans(evidence.findings, now, zone).items():
        series = evidence.views(page)
        for first, last in spans if series else ():
            for month, total in sums.items():
                end = min(last, _next(month) - timedelta(days=1))
                found = between(series, max(first, month), end)
                if found is not None and found.covered:
                    total.views = (total.views or 0.0) + found.count


def _begins(evidence: Evidence, zone: tzinfo) -> date | None:
    """The day of the first contact or flag."""
    days = [one.told.contact.at for one in evidence.contacts]
    days += [flag.at for flag in evidence.flags]
    return min(days).astimezone(zone).date() if days else None


def _month(first: date, total: _Sum, today: date, begins: date | None) -> Month:
    late = first + timedelta(days=SETTLING_DAYS)
    started_within = begins is not None and late < begins < _next(first)
    return Month(
        first,
        _next(first) <= today and not started_within,
        total.contacts,
        total.explained,
        total.repeats,
        total.flags,
        total.minutes,
        total.assumed,
        total.opened,
        len(total.days),
        median(total.days) if total.days else None,
        total.views,
    )


def _firsts(today: date, last: int) -> list[date]:
    firsts = [today.replace(day=1)]
    while len(firsts) < last:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return firsts[::-1]


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _merged(spans: list[tuple[date, date]]) -> list[tuple[date, date]]:
    merged: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + timedelta(days=1):
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
