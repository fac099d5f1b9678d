"""One feed export into the database: compared with what is known, applied in one transaction.

Only the difference is written. What it means over time is said in docs/feeds.md and beside each
statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.store import statements as sql
from auditor.store.instants import to_text
from auditor.store.staging import Staging
from auditor.store.standing import Clash, Standings

if TYPE_CHECKING:
    from sqlite3 import Connection

    from auditor.store.standing import Standing


@dataclass(frozen=True, slots=True)
class Difference:
    """How an export differs from what is known of its feed, in facts, products and signals.

    ``known`` counts what the feed stated before and still should (what is over does not count);
    ``missing`` is the part of it that this export lacks, ``changed`` the part it states otherwise.
    ``again`` is how many of the missing the believed export before lacked already.
    """

    known: int
    rows: int
    rejected: int
    added: int
    changed: int
    unchanged: int
    missing: int
    again: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """When an export is read, and since when its changes hold.

    ``boundary`` is the instant up to which the export before this one was known to hold, where a
    feed without dates changes its values; ``last_read`` is when that export was read.
    """

    now: datetime
    boundary: datetime
    last_read: datetime


class Intake(Staging):
    """A staged export, compared with what is known and applied."""

    def __init__(self, connection: Connection, feed: str, standing: Standing | None = None) -> None:
        super().__init__(connection, feed, standing)
        self._is_restating = False

    def difference(self, now: datetime) -> Difference:
        """Compare what was staged with what is known; call once, after all is staged."""
        names = {"feed": self.feed, "now": to_text(now)}
        self._find_unseen(names)
        one = self._row(sql.TRUTH_DIFFERENCE, names)
        seen, running, before_missing, replaced, otherwise, fresh = one
        seen += self._passed_over
        known, changed, unchanged = seen + running, otherwise, seen
        added, missing = fresh - replaced, running - otherwise
        for statement in (sql.PRODUCT_DIFFERENCE, sql.SIGNAL_DIFFERENCE, sql.CONTACT_DIFFERENCE):
            before, new, other, same = self._row(statement, names)
            known, added, changed = known + before, added + new, changed + other
            unchanged, missing = unchanged + same, missing + before - other - same
        again = min(before_missing, missing)
        return Difference(
            known, self.rows, self.rejected, max(0, added), changed, unchanged, missing, again
        )

    def restated(self) -> None:
        """Take what was staged as all there is to apply: only the same facts are replaced."""
        self._is_restating = True
        self.connection.execute(sql.FIND_RESTATED, {"feed": self.feed})

    def apply(self, moment: Moment, *, full: bool, whole: bool) -> int:
        """Write the difference inside the caller's transaction; returns how much was ended.

        ``full``: what is absent goes missing, and is ended when the next export lacks it too.
        ``whole``: a product that is present states all its facts; what it lacks ends at once.
        """
        execute = self.connection.execute
        names = {
            "feed": self.feed,
            "now": to_text(moment.now),
            "boundary": to_text(moment.boundary),
            "last_read": to_text(moment.last_read),
            "newest": execute("select coalesce(max(id), 0) from truth").fetchone()[0],
        }
        if self._knows_any and not self._is_restating:
            execute(sql.UNMARK_SEEN, names)
            if self._standing is None:
                execute(sql.MOVE_ROWS)
        for statement in sql.TRUTHS if self._knows_any else (sql.ADD_FIRST,):
            execute(statement, names)
        ended = execute(sql.END_LEFT_OUT, names).rowcount if whole else 0
        for statement in sql.PRODUCTS:
            execute(statement, names)
        if full:
            ended += execute(sql.END_MISSING, names).rowcount
            execute(sql.MARK_MISSING, names)
            execute(sql.TOUCH_REMOVED_PRODUCTS, names)
            ended += execute(sql.REMOVE_PRODUCT_ROWS, names).rowcount
            execute(sql.MARK_MISSING_PRODUCTS, names)
            ended += execute(sql.REMOVE_SIGNALS, names).rowcount
        execute(sql.ADD_SIGNALS, names)
        execute(sql.FORGET_OLD_SIGNALS, names)
        execute(sql.ADD_CONTACTS, names)
        self._keep_standing(int(names["newest"] or 0))
        return ended

    def keys(self) -> tuple[int, int]:
        """The products that new facts are about, and how many of them no feed knows.

        None is unknown while no catalogue feed has been read.
        """
        all_, unknown = self._row(sql.KEYS, {})
        return all_, unknown

    def stripped(self) -> int:
        """The products that new facts are about and that are known with leading zeros only."""
        return self._row(sql.STRIPPED, {})[0] if self._row(sql.ANY_ZEROS, {})[0] else 0

    def changed_prices(self) -> list[tuple[str, str, str, str]]:
        """Old and new value, old and new basis (as stored) of up to 5,000 prices that change."""
        names = {"feed": self.feed}
        return self.connection.execute(sql.CHANGED_PRICES, names).fetchall()

    def known_prices(self) -> int:
        """How many prices the feed stated before."""
        return self._row(sql.KNOWN_PRICES, {"feed": self.feed})[0]

    def touched_skus(self) -> list[str]:
        """The products of which this feed's row was added, changed or removed."""
        found = self.connection.execute("select sku from temp.touched order by sku")
        return [sku for (sku,) in found]

    def _find_unseen(self, names: Mapping[str, str | None]) -> None:
        """Stage what the feed stated and this export does not.

        Raises Clash where what was passed over is stated by another row, too.
        """
        standing, execute = self._standing, self.connection.execute
        if standing is None or not self._passed_over:
            with self._batch():
                execute(sql.FIND_UNSEEN, names)
            return
        stated_again = execute(sql.STATED_AGAIN, names).fetchall()
        if any(standing.is_met(id_) for (id_,) in stated_again):
            raise Clash(self.feed)
        live, seen = self._row(sql.COUNT_LIVE, names)
        if live > seen + self._passed_over:
            unmet = [(id_,) for id_ in standing.unmet(id_ for (id_,) in execute(sql.LIVE, names))]
            with self._batch():
                self.connection.executemany(sql.ADD_UNSEEN, unmet)

    def _keep_standing(self, newest: int) -> None:
        """Keep where the rows of this export stand; of what holds no longer, nothing."""
        standings = Standings(self.connection)
        if self._standing is None and not self._is_restating:
            standings.drop(self.feed)
            return
        removed = {id_ for (id_,) in self.connection.execute(sql.REMOVED)}
        if self._standing is None:
            standings.forget(self.feed, removed)
            return
        fresh = None
        if self._row("select exists (select 1 from temp.held)", {})[0]:  # were fresh, wait now
            left = self.connection.execute("select id from temp.staged_truth order by id")
            fresh = [id_ for (id_,) in left.fetchall()]
        self._standing.save(newest, fresh, removed)
