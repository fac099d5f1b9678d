"""``sellby prune``: forget what is old and nobody needs."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from auditor.cli.output import Format, format_option, print_csv, print_json
from auditor.cli.session import Session

if TYPE_CHECKING:
    from crawler.store import SnapshotStore
    from crawler.store.retention import Forgotten

COLUMNS = ("dry_run", "visits", "contents", "bodies", "rejected_rows", "bytes")


@click.command("prune")
@click.option("--dry-run", is_flag=True, help="Say what would go and how much room it takes.")
@click.option("--no-vacuum", is_flag=True, help="Leave the file as large as it is.")
@format_option
@click.pass_obj
def command(session: Session, /, dry_run: bool, no_vacuum: bool, output: str) -> None:
    """Forget old visits and contents, as `retention` in config.yaml says, and make the file small.

    The newest contents of every page stay, and so does all that a finding still open, or any
    decision, rests on. May be stopped at any time; the next run goes on.
    """
    from crawler.store import SnapshotStore
    from crawler.store.retention import Rules

    keep, now = session.reading_config.retention, session.now()
    rules = Rules(
        keep.contents,
        now - timedelta(days=keep.contents_days),
        now - timedelta(days=keep.visits_days),
    )
    rejected_before = now - timedelta(days=keep.rejected_rows_days)
    with (
        session.writing("sellby prune"),
        session.audit_store() as store,
        SnapshotStore(session.database) as snapshots,
    ):
        with session.talk.progress("looking through", "pages") as step:
            forgotten = snapshots.forget(
                rules, store.retention.evidence(), dry_run=dry_run, progress=step
            )
        rejected = store.retention.rejected_rows(rejected_before)
        if not dry_run:
            store.retention.forget_rejected_rows(rejected_before)
        _say(session, forgotten, rejected, dry_run=dry_run, output=output)
        if not dry_run and not no_vacuum:
            store.close()
            _vacuum(session, snapshots)


def _say(
    session: Session, forgotten: Forgotten, rejected: int, *, dry_run: bool, output: str
) -> None:
    from auditor.cli.words import count

    row = {
        "dry_run": dry_run,
        "visits": forgotten.visits,
        "contents": forgotten.contents,
        "bodies": forgotten.bodies,
        "rejected_rows": rejected,
        "bytes": forgotten.size,
    }
    if output == Format.JSON:
        print_json(row)
    elif output == Format.CSV:
        print_csv(COLUMNS, [row])
    parts = (
        f"{count(forgotten.visits, 'visit')}, {count(forgotten.contents, 'old content')} and "
        f"{count(rejected, 'rejected row')}, about {forgotten.size / 1e6:,.1f} MB"
    )
    if dry_run:
        session.talk.line(f"Would go: {parts}.")
        session.talk.hint("Dry run: nothing was changed.")
    else:
        session.talk.good(f"Forgotten: {parts}.")


def _vacuum(session: Session, snapshots: SnapshotStore) -> None:
    """Make the file small, where there is room to write it anew."""
    size = snapshots.path.stat().st_size
    free = shutil.disk_usage(snapshots.path.parent).free
    if free < 1.1 * size:
        session.talk.warn(
            f"The file was not made smaller: that needs {1.1 * size / 1e6:,.0f} MB of free disk, "
            f"and there are {free / 1e6:,.0f} MB. Its holes are filled by the next crawls."
        )
        return
    before, after = snapshots.vacuum()
    session.talk.good(f"{snapshots.path.name}: {before / 1e6:,.1f} MB, now {after / 1e6:,.1f} MB.")
