"""The case from the database, the surveys and what the company says of itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from auditor.case.avoided import HORIZON_DAYS, Avoided, avoided, minutes_avoided
from auditor.case.figures import Figure, count, fine, money, percent
from auditor.case.months import Evidence, Flag, Month, months
from auditor.case.pain import Business, Pain, pains
from auditor.case.survey import Survey, read_customers, read_staff
from auditor.contacts import toll, with_words
from auditor.costs import Costs
from auditor.store.findings import Filter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.config import Config
    from auditor.contacts import Toll
    from auditor.model import Finding
    from auditor.store import AuditStore

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure in whole months before and since the work began; None where there is none."""

    name: str
    before: float | None
    since: float | None
    formula: str


@dataclass(frozen=True, slots=True)
class Case:
    """What stale facts cost, what is at risk, what was gained; ``missing`` says what to add.

    ``started`` is the day the work began: before and since are told apart by it.
    """

    started: date
    headline: tuple[Figure, ...]
    pains: tuple[Pain, ...]
    months: tuple[Month, ...]
    comparisons: tuple[Comparison, ...]
    avoided: tuple[Avoided, ...]
    gains: tuple[Figure, ...]
    missing: tuple[str, ...]
    unusable: tuple[str, ...] = ()


def build_case(
    store: AuditStore,
    config: Config,
    now: datetime,
    *,
    last: int = MONTHS,
    started: date | None = None,
) -> Case:
    """The case as of ``now``; ``started`` beats ``case.started`` of the configuration.

    Raises FeedError where a survey is named and cannot be read.
    """
    costs = Costs(store, config, now)
    findings = store.findings.matching(Filter(every_state=True, only_wrong=True))
    business = _business(config)
    survey = _survey(config)
    evidence = Evidence(
        costs.behind,
        findings,
        _flags(store),
        lambda page: costs.views(*page),
        Decimal(str(config.contacts.minutes)),
    )
    zone = ZoneInfo(config.timezone)
    by_month = months(evidence, now, zone, last)
    begun = started or config.case.started or _first_audit(store, now).astimezone(zone).date()
    open_of = Counter(str(f.judgement.attribute) for f in findings if f.state.needs_work)
    spared = avoided(costs.behind, findings, now)
    points = pains(list(survey.problems), list(survey.frustrations), business, dict(open_of))
    return Case(
        begun,
        tuple(_headline(by_month, points, business)),
        tuple(points),
        tuple(by_month),
        tuple(_comparisons(by_month, begun)),
        tuple(spared),
        tuple(_gains(spared, costs, business, findings)),
        tuple(_missing(config, by_month, survey)),
        tuple(f"{row.file}:{row.line}: {row.reason}" for row in survey.rejected),
    )


def _business(config: Config) -> Business:
    case = config.case
    return Business(
        case.currency,
        case.customers,
        case.revenue_per_customer,
        case.hourly_rate,
        case.staff,
    )


def _survey(config: Config) -> Survey:
    case, words = config.case, with_words(config.contacts.reasons)
    problems, refused = (
        read_customers(config.base_dir / case.customer_survey, words)
        if case.customer_survey
        else ([], [])
    )
    frustrations, unread = (
        read_staff(config.base_dir / case.staff_survey, words) if case.staff_survey else ([], [])
    )
    return Survey(tuple(problems), tuple(frustrations), (*refused, *unread))


def _flags(store: AuditStore) -> list[Flag]:
    """What staff could not find or found wrong; 0 minutes is what nobody said.

    Without flags of what a person said is not wrong.
    """
    not_wrong = store.findings.not_wrong()
    return [
        Flag(flag.at, Decimal(flag.minutes) if flag.minutes else None)
        for flag in store.desk.flags()
        if flag.fingerprint not in not_wrong
    ]


def _first_audit(store: AuditStore, now: datetime) -> datetime:
    return store.audits.first_at() or now


def _headline(
    by_month: Sequence[Month], points: Sequence[Pain], business: Business
) -> list[Figure]:
    figures = []
    told = [month for month in by_month if month.contacts or month.flags]
    whole = [month for month in told if month.whole] or told
    if whole:
        hours = sum((month.hours for month in whole), Decimal(0)) / len(whole)
        calls = sum(m.explained for m in whole)
        flags = sum(m.flags for m in whole)
        minutes = sum((m.minutes for m in whole), Decimal(0))
        assumed = sum(m.assumed for m in whole)
        formula = (
            f"{minutes:,.0f} minutes of {calls:,} contacts with a stale fact behind them and of "
            f"{flags:,} flags in {len(whole)} months ÷ {len(whole)} ÷ 60"
        )
        if assumed:
            formula += f"; {assumed:,} of them were not measured and count the assumed minutes"
        figures.append(Figure("staff hours lost a month", count(float(hours)), formula,
                              float(hours)))  # fmt: skip
        if business.hourly_rate is not None:
            cost = hours * business.hourly_rate
            rate = money(business.hourly_rate, business.currency)
            figures.append(Figure("their cost a month", money(cost, business.currency),
                                  f"{count(float(hours))} hours × {rate} an hour",
                                  float(cost)))  # fmt: skip
    shared = [point for point in points if point.shared]
    hurting = [point for point in points if point.problems]
    if hurting:
        part = len(shared) / len(hurting)
        formula = (
            f"{len(shared)} of the {len(hurting)} that customers name, staff names too: one fix "
            "helps both"
        )
        name = "points of pain that customers and staff share"
        figures.append(Figure(name, percent(part), formula, part))
    figures += _at_risk(shared, business)
    return figures


def _at_risk(shared: Sequence[Pain], business: Business) -> list[Figure]:
    figures = []
    customers = [p.customers_at_risk for p in shared if p.customers_at_risk is not None]
    if customers:
        total = sum(customers, Decimal(0))
        formula = " + ".join(map(fine, customers)) + ", of the shared points below"
        figures.append(Figure("customers at risk", f"{total:,.0f}", formula, float(total)))
    revenue = [p.revenue_at_risk for p in shared if p.revenue_at_risk is not None]
    if revenue:
        total = sum(revenue, Decimal(0))
        formula = " + ".join(money(each, "") for each in revenue) + ", of the shared points below"
        shown = money(total, business.currency)
        figures.append(Figure("revenue at risk a year", shown, formula, float(total)))
    return figures


def _comparisons(by_month: Sequence[Month], started: date) -> list[Comparison]:
    """Means of whole months before the work began and since; its own month belongs to neither."""
    before = [m for m in by_month if m.whole and m.first < started.replace(day=1)]
    since = [m for m in by_month if m.whole and m.first > started.replace(day=1)]
    before = before[next((i for i, m in enumerate(before) if m.contacts or m.flags), 0) :]

    def mean(part: Sequence[Month], value: str) -> float | None:
        numbers = [getattr(m, value) for m in part]
        known = [float(n) for n in numbers if n is not None]
        return sum(known) / len(known) if known else None

    words = f"mean of {len(before)} whole months before {started:%Y-%m} and {len(since)} since"
    return [
        Comparison(name, mean(before, value), mean(since, value), f"{what}, {words}")
        for name, value, what in (
            ("repeat contacts", "repeats", "repeats a month"),
            ("contacts with a stale fact behind them", "explained", "contacts a month"),
            ("flags", "flags", "flags a month"),
            ("staff hours lost", "hours", "hours a month"),
            ("days to fix", "days_to_fix", "monthly medians from first seen to seen fixed"),
            ("views of wrong pages", "views_wrong", "views of pages with something wrong a month"),
        )
    ]


def _gains(
    spared: Sequence[Avoided], costs: Costs, business: Business, findings: Sequence[Finding]
) -> list[Figure]:
    explained = toll(costs.behind)
    if not explained.contacts:
        return []
    share = explained.repeats / explained.contacts
    return [
        *(_spared(spared, explained, business, findings, share) if spared else ()),
        Figure("settled at first contact", percent(1 - share),
               f"1 − {explained.repeats} repeats ÷ {explained.contacts} contacts with a stale fact "
               "behind them", 1 - share),
    ]  # fmt: skip


def _spared(
    spared: Sequence[Avoided],
    explained: Toll,
    business: Business,
    findings: Sequence[Finding],
    share: float,
) -> list[Figure]:
    total = sum(each.contacts for each in spared)
    fixed = len({f.fingerprint for f in findings} & {each.fingerprint for each in spared})
    figures = [
        Figure(
            "contacts avoided",
            count(total),
            f"Σ over {_facts(fixed)} that were asked about: contacts while wrong ÷ days wrong "
            f"× days since the fix (at most {HORIZON_DAYS}) − contacts that came all the same",
            total,
        )
    ]
    measured = explained.contacts - explained.unmeasured
    if measured:
        minutes = minutes_avoided(total, explained.minutes, measured)
        mean = explained.minutes / measured
        hours = minutes / 60
        figures.append(Figure("hours spared", count(float(hours)),
                              f"{count(total)} contacts × {mean:.1f} minutes, the mean of "
                              f"{measured} measured ones, ÷ 60", float(hours)))  # fmt: skip
        if business.hourly_rate is not None:
            worth = hours * business.hourly_rate
            rate = money(business.hourly_rate, business.currency)
            figures.append(Figure("their worth", money(worth, business.currency),
                                  f"{count(float(hours))} hours × {rate}",
                                  float(worth)))  # fmt: skip
    figures.append(Figure("repeat contacts avoided", count(total * share),
                          f"{count(total)} contacts × {percent(share)}, the share of repeats among "
                          "contacts with a stale fact behind them", total * share))  # fmt: skip
    return figures


def _facts(number: int) -> str:
    return f"{number} fixed fact" if number == 1 else f"{number} fixed facts"


def _missing(config: Config, by_month: Sequence[Month], survey: Survey) -> list[str]:
    case = config.case
    found = []
    if not any(month.contacts for month in by_month):
        found.append("a feed of tickets or calls (contacts_csv, zendesk, freshdesk): hours lost")
    if case.hourly_rate is None:
        found.append("case.hourly_rate, what an hour of staff costs all in all: costs")
    if not survey.problems:
        found.append("case.customer_survey: customers and revenue at risk")
    if not survey.frustrations:
        found.append("case.staff_survey: which points of pain customers and staff share")
    if case.customers is None:
        found.append("case.customers, how many there are: customers at risk")
    if case.revenue_per_customer is None:
        found.append("case.revenue_per_customer, of a year: revenue at risk")
    return found
