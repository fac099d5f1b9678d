"""XLS, XLSB and ODS → HTML, through python-calamine: values without their cell formats."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from crawler.documents.grids import SheetCell, SheetGrid, write_sheet
from crawler.documents.markup import Writer, text
from crawler.documents.rendition import CannotRead, Limits, Rendition, Trouble
from crawler.documents.shown import PLAIN, shown
from crawler.documents.zipped import opened

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(body: bytes, limits: Limits) -> Rendition:
    """The HTML of a workbook that is no XLSX. Raises CannotRead."""
    if body.startswith(b"PK"):
        opened(body, limits, "workbook").close()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    except PasswordError as error:
        raise CannotRead(Trouble.ENCRYPTED, "it needs a password") from error
    except CalamineError as error:
        raise CannotRead(Trouble.DAMAGED, f"it is no whole workbook ({error})") from error
    writer = Writer(limits)
    hidden = []
    for sheet in book.sheets_metadata:
        if sheet.visible != SheetVisibleEnum.Visible:
            hidden.append(sheet.name)
        elif sheet.typ == SheetTypeEnum.WorkSheet:
            write_sheet(writer, sheet.name, _grid(book.get_sheet_by_name(sheet.name), limits))
    if hidden:
        writer.notes.append(f"hidden sheets were not read: {', '.join(hidden[:10])}")
    return Rendition(writer.html(), notes=tuple(writer.notes))


def _grid(sheet: Any, limits: Limits) -> SheetGrid:
    grid = SheetGrid()
    for (row, column), (last_row, last_column) in sheet.merged_cell_ranges or ():
        grid.merge(row + 1, column, last_row + 1, last_column)
    for number, row in enumerate(sheet.iter_rows(), 1):
        if len(grid.rows) >= limits.rows:
            grid.is_cut = True
            break
        if cells := list(_cells(row)):
            grid.rows.append((number, cells))
    return grid


def _cells(row: list[Any]) -> Iterator[SheetCell]:
    for column, value in enumerate(row):
        if (html := _shown(value)) != "":
            yield SheetCell(column, html)


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).upper()
        case int() | float():
            return shown(str(Decimal(repr(value))), PLAIN)
        case datetime():
            return value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return text(str(value)).replace("\n", "<br>")
