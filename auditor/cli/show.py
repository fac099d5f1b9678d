"""``sellby show``: one finding with all its evidence, or one task with its findings."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

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
    instant,
    print_csv,
    print_json,
    print_table,
)
from auditor.cli.session import Session

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from rich.console import RenderableType

    from auditor.findings import StateChange
    from auditor.model import Decision, Finding

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
    from auditor.costs import costs_of
    from auditor.popularity import explain
    from auditor.records import record
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
        decisions = store.findings.decisions([found.fingerprint]).get(found.fingerprint, [])
        history = store.findings.history(found.fingerprint)
        beside = store.overview.beside(found)
        cost = costs_of(store, session.reading_config, [found], session.now())[found.id]
        popularity = store.catalogue.popularity().get(found.judgement.sku)
    before, after = _context(session.database, found)
    if output == Format.TABLE:
        print_table(
            *_parts(
                found, (before, after), decisions, history, session.now().astimezone(session.zone)
            ),
            *([beside_part(beside)] if beside is not None else []),
            cost_part(cost, popularity),
            color=session.color,
        )
        session.talk.hint(_next(found))
        return
    row = record(found, beside, cost) | {
        "before": before,
        "after": after,
        "snapshot": found.snapshot,
        "priority_parts": [
            {"factor": name, "shown": shown, "value": value}
            for name, shown, value in found.priority_parts
        ],
        "popularity": explain(popularity) if popularity else "no popularity signal",
        "history": [_step(step) for step in history],
        "decisions": [_decided(decision) for decision in decisions],
    }
    if output == Format.JSON:
        print_json(row)
    else:
        print_csv(tuple(row), [row])


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


def _parts(
    finding: Finding,
    around: tuple[str, str],
    decisions: list[Decision],
    history: list[StateChange],
    now: datetime,
) -> list[RenderableType]:
    zone = now.tzinfo or UTC
    return [
        head_part(finding, now),
        sides_part(finding, zone),
        proof_part(finding, around, zone),
        priority_part(finding),
        life_part(decisions, history, zone),
    ]


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


def _step(step: StateChange) -> dict[str, object]:
    return {"at": instant(step.at), "old": step.old, "new": step.new, "why": step.why}


def _decided(decision: Decision) -> dict[str, object]:
    return {
        "at": instant(decision.at),
        "kind": str(decision.kind),
        "who": decision.who,
        "reason": decision.reason,
        "note": decision.note,
        "until": instant(decision.until),
        "assignee": decision.assignee,
        "claimed": decision.claimed,
        "expected": decision.expected,
    }
