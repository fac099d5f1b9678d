"""``sellby impact``: what becomes wrong when the truth changes."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.exit_codes import ExitCode
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
    from collections.abc import Iterator, Sequence

    from auditor.forecast import Forecast, Proposal
    from auditor.impact import Coming, Notice
    from auditor.store import AuditStore
    from crawler.store import SnapshotStore

DAYS_AHEAD = 30
"""How far the preview looks where no date is given: the next price list of most companies."""

ROWS_SHOWN = 40

COLUMNS = (
    "effect", "wrong_from", "opens_from", "in_run", "lead_days", "kind", "owner", "priority",
    "sku", "product", "group", "source", "url", "attribute", "key", "role", "claimed", "expected",
    "quote", "note", "id", "fingerprint", "truth",
)  # fmt: skip


@click.command("impact")
@click.option("--on", "on", metavar="DATE", help="Look at this day's end, or at an instant.")
@click.option(
    "--feed",
    "feed",
    metavar="[NAME=]FILE",
    help="A proposed export of a feed, in the feed's own format; it is not applied.",
)
@click.option("--owner", default="", help="Only what this owner would have to mend.")
@click.option("--group", default="", help="Only products of this group.")
@click.option("--notices", is_flag=True, help="As advance notice: owner by owner, soonest first.")
@click.option("-n", "--limit", type=click.IntRange(min=0), default=None, help="At most so many.")
@format_option
@click.pass_context
def command(ctx: click.Context, /, output: str, **options: Any) -> None:
    """Show what will become wrong when scheduled truths, or those of a file, take effect.

    Pages are taken as they are stored; nothing is written. What it lists for an instant is what a
    run at that instant opens if nothing else changes. Without --on it looks 30 days ahead.
    """
    session: Session = ctx.obj
    now = session.now().astimezone(session.zone)
    with _stores(session) as (snapshots, store), _proposal(session, store, options, now) as offer:
        at = _instant(session, options["on"], now, store, offer)
        with session.talk.progress("judging ahead", "pages") as step:
            found = _look(session, snapshots, store, at, offer, step)
    wanted = [c for c in found.coming if _fits(c, options["owner"], options["group"])]
    doubted = _doubted(session, found, offer, now)
    if offer is not None:
        _say_run(session, offer, doubted)
    _print(session, found, wanted, now, output, options | {"doubted": doubted})
    ctx.exit(ExitCode.DONE if offer is None or _is_believed(offer) else ExitCode.PARTIAL)


@contextmanager
def _stores(session: Session) -> Iterator[tuple[SnapshotStore, AuditStore]]:
    from auditor.errors import NotFound
    from auditor.store import AuditStore
    from crawler.store import SnapshotStore

    path = session.database
    if not path.exists():
        raise NotFound(f"there is no database {path}; `sellby run` makes one")
    with (
        SnapshotStore(path, read_only=True) as snapshots,
        AuditStore(path, read_only=True) as store,
    ):
        yield snapshots, store


@contextmanager
def _proposal(
    session: Session, store: AuditStore, options: dict[str, Any], now: datetime
) -> Iterator[Proposal | None]:
    if not options["feed"]:
        yield None
        return
    from auditor.forecast import proposed

    name, path = _named(session, options["feed"])
    config = session.reading_config
    with proposed(name, config.feeds[name], path, config.base_dir, store, now) as offer:
        yield offer


def _named(session: Session, text: str) -> tuple[str, Path]:
    """Which feed a file is an export of: as said, else the one whose path it fits."""
    from auditor.cli.ingest import chosen

    feeds = session.reading_config.feeds
    name, equals, rest = text.partition("=")
    if equals and not Path(text).exists():
        chosen(session, [name])
        path = Path(rest)
    else:
        path = Path(text)
        fitting = [n for n, f in feeds.items() if fnmatch(path.name, Path(f.path).name)]
        if len(fitting) != 1:
            known = ", ".join(feeds) or "none"
            raise click.BadParameter(
                f"say which feed {path.name} is an export of: --feed NAME={text} (feeds: {known})",
                param_hint="--feed",
            )
        name = fitting[0]
    if not path.is_file():
        raise click.BadParameter(f"there is no file {path}", param_hint="--feed")
    return name, path


def _instant(
    session: Session, on: str | None, now: datetime, store: AuditStore, offer: Proposal | None
) -> datetime:
    """The instant looked at; of a day its last second, as people count days.

    Without one: what the proposed file's last change needs, else so many days ahead.
    """
    if on is not None:
        at = _end_of_day(session, on)
        if at < now:
            raise click.BadParameter(
                f"{on} is over; `sellby audit --as-of {on}` judges as it was then",
                param_hint="--on",
            )
        return at
    if offer is not None:
        last = offer.store.schedule.last_change(offer.skus, now)
        return (last or now) + timedelta(seconds=1)
    return now + timedelta(days=DAYS_AHEAD)


def _end_of_day(session: Session, text: str) -> datetime:
    from auditor.cli.audit import instant_of

    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        return instant_of(session, text)
    last = datetime.combine(day, time(23, 59, 59), session.zone)
    return last.astimezone(UTC)


def _look(  # noqa: PLR0913 - both stores, the instant and the file are separate things
    session: Session,
    snapshots: SnapshotStore,
    store: AuditStore,
    at: datetime,
    offer: Proposal | None,
    step: Any,
) -> Forecast:
    from auditor.forecast import ahead

    total = sum(state.pages for state in snapshots.sources())
    return ahead(
        session.reading_config,
        snapshots,
        store,
        at=at,
        proposal=offer,
        progress=lambda done, url: step(done, max(total, done), url),
    )


def _fits(one: Coming, owner: str, group: str) -> bool:
    return (not owner or one.finding.owner.casefold() == owner.casefold()) and (
        not group or one.finding.group.casefold() == group.casefold()
    )


def _is_believed(offer: Proposal) -> bool:
    return offer.summary.state in ("applied", "unchanged")


def _doubted(session: Session, found: Forecast, offer: Proposal | None, now: datetime) -> int:
    """On how many pages a run would ask the feed's owner before it opens anything; 0: it opens."""
    from auditor.impact import contradicting

    least = session.reading_config.judgement.doubt_pages
    if offer is None or least is None:
        return 0
    pages = contradicting(found.coming, offer.summary.feed, now)
    return pages if pages >= least else 0


def _say_run(session: Session, offer: Proposal, doubted: int) -> None:
    """What the proposed file changes, and whether its feed's gates would let it in."""
    from auditor.cli.ingest import say

    say(session, offer.summary)
    if not _is_believed(offer):
        session.talk.warn(
            "Its gates would set this file aside; below is what would follow if it were released."
        )
    if doubted:
        session.talk.warn(
            f"{doubted:,} pages that are right today contradict it at once: a run would ask the "
            "owner of the feed first, and open what is below once the answer is that it is right."
        )


def _print(  # noqa: PLR0913 - what is shown, of what, when and how
    session: Session,
    found: Forecast,
    wanted: list[Coming],
    now: datetime,
    output: str,
    options: dict[str, Any],
) -> None:
    from auditor.impact import notices

    owners = notices(wanted, now, max(found.at - now, timedelta(0)))
    limit = options["limit"]
    rows = wanted[:limit] if limit else wanted
    if output == Format.JSON:
        print_json(
            {
                "on": instant(found.at),
                "pages_judged": found.pages,
                "counts": _counts(wanted),
                "asks_first_about_pages": options["doubted"],
                "coming": [row(c, now) for c in rows],
                "notices": [_notice(notice, now) for notice in owners],
            }
        )
    elif output == Format.CSV:
        print_csv(COLUMNS, (row(c, now) for c in rows))
    else:
        _print_table(session, found, wanted, owners, now, options)


def row(one: Coming, now: datetime) -> dict[str, object]:
    """One statement that will change, as data: the keys are ``COLUMNS``."""
    from auditor.records import record

    finding = record(one.finding)
    more: dict[str, object] = {
        "effect": str(one.effect),
        "wrong_from": instant(one.wrong_from),
        "opens_from": instant(one.opens_from),
        "in_run": one.in_run,
        "lead_days": one.lead_days(now),
        "kind": one.kind,
    }
    return {name: more[name] if name in more else finding[name] for name in COLUMNS}


def _notice(notice: Notice, now: datetime) -> dict[str, object]:
    return {
        "owner": notice.owner,
        "first": instant(notice.first),
        "lead_days": notice.items[0].lead_days(now),
        "statements": len(notice.items),
        "pages": notice.pages,
        "ids": [c.finding.id for c in notice.items],
    }


def _counts(found: Sequence[Coming]) -> dict[str, int]:
    from auditor.impact import Effect

    return {str(effect): sum(c.effect is effect for c in found) for effect in Effect}


def _print_table(  # noqa: PLR0913 - what is shown, of what, when and how
    session: Session,
    found: Forecast,
    wanted: list[Coming],
    owners: list[Notice],
    now: datetime,
    options: dict[str, Any],
) -> None:
    from auditor.cli.coming import coming_table, notice_parts, owners_table, summary

    zone = session.zone
    session.talk.title(summary(wanted, found.at.astimezone(zone)))
    if not wanted:
        session.talk.hint("Nothing scheduled until then touches what the stored pages say.")
        return
    local = now.astimezone(zone)
    if options["notices"]:
        print_table(*notice_parts(owners, local), color=session.color)
        return
    limit = ROWS_SHOWN if options["limit"] is None else options["limit"]
    shown = wanted[:limit] if limit else wanted
    print_table(owners_table(owners, local), coming_table(shown, local), color=session.color)
    if len(shown) < len(wanted):
        session.talk.hint(f"{len(wanted) - len(shown)} more: --limit 0 shows all.")
    session.talk.hint("`sellby impact --notices` writes it owner by owner. Nothing was changed.")
