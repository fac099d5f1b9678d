"""``sellby findings --late``: what is past its service level."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor.cli.filters import wanted
from auditor.cli.output import Format, instant, print_csv, print_json, print_table
from auditor.tasks import task_id

if TYPE_CHECKING:
    from auditor.cli.session import Session
    from auditor.service_levels import Standing

COLUMNS = (
    "id", "class", "late", "acknowledge_by", "fix_by", "opened_at", "owner", "escalated_to",
    "sku", "attribute", "key", "url", "claimed", "expected", "priority", "task_id",
)  # fmt: skip


def list_late(session: Session, options: dict[str, Any], output: str) -> None:
    """Print every finding whose clock ran out; ``--mine`` also where it is my turn by now."""
    from auditor.service_levels import standings

    config = session.reading_config
    where = wanted(session, options)
    mine = where.owner if options["mine"] else ""
    with session.audit_store() as store:
        found = store.findings.matching(replace(where, owner="") if mine else where)
        late = [s for s in standings(store, config, found, session.now()).values() if s.late]
    if mine:
        late = [s for s in late if mine in (s.finding.owner, *s.escalated_to)]
    late = late[: options["limit"] or None]
    if output == Format.JSON:
        print_json([late_record(one) for one in late])
    elif output == Format.CSV:
        print_csv(COLUMNS, [late_record(one) for one in late])
    else:
        _table(session, late)


def late_record(standing: Standing) -> dict[str, object]:
    """A finding's clocks as data: the keys are ``COLUMNS``."""
    finding = standing.finding
    j = finding.judgement
    return {
        "id": finding.id,
        "class": standing.abc,
        "late": list(standing.late),
        "acknowledge_by": instant(standing.acknowledge_by),
        "fix_by": instant(standing.fix_by),
        "opened_at": instant(standing.opened_at),
        "owner": finding.owner,
        "escalated_to": list(standing.escalated_to),
        "sku": j.sku,
        "attribute": str(j.attribute),
        "key": j.key,
        "url": j.url,
        "claimed": j.claimed,
        "expected": j.expected,
        "priority": round(finding.priority, 1),
        "task_id": task_id(finding.task),
    }


def _table(session: Session, late: list[Standing]) -> None:
    from rich.text import Text

    from auditor.cli.tables import glowing, person, place, stacked, table
    from auditor.cli.words import count, fact

    made = table("", "Finding", "What", "Late", "Was due", "Owner", "Now also with")
    for one in late:
        finding, j = one.finding, one.finding.judgement
        due = min(d for d in (one.acknowledge_by, one.fix_by) if d)
        made.add_row(
            glowing(finding.priority),
            Text(finding.id, style="cyan"),
            stacked(fact(j), "bold", place(j.source, j.url)),
            Text(" and ".join(one.late), style="red"),
            Text(f"{due.astimezone(session.zone):%Y-%m-%d %H:%M}"),
            Text(person(finding.owner)),
            Text(", ".join(map(person, one.escalated_to)) or "nobody"),
        )
    if late:
        print_table(made, color=session.color)
        session.talk.hint(f"{count(len(late), 'finding')} past the service level.")
    elif not session.reading_config.service.levels:
        session.talk.line("No service level is configured: see `service` in docs/configuration.md.")
    else:
        session.talk.line("Nothing is late.")
