"""`show` of a server: what it answers, printed as from a database here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.cli.output import Format, print_json, print_table
from auditor.records import finding_of
from auditor.tasks import Task

if TYPE_CHECKING:
    from auditor.cli.session import Session
    from auditor.model import Finding


def show_elsewhere(session: Session, prefix: str, output: str) -> None:
    """Print what an id stands for on the server. Raises NotFound."""
    with session.server() as there:
        rows = there.named_rows(prefix)
    if output == Format.JSON:
        print_json(rows[0] if len(rows) == 1 else rows)
    elif output == Format.CSV:
        from auditor.cli.findings import print_records

        print_records(rows, output)
    else:
        _show(session, [finding_of(row) for row in rows], rows[0])


def _show(session: Session, found: list[Finding], row: dict[str, Any]) -> None:
    now = session.now().astimezone(session.zone)
    if len(found) > 1:
        from auditor.cli.show_task import task_head
        from auditor.cli.tables import findings_table

        print_table(
            task_head(Task(found[0].task, tuple(found)), len(found)),
            findings_table(found, now),
            color=session.color,
        )
        return
    from auditor.cli.show import print_dossier

    print_dossier(session, found[0], row)
