"""A page with everything the extractors share: tokens, cue words, sentences, labels.

Made once a page. All spans are of ``page.text``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from auditor.extract.cues import Cues, Span, find_cues
from auditor.extract.interface import Context
from auditor.extract.layout import Layout, layout_of
from auditor.extract.sentences import clauses, sentences
from auditor.extract.tokens import blockwise, page_tokens, parted, seams_of
from auditor.page.model import Block, Cell, Page, Region, Table
from auditor.values.fold import Folded, fold
from auditor.values.locale import Locale, locale_for
from auditor.values.tokens import Token

T = TypeVar("T")

# A block up to this long may be the label of the block after it.
LABEL_LENGTH = 48
_LABEL_WORDS = 4
# … whose value comes first.
_VALUE_FIRST = 16
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span stands: its block (None outside all), sentence, clause and labels."""

    block: Block
    index: int
    sentence: Span
    clause: Span
    labels: tuple[Span, ...]


class Reading:
    """A page read once for all extractors; make it with :func:`read`."""

    __slots__ = (
        "_cells",
        "_clauses",
        "_folded",
        "_labels",
        "_layouts",
        "_once",
        "_pair_starts",
        "_pairs",
        "_places",
        "_sentences",
        "_starts",
        "_struck",
        "_token_starts",
        "blocks",
        "cues",
        "locale",
        "lowered",
        "page",
        "tokens",
    )

    def __init__(self, page: Page, locale: Locale) -> None:
        self.page = page
        self.locale = locale
        self.blocks = page.blocks or _whole(page)
        self._starts = [block.start for block in self.blocks]
        folded = fold(page.text)
        self.lowered = folded.text.lower()
        self._folded = folded
        cued, cued_folded = parted(
            blockwise(self.lowered, folded, self._starts), folded, seams_of(page)
        )
        self.cues = _in_page(find_cues(cued, locale.language, locale.own), cued_folded)
        self.tokens = page_tokens(page, self.blocks, locale)
        self._token_starts = [token.start for token in self.tokens]
        self._struck = page.struck
        self._pairs = sorted(page.pairs, key=lambda pair: pair.value)
        self._pair_starts = [pair.value[0] for pair in self._pairs]
        self._sentences: dict[int, tuple[Span, ...]] = {}
        self._clauses: dict[int, tuple[Span, ...]] = {}
        self._cells: dict[int, dict[tuple[int, int], Cell]] = {}
        self._layouts: dict[int, Layout] = {}
        self._labels: dict[tuple[int, int, int], tuple[Span, ...]] = {}
        self._once: dict[Hashable, Any] = {}
        self._places: dict[int, Place] = {}

    def once(self, name: Hashable, make: Callable[[Reading], T]) -> T:
        """What ``make`` finds on this page, found once: for what is asked again and again.

        ``name`` says what it is and of which part of the page: ("unit heads", 3).
        """
        try:
            found: T = self._once[name]
        except KeyError:
            found = self._once[name] = make(self)
        return found

    def block_at(self, position: int) -> int:
        """Index of the block that holds ``position``; -1 between blocks."""
        at = bisect_right(self._starts, position) - 1
        return at if at >= 0 and position < self.blocks[at].end else -1

    def blocks_with(self, words: re.Pattern[str]) -> list[int]:
        """The blocks in which a pattern for lower-case text finds something, in order."""
        starts = {hit.span() for hit in words.finditer(self.lowered)}
        found = {self.block_at(self._folded.back(*span)[0]) for span in starts}
        return sorted(index for index in found if index >= 0)

    def tokens_in(self, start: int, end: int) -> tuple[Token, ...]:
        """The tokens that lie wholly in [start, end), in order."""
        first = bisect_left(self._token_starts, start)
        last = bisect_left(self._token_starts, end, first)
        while last > first and self.tokens[last - 1].end > end:  # tokens do not overlap
            last -= 1
        return self.tokens[first:last]

    def place(self, start: int) -> Place | None:
        """The surroundings of what stands at ``start``; None outside every block."""
        known = self._places.get(start)
        if known is not None:
            return known
        index = self.block_at(start)
        if index < 0:
            return None
        place = self._places[start] = Place(
            block=self.blocks[index],
            index=index,
            sentence=_holding(self.sentences(index), start),
            clause=_holding(self.clauses(index), start),
            labels=self.labels(index, start),
        )
        return place

    def sentences(self, index: int) -> tuple[Span, ...]:
        """The sentences of a block."""
        known = self._sentences.get(index)
        if known is None:
            block = self.blocks[index]
            tokens = self.tokens_in(block.start, block.end)
            known = sentences(self.page.text, (block.start, block.end), tokens)
            self._sentences[index] = known
        return known

    def clauses(self, index: int) -> tuple[Span, ...]:
        """The clauses of a block: sentences cut at semicolons, middle dots and spaced dashes."""
        known = self._clauses.get(index)
        if known is None:
            block = self.blocks[index]
            tokens = self.tokens_in(block.start, block.end)
            known = clauses(self.page.text, self.sentences(index), tokens)
            self._clauses[index] = known
        return known

    def labels(self, index: int, start: int) -> tuple[Span, ...]:
        """The spans that label what stands at ``start``: pair label, column and row headers, or
        a short block just before; nearest first, () where nothing does."""
        block = self.blocks[index]
        cell = self.cell(block)
        if cell is not None and block.cell is not None and not cell.is_header:
            spans = self._cell_labels(block.cell[0], cell)
            if spans:
                return spans
        pair = self._pair(start)
        if pair is not None:
            return (pair,)
        before = self._label_before(index) if start - block.start <= _VALUE_FIRST else None
        return (before,) if before else ()

    def cell(self, block: Block) -> Cell | None:
        """The table cell a block stands in."""
        if block.cell is None:
            return None
        number, row, column = block.cell
        if not 0 <= number < len(self.page.tables):
            return None
        return self.cells(number).get((row, column))

    def cells(self, number: int) -> dict[tuple[int, int], Cell]:
        """The cells of a table by (row, column)."""
        known = self._cells.get(number)
        if known is None:
            known = {(cell.row, cell.column): cell for cell in self.page.tables[number].cells}
            self._cells[number] = known
        return known

    def notes(self, number: int) -> tuple[Span, ...]:
        """The caption of a table and its rows that are one cell across: titles and footnotes."""
        return self._layout(number).notes

    def row(self, number: int, row: int) -> list[Cell]:
        """The cells of a table row from left to right; at most the first 24."""
        width = min(self.page.tables[number].n_columns, 24)
        cells = self.cells(number)
        return [cells[row, column] for column in range(width) if (row, column) in cells]

    def labels_of(self, number: int, cell: Cell) -> tuple[Span, ...]:
        """The column and row headers of a cell, nearest first."""
        return self._cell_labels(number, cell)

    def table(self, block: Block) -> Table | None:
        """The table a block stands in."""
        if block.cell is None or not 0 <= block.cell[0] < len(self.page.tables):
            return None
        return self.page.tables[block.cell[0]]

    def row_span(self, block: Block) -> Span:
        """From the first to the last character of a block's table row; the block where none."""
        if block.cell is None or self.cell(block) is None:
            return block.start, block.end
        number, row, _ = block.cell
        return self.once(("row spans", number), lambda _: _row_spans(self.page.tables[number]))[row]

    def headings(self, block: Block) -> list[Span]:
        """The headings a block stands under, nearest first."""
        spans: list[Span] = []
        at = block.heading
        while 0 <= at < len(self.page.headings) and len(spans) < 8:
            heading = self.page.headings[at]
            spans.append((heading.start, heading.end))
            if heading.parent >= at:
                break
            at = heading.parent
        return spans

    def is_struck(self, start: int, end: int) -> bool:
        """Whether most of the span is struck through."""
        at = bisect_left(self._struck, (end, end))
        for left, right in self._struck[max(0, at - 3) : at]:
            if min(end, right) - max(start, left) > (end - start) // 2:
                return True
        return False

    def plain(self, start: int, end: int) -> str:
        """The span folded and lower-case: for comparing, not for offsets."""
        return fold(self.page.text, start, end).text.lower().strip()

    def scope(self, place: Place) -> Span:
        """Within what a product mention owns a statement: table row, else sentence."""
        if place.block.cell is not None:
            return self.row_span(place.block)
        return place.sentence

    def next_block(self, index: int) -> Block | None:
        """The block after, where it belongs to the same part of the page."""
        if index + 1 >= len(self.blocks):
            return None
        here, after = self.blocks[index], self.blocks[index + 1]
        if here.region != after.region or here.heading != after.heading or after.cell != here.cell:
            return None
        return after

    def _cell_labels(self, number: int, cell: Cell) -> tuple[Span, ...]:
        known = self._labels.get((number, cell.row, cell.column))
        if known is None:
            known = self._found_labels(number, cell)
            self._labels[number, cell.row, cell.column] = known
        return known

    def _found_labels(self, number: int, cell: Cell) -> tuple[Span, ...]:
        layout = self._layout(number)
        own = (cell.start, cell.end)
        columns = [span for span in cell.columns[::-1] if span not in layout.notes]
        if not columns and cell.row > layout.header_row >= 0:
            above = self.cells(number).get((layout.header_row, cell.column))
            columns = [(above.start, above.end)] if above else []
        rows = [span for span in cell.rows[::-1] if span not in layout.notes]
        return tuple(dict.fromkeys(s for s in (*columns, *rows) if s != own and s[0] < s[1]))

    def _layout(self, number: int) -> Layout:
        known = self._layouts.get(number)
        if known is None:
            known = self._layouts[number] = layout_of(self, number)
        return known

    def _pair(self, start: int) -> Span | None:
        at = bisect_right(self._pair_starts, start) - 1
        for pair in reversed(self._pairs[max(0, at - 3) : at + 1]):
            if pair.value[0] <= start < pair.value[1]:
                return pair.label
        return None

    def _label_before(self, index: int) -> Span | None:
        """A short block without values just before, when this block begins with a value."""
        if index == 0:
            return None
        block, before = self.blocks[index], self.blocks[index - 1]
        if before.cell != block.cell or before.region != block.region:
            return None
        if before.tag in _HEADING_TAGS or before.end - before.start > LABEL_LENGTH:
            return None
        said = self.page.text[before.start : before.end]
        if len(said.split()) > _LABEL_WORDS or said.endswith((".", "?", "!")):
            return None
        if any(c.isdigit() for c in said) or before.tag in {"button", "summary", "a"}:
            return None
        return before.start, before.end


def read(page: Page, context: Context) -> Reading:
    """Tokenize a page and find its cue words; pure, linear in its length."""
    language = context.language or page.language
    locale = locale_for(language, context.market, context.currency)
    if context.own_words:
        locale = replace(locale, own=context.own_words)
    return Reading(page, locale)


def _whole(page: Page) -> tuple[Block, ...]:
    if not page.text:
        return ()
    return (Block(0, len(page.text), "body", Region.MAIN, -1, ""),)


def _in_page(cues: Cues, folded: Folded) -> Cues:
    if folded.offsets is None:
        return cues
    return Cues(
        {
            concept: tuple(folded.back(start, end) for start, end in spans)
            for concept, spans in cues.found.items()
        }
    )


def _row_spans(table: Table) -> dict[int, Span]:
    spans: dict[int, Span] = {}
    for cell in table.cells:
        start, end = spans.get(cell.row, (cell.start, cell.end))
        spans[cell.row] = min(start, cell.start), max(end, cell.end)
    return spans


def _holding(spans: tuple[Span, ...], position: int) -> Span:
    at = bisect_right(spans, (position, 1 << 60)) - 1
    return spans[max(at, 0)]
