"""Which header cells govern each cell of a data table?

By position, by ``scope`` and, where the markup says so, by ``headers``
(https://html.spec.whatwg.org/multipage/tables.html#algorithm-for-assigning-header-cells).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.page.grid import Grid, Slot, Span, is_number
from auditor.page.model import Cell, Table

if TYPE_CHECKING:
    from auditor.page.frames import Walked


_LONGEST_LABEL = 48


def tables(walked: Walked, found: list[Grid]) -> tuple[Table, ...]:
    """The data tables among the grids, with header cells resolved."""
    return tuple(_table(walked, grid) for grid in found if grid.is_data)


def _table(walked: Walked, grid: Grid) -> Table:
    frame = grid.table.frame
    span = walked.runs_span(frame.first, frame.last) or (0, 0)
    caption = grid.table.caption
    run = walked.runs[frame.first]
    return Table(
        start=span[0],
        end=span[1],
        cells=tuple(_cells(walked, grid)),
        n_rows=len(grid.rows),
        n_columns=grid.n_columns,
        caption=walked.runs_span(caption.first, caption.last) if caption else None,
        heading=run.heading,
        region=run.region,
        path=frame.path(),
    )


def _cells(walked: Walked, grid: Grid) -> list[Cell]:
    by_id = {
        slot.raw.attrs["id"]: (slot, r)
        for r, row in enumerate(grid.rows)
        for slot in row
        if slot and slot.origin and slot.text and "id" in slot.raw.attrs
    }
    columns: list[list[Span]] = [[] for _ in range(grid.n_columns)]
    was_header = False
    group: tuple[Span, ...] = ()
    cells: list[Cell] = []
    for r, row in enumerate(grid.rows):
        if grid.headers[r]:
            if not was_header:
                columns = [[] for _ in range(grid.n_columns)]
            _add_headers(columns, row)
            group = ()
        elif _is_group_row(grid, row):
            first = row[0]
            group = (first.span,) if first else ()
        was_header = grid.headers[r]
        left = [] if was_header else _row_headers(grid, row)
        for c, slot in enumerate(row):
            if slot is None:
                continue
            over = () if was_header else tuple(columns[c])
            side = () if was_header else _side(group, left, c, slot)
            over, side = _explicit(slot, r, by_id, over, side)
            cells.append(
                Cell(
                    start=slot.span[0],
                    end=slot.span[1],
                    row=r,
                    column=c,
                    is_header=was_header or slot.header,
                    columns=over,
                    rows=side,
                    links=_links(walked, slot),
                )
            )
    return cells


def _add_headers(columns: list[list[Span]], row: list[Slot | None]) -> None:
    for c, slot in enumerate(row):
        if slot and slot.text and slot.span not in columns[c][-3:]:
            columns[c].append(slot.span)


def _is_group_row(grid: Grid, row: list[Slot | None]) -> bool:
    """One cell across the whole width: a heading of the rows below it."""
    raws = {id(slot.raw) for slot in row if slot}
    first = row[0]
    return (
        len(raws) == 1
        and grid.n_columns > 1
        and len(row) == grid.n_columns
        and first is not None
        and 0 < len(first.text) <= 80
    )


def _row_headers(grid: Grid, row: list[Slot | None]) -> list[tuple[int, Span]]:
    """(column, span) of the cells that name the row."""
    found = [(c, slot.span) for c, slot in enumerate(row) if slot and slot.header and slot.text]
    if found:
        return [*found, *_second_label(row, found)]
    first = row[0]
    if first and first.text and any(grid.headers) and not is_number(first.text):
        return [(0, first.span)]
    return []


def _second_label(row: list[Slot | None], found: list[tuple[int, Span]]) -> list[tuple[int, Span]]:
    """Group, label, value: beside a header that spans several rows the second cell is the label."""
    if len(row) != 3 or [c for c, _ in found] != [0]:
        return []
    group, label, value = row
    if not group or not label or not value or group.raw.span("rowspan", 99) < 2:
        return []
    is_label = label.text and not is_number(label.text) and len(label.text) <= _LONGEST_LABEL
    return [(1, label.span)] if is_label and value.text and not value.header else []


def _side(
    group: tuple[Span, ...], left: list[tuple[int, Span]], column: int, slot: Slot
) -> tuple[Span, ...]:
    own = [span for c, span in left if c < column and span != slot.span]
    if len(own) > 1 and slot.header is False:
        # label value label value: the nearest label to the left, unless headers stand together
        positions = [c for c, _ in left if c < column]
        if positions != list(range(positions[0], positions[0] + len(positions))):
            own = own[-1:]
    unique = [span for i, span in enumerate(own) if span not in own[:i]]
    return tuple(span for span in group if span != slot.span) + tuple(unique)


def _explicit(
    slot: Slot,
    row: int,
    by_id: dict[str, tuple[Slot, int]],
    over: tuple[Span, ...],
    side: tuple[Span, ...],
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """``headers="id id"`` replaces what position says."""
    names = slot.raw.attrs.get("headers", "")
    if not names:
        return over, side
    columns: list[Span] = []
    rows: list[Span] = []
    for name in names.split()[:8]:
        header, at = by_id.get(name, (slot, row))
        if header.raw is not slot.raw:
            is_row = at == row or header.scope in ("row", "rowgroup")
            (rows if is_row else columns).append(header.span)
    return tuple(columns) or over, tuple(rows) or side


def _links(walked: Walked, slot: Slot) -> tuple[str, ...]:
    frame = slot.raw.frame
    found: list[str] = []
    for run in walked.runs[frame.first : frame.last]:
        found.extend(link for link in run.targets if link not in found)
    return tuple(found)
