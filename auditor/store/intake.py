"""One feed export into the database: staged beside, compared, then applied in one transaction.

Records stream into temporary tables in batches (memory stays flat whatever the size) while the
database stays unlocked; then only the difference is written. What it means over time is said in
docs/feeds.md and beside each statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.model import Contact, Product, RejectedRow, Truth
from auditor.store import statements as sql
from auditor.store.history import short_digest
from auditor.store.instants import to_text
from auditor.store.standing import Clash, Standings
from auditor.store.stated import Stated, StatedBlock, stated

if TYPE_CHECKING:
    from sqlite3 import Connection

    from auditor.store.standing import Standing

BATCH = 500
"""Records looked up and staged at once; SQLite takes up to 32,766 parameters a statement."""

REJECTED_KEPT = 10_000
"""Rejected rows kept per run; all are counted."""

_OWN, _STORED = 6, 11
"""Up to where the fields of a Stated are its own, and up to where they are stored at all."""

_MOST_SHARED = 50_000
"""Sets of shared fields that are remembered; in a feed with more few truths share any."""

_ADD_FRESH = f"insert into temp.staged_truth values (null, {','.join('?' * (_OWN + 1))})"
_ADD_SHARED = "insert into temp.shared values (null, ?, ?, ?, ?, ?)"
_ADD_SEEN = "insert or ignore into temp.seen (id, row) values (?, ?)"
_ADD_PRODUCT = "insert or ignore into temp.staged_product values (?, ?, ?)"
_ADD_SIGNAL = "insert or ignore into temp.staged_signal values (?, ?, ?, ?, ?, ?)"
_ADD_CONTACT = "insert or replace into temp.staged_contact values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_REJECTED = "insert into temp.rejected values (?, ?, ?, ?)"
_ADD_PARTIAL = "insert or ignore into temp.partial values (?)"


_TRUTHS = (Stated, Truth)


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


class Intake:
    """The staging area for one export of ``feed``.

    With ``standing`` what its rows state and where they stand is learned and kept.
    """

    def __init__(self, connection: Connection, feed: str, standing: Standing | None = None) -> None:
        self.connection = connection
        self.feed = feed
        self._standing = standing
        self._is_restating = False
        self.rows = 0
        self.rejected = 0
        self._product = ""
        self._shared: dict[tuple[object, ...], int] = {}
        self._passed_over = 0
        self._knows_any = bool(self._row(sql.KNOWS_ANY, {"feed": feed})[0])
        for statement in (*sql.STAGE, *sql.CLEAR_STAGE):
            connection.execute(statement)

    def stage(self, records: Iterable[object]) -> None:
        """Stream the records into the staging tables; whatever reading them raises goes through."""
        for batch in _batches(records):
            with self._batch():
                if isinstance(batch, StatedBlock):
                    self._stage_block(batch)
                    continue
                ready = [r for r in batch if type(r) is Stated]
                if len(ready) < len(batch):
                    ready += [stated(r) for r in batch if isinstance(r, Truth)]
                    self._stage_others([r for r in batch if not isinstance(r, _TRUTHS)])
                self._stage_truths(ready)
        if self._standing is not None:
            self._passed_over = self._standing.end()
            self.rows += self._passed_over

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

    def rejected_rows(self) -> Iterator[tuple[str, int, str, str]]:
        """The rejected rows as staged: file, line, reason, text."""
        yield from self.connection.execute("select file, line, reason, text from temp.rejected")

    def clear(self) -> None:
        """Empty the staging tables."""
        self._shared.clear()
        for statement in sql.CLEAR_STAGE:
            self.connection.execute(statement)

    def _row(self, statement: str, names: Mapping[str, str | None]) -> Sequence[int]:
        found: Sequence[int] = self.connection.execute(statement, names).fetchone()
        return found

    @contextmanager
    def _batch(self) -> Iterator[None]:
        """A transaction over temporary tables only, unless the caller has one open."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("begin")
        try:
            yield
        finally:
            self.connection.execute("commit")

    def _stage_block(self, block: StatedBlock) -> None:
        """Stage truths that come side by side; where none is known none has to be looked at."""
        if self._knows_any:
            truths = block.truths()
            for at in range(0, len(truths), BATCH):
                self._stage_truths(truths[at : at + BATCH])
            return
        self.rows += len(block.facts)
        if self._standing is not None:
            self._standing.add_block(block)
        shared = map(self._shared_by, block.shared)
        self.connection.executemany(_ADD_FRESH, zip(*block[:_OWN], shared, strict=True))

    def _stage_truths(self, truths: Sequence[Stated]) -> None:
        self.rows += len(truths)
        if not self._knows_any:
            self._add_fresh(truths)
            return
        known = self._known(truth.sku for truth in truths)
        ids, seen, fresh = [], [], []
        for truth in truths:
            id_ = known.get(truth.fact + truth.digest)
            if id_ is None:
                fresh.append(truth)
            else:
                ids.append(id_)
                seen.append(truth)
        if self._standing is not None:
            self._standing.add_known(ids, seen)
        self.connection.executemany(
            _ADD_SEEN,
            [
                (id_, truth.row if self._standing is None else None)
                for id_, truth in zip(ids, seen, strict=True)
            ],
        )
        self._add_fresh(fresh)

    def _add_fresh(self, truths: Sequence[Stated]) -> None:
        if self._standing is not None:
            self._standing.add_fresh(truths)
        shared = [self._shared_by(truth[_OWN:_STORED]) for truth in truths]
        self.connection.executemany(
            _ADD_FRESH, [(*truth[:_OWN], id_) for truth, id_ in zip(truths, shared, strict=True)]
        )

    def _shared_by(self, fields: tuple[object, ...]) -> int:
        """The id under which fields that many truths share are staged."""
        id_ = self._shared.get(fields)
        if id_ is None:
            if len(self._shared) >= _MOST_SHARED:
                self._shared.clear()
            id_ = self._shared[fields] = self.connection.execute(_ADD_SHARED, fields).lastrowid or 0
        return id_

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

    def _known(self, skus: Iterable[str]) -> dict[str, int]:
        """The live truths about products: fact and digest → id."""
        wanted = list(dict.fromkeys(skus))
        marks = ",".join("?" * len(wanted))
        rows = self.connection.execute(
            "select fact || digest, id from truth "
            f"where sku in ({marks}) and +feed = ? and removed_at is null",
            (*wanted, self.feed),
        )
        return dict(rows.fetchall())

    def _stage_others(self, batch: Sequence[object]) -> None:
        """Everything but truths, in order: a rejected row belongs to the product before it."""
        products, signals, contacts, rejected, partial = [], [], [], [], []
        for record in batch:
            match record:
                case Product():
                    self._product = record.sku
                    products.append(_product(record))
                case RejectedRow(file, line, reason, text):
                    rejected.append((file, line, reason, text))
                    partial.append((self._product,))
                case Contact():
                    contacts.append(_contact(record))
                case _:
                    signals.append(_signal(record))
        room = max(0, REJECTED_KEPT - self.rejected)
        self.rows += len(products) + len(signals) + len(contacts)
        self.rejected += len(rejected)
        for statement, rows in (
            (_ADD_PRODUCT, products),
            (_ADD_SIGNAL, signals),
            (_ADD_CONTACT, contacts),
            (_ADD_REJECTED, rejected[:room]),
            (_ADD_PARTIAL, partial),
        ):
            if rows:
                self.connection.executemany(statement, rows)


def _batches(records: Iterable[object]) -> Iterator[Sequence[object] | StatedBlock]:
    """The records in their order, so many at once as are staged; those in blocks as they come."""
    waiting: list[object] = []
    for record in records:
        if isinstance(record, StatedBlock):
            if record.facts:
                yield record
        elif isinstance(record, list):
            waiting += record
        else:
            waiting.append(record)
        if len(waiting) >= BATCH:
            yield from (waiting[at : at + BATCH] for at in range(0, len(waiting), BATCH))
            waiting = []
    if waiting:
        yield waiting


def _product(product: Product) -> tuple[str, str, str]:
    record = json.dumps(astuple(product), ensure_ascii=False, separators=(",", ":"))
    return product.sku, short_digest(record), record


def _signal(record: object) -> tuple[str, str, str, str, str, int]:
    about, subject, signal, day, value, window = (
        getattr(record, name)
        for name in ("about", "subject", "signal", "day", "value", "window_days")
    )
    return about, subject, signal, day.isoformat() if day else "", format(value, "f"), window


def _contact(contact: Contact) -> tuple[object, ...]:
    minutes = None if contact.minutes is None else format(contact.minutes, "f")
    repeat = None if contact.repeat is None else int(contact.repeat)
    return (
        contact.id,
        to_text(contact.at),
        contact.product,
        contact.url,
        contact.subject,
        contact.reason,
        minutes,
        repeat,
        contact.who,
    )
