"""``sellby show``: one finding with all its evidence, or one task with its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from auditor.cli.one_finding import (
    beside_part,
    cost_part,
    head_part,
    life_part,
    priority_part,
    proof_part,
    sides_part,
)
from auditor.cli.output import (
    Format,
    format_option,
    print_csv,
    print_json,
    print_table,
)
from auditor.cli.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.model import Finding

# Characters of the page shown on either side of the quote.
AROUND = 110


@click.command("show")
@click.argument("finding", metavar="FINDING|TASK")
@format_option
@click.pass_obj
def command(session: Session, finding: str, output: str) -> None:
    """Show one finding or task: both sides, the proof, its history, its priority.

    FINDING is an id from `sellby findings`, TASK one from `sellby findings --tasks`; their first
    letters are enough.
    """
    from auditor.dossier import dossier
    from auditor.tasks import ID_MARK

    if session.is_remote:
        from auditor.cli.elsewhere import show_elsewhere

        show_elsewhere(session, finding, output)
        return
    if finding.strip().lower().startswith(ID_MARK):
        from auditor.cli.show_task import show_task

        show_task(session, finding, output)
        return

    with session.audit_store() as store:
        found = store.findings.by_id(finding)
        around = _context(session.database, found)
        row = dossier(store, session.reading_config, found, around, session.now())
    if output == Format.JSON:
        print_json(row)
    elif output == Format.CSV:
        print_csv(tuple(row), [row])
    else:
        print_dossier(session, found, row)


def print_dossier(session: Session, finding: Finding, row: dict[str, Any]) -> None:
    """One finding for people; ``row`` is what is known around it."""
    from auditor.dossier import decisions_of, history_of

    now = session.now().astimezone(session.zone)
    print_table(
        head_part(finding, now),
        sides_part(finding, session.zone),
        proof_part(finding, (row["before"], row["after"]), session.zone),
        priority_part(finding),
        life_part(decisions_of(row), history_of(row), session.zone),
        *([beside_part(row["three_way"])] if row["three_way"] else []),
        cost_part(row["exposure"]["formulas"], row["contacts"], row["popularity"]),
        color=session.color,
    )
    session.talk.hint(_next(finding))


def _context(database: Path, finding: Finding) -> tuple[str, str]:
    """What stands before and after the quote on the stored page, "" where it is not visible."""
    from crawler.errors import CrawlerError
    from crawler.store import SnapshotStore

    j = finding.judgement
    if not finding.snapshot or j.locator.start < 0:
        return "", ""
    try:
        with SnapshotStore(database) as snapshots:
            snapshot = snapshots.snapshot_at(j.source, j.url, finding.last_seen)
    except CrawlerError:
        return "", ""
    if snapshot is None:
        return "", ""
    from auditor.page.read import read_page

    text = read_page(snapshot).text
    start, end = j.locator.start, j.locator.end
    if text[start:end] != j.quote:
        start = text.find(j.quote)
        end = start + len(j.quote)
        if start < 0:
            return "", ""
    before = text[max(0, start - AROUND) : start]
    after = text[end : end + AROUND]
    if start > AROUND:
        before = "…" + before.split(" ", 1)[-1]
    if end + AROUND < len(text):
        after = after.rsplit(" ", 1)[0] + " …"
    return before, after


def _next(finding: Finding) -> str:
    from auditor.model import State

    if finding.state in (State.VERIFIED, State.REJECTED, State.WAIVED):
        return f"`sellby reopen {finding.id}` puts it back on the list."
    if finding.state is State.CLAIMED_FIXED:
        return f"`sellby confirm {finding.id} --recheck` fetches just that page now."
    return (
        f"Fixed? `sellby confirm {finding.id} --recheck` looks at the page at once. "
        f"Not an error? `sellby reject {finding.id} --reason …`"
    )
