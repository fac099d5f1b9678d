"""``sellby findings``: the work list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from auditor.cli.filters import filter_options, wanted
from auditor.cli.output import Format, format_option, print_csv, print_json, print_table
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.costs import Cost
    from auditor.model import Finding
    from auditor.store import AuditStore
    from auditor.store.overview import Beside

# Rows of a table where --limit does not say: about a screen.
ROWS_SHOWN = 40


@click.command("findings")
@filter_options
@click.option("--as", "who", metavar="WHO", help="Who I am, for --mine.")
@click.option("--late", is_flag=True, help="Past its service level; whose turn it is now, too.")
@click.option("-n", "--limit", type=click.IntRange(min=0), default=None, help="At most so many.")
@click.option(
    "--tasks", "bundled", is_flag=True, help="As tasks: one root cause, one fix, one row."
)
@format_option
@click.pass_obj
def command(session: Session, /, output: str, **options: Any) -> None:
    """List what is wrong, most urgent first."""
    limit = options["limit"]
    if limit is None:
        limit = ROWS_SHOWN if output == Format.TABLE else 0
    if session.is_remote:
        from auditor.cli.elsewhere import list_elsewhere

        list_elsewhere(session, options, output, limit)
        return
    if options["late"]:
        from auditor.cli.late import list_late

        list_late(session, options, output)
        return
    where = wanted(session, options, limit + 1 if limit and not options["bundled"] else 0)
    with session.audit_store() as store:
        found = store.findings.matching(where)
        paid = costs_of(session, store, found) if output != Format.TABLE else {}
        audited = store.audits.latest() is not None
        beside = store.overview.beside_all(found) if output != Format.TABLE else {}
    if options["bundled"]:
        _print_tasks(session, found, output, limit)
        return
    more = bool(limit) and len(found) > limit
    _print(session, found[:limit] if limit else found, output, beside, paid)
    if output == Format.TABLE:
        _close(session, shown=min(len(found), limit or len(found)), more=more, audited=audited)


def costs_of(session: Session, store: AuditStore, found: Sequence[Finding]) -> dict[str, Cost]:
    """What findings cost until the newest audit, by id."""
    from auditor.costs import Costs

    audit = store.audits.latest()
    costs = Costs(store, session.reading_config, audit.as_of if audit else session.now())
    return {finding.id: costs.of(finding) for finding in found}


def _print(
    session: Session,
    found: list[Finding],
    output: str,
    beside: Mapping[str, Beside],
    paid: Mapping[str, Cost],
) -> None:
    from auditor.records import COLUMNS, record

    if output == Format.JSON:
        print_json([record(f, beside.get(f.id), paid.get(f.id)) for f in found])
    elif output == Format.CSV:
        nested = ("truth", "exposure", "contacts")
        columns = (*(name for name in COLUMNS if name not in nested), *_TRUTH, *_COST)
        rows = (record(f, beside.get(f.id), paid.get(f.id)) for f in found)
        print_csv(columns, map(_flat, rows))
    elif found:
        from auditor.cli.tables import findings_table

        now = session.now().astimezone(session.zone)
        print_table(findings_table(found, now), color=session.color)


TASK_COLUMNS = (
    "id", "task", "cause", "fix", "priority", "findings", "pages", "products", "owners", "start_at",
    "claimed", "expected",
)  # fmt: skip


def _print_tasks(session: Session, found: list[Finding], output: str, limit: int) -> None:
    from auditor.cli.words import count
    from auditor.records import task_record
    from auditor.tasks import tasks

    bundles = tasks(found)
    shown = bundles[:limit] if limit else bundles
    if output == Format.TABLE:
        from auditor.cli.tables import tasks_table

        if shown:
            print_table(tasks_table(shown), color=session.color)
        more = f"; {len(shown)} shown, --limit 0 shows all" if len(shown) < len(bundles) else ""
        talk = f"{count(len(found), 'finding')} in {count(len(bundles), 'task')}{more}."
        if shown:
            talk += f" `sellby show {shown[0].id}` says what the first is about."
        session.talk.hint(talk)
        return
    rows: list[dict[str, object]] = [
        task_record(task)
        | {
            "findings": [finding.id for finding in task.findings],
            "start_at": task.findings[0].id,
            "claimed": task.findings[0].judgement.claimed,
            "expected": task.findings[0].judgement.expected,
        }
        for task in shown
    ]
    if output == Format.JSON:
        print_json(rows)
    else:
        print_csv(TASK_COLUMNS, rows)


_TRUTH = ("truth_feed", "truth_row", "truth_valid_from")
_COST = (
    "days_wrong", "views_wrong", "order_lines_wrong", "error_percent", "contacts",
    "contact_repeats", "contact_minutes",
)  # fmt: skip


def _flat(row: dict[str, Any]) -> dict[str, object]:
    truth, three_way = row.pop("truth"), row.pop("three_way")
    row["three_way"] = three_way["standing"] if three_way else ""
    exposure, contacts = row.pop("exposure") or {}, row.pop("contacts") or {}
    cost = {
        "days_wrong": exposure.get("days_wrong"),
        "views_wrong": (exposure.get("views_wrong") or {}).get("count"),
        "order_lines_wrong": (exposure.get("order_lines_wrong") or {}).get("count"),
        "error_percent": exposure.get("error_percent"),
        "contacts": contacts.get("count"),
        "contact_repeats": contacts.get("repeats"),
        "contact_minutes": contacts.get("minutes"),
    }
    return {**row, **{f"truth_{key}": value for key, value in truth.items()}, **cost}


def _close(session: Session, *, shown: int, more: bool, audited: bool) -> None:
    from auditor.cli.words import count

    talk = session.talk
    if not shown:
        talk.line(
            "Nothing on the list." if audited else "Nothing was audited yet: try `sellby run`."
        )
        return
    talk.hint(
        f"{count(shown, 'finding')}{', and more: --limit 0 shows all' if more else ''}. "
        "`sellby show ID` says why, `sellby confirm ID` says it is fixed."
    )
