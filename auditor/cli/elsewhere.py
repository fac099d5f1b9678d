"""`findings` and `show` of a server: what it answers, printed as from a database here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.cli.filters import wanted
from auditor.cli.output import Format, print_csv, print_json, print_table
from auditor.records import COLUMNS, finding_of, task_record
from auditor.tasks import Task, tasks

if TYPE_CHECKING:
    from auditor.cli.session import Session
    from auditor.model import Finding


def list_elsewhere(session: Session, options: dict[str, Any], output: str, limit: int) -> None:
    """Print the server's findings that fit."""
    bundled = options["bundled"]
    with session.server() as there:
        rows = there.rows(wanted(session, options, 0 if bundled else limit))
    found = [finding_of(row) for row in rows]
    if bundled:
        _tasks(session, tasks(found)[: limit or None], output)
    elif output == Format.TABLE:
        _table(session, found)
    else:
        _print(rows, output)


def show_elsewhere(session: Session, prefix: str, output: str) -> None:
    """Print what an id stands for on the server. Raises NotFound."""
    with session.server() as there:
        rows = there.named_rows(prefix)
    if output != Format.TABLE:
        if output == Format.JSON:
            print_json(rows[0] if len(rows) == 1 else rows)
        else:
            _print(rows, output)
        return
    found = [finding_of(row) for row in rows]
    if len(found) > 1:
        from auditor.cli.show_task import task_head

        print_table(task_head(Task(found[0].task, tuple(found)), len(found)), color=session.color)
        _table(session, found)
        return
    from auditor.cli.one_finding import head_part, proof_part, sides_part

    now = session.now().astimezone(session.zone)
    words = str(rows[0].get("before", "")), str(rows[0].get("after", ""))
    print_table(
        head_part(found[0], now),
        sides_part(found[0], session.zone),
        proof_part(found[0], words, session.zone),
        color=session.color,
    )


def _table(session: Session, found: list[Finding]) -> None:
    from auditor.cli.tables import findings_table

    if found:
        now = session.now().astimezone(session.zone)
        print_table(findings_table(found, now), color=session.color)
    else:
        session.talk.line("Nothing on the list.")


def _tasks(session: Session, found: list[Task], output: str) -> None:
    if output == Format.TABLE:
        from auditor.cli.tables import tasks_table

        print_table(tasks_table(found), color=session.color)
        return
    rows = [task_record(task) | {"findings": [f.id for f in task.findings]} for task in found]
    if output == Format.JSON:
        print_json(rows)
    else:
        print_csv(tuple(rows[0]) if rows else ("id",), rows)


def _print(rows: list[dict[str, Any]], output: str) -> None:
    if output == Format.JSON:
        print_json(rows)
    else:
        print_csv(COLUMNS, rows)
