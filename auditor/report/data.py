"""The pages as data: CSV for spreadsheets, XLSX workbooks, JSON."""

from __future__ import annotations

import csv
import json
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from markupsafe import Markup

from auditor import plain
from auditor.plain import printable, spreadsheet_cell
from auditor.report.ledger import digest_of, digest_of_files
from auditor.report.report import Report, Sheet
from auditor.report.tables import Table, is_plain, table
from auditor.report.view import FindingRow

MARKER = "report.json"
"""The file by which a directory is known to be a report."""

SMALL = 2_000
"""Rows up to which a workbook is made in memory, five times as fast; larger ones row by row."""

_WRITERS = digest_of_files(Path(__file__), Path(plain.__file__))
"""Stands for how files are written: another version of this makes them anew."""

_XLSX = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Said to be the making of every workbook: the same report is the same file."""
_SHEET_NAME = 31
_CELL_CHARACTERS = 32_767


class CsvReport:
    """UTF-8 with BOM, no cell can be taken for a formula; a page's further tables are files too."""

    name = "csv"

    def write_page(self, sheet: Sheet, directory: Path) -> None:
        """Write ``PAGE.csv`` with the page's first table, ``PAGE.TABLE.csv`` with each other.

        Of pages of which there are many (a task's findings, a group's tasks) only the first: a
        large report has thousands of them, and their JSON holds the rest.
        """
        for path, each in _sheets(sheet).items():
            _write_csv(directory / path, each)

    def made_of(self, sheet: Sheet) -> Mapping[str, str]:
        """What each file of a page is made of."""
        return {path: digest_of(_WRITERS, each) for path, each in _sheets(sheet).items()}

    def write_whole(self, report: Report, directory: Path) -> None:
        """Write ``findings.csv``: the whole work list."""
        _write_csv(directory / "findings.csv", _findings(report))


class XlsxReport:
    """Workbooks with one sheet a table; every text is a text, whatever it begins with."""

    name = "xlsx"

    def write_page(self, sheet: Sheet, directory: Path) -> None:
        """Write ``PAGE.xlsx``; of pages of which there are many with the first table alone."""
        if sheet.page.is_data:
            write_xlsx(directory / sheet.page.path(sheet.id, "xlsx"), sheet.tables)

    def made_of(self, sheet: Sheet) -> Mapping[str, str]:
        """What the workbook of a page is made of."""
        if not sheet.page.is_data:
            return {}
        made = digest_of(_WRITERS, xlsxwriter.__version__, sheet.tables)
        return {sheet.page.path(sheet.id, "xlsx"): made}

    def write_whole(self, report: Report, directory: Path) -> None:
        """Write ``findings.xlsx``: the whole work list."""
        write_xlsx(directory / "findings.xlsx", [_findings(report)])


class JsonReport:
    """Text is kept as crawled, escaped by JSON."""

    name = "json"

    def write_page(self, sheet: Sheet, directory: Path) -> None:
        """Write ``PAGE.json``: the page's record."""
        if sheet.page.is_data:
            _dump(directory / sheet.page.path(sheet.id, "json"), as_data(sheet.view))

    def made_of(self, sheet: Sheet) -> Mapping[str, str]:
        """What the JSON of a page is made of."""
        if not sheet.page.is_data:
            return {}
        return {sheet.page.path(sheet.id, "json"): digest_of(_WRITERS, sheet.digest)}

    def write_whole(self, report: Report, directory: Path) -> None:
        """Write ``findings.json``, the whole work list, and ``report.json``, all lists beside it.

        In ``report.json`` stand the records of all pages that are alone of their kind, by name,
        and the work in pieces with the ids of their findings.
        """
        material = report.material
        _dump_rows(directory / "findings.json", material.listed)
        whole: dict[str, object] = {
            "company": material.config.company,
            "generated_at": material.clock(material.now),
            "as_of": material.clock(material.audit.as_of) if material.audit else "",
        }
        for page in report.pages:
            if page.is_data and page.menu and (sheet := report.sheet(page.name)) is not None:
                whole[page.name] = as_data(sheet.view)
        whole["tasks"] = [
            {"name": task.name, "findings": [finding.id for finding in task.findings]}
            for task in material.tasks
        ]
        _dump(directory / MARKER, whole)


def _sheets(sheet: Sheet) -> dict[str, Table]:
    """The tables of a page by the file they go to; of further ones those that have rows."""
    if not sheet.page.is_data:
        return {}
    first, *others = sheet.tables
    return {sheet.page.path(sheet.id, "csv"): first} | {
        sheet.page.path(sheet.id, f"{each.name}.csv"): each for each in others if each.rows
    }


def as_data(value: object) -> object:
    """A record as JSON knows it, without the pictures that only pages show."""
    if isinstance(value, tuple):
        return [as_data(each) for each in value]
    if is_dataclass(value):
        found = {}
        kind: Any = type(value)
        for name, is_plain in _names(kind):
            inner = getattr(value, name)
            if is_plain:
                found[name] = inner
            elif not isinstance(inner, Markup):
                found[name] = as_data(inner)
        return found
    return value


@cache
def _names(kind: Any) -> tuple[tuple[str, bool], ...]:
    """The fields of a record, each with whether it is a plain text or number."""
    hints = typing.get_type_hints(kind)
    return tuple((field.name, is_plain(hints[field.name])) for field in fields(kind))


def _findings(report: Report) -> Table:
    return table("findings", FindingRow, report.material.listed)


def _write_csv(path: Path, each: Table) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(each.columns)
        writer.writerows(
            [spreadsheet_cell(cell) if isinstance(cell, str) else cell for cell in row]
            for row in each.rows
        )


def write_xlsx(to: Path | BinaryIO, sheets: Sequence[Table]) -> None:
    """Write a workbook with one worksheet a table; no cell is ever a formula.

    Tables without rows are left out, but for the first.
    """
    shown = [each for number, each in enumerate(sheets) if each.rows or not number]
    is_small = sum(len(each.rows) for each in shown) <= SMALL
    options = {**_XLSX, "in_memory" if is_small else "constant_memory": True}
    with xlsxwriter.Workbook(to, options) as book:
        book.set_properties({"created": _EPOCH})
        bold = book.add_format({"bold": True, "bottom": 1})
        for each in shown or [Table("empty", (), ())]:
            page = book.add_worksheet(each.name[:_SHEET_NAME])
            page.freeze_panes(1, 0)
            for column, name in enumerate(each.columns):
                page.set_column(column, column, 16)
                page.write_string(0, column, name, bold)
            for number, row in enumerate(each.rows, 1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        page.write_string(number, column, printable(cell)[:_CELL_CHARACTERS])
                    elif cell is not None:
                        page.write_number(number, column, cell)


def _dump(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=True) + "\n", encoding="utf-8")


def _dump_rows(path: Path, rows: Sequence[object]) -> None:
    """A list with one line a row: read one by one by who has little memory."""
    with path.open("w", encoding="utf-8") as handle:
        handle.write("[\n")
        for number, row in enumerate(rows):
            handle.write(",\n" * bool(number) + json.dumps(as_data(row), ensure_ascii=True))
        handle.write("\n]\n")
