"""``sellby feeds``: How the feeds are read, what waits for a person, and letting it through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from auditor.cli.output import Format, format_option, one_line, print_csv, print_json, print_table
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.release import Outcome
    from auditor.store import AuditStore
    from auditor.store.conflicts import Conflict
    from auditor.store.held import HeldValue
    from auditor.store.history import FeedRunSummary

COLUMNS = (
    "feed", "owner", "state", "read_at", "exported_at", "rows", "rejected", "started", "expired",
    "held", "conflicts", "doubts", "message",
)  # fmt: skip
SHOWN = 20


@click.group("feeds", invoke_without_command=True)
@format_option
@click.pass_context
def command(ctx: click.Context, output: str) -> None:
    """How the feeds were read, and what waits for a person.

    Values held back, conflicts between truths of equal rank, exports in doubt, and the newest
    releases; `sellby feeds release` lets through what waits.
    """
    if ctx.invoked_subcommand is not None:
        return
    session: Session = ctx.obj
    with session.audit_store() as store:
        rows = [_record(session, store, run) for run in store.catalogue.feeds()]
        conflicts = store.catalogue.conflicts.of()
    if output == Format.JSON:
        print_json(rows)
    elif output == Format.CSV:
        print_csv(COLUMNS, [{**row, **_counts(row)} for row in rows])
    elif rows:
        _print(session, rows)
        _print_conflicts(session, conflicts)
    else:
        session.talk.line("No feed was read yet: try `sellby ingest`.")


@command.command("release")
@click.argument("feed", metavar="FEED")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--note", default="", help="A sentence for those who read it later.")
@click.option("--as", "who", metavar="WHO", help="Who releases; else identity.as or login.")
@click.option("--dry-run", is_flag=True, help="Say what would be released; change nothing.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json"]),
    default="table",
    help="How to print the outcome.",
)
@click.pass_obj
def release_command(session: Session, /, **options: Any) -> None:
    """Let through what waits of FEED: all of it, or the values with these IDs.

    An export that was set aside is read again at once, past its gates; a held value comes true
    from when it would have held; an export in doubt is believed by the next audit. Who, when and
    why stays in the log.
    """
    from auditor.cli.ingest import chosen, note_incidents
    from auditor.release import Wanted, release

    (feed,) = chosen(session, [options["feed"]])
    wanted = Wanted(feed, options["ids"], session.who(options["who"]), options["note"])
    dry_run = options["dry_run"]
    with session.writing("sellby feeds release"), session.audit_store() as store:
        outcome = release(session.reading_config, store, wanted, session.now(), dry_run=dry_run)
        if outcome.run is not None:
            note_incidents(session, store, [outcome.run])
    _say(session, outcome, dry_run=dry_run)
    if options["output"] == "json":
        print_json([_release(release) for release in outcome.releases])


def _say(session: Session, outcome: Outcome, *, dry_run: bool) -> None:
    from auditor.cli.ingest import say

    for one in outcome.releases:
        if dry_run:
            session.talk.line(f"would be released: {one.what}")
        else:
            session.talk.good(f"{one.feed}: {one.who} released {one.what}")
    if outcome.run is not None:
        say(session, outcome.run)
    if dry_run:
        session.talk.hint("Dry run: nothing was changed.")


def _record(session: Session, store: AuditStore, run: FeedRunSummary) -> dict[str, Any]:
    catalogue, name = store.catalogue, run.feed
    feed = session.reading_config.feeds.get(name)
    return {
        "feed": name,
        "owner": feed.owner if feed else "",
        "state": run.state,
        "read_at": run.read_at,
        "exported_at": run.exported_at,
        "rows": run.rows,
        "rejected": run.rejected,
        "started": run.started,
        "expired": run.expired,
        "message": run.message,
        "held": [_held(value) for value in catalogue.held.of(name)],
        "conflicts": [_conflict(conflict) for conflict in catalogue.conflicts.of(name)],
        "doubts": [
            {"read_at": d.batch, "pages": d.pages, "example": d.example, "since": d.opened_at}
            for d in catalogue.doubts.open(name)
        ],
        "releases": [_release(release) for release in catalogue.releases.of(name, 10)],
    }


def _held(value: HeldValue) -> dict[str, Any]:
    from auditor.values.text import canonical

    return {
        "id": value.id,
        "sku": value.sku,
        "attribute": value.attribute,
        "key": value.key,
        "old": canonical(*value.old),
        "new": canonical(*value.new),
        "valid_from": value.valid_from,
        "row": value.row,
        "since": value.held_since,
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "sku": conflict.sku,
        "attribute": conflict.attribute,
        "key": conflict.key,
        "sides": [{"feed": s.feed, "row": s.row, "value": s.value} for s in conflict.sides],
        "since": conflict.first_seen,
    }


def _release(release: Any) -> dict[str, Any]:
    names = ("feed", "kind", "who", "at", "note", "subject", "what")
    return {name: getattr(release, name) for name in names}


def _counts(row: dict[str, Any]) -> dict[str, int]:
    return {name: len(row[name]) for name in ("held", "conflicts", "doubts")}


def _print(session: Session, rows: list[dict[str, Any]]) -> None:
    from auditor.cli.tables import table
    from auditor.cli.words import count

    owned = [name for name in ("Owner",) if any(row["owner"] for row in rows)]
    made = table("Feed", "State", "Last read", "Rows", "Unusable", "Waits", *owned)
    made.columns[2].no_wrap = True
    for row in rows:
        counts = _counts(row)
        waits = [f"{counts['held']} held"] if counts["held"] else []
        waits += [
            count(counts[f"{word}s"], word) for word in ("conflict", "doubt") if counts[f"{word}s"]
        ]
        made.add_row(
            one_line(row["feed"]),
            row["state"],
            f"{row['read_at'].astimezone(session.zone):%Y-%m-%d %H:%M}",
            f"{row['rows']:,}",
            f"{row['rejected']:,}",
            ", ".join(waits) or "–",
            *[one_line(row["owner"]) or "–" for _ in owned],
        )
    print_table(made, color=session.color)
    for row in rows:
        _print_waiting(session, row)


def _print_waiting(session: Session, row: dict[str, Any]) -> None:
    from auditor.cli.tables import table

    talk = session.talk
    if row["message"]:
        talk.line(f"{row['feed']}: {one_line(row['message'])}")
    for doubt in row["doubts"]:
        talk.line(
            f"{row['feed']}: {doubt['pages']} pages contradict the export read "
            f"{doubt['read_at']:%Y-%m-%d %H:%MZ}: {one_line(doubt['example'])}"
        )
    if row["held"]:
        made = table("Held", "Fact", "So far", "Now", "Row")
        for held in row["held"][:SHOWN]:
            fact = " ".join(filter(None, (held["sku"], held["attribute"], held["key"])))
            cells = (held["id"][:8], fact, held["old"], held["new"], held["row"])
            made.add_row(*map(one_line, cells))
        print_table(made, color=session.color)
    if row["held"] or row["doubts"] or row["state"] == "quarantined":
        talk.hint(f"`sellby feeds release {row['feed']}` lets through what is right.")


def _print_conflicts(session: Session, conflicts: Sequence[Conflict]) -> None:
    from auditor.cli.tables import table

    if not conflicts:
        return
    made = table("Conflict", "One says", "another says")
    for conflict in conflicts[:SHOWN]:
        fact = " ".join(filter(None, (conflict.sku, conflict.attribute, conflict.key)))
        one, *others = conflict.said()
        made.add_row(*map(one_line, (fact, one, "; ".join(others) or "–")))
    print_table(made, color=session.color)
    if len(conflicts) > SHOWN:
        session.talk.hint(f"{len(conflicts) - SHOWN:,} more: `sellby feeds --format json`.")
