"""``sellby findings``: the work list."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.filters import filter_options, wanted
from auditor.cli.output import Format, list_format_option, print_json, print_list, print_table
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model import Finding
    from auditor.store import Filter

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
@list_format_option
@click.pass_obj
def command(session: Session, /, output: str, **options: Any) -> None:
    """List what is wrong, most urgent first."""
    limit = options["limit"]
    if limit is None:
        limit = ROWS_SHOWN if output == Format.TABLE else 0
    if options["late"]:
        from auditor.cli.late import list_late

        list_late(session, options, output)
        return
    as_table = output == Format.TABLE
    where = wanted(session, options, limit + 1 if limit and not options["bundled"] else 0)
    listed = _listed(session, where, with_rows=not as_table and not options["bundled"])
    if options["bundled"]:
        _print_tasks(session, listed.findings, output, limit)
        return
    shown = listed.findings[: limit or None]
    if not as_table:
        print_records(listed.rows[: limit or None], output)
        return
    if shown:
        from auditor.cli.tables import findings_table

        now = session.now().astimezone(session.zone)
        print_table(findings_table(shown, now), color=session.color)
    more = len(shown) < len(listed.findings)
    _close(session, shown=len(shown), more=more, audited=listed.audited)


@dataclass(frozen=True, slots=True)
class _Listed:
    """Findings, the same as records where they were asked for, and whether any audit was made."""

    findings: Sequence[Finding]
    rows: list[dict[str, Any]]
    audited: bool = True


def _listed(session: Session, where: Filter, *, with_rows: bool) -> _Listed:
    """What fits, of the database here or of the server."""
    from auditor.costs import costs_of
    from auditor.records import finding_of, record

    if session.is_remote:
        with session.server() as there:
            rows = there.rows(where, with_cost=with_rows)
        return _Listed([finding_of(row) for row in rows], rows)
    with session.audit_store() as store:
        found = store.findings.matching(where)
        audited = store.audits.latest() is not None
        if not with_rows:
            return _Listed(found, [], audited)
        beside = store.overview.beside_all(found)
        paid = costs_of(store, session.reading_config, found, session.now())
    return _Listed(found, [record(f, beside.get(f.id), paid.get(f.id)) for f in found], audited)


_TRUTH = ("truth_feed", "truth_row", "truth_valid_from")
_COST = (
    "days_wrong", "views_wrong", "order_lines_wrong", "error_percent", "contacts",
    "contact_repeats", "contact_minutes",
)  # fmt: skip


def print_records(rows: list[dict[str, Any]], output: str) -> None:
    """Findings as records, each on one flat row where the format is a sheet."""
    from auditor.records import COLUMNS

    if output == Format.JSON:
        print_json(rows)
        return
    nested = ("truth", "exposure", "contacts")
    columns = (*(name for name in COLUMNS if name not in nested), *_TRUTH, *_COST)
    print_list(output, "findings", columns, [_flat(row) for row in rows])


def _flat(row: dict[str, Any]) -> dict[str, object]:
    truth, three_way = row["truth"], row["three_way"]
    exposure, contacts = row["exposure"] or {}, row["contacts"] or {}
    error = exposure.get("error_percent")
    cost = {
        "days_wrong": exposure.get("days_wrong"),
        "views_wrong": (exposure.get("views_wrong") or {}).get("count"),
        "order_lines_wrong": (exposure.get("order_lines_wrong") or {}).get("count"),
        "error_percent": None if error is None else Decimal(error),
        "contacts": contacts.get("count"),
        "contact_repeats": contacts.get("repeats"),
        "contact_minutes": contacts.get("minutes"),
    }
    flat = {**row, "three_way": three_way["standing"] if three_way else ""}
    return {**flat, **{f"truth_{key}": value for key, value in truth.items()}, **cost}


TASK_COLUMNS = (
    "id", "task", "cause", "fix", "priority", "findings", "pages", "products", "owners", "start_at",
    "claimed", "expected",
)  # fmt: skip


def _print_tasks(session: Session, found: Sequence[Finding], output: str, limit: int) -> None:
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
    print_list(output, "tasks", TASK_COLUMNS, rows)


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
