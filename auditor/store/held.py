"""Values that wait for a person: what a feed says anew and nobody has released yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.errors import NotFound
from auditor.store.history import short_digest
from auditor.store.instants import from_text, instant, to_text
from auditor.values.codec import basis_from_json, from_json

if TYPE_CHECKING:
    from sqlite3 import Connection

    from auditor.values.types import Basis, Value

Typed = tuple["Value", "Basis"]
IsBeyond = Callable[[str, Typed, Typed], bool]
"""Attribute, old and new value with their bases → whether a person must look first."""

_COLUMNS = (
    "id", "feed", "fact", "series", "digest", "sku", "attribute", "key", "old_value", "old_basis",
    "value", "basis", "valid_from", "valid_to", "row", "boundary", "held_since",
)  # fmt: skip

_CANDIDATES = """
select f.id, t.id, t.value, t.basis, f.value, f.basis, f.attribute
from temp.fresh f join truth t
  on t.sku = f.sku and t.attribute = f.attribute and t.key = f.key
 and +t.feed = :feed and t.series = f.series and t.removed_at is null
where t.fact = f.fact or coalesce(t.valid_from, '') < coalesce(f.valid_from, '')
order by f.id, t.fact = f.fact desc, coalesce(t.valid_from, '') desc, t.id desc
"""
"""Each new statement with what it would replace or succeed, the nearest first."""


@dataclass(frozen=True, slots=True)
class HeldValue:
    """A value that waits: what held so far, what the feed says now, and since when it waits."""

    id: str
    feed: str
    sku: str
    attribute: str
    key: str
    old: Typed
    new: Typed
    valid_from: datetime | None
    row: str
    held_since: datetime


class HeldValues:
    """The table ``held_value``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, feed: str = "") -> list[HeldValue]:
        """What waits, of one feed or of all, by feed, product and fact."""
        rows = self._connection.execute(
            "select id, feed, sku, attribute, key, old_value, old_basis, value, basis, "
            "valid_from, row, held_since from held_value where ? in ('', feed) "
            "order by feed, sku, attribute, key, id",
            (feed,),
        )
        return [
            HeldValue(
                id_, name, sku, attribute, key,
                (from_json(old), basis_from_json(old_basis)),
                (from_json(new), basis_from_json(basis)),
                from_text(start), row, instant(at),
            )
            for id_, name, sku, attribute, key, old, old_basis, new, basis, start, row, at in rows
        ]  # fmt: skip

    def facts(self) -> frozenset[tuple[str, str, str, str]]:
        """The facts that a waiting value leaves open: feed, sku, attribute, key."""
        return frozenset(
            self._connection.execute("select feed, sku, attribute, key from held_value")
        )

    def chosen(self, feed: str, prefixes: Sequence[str]) -> list[HeldValue]:
        """The values of ``feed`` whose ids begin so, all without any. Raises NotFound."""
        waiting = self.of(feed)
        if not prefixes:
            return waiting
        found: dict[str, HeldValue] = {}
        for prefix in prefixes:
            fits = [held for held in waiting if held.id.startswith(prefix)]
            if len(fits) != 1:
                what = "no value" if not fits else f"{len(fits)} values"
                raise NotFound(f"feed {feed}: {what} with the id {prefix!r}; see `sellby feeds`")
            found[fits[0].id] = fits[0]
        return list(found.values())

    # Taking in ------------------------------------------------------------------------------------

    def set_aside(self, feed: str, is_beyond: IsBeyond) -> tuple[int, int]:
        """Move what is beyond the bounds from ``temp.fresh`` to ``temp.held``.

        What it would have replaced counts as stated again: it stays. Returns how many were
        counted as added and how many as changed.
        """
        execute = self._connection.execute
        pairs, last = [], 0
        for fresh, id_, old, old_basis, new, basis, attribute in execute(
            _CANDIDATES, {"feed": feed}
        ).fetchall():
            if fresh == last:
                continue
            last = fresh
            before = (from_json(old), basis_from_json(old_basis))
            if is_beyond(attribute, before, (from_json(new), basis_from_json(basis))):
                pairs.append((fresh, id_))
        changed = 0
        for fresh, id_ in pairs:
            execute(
                "insert into temp.held select f.fact, f.series, f.digest, f.sku, f.attribute, "
                "f.key, t.value, t.basis, f.value, f.basis, f.valid_from, f.valid_to, f.row "
                "from temp.fresh f, truth t where f.id = ? and t.id = ?",
                (fresh, id_),
            )
            execute("delete from temp.staged_truth where id = ?", (fresh,))
            execute(
                "insert or ignore into temp.seen (id) values (?)",
                (id_,),
            )
            changed += execute("delete from temp.unseen where id = ?", (id_,)).rowcount
        return len(pairs) - changed, changed

    def save(self, feed: str, boundary: datetime, now: datetime, *, full: bool) -> None:
        """Keep what was set aside; what this export no longer says that way waits no longer."""
        execute = self._connection.execute
        staged = execute("select * from temp.held").fetchall()
        rows = [(short_digest(feed, row[0], row[2]), row) for row in staged]
        execute("create temp table if not exists still (id text primary key)")
        execute("delete from temp.still")
        self._connection.executemany(
            "insert or ignore into temp.still values (?)", [(i,) for i, _ in rows]
        )
        restated = (
            "(select fact from temp.fresh union all select fact from temp.held "
            "union all select t.fact from temp.seen s join truth t on t.id = s.id)"
        )
        condition = "" if full else f" and fact in {restated}"
        execute(
            "delete from held_value where feed = ? and id not in (select id from temp.still)"
            + condition,
            (feed,),
        )
        times = (to_text(boundary), to_text(now))
        self._connection.executemany(
            f"insert or ignore into held_value ({', '.join(_COLUMNS)}) "
            f"values ({', '.join('?' * len(_COLUMNS))})",
            [(id_, feed, *row, *times) for id_, row in rows],
        )

    def restage(self, held: Iterable[HeldValue]) -> None:
        """Put released values into ``temp.fresh`` and forget that they waited."""
        for one in held:
            shared = self._connection.execute(
                "insert into temp.shared (attribute, key, basis, valid_from, valid_to) "
                "select attribute, key, basis, valid_from, valid_to from held_value where id = ?",
                (one.id,),
            ).lastrowid
            self._connection.execute(
                "insert into temp.staged_truth (fact, series, digest, sku, value, row, shared) "
                "select fact, series, digest, sku, value, row, ? from held_value where id = ?",
                (shared, one.id),
            )
            self._connection.execute("delete from held_value where id = ?", (one.id,))

    def boundary(self, id_: str) -> datetime:
        """From when a held value holds once it is released."""
        found = self._connection.execute(
            "select boundary from held_value where id = ?", (id_,)
        ).fetchone()
        return instant(found[0])
