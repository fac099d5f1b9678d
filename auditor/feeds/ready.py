"""From rows to truths that are ready to be stored, block by block: the way of large exports.

What comes out is what ``auditor.feeds.records`` makes of the same rows one by one: the same truths,
the same rows rejected for the same reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from auditor.feeds.blocks import KNOWN
from auditor.feeds.canonical import Seen
from auditor.feeds.cells import Exact
from auditor.feeds.drift import Sample
from auditor.feeds.records import Twice, reject
from auditor.feeds.table import Row
from auditor.model import RejectedRow
from auditor.store.standing import mark_of
from auditor.store.stated import StatedBlock

if TYPE_CHECKING:
    from auditor.feeds.blocks import Block
    from auditor.feeds.interface import Record
    from auditor.feeds.mapping import RowMapping
    from auditor.feeds.stating import Quick, Stating
    from auditor.store.standing import Standing
    from auditor.store.stated import Stated

AT_ONCE = 1000
"""Rows of a mapped table that are made truths of together."""

Cells = Mapping[str, str]

_LINE = attrgetter("line")
_NONE = StatedBlock((), (), (), (), (), (), (), (), ())


def stated_of(
    blocks: Iterator[Any],
    file: str,
    stating: Stating,
    used: Iterable[str],
    standing: Standing | None = None,
) -> Iterator[Record]:
    """Yield the truths of the rows of ``file`` (its header first), one a row.

    ``standing`` is told of rows that state something twice.
    """
    header = next(blocks)
    quick, sample, reading = stating.of_block(header), Sample(), _Reading(file, stating, standing)
    for block in blocks:
        if isinstance(block, RejectedRow):
            yield block
            continue
        known = [at for at, mark in enumerate(block.marks) if mark == KNOWN]
        if known:
            for at in known:
                sample.look(_named(header, block.cells[at]))
            new = [at for at, mark in enumerate(block.marks) if mark != KNOWN]
            block = block._replace(
                numbers=[block.numbers[at] for at in new],
                cells=[block.cells[at] for at in new],
                texts=[block.texts[at] for at in new],
                marks=[block.marks[at] for at in new],
            )
        for at in sample.wanted(len(block.cells)):
            sample.look(_named(header, block.cells[at]))
        yield from reading.records(quick(block, file), _Rows(header, block))
    yield sample.columns(used, repeats=reading.seen.repeats)


def mapped_of(
    rows: Iterable[Row | RejectedRow],
    file: str,
    stating: Stating,
    mapping: RowMapping,
    standing: Standing | None = None,
) -> Iterator[Record]:
    """Yield the truths of the rows of ``file``, as ``mapping`` reads them.

    Rows that ``standing`` knows are passed over, but for a sample.
    """
    sample, reading = Sample(), _Reading(file, stating, standing)
    if standing is not None:
        standing.begin(file, ())
    for batch in _batches(rows):
        gathered = _Mapped()
        for row in batch:
            if isinstance(row, RejectedRow):
                yield row
                continue
            sample.note(row.cells)
            mark = b"" if standing is None else _mark(row.cells)
            if standing is not None and standing.passes(mark, row.line):
                continue
            try:
                gathered.add(row, mark, mapping.records(row.cells))
            except ValueError as error:
                yield reject(file, row, str(error))
        quick = stating.of_cells(gathered.cells, gathered.numbers, gathered.marks, file)
        yield from reading.records(quick, gathered)
    yield sample.columns(mapping.required, repeats=reading.seen.repeats)


def _batches(rows: Iterable[Row | RejectedRow]) -> Iterator[list[Row | RejectedRow]]:
    """The rows, many at once, none of which stands in the line of the one before it (in an XML
    file without line ends all do)."""
    batch: list[Row | RejectedRow] = []
    for row in rows:
        if len(batch) == AT_ONCE or (batch and row.line == batch[-1].line):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


class _Rows:
    """The rows of a block, each of which states one truth."""

    def __init__(self, header: Sequence[str], block: Block) -> None:
        self._header = header
        self._block = block
        self.numbers, self.marks = block.numbers, block.marks

    def cells_at(self, at: int) -> Cells:
        return _named(self._header, self._block.cells[at])

    def row(self, line: int) -> Row:
        at = self.numbers.index(line)
        return Row(line, _named(self._header, self._block.cells[at]), self._block.texts[at])


class _Mapped:
    """The canonical fields of the truths of several rows, of which each may state any number."""

    def __init__(self) -> None:
        self.cells: list[Cells] = []
        self.numbers: list[int] = []
        self.marks: list[bytes] = []
        self._rows: dict[int, Row] = {}

    def add(self, row: Row, mark: bytes, mapped: Iterable[Cells]) -> None:
        cells = list(mapped)
        self.cells += cells
        self.numbers += [row.line] * len(cells)
        self.marks += [mark] * len(cells)
        self._rows[row.line] = row

    def cells_at(self, at: int) -> Cells:
        return self.cells[at]

    def row(self, line: int) -> Row:
        return self._rows[line]


@dataclass(slots=True)
class _Reading:
    """What is remembered while one file is read."""

    file: str
    stating: Stating
    standing: Standing | None
    seen: Seen = field(default_factory=Seen)
    twice: Twice = field(init=False)

    def __post_init__(self) -> None:
        self.twice = Twice(self.file)

    def records(self, quick: Quick, rows: _Rows | _Mapped) -> Iterator[Record]:
        """The truths of ``rows``: the quick ones, and the others one by one, rejected ones told.

        A row is used as a whole or not at all.
        """
        others: list[Stated] = []
        bad: dict[int, str] = {}
        for at in quick.others:
            line = rows.numbers[at]
            try:
                truth = self.stating.state(rows.cells_at(at), f"{self.file}:{line}")
            except ValueError as error:
                bad.setdefault(line, str(error))
            else:
                others.append(truth._replace(line=line, mark=rows.marks[at]))
        truths = quick.truths
        if bad:
            for line, reason in bad.items():
                yield reject(self.file, rows.row(line), reason)
            if not bad.keys().isdisjoint(truths.lines):
                others, truths = [*others, *truths.truths()], _NONE
            others = [truth for truth in others if truth.line not in bad]
        if self.seen.are_new(truths, others):
            yield truths
            yield others
        else:
            yield from self._checked(sorted([*truths.truths(), *others], key=_LINE), rows)

    def _checked(self, truths: Iterable[Stated], rows: _Rows | _Mapped) -> Iterator[Record]:
        """The truths one by one, with what is to be said of those that were stated before."""
        for truth in truths:
            earlier = self.seen.of_series(truth)
            if earlier is None:
                yield truth
                continue
            if self.standing is not None:
                self.standing.unsure(truth.line, earlier[0])
            yield from self.twice.told(truth, rows.row(truth.line), earlier)


def _mark(cells: Cells) -> bytes:
    """What stands for a row: a cell that is a number is another than one with its signs."""
    exact = [name for name, cell in cells.items() if type(cell) is Exact]
    return mark_of(f"{cells!r}{exact!r}")


def _named(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return dict(zip(header, cells, strict=True))
