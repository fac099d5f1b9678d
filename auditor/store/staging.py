"""One feed export streamed into temporary tables, beside what is known.

Records go in by batches, so memory stays flat whatever the size; the database stays unlocked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from typing import TYPE_CHECKING

from auditor.model import Contact, Product, RejectedRow, Truth
from auditor.store import statements as sql
from auditor.store.history import short_digest
from auditor.store.instants import to_text
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


class Staging:
    """The staging area for one export of ``feed``.

    With ``standing`` what its rows state and where they stand is learned and kept.
    """

    def __init__(self, connection: Connection, feed: str, standing: Standing | None = None) -> None:
        self.connection = connection
        self.feed = feed
        self._standing = standing
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
