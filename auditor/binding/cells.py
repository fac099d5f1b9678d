"""Of which product does a table cell speak? Its row first, then its column, then the caption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor import identifiers
from auditor.binding.ground import Ground, Subject, only_one
from auditor.binding.prose import nearest
from auditor.model import Reason

if TYPE_CHECKING:
    from auditor.mentions import Mention
    from auditor.page.model import Cell


def by_cell(ground: Ground, start: int, end: int) -> Subject | None:
    """The product of the row, else of the column, the headers or the caption; None outside tables.

    A row whose identifier column names a part nobody knows is about that part.
    """
    located = ground.cell_at(start)
    if located is None:
        return None
    number, cell = located
    inside = ground.between(cell.start, cell.end)
    if inside and end - start < cell.end - cell.start:
        found = nearest(ground, inside, start, end)
        if found is not None:
            return found
    heads = [m for a, b in (*cell.rows, *cell.columns) for m in ground.between(a, b)]
    return (
        _by_row(ground, number, cell)
        or only_one(_named(ground, _naming(ground, number, cell.column)), "column")
        or only_one(heads, "header")
        or _by_caption(ground, number)
    )


def _by_row(ground: Ground, number: int, cell: Cell) -> Subject | None:
    row = ground.rows[number][cell.row]
    own = _identifying(ground, number, row)
    found = only_one(_named(ground, own) or _named(ground, row), "row")
    if found is not None:
        return found
    unknown = [c for c in own if c is not cell and c.end > c.start]
    if unknown:
        text = ", ".join(ground.text_of((c.start, c.end) for c in unknown))
        return Subject((), "", Reason.UNKNOWN_PRODUCT, f"row names {text[:80]!r}")
    return None


def _by_caption(ground: Ground, number: int) -> Subject | None:
    caption = ground.page.tables[number].caption
    return only_one(ground.between(*caption), "caption") if caption is not None else None


def _named(ground: Ground, cells: list[Cell]) -> list[Mention]:
    return [m for cell in cells for m in ground.between(cell.start, cell.end)]


def _identifying(ground: Ground, number: int, row: list[Cell]) -> list[Cell]:
    """The cells of a row that stand in an identifier column ("Part number")."""
    table = ground.page.tables[number]
    if table.n_columns == 2 and all(c.is_header for c in ground.columns[number].get(0, [])):
        return []  # labels and values: the first label is no column's head
    return [
        cell
        for cell in row
        if not (cell.is_header and cell.row == 0)
        and any(map(identifiers.is_identifier_header, ground.text_of(cell.columns)))
    ]


def _naming(ground: Ground, number: int, column: int) -> list[Cell]:
    """The cells that say whose a column is: its top, and those in rows labelled "Part"."""
    known = ground.column_heads.get((number, column))
    if known is not None:
        return known
    found = []
    for cell in ground.columns[number].get(column, []):
        if cell.row == 0 or (cell.is_header and cell.columns == ()):
            found.append(cell)
            continue
        first = ground.rows[number][cell.row][0]
        label = ground.page.text[first.start : first.end]
        if first is not cell and first.column == 0 and identifiers.is_identifier_header(label):
            found.append(cell)
    ground.column_heads[number, column] = found
    return found
