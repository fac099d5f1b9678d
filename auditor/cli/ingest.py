"""``sellby ingest``: read the feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.cli.exit_codes import ExitCode
from auditor.cli.output import Format, format_option, print_csv, print_json
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.feeds.preview import Preview
    from auditor.store import AuditStore
    from auditor.store.history import FeedRunSummary

INCIDENT = "feed_not_believed"
COLUMNS = (
    "feed", "state", "read_at", "exported_at", "rows", "added", "changed", "removed", "missing",
    "unchanged", "rejected", "started", "expired", "held", "message", "dry_run",
)  # fmt: skip
REJECTS_SHOWN = 3
CONFLICTS_SHOWN = 3


@click.command("ingest")
@click.argument("feeds", metavar="[FEED]...", nargs=-1)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show the first mapped rows, what is rejected and the difference; change nothing.",
)
@format_option
@click.pass_context
def command(ctx: click.Context, feeds: tuple[str, ...], dry_run: bool, output: str) -> None:
    """Read the feeds (all, or those named), show what changed, apply it.

    A feed that cannot be read, or that looks broken, is set aside: the last good truth stays.
    """
    session: Session = ctx.obj
    names = chosen(session, feeds)
    previews: dict[str, Preview] | None = {} if dry_run else None
    with session.writing("sellby ingest"):
        summaries = ingest_feeds(session, names, previews=previews)
    rows = [{name: getattr(summary, name) for name in COLUMNS} for summary in summaries]
    if output == Format.JSON:
        found = previews or {}
        print_json([{**row, **_looked_at(found.get(str(row["feed"])))} for row in rows])
    elif output == Format.CSV:
        print_csv(COLUMNS, rows)
    elif previews:
        _show(session, previews)
    ctx.exit(ExitCode.DONE if all(map(_is_good, summaries)) else ExitCode.PARTIAL)


def chosen(session: Session, names: Sequence[str]) -> list[str]:
    """The feeds named, or all. Raises NotFound for a name that is not configured."""
    from auditor.config.mistakes import suggestion
    from auditor.errors import NotFound

    known = list(session.reading_config.feeds)
    for name in names:
        if name not in known:
            raise NotFound(f"there is no feed {name!r}{suggestion(name, known)}")
    return list(dict.fromkeys(names)) or known


def ingest_feeds(
    session: Session, names: Sequence[str], *, previews: dict[str, Preview] | None = None
) -> list[FeedRunSummary]:
    """Read feeds into the catalogue, say what changed, open or close their incidents.

    With ``previews`` nothing is written; they are filled with what was read, by feed.
    """
    from auditor.demand import rescore_products
    from auditor.feeds.preview import Preview
    from auditor.ingest import ingest
    from auditor.placing import place_contacts
    from auditor.store import AuditStore

    config, talk = session.feeds_config, session.talk
    dry_run = previews is not None
    talk.title("Feeds" if not dry_run else "Feeds (dry run)")
    summaries = []
    with AuditStore(session.database) as store:
        for name in names:
            preview = Preview() if previews is not None else None
            summary = ingest(
                name,
                config.feeds[name],
                config.base_dir,
                store.catalogue,
                session.now(),
                dry_run=dry_run,
                preview=preview,
            )
            if previews is not None and preview is not None:
                previews[name] = preview
            say(session, summary)
            if summary.rejected and not dry_run:
                for row in store.catalogue.rejected(name)[:REJECTS_SHOWN]:
                    talk.line(f"    {row.file}:{row.line}: {row.reason}")
                if summary.rejected > REJECTS_SHOWN:
                    talk.line(
                        f"    … and {summary.rejected - REJECTS_SHOWN:,} more; see the report"
                    )
            summaries.append(summary)
        if not dry_run:
            place_contacts(store)
            rescore_products(store.catalogue, config)
            note_incidents(session, store, summaries)
            _say_conflicts(session, store)
    return summaries


def _looked_at(preview: Preview | None) -> dict[str, object]:
    from auditor.cli.mapped import preview_data

    return preview_data(preview) if preview is not None else {}


def _show(session: Session, previews: Mapping[str, Preview]) -> None:
    from zoneinfo import ZoneInfo

    from auditor.cli.mapped import print_preview

    for name, preview in previews.items():
        zone = ZoneInfo(session.feeds_config.feeds[name].timezone)
        print_preview(name, preview, zone, color=session.color)


def _is_good(summary: FeedRunSummary) -> bool:
    return summary.state in ("applied", "unchanged")


def say(session: Session, summary: FeedRunSummary) -> None:
    """What reading a feed came to, on the terminal."""
    from auditor.cli.words import count

    talk = session.talk
    if not _is_good(summary):
        talk.bad(f"{summary.feed}: {summary.state}: {summary.message}")
        return
    changes = [
        f"{number:,} {word}"
        for number, word in (
            (summary.added, "new"),
            (summary.changed, "changed"),
            (summary.removed, "ended"),
            (summary.started, "came into force by date"),
            (summary.expired, "ran out by date"),
            (summary.missing, "missing"),
            (summary.rejected, "unusable"),
            (summary.held, "held for a person"),
        )
        if number
    ]
    text = f"{summary.feed}: {count(summary.rows, 'row')}, {', '.join(changes) or 'no change'}"
    if summary.rejected or summary.message or summary.held:
        talk.warn(f"{text}{'; ' + summary.message if summary.message else ''}")
    else:
        talk.good(text)


def _say_conflicts(session: Session, store: AuditStore) -> None:
    from auditor.cli.words import count

    found = store.catalogue.conflicts.of()
    if not found:
        return
    owners = {
        feed: session.reading_config.feeds[feed].owner for feed in session.reading_config.feeds
    }
    session.talk.warn(
        f"{count(len(found), 'data conflict')}: truths of equal rank disagree, so that nothing is "
        "judged by them; `sellby feeds` lists them"
    )
    for conflict in found[:CONFLICTS_SHOWN]:
        sides = " or ".join(conflict.said())
        who = ", ".join(dict.fromkeys(filter(None, (owners.get(f, "") for f in conflict.feeds))))
        what = f"{conflict.attribute} {conflict.key}".strip()
        session.talk.line(f"    {conflict.sku} {what}: {sides}{f'; ask {who}' if who else ''}")


def note_incidents(
    session: Session, store: AuditStore, summaries: Sequence[FeedRunSummary]
) -> None:
    """One incident per feed that was set aside; closed when it is believed again."""
    from auditor.model import Incident

    read = {summary.feed for summary in summaries}
    kept = [
        incident
        for incident in store.audits.open_incidents()
        if incident.kind == INCIDENT
        and incident.subject not in read
        and incident.subject in session.reading_config.feeds
    ]
    new = [
        Incident(
            INCIDENT,
            summary.feed,
            f"{summary.message.rstrip('.')}. "
            + (
                "The last good export stays in force until this is put right."
                if store.catalogue.was_ever_good(summary.feed)
                else "Nothing of this feed is known yet."
            ),
        )
        for summary in summaries
        if not _is_good(summary)
    ]
    store.audits.set_incidents([INCIDENT], [*kept, *new], session.now())
