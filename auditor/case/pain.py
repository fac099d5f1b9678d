"""The points of pain that customers and staff share, ranked: fix one, help both. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz import fuzz

from auditor.case.figures import Figure, fine, money, percent
from auditor.case.survey import Frustration, Problem

ALIKE = 75
"""Likeness (0-100, token set ratio) from which two sentences without a topic mean the same. Chosen
on pairs of survey sentences: below 70 different matters pair up by their filler words."""

WEEKS_A_YEAR = 46
"""Weeks worked."""


@dataclass(frozen=True, slots=True)
class Business:
    """What the company says of itself; None where it does not."""

    currency: str = ""
    customers: int | None = None
    revenue_per_customer: Decimal | None = None
    hourly_rate: Decimal | None = None
    staff: int | None = None


@dataclass(frozen=True, slots=True)
class Pain:
    """One point of pain: whose it is, what is at risk in a year, and how that was worked out.

    ``shared`` where it hurts customers and staff alike: a two-fer. ``open`` counts the findings on
    the work list that are of its topic.
    """

    topic: str
    problems: tuple[str, ...]
    frustrations: tuple[str, ...]
    customers_at_risk: Decimal | None
    revenue_at_risk: Decimal | None
    staff_cost: Decimal | None
    open: int
    figures: tuple[Figure, ...]

    @property
    def shared(self) -> bool:
        """Whether it hurts both."""
        return bool(self.problems and self.frustrations)

    @property
    def at_stake(self) -> Decimal:
        """Revenue at risk and staff cost of a year together, as far as they are known."""
        return (self.revenue_at_risk or Decimal(0)) + (self.staff_cost or Decimal(0))


def pains(
    problems: list[Problem],
    frustrations: list[Frustration],
    business: Business,
    open_of: dict[str, int],
) -> list[Pain]:
    """The points of pain, shared ones first, each by what is at stake.

    A problem and a frustration meet where they are of one topic (a kind of fact, or the surveys'
    own word), else where their sentences say the same. ``open_of`` counts open findings by topic.

    >>> made = pains([Problem("Price on the website was wrong", "price", Decimal("0.12"),
    ...                       Decimal("0.25"))],
    ...     [Frustration("Chasing the valid price", "price", Decimal("0.6"), Decimal(45))],
    ...     Business("USD", 1000, Decimal(500), Decimal(40), 20), {"price": 7})
    >>> for figure in made[0].figures:
    ...     print(f"{figure.name}: {figure.value} = {figure.formula}")
    customers at risk: 30 = 1,000 customers × 12 % who meet it × 25 % of them who would leave
    revenue at risk: 15,000 USD = 30 customers × 500 USD a year
    staff hours: 414 = 20 staff × 60 % who name it × 45 minutes a week × 46 weeks ÷ 60
    staff cost: 16,560 USD = 414 hours × 40 USD
    """
    groups = _groups(problems, frustrations)
    made = [
        _pain(topic, ours, theirs, business, open_of) for topic, (ours, theirs) in groups.items()
    ]
    return sorted(
        made,
        key=lambda p: (
            not p.shared,
            -p.at_stake,
            -len(p.problems) - len(p.frustrations),
            p.topic,
            p.problems,
            p.frustrations,
        ),
    )


def _groups(
    problems: list[Problem], frustrations: list[Frustration]
) -> dict[str, tuple[list[Problem], list[Frustration]]]:
    """By topic; what has none is put beside the sentence it is most alike."""
    groups: dict[str, tuple[list[Problem], list[Frustration]]] = defaultdict(lambda: ([], []))
    for problem in problems:
        groups[problem.topic or problem.text][0].append(problem)
    for frustration in frustrations:
        name = frustration.topic
        if not name or name not in groups:
            alike = [
                (fuzz.token_set_ratio(frustration.text.casefold(), p.text.casefold()), topic)
                for topic, (ours, _theirs) in groups.items()
                for p in ours
                if not (frustration.topic and p.topic)
            ]
            best, topic = max(alike, default=(0, ""))
            name = topic if best >= ALIKE else name or frustration.text
        groups[name][1].append(frustration)
    return groups


def _pain(
    topic: str,
    problems: list[Problem],
    frustrations: list[Frustration],
    business: Business,
    open_of: dict[str, int],
) -> Pain:
    figures: list[Figure] = []
    customers = _customers(problems, business, figures)
    revenue = _revenue(customers, business, figures)
    cost = _staff(frustrations, business, figures)
    return Pain(
        topic,
        tuple(p.text for p in problems),
        tuple(f.text for f in frustrations),
        customers,
        revenue,
        cost,
        open_of.get(topic, 0),
        tuple(figures),
    )


def _customers(
    problems: list[Problem], business: Business, figures: list[Figure]
) -> Decimal | None:
    if business.customers is None or not problems:
        return None
    total = sum((business.customers * p.frequency * p.loss for p in problems), Decimal(0))
    parts = [
        f"{percent(float(p.frequency))} who meet it × {percent(float(p.loss))} of them who would "
        "leave"
        for p in problems
    ]
    words = parts[0] if len(parts) == 1 else f"({') + ('.join(parts)})"
    shown = f"{total:,.0f}"
    formula = f"{business.customers:,} customers × {words}"
    figures.append(Figure("customers at risk", shown, formula, float(total)))
    return total


def _revenue(
    customers: Decimal | None, business: Business, figures: list[Figure]
) -> Decimal | None:
    if customers is None or business.revenue_per_customer is None:
        return None
    total = customers * business.revenue_per_customer
    each = money(business.revenue_per_customer, business.currency)
    formula = f"{fine(customers)} customers × {each} a year"
    figures.append(
        Figure("revenue at risk", money(total, business.currency), formula, float(total))
    )
    return total


def _staff(
    frustrations: list[Frustration], business: Business, figures: list[Figure]
) -> Decimal | None:
    timed = [f for f in frustrations if f.minutes_a_week is not None]
    if business.staff is None or not timed:
        return None
    hours = sum(
        (business.staff * f.frequency * (f.minutes_a_week or 0) for f in timed), Decimal(0)
    ) * WEEKS_A_YEAR / 60  # fmt: skip
    parts = [
        f"{percent(float(f.frequency))} who name it × {f.minutes_a_week:f} minutes a week"
        for f in timed
    ]
    words = parts[0] if len(parts) == 1 else f"({') + ('.join(parts)})"
    formula = f"{business.staff} staff × {words} × {WEEKS_A_YEAR} weeks ÷ 60"
    figures.append(Figure("staff hours", f"{hours:,.0f}", formula, float(hours)))
    if business.hourly_rate is None:
        return None
    cost = hours * business.hourly_rate
    rate = money(business.hourly_rate, business.currency)
    figures.append(
        Figure(
            "staff cost",
            money(cost, business.currency),
            f"{fine(hours)} hours × {rate}",
            float(cost),
        )
    )
    return cost
