"""When was a feed read, how did it go, and up to when is what it said known to hold?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from auditor.model import RejectedRow
from auditor.store.held import IsBeyond
from auditor.store.history import FeedRunSummary
from auditor.store.instants import from_text, instant, to_text
from auditor.store.intake import Difference, Intake, Moment
from auditor.store.statements import BOUNDARIES

if TYPE_CHECKING:
    from sqlite3 import Connection


SHELF_LIFE = timedelta(days=1)
"""How long before its reading an export counts as written at most: exports are nightly."""

NEVER = "never"
"""The next boundary of a feed none of whose truths has a date ahead."""

_GOOD = ("applied", "unchanged")
_WAITING = """
select exists (select 1 from truth indexed by truth_missing
               where feed = ? and removed_at is null and missing_since is not null)
    or exists (select 1 from product_row where feed = ? and missing_since is not null)
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gates make of an export: whether it is set aside, and why or what to mind."""

    closed: bool = False
    message: str = ""


Gate = Callable[[Difference, Intake], Verdict]


def _yes() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Export:
    """What is known of an export beside its records.

    ``exported_at`` is when it was written (None: unknown), ``full`` whether absence means
    removal, ``whole`` whether a product in it states all its facts. ``content`` stands for all
    that its records depend on ("": unknown): where the last run had the same and ``may_skip``,
    nothing is read. ``gate`` says whether the export is believed, ``is_beyond`` whether one new
    value has to wait for a person, ``may_disagree``, asked when all was read, whether the export
    states one series of truths more than once.
    """

    exported_at: datetime | None = None
    full: bool = True
    whole: bool = False
    content: str = ""
    gate: Gate | None = None
    may_skip: bool = True
    may_disagree: Callable[[], bool] = _yes
    is_beyond: IsBeyond | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Truths that came into force and ran out by their dates alone.

    ``next_boundary`` is when the next one will (as stored), ``NEVER``, or None: unknown.
    """

    started: int = 0
    expired: int = 0
    next_boundary: str | None = None


@dataclass(frozen=True, slots=True)
class GoodRun:
    """A feed's last run that was believed."""

    read_at: datetime
    exported_at: datetime | None
    confirmed_until: datetime


def moment_of(before: GoodRun | None, now: datetime) -> Moment:
    """When this export's changes hold: since the one before was last known to be right."""
    if before is None:
        return Moment(now, now, now)
    return Moment(now, min(before.confirmed_until, now), before.read_at)


def confirmed_until(before: GoodRun | None, export: Export, now: datetime) -> datetime:
    """Up to when what this export says is known to hold.

    That is when it was written, not when it was read: the value may have changed in between. But
    a file is no older than ``SHELF_LIFE`` (some systems write one only when something changes),
    and what was read before and is read again held at least until that earlier reading.
    """
    written = max(export.exported_at or now, now - SHELF_LIFE)
    return min(now, max(written, before.read_at) if before else written)


def is_same_export(before: GoodRun | None, export: Export) -> bool:
    """Whether this very export was read before: then it proves no second absence."""
    return (
        before is not None
        and export.exported_at is not None
        and before.exported_at == export.exported_at
    )


class FeedRuns:
    """The log of feed runs and the rejected rows of each feed's newest."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest(self) -> list[FeedRunSummary]:
        """The newest run of each feed, in the order the feeds were first read."""
        rows = self._connection.execute(
            "select feed, read_at, state, rows, added, changed, removed, rejected, message, "
            "exported_at, started, expired, held, content from feed_run "
            "where id in (select max(id) from feed_run group by feed) "
            "order by (select min(id) from feed_run f where f.feed = feed_run.feed)"
        )
        return [
            FeedRunSummary(
                feed,
                instant(read_at),
                state,
                rows=count,
                added=added,
                changed=changed,
                removed=removed,
                rejected=rejected,
                message=message,
                exported_at=from_text(exported),
                started=started,
                expired=expired,
                held=held,
                content=content,
            )
            for (
                feed, read_at, state, count, added, changed, removed, rejected, message, exported,
                started, expired, held, content,
            ) in rows
        ]  # fmt: skip

    def last_good(self, feed: str) -> GoodRun | None:
        """The feed's last run that was applied or brought nothing new; None before the first."""
        row = self._connection.execute(
            "select read_at, exported_at, confirmed_until from feed_run "
            "where feed = ? and state in ('applied', 'unchanged') order by id desc limit 1",
            (feed,),
        ).fetchone()
        if row is None:
            return None
        read_at, exported, confirmed = row
        return GoodRun(instant(read_at), from_text(exported), instant(confirmed or read_at))

    def same_content(self, feed: str, content: str) -> FeedRunSummary | None:
        """The feed's newest run, where it was believed, read the same and left nothing missing."""
        waiting = self._connection.execute(_WAITING, (feed, feed)).fetchone()[0]
        row = self._connection.execute(
            "select content, state from feed_run where feed = ? order by id desc limit 1", (feed,)
        ).fetchone()
        if not content or waiting or row is None or row[0] != content or row[1] not in _GOOD:
            return None
        return next(run for run in self.newest() if run.feed == feed)

    def is_alone(self, feed: str) -> bool:
        """Whether no other feed states any truth."""
        first, last = self._connection.execute(
            "select (select feed from truth where removed_at is null order by feed limit 1), "
            "(select feed from truth where removed_at is null order by feed desc limit 1)"
        ).fetchone()
        return {first, last} <= {feed, None}

    def calendar(self, feed: str, now: datetime, *, is_same: bool) -> Calendar:
        """What the dates alone have changed since the feed was last believed.

        ``is_same``: the truths are those of the run before, so that nothing has to be looked up
        before the next boundary that it noted.
        """
        row = self._connection.execute(
            "select read_at, next_boundary from feed_run where feed = ? "
            "and state in ('applied', 'unchanged') order by id desc limit 1",
            (feed,),
        ).fetchone()
        if row is None:
            return Calendar()
        read_at, boundary = row
        if is_same and boundary is not None and (boundary == NEVER or boundary > _text(now)):
            return Calendar(next_boundary=boundary)
        names = {"feed": feed, "now": _text(now), "last_read": read_at}
        started, expired, *next_ones = self._connection.execute(BOUNDARIES, names).fetchone()
        boundary = min((one for one in next_ones if one), default=NEVER) if is_same else None
        return Calendar(started, expired, boundary)

    def save(
        self,
        summary: FeedRunSummary,
        confirmed: datetime | None,
        content: str = "",
        boundary: str | None = None,
    ) -> int:
        """Append the run; returns its id."""
        cursor = self._connection.execute(
            "insert into feed_run (feed, read_at, state, exported_at, confirmed_until, rows, "
            "rejected, added, changed, removed, message, content, started, expired, held, "
            "next_boundary) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                summary.feed,
                to_text(summary.read_at),
                summary.state,
                to_text(summary.exported_at),
                to_text(confirmed),
                summary.rows,
                summary.rejected,
                summary.added,
                summary.changed,
                summary.removed,
                summary.message,
                content,
                summary.started,
                summary.expired,
                summary.held,
                boundary,
            ),
        )
        return int(cursor.lastrowid or 0)

    def rejected(self, feed: str) -> list[RejectedRow]:
        """The rows that the feed's newest run could not use."""
        rows = self._connection.execute(
            "select file, line, reason, text from rejected_row "
            "where feed_run = (select max(id) from feed_run where feed = ?) order by rowid",
            (feed,),
        )
        return [RejectedRow(*row) for row in rows]

    def keep_rejected(self, run: int, feed: str) -> None:
        """Let the rejected rows of the feed's run before count for this run too."""
        self._connection.execute(
            "update rejected_row set feed_run = ? "
            "where feed_run in (select id from feed_run where feed = ?)",
            (run, feed),
        )

    def save_rejected(self, run: int, feed: str, rows: Iterable[tuple[str, int, str, str]]) -> None:
        """Keep the rejected rows of this run and forget those of the feed's earlier runs."""
        self._connection.execute(
            "delete from rejected_row where feed_run in (select id from feed_run where feed = ?)",
            (feed,),
        )
        self._connection.executemany(
            "insert into rejected_row (feed_run, file, line, reason, text) values (?,?,?,?,?)",
            ((run, *row) for row in rows),
        )


def _text(instant: datetime) -> str:
    text = to_text(instant)
    assert text is not None
    return text
