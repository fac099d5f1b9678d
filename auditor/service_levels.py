"""Service levels: by when a finding is answered and fixed, what is late, and whose turn it is then.

Two clocks run in working time from the moment a finding opened (again): one until somebody decides
anything on it, one until a snapshot shows it fixed. Whoever's clock ran out gets help: first the
owner's deputy, and when the time to acknowledge has passed once more, the task force's lead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from auditor.model import Product
from auditor.owners import owner_of
from auditor.popularity import classes
from auditor.store.findings import Filter
from auditor.working_time import WorkingTime, public_holidays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from auditor.config import Calendar, Config, ServiceLevel
    from auditor.model import Finding
    from auditor.store import AuditStore
    from auditor.store.desk import Clock


@dataclass(frozen=True, slots=True)
class Standing:
    """How a finding stands to its service level; None: no such clock, or it has stopped.

    ``late`` are the clocks that ran out ("acknowledge", "fix"); ``step`` is 1 where it is the
    deputy's turn, too, 2 where it is the lead's; ``escalated_to`` names them, the last one first.
    """

    finding: Finding
    abc: str
    opened_at: datetime
    acknowledge_by: datetime | None
    fix_by: datetime | None
    late: tuple[str, ...] = ()
    step: int = 0
    escalated_to: tuple[str, ...] = ()


def standings(
    store: AuditStore, config: Config, findings: Iterable[Finding], now: datetime
) -> dict[str, Standing]:
    """How ``findings`` stand at ``now``, by fingerprint; left out where no service level fits."""
    levels = config.service.levels
    if not levels:
        return {}
    hours = working_time(config)
    letters = classes(store.catalogue.popularity().values())
    clocks = store.desk.clocks()
    found = {}
    for finding in findings:
        clock = clocks.get(finding.fingerprint)
        letter = letters.get(finding.judgement.sku, "C")
        level = next((each for each in levels if _fits(each, finding, letter)), None)
        if clock is not None and level is not None:
            found[finding.fingerprint] = _standing(
                finding, letter, clock, level, hours, config, now
            )
    return found


def escalated_to(store: AuditStore, config: Config, person: str, now: datetime) -> list[Finding]:
    """Findings of others that it is ``person``'s turn for by now, most urgent first."""
    if not config.service.levels:
        return []
    work = store.findings.matching(Filter())
    found = standings(store, config, work, now).values()
    return [s.finding for s in found if person in s.escalated_to and s.finding.owner != person]


def working_time(config: Config) -> WorkingTime:
    """The calendar of the configuration."""
    calendar = config.service.calendar
    start, end = calendar.hours
    return WorkingTime(calendar.weekdays, start, end, ZoneInfo(config.timezone), _off(calendar))


def _fits(level: ServiceLevel, finding: Finding, letter: str) -> bool:
    return (not level.class_ or letter in level.class_) and (
        not level.attribute or finding.judgement.attribute in level.attribute
    )


def _standing(  # noqa: PLR0913 - a finding, its clock, and all that it is measured by
    finding: Finding,
    letter: str,
    clock: Clock,
    level: ServiceLevel,
    hours: WorkingTime,
    config: Config,
    now: datetime,
) -> Standing:
    answer = _by(hours, clock.opened_at, level.acknowledge)
    fix = _by(hours, clock.opened_at, level.fix)
    late = []
    if answer is not None and clock.answered_at is None and now > answer:
        late.append(("acknowledge", answer))
    if fix is not None and now > fix:
        late.append(("fix", fix))
    step = 0
    for _, since in late:
        again = _by(hours, since, level.acknowledge or (1, "d"))
        step = max(step, 2 if again is not None and now > again else 1)
    return Standing(
        finding=finding,
        abc=letter,
        opened_at=clock.opened_at,
        acknowledge_by=answer if clock.answered_at is None else None,
        fix_by=fix,
        late=tuple(name for name, _ in late),
        step=step,
        escalated_to=_helpers(finding, config, step),
    )


def _helpers(finding: Finding, config: Config, step: int) -> tuple[str, ...]:
    """Whose turn it is beside the owner: the lead, then the deputy; whoever is named."""
    if not step:
        return ()
    person = config.people.get(finding.owner)
    deputy = person.deputy if person else ""
    if not deputy:
        product = Product(finding.judgement.sku, group=finding.group)
        deputy = owner_of(finding.judgement, product, "", config.owners)[1]
    wanted = [config.lead] if step > 1 or not deputy else []
    return tuple(name for name in (*wanted, deputy) if name and name != finding.owner)


def _by(hours: WorkingTime, since: datetime, span: tuple[int, str] | None) -> datetime | None:
    if span is None:
        return None
    number, unit = span
    return hours.after(since, hours=number) if unit == "h" else hours.after(since, days=number)


def _off(calendar: Calendar) -> Callable[[date], bool]:
    own = frozenset(calendar.holidays)
    if not calendar.country:
        return own.__contains__
    public = public_holidays(calendar.country)
    return lambda day: day in own or day in public
