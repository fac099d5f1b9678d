"""The cells of a sheet as tables: one for each block of rows between blank rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

from crawler.documents.markup import Cell, header_rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.markup import Writer

# A row with one cell over a table is its title, or a note; rows of one cell are text.
MAX_COLUMNS = 300
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell that shows something: its 0-based column, and its markup."""

    column: int
    html: str


@dataclass(slots=True)
class SheetGrid:
    """The visible cells of a sheet, by row; rows count from 1 as people see them."""

    rows: list[tuple[int, list[SheetCell]]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    is_cut: bool = False
    _merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def merge(self, row: int, column: int, last_row: int, last_column: int) -> None:
        """Cells from (row, column) to (last_row, last_column) are one."""
        if last_row >= row and last_column >= column and len(self._merged) < 100_000:
            self._merged[row, column] = (last_row, last_column)

    def reach(self, row: int, column: int) -> tuple[int, int]:
        """The last row and column of the cell that starts here."""
        return self._merged.get((row, column), (row, column))


def write_sheet(writer: Writer, name: str, grid: SheetGrid) -> None:
    """Write a sheet: its name, then its rows as tables and lines of text."""
    if not grid.rows:
        return
    place = f"sheet {name}"
    if grid.is_cut:
        writer.notes.append(f"only the first {len(grid.rows):,} rows of {place} were read")
    if grid.hidden_rows:
        writer.notes.append(f"{len(grid.hidden_rows):,} hidden rows of {place} were not read")
    if grid.hidden_columns:
        writer.notes.append(f"hidden columns of {place} were not read")
    writer.open("section", place)
    writer.add(f"<h2>{text(name)}</h2>\n")
    for block in _blocks(grid):
        if len({cell.column for _number, cells in block for cell in cells}) < 2:
            for number, cells in block:
                writer.open("p", f"{place}, row {number}")
                writer.add(cells[0].html)
                writer.close("p")
        else:
            _table(writer, place, grid, block)
    writer.close("section")


Rows = list[tuple[int, list[SheetCell]]]


def _blocks(grid: SheetGrid) -> Iterator[Rows]:
    """Rows that belong together: cut at blank rows, titles above a table taken off."""
    block: Rows = []
    last = None
    for number, cells in grid.rows:
        reached = max((grid.reach(number, c.column)[0] for c in cells), default=number)
        if last is not None and not grid.hidden_rows.issuperset(range(last + 1, number)):
            yield from _parted(block)
            block = []
        block.append((number, cells))
        last = max(reached, number)
    yield from _parted(block)


def _parted(block: Rows) -> Iterator[Rows]:
    """The lines of text above a table, each alone, then the table."""
    at = 0
    while at < len(block) and len(block[at][1]) == 1:
        at += 1
    if at == len(block):
        yield block
        return
    for row in block[:at]:
        yield [row]
    yield block[at:]


def _table(writer: Writer, place: str, grid: SheetGrid, block: Rows) -> None:
    used = sorted({cell.column for _number, cells in block for cell in cells})[:MAX_COLUMNS]
    plain = [_plain(cells, used) for _number, cells in block]
    header = header_rows(plain)
    inside: set[tuple[int, int]] = set()
    numbers = [number for number, _cells in block]
    writer.add("<table>\n")
    for index, (number, cells) in enumerate(block):
        shown = {cell.column: cell.html for cell in cells}
        row: list[Cell] = []
        for column in used:
            if (number, column) in inside:
                continue
            last_row, last_column = grid.reach(number, column)
            rows = (
                [n for n in numbers if number <= n <= last_row] if last_row > number else [number]
            )
            columns = [c for c in used if column <= c <= last_column] or [column]
            inside.update((n, c) for n in rows for c in columns)
            row.append(
                Cell(shown.get(column, ""), len(rows), len(columns), is_header=index < header)
            )
        writer.row(row, f"{place}, row {number}")
    writer.close("table")


def _plain(cells: Sequence[SheetCell], used: Sequence[int]) -> list[str]:
    by_column = {cell.column: unescape(_TAG.sub("", cell.html)) for cell in cells}
    return [by_column.get(column, "") for column in used]
