"""Which tables hold data, and which of their cells are headers?

The grid follows the HTML table model (https://html.spec.whatwg.org/multipage/tables.html), spans
expanded; tables of plain ``td`` get their headers by how their first row and column look. Tables
that only lay out the page hold no data.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.page.breaks import BREAK, break_tables, looks_money

if TYPE_CHECKING:
    from auditor.page.frames import Mark, RawCell, RawTable, Walked

MAX_SLOTS = 100_000
"""Grid slots per page over all its tables; a span bomb ends here."""

MAX_COLUMNS = 400

Span = tuple[int, int]

MAX_CELL_TEXT = 2_000
"""Characters of a cell that its table's layout is judged by."""

MAX_NUMBER = 40
MAX_LABEL = 80

_NUMERIC = re.compile(r"[^\w]*[\d.,’'\u00a0 ]*\d[\d.,’'\s]*\W*(?:[^\W\d]{1,4}\W*)?")

_HEADER_WORDS = frozenset(
    (
        "property", "attribute", "parameter", "specification", "feature", "value", "data",
        "quantity", "qty", "price", "unit price", "description", "name", "item", "part",
        "eigenschaft", "merkmal", "wert", "menge", "preis", "stückpreis", "bezeichnung", "artikel",
        "caractéristique", "valeur", "quantité", "prix", "désignation", "article",
        "propiedad", "característica", "valor", "cantidad", "precio", "caratteristica", "valore",
        "quantità", "prezzo", "eigenschap", "kenmerk", "waarde", "aantal", "prijs",
    )
)  # fmt: skip
_HEADING_TAGS = frozenset(("h1", "h2", "h3"))


@dataclass(slots=True)
class Slot:
    """One grid slot; slots of a spanned cell share ``raw`` and ``span``."""

    raw: RawCell
    span: Span
    text: str
    header: bool = False
    scope: str = ""
    origin: bool = True


@dataclass(slots=True)
class Grid:
    """A table with its spans expanded: ``rows[r][c]`` is a slot, or None where the row is short."""

    table: RawTable
    rows: list[list[Slot | None]]
    is_data: bool = True
    headers: list[bool] = field(default_factory=list)

    @property
    def n_columns(self) -> int:
        """Slots of the longest row."""
        return max(map(len, self.rows), default=0)


def grids(walked: Walked) -> list[Grid]:
    """Every table as a grid, layout tables included, in document order."""
    budget = MAX_SLOTS
    found = []
    raw = walked.tables
    breaks = break_tables(walked)
    if breaks:
        raw = sorted([*raw, *breaks], key=lambda table: table.frame.first)
    holders = {id(table.outer) for table in raw if table.outer and _has_text(table)}
    for table in raw:
        grid = Grid(table, _expand(walked, table, budget))
        budget -= sum(map(len, grid.rows))
        grid.is_data = _is_data(walked, grid, id(table) in holders)
        if grid.is_data:
            _settle_headers(walked, grid)
        found.append(grid)
    return found


def is_number(text: str) -> bool:
    """Whether a cell holds a number with at most a short unit: no label.

    >>> is_number("1.299,00 €"), is_number("10+"), is_number("M8"), is_number("Weight")
    (True, True, False, False)
    """
    return len(text) <= MAX_NUMBER and _NUMERIC.fullmatch(text) is not None


def _has_text(table: RawTable) -> bool:
    return table.frame.last > table.frame.first and sum(map(len, table.rows)) > 1


def _expand(walked: Walked, table: RawTable, budget: int) -> list[list[Slot | None]]:
    rows: list[list[Slot | None]] = [[] for _ in table.rows]
    for index, cells in enumerate(table.rows):
        column = 0
        for raw in cells:
            row = rows[index]
            while column < len(row) and row[column] is not None:
                column += 1
            width = raw.span("colspan", MAX_COLUMNS)
            height = raw.span("rowspan", len(rows) - index)
            if column + width > MAX_COLUMNS or budget <= 0:
                break
            height = max(1, min(height, budget // width))
            budget -= width * height
            slot = _slot(walked, raw)
            for down in range(height):
                _place(rows[index + down], column, width, slot, origin=down == 0)
            column += width
    return [row for row in rows if row]


def _place(row: list[Slot | None], column: int, width: int, slot: Slot, *, origin: bool) -> None:
    while len(row) < column + width:
        row.append(None)
    for at in range(column, column + width):
        if row[at] is None:
            first = origin and at == column
            row[at] = (
                slot
                if first
                else Slot(slot.raw, slot.span, slot.text, slot.header, slot.scope, origin=False)
            )


def _slot(walked: Walked, raw: RawCell) -> Slot:
    frame = raw.frame
    attrs = raw.attrs
    scope = attrs.get("scope", "").lower()
    role = attrs.get("role", "")
    if role == "columnheader":
        scope = scope or "col"
    elif role == "rowheader":
        scope = scope or "row"
    span = walked.runs_span(frame.first, frame.last)
    if span is None:
        at = walked.runs[frame.first].start if frame.first < len(walked.runs) else len(walked.text)
        return Slot(raw, (at, at), "", raw.is_th, scope)
    is_header = raw.is_th or scope in ("col", "row", "colgroup", "rowgroup")
    return Slot(
        raw, span, walked.text[span[0] : min(span[1], span[0] + MAX_CELL_TEXT)], is_header, scope
    )


def _is_data(walked: Walked, grid: Grid, holds_table: bool) -> bool:
    table = grid.table
    if table.frame.shape.attrs.get("role") in ("presentation", "none"):
        return False
    slots = [slot for row in grid.rows for slot in row if slot and slot.origin and slot.text]
    if len(slots) < 2 or grid.n_columns < 2:
        return False
    if holds_table:
        return False
    if any(slot.header for slot in slots) or table.caption is not None:
        return True
    for slot in slots:
        frame = slot.raw.frame
        if frame.last - frame.first > 12 or len(slot.text) > 1000:
            return False
    first, last = table.frame.first, table.frame.last
    heads = [h for h in walked.headings if first <= h.first < last and h.tag in _HEADING_TAGS]
    if heads:
        return False
    # one row of several long cells is a page's columns, not a record
    return len(grid.rows) > 1 or all(len(slot.text) <= 30 for slot in slots)


def _settle_headers(walked: Walked, grid: Grid) -> None:
    rows = grid.rows
    explicit = any(slot and slot.header for row in rows for slot in row)
    grid.headers = [_is_header_row(row) for row in rows]
    if explicit and any(grid.headers):
        return
    has_row_headers = explicit
    if not has_row_headers and _looks_key_value(walked, grid):
        for row in rows:
            if row[0] and len(row) > 1:
                row[0].header = True
                row[0].scope = row[0].scope or "row"
        return
    if _is_label_value_row(rows):
        for row in rows:
            for slot in row[::2]:
                if slot:
                    slot.header, slot.scope = True, "row"
        return
    if _first_row_looks_header(walked, grid):
        grid.headers[0] = True
        for slot in rows[0]:
            if slot:
                slot.header = True


def _is_header_row(row: list[Slot | None]) -> bool:
    """Every cell with text is a header, and it is not one cell across the whole table."""
    filled = [slot for slot in row if slot and (slot.text or slot.header)]
    if not filled:
        return False
    if any(slot.scope in ("row", "rowgroup") for slot in filled) and len(filled) < len(row):
        return False
    sections = {slot.raw.section for slot in filled}
    if sections == {"thead"}:
        return True
    if not all(slot.header for slot in filled):
        return False
    return len({id(slot.raw) for slot in row if slot}) > 1 and not all(
        slot.scope == "row" for slot in filled
    )


def _looks_key_value(walked: Walked, grid: Grid) -> bool:
    """Two columns, labels on the left, and no header line above them."""
    if grid.n_columns != 2:
        return False
    rows = [[slot for slot in row if slot and slot.origin and slot.text] for row in grid.rows]
    rows = [row for row in rows if len(row) == 2]
    if not rows:
        return False
    lefts = [row[0].text for row in rows]
    if any(is_number(text) or len(text) > MAX_LABEL for text in lefts):
        return False
    if len(rows) == 1:
        return _has_digit(rows[0][1].text) or lefts[0].endswith(":")
    return len(set(lefts)) == len(lefts) and not _is_headed_list(walked, rows)


def _is_label_value_row(rows: list[list[Slot | None]]) -> bool:
    """Label, value, label, value: words in every other column and figures between them."""
    if any(len(row) not in (4, 6) for row in rows):
        return False
    labels = [slot.text for row in rows for slot in row[::2] if slot and slot.text]
    values = [slot.text for row in rows for slot in row[1::2] if slot and slot.text]
    if not labels or any(_has_digit(text) or len(text) > MAX_LABEL for text in labels):
        return False
    figures = sum(map(_has_digit, values))
    return len(set(labels)) == len(labels) and 2 * figures >= len(values) and _differs(rows)


def _differs(rows: list[list[Slot | None]]) -> bool:
    """Not a header line over columns: figures stand in the first row already."""
    return any(slot is not None and _has_digit(slot.text) for slot in rows[0][1::2])


def _is_headed_list(walked: Walked, rows: list[list[Slot]]) -> bool:
    """A header line over two columns: part numbers, breaks or marked words below it."""
    first = rows[0]
    if any(_has_digit(slot.text) or slot.text.endswith(":") for slot in first):
        return False
    if _is_marked(walked, first) and not _is_marked(walked, rows[1]):
        return True
    if all(slot.text.lower() in _HEADER_WORDS for slot in first):
        return True
    return all(_has_digit(row[0].text) for row in rows[1:])


def _first_row_looks_header(walked: Walked, grid: Grid) -> bool:
    rows = grid.rows
    if len(rows) < 2:
        return False
    filled = [slot for slot in rows[0] if slot and slot.text]
    if len({id(slot.raw) for slot in filled}) < 2 or any(len(slot.text) > 60 for slot in filled):
        return False
    second = [slot for slot in rows[1] if slot and slot.text]
    if _is_marked(walked, filled) and not _is_marked(walked, second):
        return True
    if _is_break_row(filled):
        return _below_is_money(rows)
    if any(is_number(slot.text) for slot in filled) or _looks_like_below(rows):
        return False
    texts = [slot.text for slot in filled]
    below = [slot.text for row in rows[1:] for slot in row if slot and slot.text]
    return len(set(texts)) == len(texts) and any(_has_digit(text) for text in below)


def _is_break_row(slots: list[Slot]) -> bool:
    """ "1+ 10+ 100+" or "1-9 10-99": a row of quantity breaks behind at most one label."""
    return all(BREAK.fullmatch(slot.text.lower()) for slot in slots[1:]) and len(slots) > 1


def _looks_like_below(rows: list[list[Slot | None]]) -> bool:
    """A column whose first cell is spelled like the one below it ("A-1", "A-2") has no header."""
    return any(
        over.raw is not under.raw
        and _has_digit(over.text)
        and _spelling(over.text) == _spelling(under.text)
        for over, under in zip(rows[0], rows[1], strict=False)
        if over and under
    )


def _spelling(text: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", text))


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _below_is_money(rows: list[list[Slot | None]]) -> bool:
    cells = [slot.text for slot in rows[1][1:] if slot and slot.text]
    return bool(cells) and all(looks_money(text) for text in cells)


def _is_marked(walked: Walked, slots: list[Slot]) -> bool:
    """Every cell's whole text is bold, or its row is coloured or named a head."""
    for slot in slots:
        frame = slot.raw.frame
        row = frame.parent
        if "bgcolor" in slot.raw.attrs or "bgcolor" in row.shape.attrs:
            continue
        if "head" in f"{frame.names} {row.names}".lower():
            continue
        if not _is_bold(walked, slot):
            return False
    return bool(slots)


def _is_bold(walked: Walked, slot: Slot) -> bool:
    """Whether one bold element holds the whole cell."""
    frame = slot.raw.frame
    at = bisect_left(walked.inlines, frame.first, key=_first)
    for mark in walked.inlines[at : at + 20]:
        if mark.first > frame.first:
            return False
        if mark.tag in ("b", "strong") and walked.span(mark) == slot.span:
            return True
    return False


def _first(mark: Mark) -> int:
    return mark.first
