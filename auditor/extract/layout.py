"""How a data table is laid out where its header cells are not marked as such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.extract.cues import Span
from auditor.values.tokens import Kind

if TYPE_CHECKING:
    from auditor.extract.reading import Reading

# Titles and headers of a table stand in its first rows.
_HEAD_ROWS = 6


@dataclass(frozen=True, slots=True)
class Layout:
    """A table's one-cell rows and caption (``notes``) and the row that heads its columns where
    the page reader found no header cells (-1: none)."""

    notes: tuple[Span, ...]
    header_row: int


def layout_of(reading: Reading, number: int) -> Layout:
    """How a table is laid out: looks at its first rows only."""
    table = reading.page.tables[number]
    rows: dict[int, list[Span]] = {}
    for cell in table.cells[: table.n_columns * _HEAD_ROWS]:
        rows.setdefault(cell.row, []).append((cell.start, cell.end))
    notes = [table.caption] if table.caption else []
    header_row = -1
    for row, spans in sorted(rows.items()):
        filled = {span for span in spans if span[0] < span[1]}
        if len(filled) == 1 and len(spans) > 1:
            notes.extend(filled)
        elif header_row < 0 and len(filled) > 1:
            header_row = row if not any(_is_valued(reading, span) for span in filled) else -2
    return Layout(tuple(notes), header_row)


def _is_valued(reading: Reading, span: Span) -> bool:
    return any(
        token.kind not in (Kind.NUMBER, Kind.QUANTITY) or token.core == span
        for token in reading.tokens_in(*span)
        if token.kind is not Kind.CODE
    )
