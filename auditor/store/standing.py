"""Where each fact of a feed stands in its newest export, and which rows need no reading again.

Most nights most rows of an export are those of the night before, if in another order. A row whose
text is known, under the same header and configuration, states what it stated: it is passed over
at the cost of one digest. What is kept of a row is its truth, a digest of its text (its mark) and
its line, packed, some 20 bytes; a table with a row for each would cost more than it saves.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from auditor.store.history import short_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from sqlite3 import Connection

    from auditor.store.stated import Stated, StatedBlock

MARK_BYTES = 8
"""A changed row passes for a known one with odds of some 1e-13: a million marks in 2 ** 64."""

UNMARKED = bytes(MARK_BYTES)
"""The mark of a row that has to be read every time."""

PART = 1024
"""Facts kept together: to tell the line of one takes no more than reading 20 KB."""

_CACHED_PARTS = 64


class Clash(Exception):
    """A row that was passed over is stated again, or otherwise, by another: all has to be read."""


def mark_of(text: str) -> bytes:
    """What stands for the text of a row.

    >>> len(mark_of("TK-1,price,9.50")) == MARK_BYTES
    True
    """
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=MARK_BYTES).digest()


class Standing:
    """The rows of the export before, by mark, and what is learned of this one's.

    ``config`` stands for all beside the file that decides what a row states. ``passes_over``:
    False where every row is to be read.
    """

    def __init__(
        self, connection: Connection, feed: str, config: str, *, passes_over: bool = True
    ) -> None:
        self.places: dict[bytes, int] = {}
        """Mark → place."""
        self.lines = array("I")
        """Place → the line where its row stands in this export, 0 until it was met."""
        self._connection = connection
        self._feed = feed
        self._config = config
        self._passes_over = passes_over
        self._reads = self._file = self._file_before = ""
        self._kept = _Rows()
        self._read = _Rows()
        self._fresh = _Rows()
        self._unsure: set[int] = set()

    def begin(self, file: str, header: Sequence[str]) -> None:
        """Learn what is known of the export before, if its rows are read like this one's."""
        self._file, self._reads = file, short_digest(self._config, *header)
        known = self._connection.execute(
            "select file, reads from standing_file where feed = ?", (self._feed,)
        ).fetchone()
        if known is None:
            return
        self._file_before, reads = known
        for ids, marks, lines in self._connection.execute(
            "select ids, marks, lines from standing where feed = ? order by first_id", (self._feed,)
        ):
            self._kept.append(ids, marks, lines)
        self.lines = array("I", bytes(4 * len(self._kept.ids)))
        if self._passes_over and reads == self._reads:
            marks = bytes(self._kept.marks)
            starts = range(0, len(marks), MARK_BYTES)
            backwards = [marks[at : at + MARK_BYTES] for at in reversed(starts)]
            self.places = dict(zip(backwards, reversed(range(len(starts))), strict=True))
            self.places.pop(UNMARKED, None)

    # While it is read ----------------------------------------------------------------------------

    def meet(self, place: int, line: int) -> None:
        """The row at ``place`` stands at ``line``. Raises Clash where it stood at another, too."""
        if self.lines[place]:
            raise Clash(self._feed)
        self.lines[place] = line

    def meet_lines(self, places: Iterable[int | None], first: int) -> None:
        """As ``meet``, of the places of lines one below the other; None is no row's."""
        lines = self.lines
        for line, place in enumerate(places, first):
            if place is None:
                continue
            if lines[place]:
                raise Clash(self._feed)
            lines[place] = line

    def passes(self, mark: bytes, line: int) -> bool:
        """Whether the row with this mark, at ``line``, is one of the export before.

        Raises Clash where it stood at another line, too.
        """
        place = self.places.get(mark)
        if place is None:
            return False
        self.meet(place, line)
        return True

    def unsure(self, *lines: int) -> None:
        """These lines state something twice: they are to be read every time."""
        self._unsure.update(lines)

    def add_fresh(self, truths: Sequence[Stated]) -> None:
        """Truths that are new, in the order in which they are staged."""
        self._fresh.extend((), truths)

    def add_block(self, block: StatedBlock) -> None:
        """As ``add_fresh``, of truths that come side by side."""
        self._fresh.marks += b"".join(block.marks)
        self._fresh.lines.extend(block.lines)

    def add_known(self, ids: Sequence[int], truths: Sequence[Stated]) -> None:
        """Truths that were read though they are known, and their ids."""
        self._read.extend(ids, truths)

    def end(self) -> int:
        """Forget what is needed while reading alone; how many rows were passed over."""
        self.places = {}
        return len(self.lines) - self.lines.count(0)

    def unmet(self, live: Iterable[int]) -> Iterator[int]:
        """Which of the truths with these ids, in order, have no row that was passed over."""
        ids, lines, at = self._kept.ids, self.lines, 0
        count = len(ids)
        for id_ in live:
            while at < count and ids[at] < id_:
                at += 1
            if at == count or ids[at] != id_ or not lines[at]:
                yield id_

    def is_met(self, id_: int) -> bool:
        """Whether the row of the truth with this id was passed over."""
        at = self._kept.place(id_)
        return at >= 0 and self.lines[at] > 0

    # When it is applied --------------------------------------------------------------------------

    def save(self, newest: int, fresh: Iterable[int] | None, removed: set[int]) -> None:
        """Keep where everything stands now, inside the caller's transaction.

        Fresh truths have ids from ``newest`` + 1 on, in order; of these only those at the places
        ``fresh`` (from 1) became truths, None: all. ``removed`` truths are no longer stated.
        """
        kept, fresh_rows = self._kept, self._fresh
        self._leave(kept)
        kept.overlay(self._read)
        first = newest + 1
        fresh_rows.ids = array("q", range(first, first + len(fresh_rows.lines)))
        if fresh is not None:
            stays = {newest + place for place in fresh}
            fresh_rows.drop({id_ for id_ in fresh_rows.ids if id_ not in stays})
        if kept.ids:
            kept.ids += fresh_rows.ids
            kept.marks += fresh_rows.marks
            kept.lines += fresh_rows.lines
        else:
            kept = fresh_rows
        kept.unmark(self._unsure)
        kept.drop(removed)
        _write(self._connection, self._feed, kept)
        self._connection.execute(
            "insert or replace into standing_file (feed, file, reads) values (?, ?, ?)",
            (self._feed, self._file, self._reads),
        )

    def _leave(self, kept: _Rows) -> None:
        """Say of rows that were not met where they stood last: the file is another now."""
        again = set(self._read.ids)
        moved, lines, at = [], self.lines, -1
        for _ in range(lines.count(0)):
            at = lines.index(0, at + 1)
            if kept.lines[at] and kept.ids[at] not in again:
                moved.append((f"{self._file_before}:{kept.lines[at]}", kept.ids[at]))
        self._connection.executemany("update truth set row = ? where id = ?", moved)
        kept.lines = lines


class Standings:
    """The tables ``standing`` and ``standing_file``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._file = lru_cache(maxsize=_CACHED_PARTS)(self._read_file)
        self._part = lru_cache(maxsize=_CACHED_PARTS)(self._read_part)

    def row(self, feed: str, truth: int, row: str) -> str:
        """Where the truth with this id stands in the newest export; ``row`` where unknown."""
        file, firsts = self._file(feed)
        place = bisect_left(firsts, truth + 1) - 1
        if place < 0:
            return row
        ids, lines = self._part(feed, firsts[place])
        at = bisect_left(ids, truth)
        if at == len(ids) or ids[at] != truth or not lines[at]:
            return row
        return f"{file}:{lines[at]}"

    def forget_cached(self) -> None:
        """Read anew after a change."""
        self._file.cache_clear()
        self._part.cache_clear()

    def drop(self, feed: str) -> None:
        """Keep nothing of ``feed``, whose rows now say themselves where they stand."""
        self._connection.execute("delete from standing where feed = ?", (feed,))
        self._connection.execute("delete from standing_file where feed = ?", (feed,))

    def forget(self, feed: str, removed: set[int]) -> None:
        """Forget truths of ``feed`` that no longer hold."""
        rows = _Rows()
        for part in self._connection.execute(
            "select ids, marks, lines from standing where feed = ? order by first_id", (feed,)
        ):
            rows.append(*part)
        if not removed.isdisjoint(rows.ids):
            rows.drop(removed)
            _write(self._connection, feed, rows)

    def _read_file(self, feed: str) -> tuple[str, array[int]]:
        file = self._connection.execute(
            "select file from standing_file where feed = ?", (feed,)
        ).fetchone()
        firsts = self._connection.execute(
            "select first_id from standing where feed = ? order by first_id", (feed,)
        )
        return file[0] if file else "", array("q", [first for (first,) in firsts])

    def _read_part(self, feed: str, first: int) -> tuple[array[int], array[int]]:
        ids, lines = self._connection.execute(
            "select ids, lines from standing where feed = ? and first_id = ?", (feed, first)
        ).fetchone()
        return array("q", ids), array("I", lines)


class _Rows:
    """Ids, marks and lines of rows, side by side; sorted by id."""

    def __init__(self) -> None:
        self.ids = array("q")
        self.marks = bytearray()
        self.lines = array("I")

    def append(self, ids: bytes, marks: bytes, lines: bytes) -> None:
        self.ids.frombytes(ids)
        self.marks += marks
        self.lines.frombytes(lines)

    def extend(self, ids: Iterable[int], truths: Sequence[Stated]) -> None:
        self.ids.extend(ids)
        self.marks += b"".join([truth.mark for truth in truths])
        self.lines.extend([truth.line for truth in truths])

    def overlay(self, others: _Rows) -> None:
        """Take over the marks and lines of other rows, and the rows that are not here.

        Of rows that state one truth twice the first counts.
        """
        new: list[int] = []
        met: set[int] = set()
        for other, id_ in enumerate(others.ids):
            if id_ in met:
                continue
            met.add(id_)
            at = self.place(id_)
            if at >= 0:
                self._set(at, others, other)
            else:
                new.append(other)
        if not new:
            return
        for other in new:
            self.ids.append(others.ids[other])
            self.marks += others.mark(other)
            self.lines.append(others.lines[other])
        self._pick(sorted(range(len(self.ids)), key=self.ids.__getitem__))

    def place(self, id_: int) -> int:
        """Where the row with this id is, -1 where it is not."""
        at = bisect_left(self.ids, id_)
        return at if at < len(self.ids) and self.ids[at] == id_ else -1

    def mark(self, at: int) -> bytes:
        return bytes(self.marks[at * MARK_BYTES : (at + 1) * MARK_BYTES])

    def _set(self, at: int, others: _Rows, other: int) -> None:
        self.marks[at * MARK_BYTES : (at + 1) * MARK_BYTES] = others.mark(other)
        self.lines[at] = others.lines[other]

    def unmark(self, lines: set[int]) -> None:
        """Let the rows of these lines be read every time."""
        if not lines:
            return
        for at, line in enumerate(self.lines):
            if line in lines:
                self.marks[at * MARK_BYTES : (at + 1) * MARK_BYTES] = UNMARKED

    def drop(self, ids: Iterable[int]) -> None:
        """Leave out those with these ids, few as they are."""
        gone = [at for id_ in sorted(ids) if (at := self.place(id_)) >= 0]
        if not gone:
            return
        ids, marks, lines = self.ids, self.marks, self.lines
        self.ids, self.marks, self.lines = array("q"), bytearray(), array("I")
        for first, end in zip([0, *(at + 1 for at in gone)], [*gone, len(ids)], strict=True):
            self.ids += ids[first:end]
            self.lines += lines[first:end]
            self.marks += marks[first * MARK_BYTES : end * MARK_BYTES]

    def _pick(self, places: Sequence[int]) -> None:
        marks = self.marks
        self.marks = bytearray(
            b"".join([marks[at * MARK_BYTES : (at + 1) * MARK_BYTES] for at in places])
        )
        self.lines = array("I", [self.lines[at] for at in places])
        self.ids = array("q", [self.ids[at] for at in places])


def _write(connection: Connection, feed: str, rows: _Rows) -> None:
    connection.execute("delete from standing where feed = ?", (feed,))
    connection.executemany(
        "insert into standing (feed, first_id, ids, marks, lines) values (?, ?, ?, ?, ?)",
        (
            (
                feed,
                rows.ids[start],
                rows.ids[start : start + PART].tobytes(),
                bytes(rows.marks[start * MARK_BYTES : (start + PART) * MARK_BYTES]),
                rows.lines[start : start + PART].tobytes(),
            )
            for start in range(0, len(rows.ids), PART)
        ),
    )
