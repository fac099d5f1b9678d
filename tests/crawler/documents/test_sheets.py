"""Workbooks: what a person sees in them, row by row."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import xlsxwriter

from crawler.documents.kinds import Kind
from crawler.documents.rendition import Limits, Trouble

from .conftest import ROWS, html


def workbook(fill: Callable[[Any, Any], None]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    fill(book, book.add_worksheet("Prices"))
    book.close()
    return out.getvalue()


def rows(_book: Any, sheet: Any) -> None:
    for number, row in enumerate(ROWS):
        sheet.write_row(number + 2, 0, row)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(40_000_000))
    found = html(Kind.SHEETS, out.getvalue())
    assert found.trouble is Trouble.TOO_LARGE
    assert "ZIP bomb" in found.detail


def test_no_file_is_read_through_an_entity() -> None:
    import zipfile

    out = io.BytesIO()
    body = workbook(rows)
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/sharedStrings.xml":
                data = data.replace(
                    b"<sst", b'<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/hostname">]><sst', 1
                ).replace(b"Sensor short", b"&x;", 1)
            new.writestr(name, data)
    found = html(Kind.SHEETS, out.getvalue())
    with open("/etc/hostname", encoding="utf-8") as file:  # noqa: PTH123 - what must not be read
        assert file.read().strip() not in found.html


def test_a_row_is_named_as_the_sheet_names_it() -> None:
    found = html(Kind.SHEETS, workbook(rows)).html
    assert '<tr data-place="sheet Prices, row 5"><td>BW-2</td>' in found
    assert '<tr data-place="sheet Prices, row 3"><th>Part no.</th>' in found


def test_numbers_are_shown_with_the_currency_and_decimals_of_their_cells() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["Part", "Price", "Discount", "Valid from"])
        sheet.write(1, 0, "BW-1")
        sheet.write(1, 1, 12.827124999, book.add_format({"num_format": '#,##0.00 "EUR"'}))
        sheet.write(1, 2, 0.15, book.add_format({"num_format": "0%"}))
        sheet.write(1, 3, 46023, book.add_format({"num_format": "dd.mm.yyyy"}))

    found = html(Kind.SHEETS, workbook(fill)).html
    assert "<td><var>12.83</var> EUR</td><td><var>15</var>%</td><td>2026-01-01</td>" in found


def test_what_is_hidden_is_not_read_but_said() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["Part", "Cost", "Price"])
        sheet.write_row(1, 0, ["BW-1", 4.0, 9.5])
        sheet.write_row(2, 0, ["BW-OLD", 4.5, 8.5])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        secret = book.add_worksheet("Internal")
        secret.write(0, 0, "BW-1 3.99")
        secret.hide()

    found = html(Kind.SHEETS, workbook(fill))
    assert not any(word in found.html for word in ("Cost", "BW-OLD", "3.99"))
    assert "hidden sheets were not read: Internal" in found.notes
    assert len(found.notes) == 3


def test_merged_cells_span_and_struck_ones_are_marked() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["Part", "From 1", "From 100"])
        sheet.write_row(1, 0, ["BW-1", 9.5])
        sheet.write(1, 2, 8.5, book.add_format({"font_strikeout": True}))
        sheet.write(2, 0, "BW-2")
        sheet.merge_range(2, 1, 2, 2, "on request")

    found = html(Kind.SHEETS, workbook(fill)).html
    assert "<s><var>8.5</var></s>" in found
    assert '<td>BW-2</td><td colspan="2">on request</td>' in found


def test_a_sheet_longer_than_the_limit_is_cut_and_said() -> None:
    found = html(Kind.SHEETS, workbook(rows), Limits(rows=2))
    assert "BW-1" in found.html
    assert "BW-2" not in found.html
    assert found.notes == ("only the first 2 rows of sheet Prices were read",)


def test_floating_point_dust_is_not_shown() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["Part", "Price"])
        sheet.write_row(1, 0, ["BW-1", 0.1 + 0.2])

    assert "<var>0.3</var>" in html(Kind.SHEETS, workbook(fill)).html


def test_the_other_workbooks_are_read_through_calamine() -> None:
    # An XLSX under another name: calamine tells the format by the content.
    found = html(Kind.OLD_SHEETS, workbook(rows)).html
    assert '<tr data-place="sheet Prices, row 5"><td>BW-2</td>' in found
    assert html(Kind.OLD_SHEETS, b"no workbook at all").trouble is Trouble.DAMAGED
