"""Truths of equal rank that disagree: a question to the feeds' owners, never a finding."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.store.history import basis_of, content_of, succeeded
from auditor.store.instants import instant, to_text
from auditor.store.stated import series_digest
from auditor.values.text import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from sqlite3 import Connection

    from auditor.model import Truth

_LIVE = """removed_at is null and (valid_from is null or valid_from <= :now)
  and (valid_to is null or valid_to > :now)"""

_CANDIDATES = f"""
insert into temp.candidate
select sku, attribute, key, series from truth
where {_LIVE} {{scope}}
group by sku, attribute, key, series
having count(*) > 1 and min(digest) <> max(digest)
"""

_OPEN = f"""
select c.sku, c.attribute, c.key, c.series from temp.candidate c
where (select count(*) from truth t
       where t.sku = c.sku and t.attribute = c.attribute and t.key = c.key
         and t.series = c.series and {_LIVE}
         and not (t.valid_to is null and exists (
           select 1 from truth s
           where s.sku = t.sku and s.attribute = t.attribute and s.key = t.key
             and +s.feed = t.feed and s.series = t.series and s.removed_at is null
             and s.valid_to is null and s.valid_from > coalesce(t.valid_from, '')
             and s.valid_from <= :now))) > 1
order by 1, 2, 3, 4
"""
"""Candidates where more than one is left once a later start has ended the earlier ones."""

_TOUCHED = """
insert or ignore into temp.scope
select sku from temp.fresh union select sku from temp.unseen union select sku from data_conflict
union
select t.sku from truth t join (
  select feed, max(read_at) as at from feed_run where state in ('applied', 'unchanged')
  group by feed) l on l.feed = t.feed
where t.removed_at is null and (t.valid_from > l.at and t.valid_from <= :now
                                or t.valid_to > l.at and t.valid_to <= :now)
"""
"""The products of which anything may stand otherwise than when the feeds were last read."""

KEPT = 10_000
"""Conflicts kept; a feed with more is wrong as a whole."""

FEW = 100_000
"""Up to so many staged changes only their products are looked at."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the statements that disagree: which feed says what, where."""

    feed: str
    row: str
    value: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact of which equally specific truths in force say different things."""

    sku: str
    attribute: str
    key: str
    sides: tuple[Side, ...]
    first_seen: datetime

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds that take part."""
        return tuple(dict.fromkeys(side.feed for side in self.sides))

    def said(self) -> list[str]:
        """What is said, each value once with the first row that says it and how many others do."""
        rows: dict[str, list[str]] = defaultdict(list)
        for side in self.sides:
            rows[side.value].append(side.row)
        return [
            f"{value} ({found[0]}{f' and {len(found) - 1} more' if found[1:] else ''})"
            for value, found in rows.items()
        ]


class Conflicts:
    """The table ``data_conflict``: what disagreed when the feeds were last read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, feed: str = "") -> list[Conflict]:
        """The conflicts in which a feed takes part, or all, by product and fact."""
        rows = self._connection.execute(
            "select sku, attribute, key, sides, first_seen from data_conflict "
            "order by sku, attribute, key, series"
        )
        found = [
            Conflict(
                sku,
                attribute,
                key,
                tuple(Side(*side) for side in json.loads(sides)),
                instant(since),
            )
            for sku, attribute, key, sides, since in rows
        ]
        return [conflict for conflict in found if not feed or feed in conflict.feeds]

    def refresh(
        self,
        truths_of: Callable[[Iterable[str]], dict[str, list[Truth]]],
        now: datetime,
        *,
        is_staged: bool = False,
    ) -> int:
        """Look for conflicts at ``now``, keep what is found; inside the caller's transaction.

        ``truths_of`` reads truths by product. ``is_staged``: what has changed since the last time
        is what dates and an Intake's staging tables tell, and need not be sought everywhere.
        Returns how many conflicts there are.
        """
        execute = self._connection.execute
        known = dict(execute("select series, first_seen from data_conflict").fetchall())
        rows = []
        scope = self._scope(now) if is_staged and len(known) < KEPT else ""
        for key, truths in self._open(truths_of, now, scope):
            said = [(t.feed, t.row, canonical(t.value, t.basis)) for t in truths]
            sides = json.dumps(said, ensure_ascii=False)
            rows.append((key[3], *key[:3], sides, known.get(key[3], to_text(now))))
        execute("delete from data_conflict")
        self._connection.executemany(
            "insert into data_conflict (series, sku, attribute, key, sides, first_seen) "
            "values (?, ?, ?, ?, ?, ?)",
            rows,
        )
        return len(rows)

    def _scope(self, now: datetime) -> str:
        """Which truths have to be looked at, as a part of a query; "" for all."""
        execute = self._connection.execute
        staged = execute(
            "select (select count(*) from temp.staged_truth) + (select count(*) from temp.unseen)"
        ).fetchone()[0]
        if staged > FEW:
            return ""
        execute("create temp table if not exists scope (sku text primary key) without rowid")
        execute("delete from temp.scope")
        execute(_TOUCHED, {"now": to_text(now)})
        return "and sku in (select sku from temp.scope)"

    def _open(
        self,
        truths_of: Callable[[Iterable[str]], dict[str, list[Truth]]],
        now: datetime,
        scope: str,
    ) -> list[tuple[tuple[str, str, str, str], list[Truth]]]:
        execute = self._connection.execute
        names = {"now": to_text(now)}
        execute(
            "create temp table if not exists candidate (sku text, attribute text, key text, "
            "series text)"
        )
        execute("delete from temp.candidate")
        execute(_CANDIDATES.format(scope=scope), names)
        wanted: Sequence[tuple[str, str, str, str]] = execute(_OPEN, names).fetchmany(KEPT)
        by_series: dict[str, list[Truth]] = defaultdict(list)
        for truths in truths_of(key[0] for key in wanted).values():
            for truth in succeeded(truths):
                if truth.in_force(now):
                    by_series[series_digest(truth)].append(truth)
        return [
            (key, by_series[key[3]])
            for key in wanted
            if len({(content_of(t.value), basis_of(t.basis)) for t in by_series[key[3]]}) > 1
        ]
