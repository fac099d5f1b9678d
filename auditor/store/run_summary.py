"""What is said of a feed run: what its export would change, what waits, what was ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.store.feed_runs import Export, Verdict
from auditor.store.history import FeedRunSummary

if TYPE_CHECKING:
    from auditor.store.intake import Difference, Intake


def judged(difference: Difference, intake: Intake, export: Export, now: datetime) -> FeedRunSummary:
    """The run as its gate leaves it: set aside, or with all that would change."""
    verdict = export.gate(difference, intake) if export.gate else Verdict()
    return FeedRunSummary(
        intake.feed,
        now,
        "quarantined" if verdict.closed else "applied",
        rows=difference.rows,
        added=difference.added,
        changed=difference.changed,
        missing=difference.missing if export.full else 0,
        unchanged=difference.unchanged,
        rejected=difference.rejected,
        message=verdict.message,
        exported_at=export.exported_at,
    )


def moves(summary: FeedRunSummary) -> bool:
    """Whether the run brings anything new."""
    return bool(summary.added or summary.changed or summary.missing)


def less_held(summary: FeedRunSummary, held: tuple[int, int]) -> FeedRunSummary:
    """The run without the values that wait for a person: ``held`` counts added and changed ones."""
    added, changed = held
    return replace(
        summary,
        added=max(0, summary.added - added),
        changed=max(0, summary.changed - changed),
        held=added + changed,
    )


def ended_by(summary: FeedRunSummary, ended: int) -> FeedRunSummary:
    """The run as it is once ``ended`` of its missing facts and products were ended."""
    moved = summary.added or summary.changed or ended
    return replace(
        summary,
        state="applied" if moved else "unchanged",
        removed=ended,
        missing=max(0, summary.missing - ended),
    )
