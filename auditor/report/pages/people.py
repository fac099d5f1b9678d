"""Who is asked what: what is late, open questions, each rule's record, flags of the front line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from auditor.asking import WAITING
from auditor.owners import answering_for
from auditor.plain import web_link
from auditor.precision import rule_records
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.wording import slug
from auditor.service_levels import standings, working_time

FLAGS_SHOWN_DAYS = 30
CLOCK_DAYS = 90


@dataclass(frozen=True, slots=True)
class LateRow:
    """A finding whose clock ran out, and whose turn it is by now."""

    id: str
    href: str
    fact: str
    abc: str
    late: str
    due: str
    owner: str
    escalated_to: str


@dataclass(frozen=True, slots=True)
class AskedRow:
    """How much waits for one person, and how much of that they are asked for now.

    ``fixed`` are their findings seen fixed in the last ``CLOCK_DAYS``; the times are medians of
    working time, "" where there is none to take it of.
    """

    owner: str
    href: str
    findings: int
    tasks: int
    asked: int
    late: int
    fixed: int
    answered_in: str
    fixed_in: str


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """Somebody says that a feed is wrong."""

    finding: str
    feed: str
    feed_owner: str
    fact: str
    page_says: str
    feed_says: str
    who: str
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """How often a rule was right."""

    rule: str
    right: int
    wrong: int
    precision: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class FlagRow:
    """What a service rep reported."""

    finding: str
    at: str
    who: str
    sku: str
    url: str
    link: str | None
    note: str
    minutes: int


@dataclass(frozen=True, slots=True)
class PeopleView:
    """``has_levels`` says whether service levels are configured; ``minutes`` sums the flags."""

    has_levels: bool
    late: tuple[LateRow, ...]
    asked: tuple[AskedRow, ...]
    questions: tuple[QuestionRow, ...]
    rules: tuple[RuleRow, ...]
    flags: tuple[FlagRow, ...]
    minutes: int


def _view(material: Material, _id: str) -> PeopleView:
    late = _late(material)
    flags = _flags(material)
    return PeopleView(
        has_levels=bool(material.config.service.levels),
        late=late,
        asked=_asked(material, late),
        questions=_questions(material),
        rules=_rules(material),
        flags=flags,
        minutes=sum(flag.minutes for flag in flags),
    )


def _late(material: Material) -> tuple[LateRow, ...]:
    found = standings(material.store, material.config, material.work, material.now)
    return tuple(
        LateRow(
            id=s.finding.id,
            href=material.href_of(s.finding),
            fact=_fact(j.sku, j.attribute, j.key),
            abc=s.abc,
            late=" and ".join(s.late),
            due=material.clock(min(d for d in (s.acknowledge_by, s.fix_by) if d)),
            owner=s.finding.owner,
            escalated_to=", ".join(s.escalated_to),
        )
        for s in found.values()
        if s.late and (j := s.finding.judgement)
    )


def _asked(material: Material, late: tuple[LateRow, ...]) -> tuple[AskedRow, ...]:
    asked = material.store.desk.asked()
    rows = []
    hours = working_time(material.config)
    stopped = material.store.desk.fixed(material.now - timedelta(days=CLOCK_DAYS))
    known = {row.name for row in material.slice_rows("owner")}
    owners = {finding.owner for finding in material.work} | {clock.owner for clock in stopped}
    for owner in sorted(owners):
        own = [clock for clock in stopped if clock.owner == owner]
        waiting = [f for f in material.work if f.owner == owner and f.state in WAITING]
        tasks = {finding.task for finding in waiting}
        rows.append(
            AskedRow(
                owner=owner,
                href=f"owner/{slug(owner)}.html" if owner in known else "",
                findings=len(waiting),
                tasks=len(tasks),
                asked=len(tasks & set(asked.get(owner, ()))),
                late=sum(row.owner == owner for row in late),
                fixed=len(own),
                answered_in=_median(
                    [hours.between(c.opened_at, c.answered_at) for c in own if c.answered_at]
                ),
                fixed_in=_median([hours.between(c.opened_at, c.fixed_at) for c in own]),
            )
        )
    return tuple(rows)


def _questions(material: Material) -> tuple[QuestionRow, ...]:
    return tuple(
        QuestionRow(
            finding=q.finding,
            feed=f"{q.feed} {q.row}".strip(),
            feed_owner=answering_for(material.config, q.feed),
            fact=_fact(q.sku, q.attribute, q.key),
            page_says=q.page_says,
            feed_says=q.feed_says,
            who=q.who,
            at=material.clock(q.at),
            note=q.note,
        )
        for q in material.store.desk.questions()
    )


def _rules(material: Material) -> tuple[RuleRow, ...]:
    asking = material.config.asking
    return tuple(
        RuleRow(
            rule=rule.name,
            right=rule.right,
            wrong=rule.wrong,
            precision="–" if rule.precision is None else f"{rule.precision:.0%}",
            doubtful=rule.is_doubtful(asking.precision_floor, asking.fewest_decided),
        )
        for rule in rule_records(material.store)
    )


def _flags(material: Material) -> tuple[FlagRow, ...]:
    since = material.now - timedelta(days=FLAGS_SHOWN_DAYS)
    return tuple(
        FlagRow(
            finding=flag.fingerprint[:8],
            at=material.clock(flag.at),
            who=flag.who,
            sku=flag.sku,
            url=flag.url,
            link=web_link(flag.url),
            note=flag.note,
            minutes=flag.minutes,
        )
        for flag in reversed(material.store.desk.flags(since))
    )


def _median(spans: list[timedelta]) -> str:
    """The middle of working times, in hours.

    >>> _median([timedelta(hours=1), timedelta(hours=3), timedelta(hours=90)])
    '3.0 h'
    """
    return f"{median(span.total_seconds() for span in spans) / 3600:.1f} h" if spans else ""


def _fact(sku: str, attribute: str, key: str) -> str:
    return " ".join(filter(None, (sku, attribute.replace("_", " "), key)))


PEOPLE = Page("people", _view, "People")
