"""Rows of an XLSX workbook, streaming, as they are shown.

Read here and not by a library: what the truth needs (zeros before a key, decimals as shown, errors
of formulas) is in the cell formats, which the fast readers pass over, and the full ones keep a
whole sheet in memory. Source: ECMA-376 part 1, 18.3 and 18.4.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from lxml import etree

from auditor.errors import FeedError
from auditor.feeds.tabular.archive import open_archive, rows_of_part
from auditor.feeds.tabular.grid import Line, grid_rows
from auditor.feeds.tabular.number_formats import (
    PLAIN,
    NumberFormat,
    number_format,
    shown_number,
)

if TYPE_CHECKING:
    from pathlib import Path
    from zipfile import ZipFile

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.table import Row
    from auditor.model import RejectedRow

MAX_COLUMNS = 16_384
"""Columns of a sheet (XFD)."""

_BOOK = "xl/workbook.xml"
_PARSER = partial(etree.XMLParser, resolve_entities=False, no_network=True, load_dtd=False)


@dataclass(frozen=True, slots=True)
class _Book:
    strings: Sequence[str]
    formats: Sequence[NumberFormat]
    since_1904: bool


def xlsx_rows(
    path: Path, config: FeedConfig, required: Sequence[str]
) -> Iterator[Row | RejectedRow]:
    """The rows of a workbook's sheet; raises FeedError where it is none or too large."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FeedError(
            f"{path.name} is an old Excel file (XLS) or one with a password; save it as XLSX "
            "without a password"
        )
    with open_archive(path, "XLSX") as archive:
        root = _part(archive, _BOOK)
        settings = root.find("{*}workbookPr")
        since_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        sheet = _sheet(path.name, archive, root, config.sheet)
        book = _Book(_strings(archive), _formats(archive), since_1904)
        yield from grid_rows(path.name, _lines(archive, sheet, book), config, required)


def _part(archive: ZipFile, name: str) -> Any:
    try:
        return etree.fromstring(archive.read(name), _PARSER())
    except etree.XMLSyntaxError as error:
        raise FeedError(f"{archive.filename}: {name} is broken: {error.msg}") from error


def _sheet(file: str, archive: ZipFile, book: Any, wanted: str) -> str:
    """The part of the sheet called ``wanted``, or of the first visible one."""
    sheets = book.findall("{*}sheets/{*}sheet")
    visible = [sheet for sheet in sheets if sheet.get("state", "visible") == "visible"]
    chosen = [sheet for sheet in sheets if sheet.get("name") == wanted] if wanted else visible
    if not chosen:
        names = ", ".join(str(sheet.get("name")) for sheet in sheets[:12])
        raise FeedError(f"{file} has no sheet {wanted!r}; it has {names}; set `sheet`")
    id_ = next((text for key, text in chosen[0].attrib.items() if key.endswith("}id")), "")
    for link in _part(archive, "xl/_rels/workbook.xml.rels"):
        if link.get("Id") == id_:
            target = str(link.get("Target"))
            return target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    raise FeedError(f"{file}: the sheet {chosen[0].get('name')!r} is not in the workbook")


def _strings(archive: ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return []
    return [_text(item) for item in rows_of_part(archive, name, "{*}si")]


def _text(item: Any) -> str:
    """The text of a string item: its runs, without what is only read aloud (rPh)."""
    runs = item.findall("{*}t") or item.findall("{*}r/{*}t")
    return "".join(run.text or "" for run in runs)


def _formats(archive: ZipFile) -> list[NumberFormat]:
    """The number format of each cell style, by its number."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    root = _part(archive, "xl/styles.xml")
    codes = {
        int(entry.get("numFmtId", "0")): str(entry.get("formatCode", ""))
        for entry in root.findall("{*}numFmts/{*}numFmt")
    }
    ids = [int(style.get("numFmtId", "0")) for style in root.findall("{*}cellXfs/{*}xf")]
    return [number_format(codes.get(id_, ""), id_) for id_ in ids]


def _lines(archive: ZipFile, sheet: str, book: _Book) -> Iterator[Line]:
    number = 0
    for row in rows_of_part(archive, sheet, "{*}row"):
        number = int(row.get("r") or number + 1)
        cells: list[str] = []
        for cell in row:
            at = _column(cell.get("r"), len(cells))
            if at > len(cells):
                cells.extend([""] * (min(at, MAX_COLUMNS) - len(cells)))
            cells.append(_cell(cell, book))
        yield number, cells


def _column(reference: str | None, following: int) -> int:
    """The 0-based column of ``C7``; without a reference cells follow each other.

    >>> _column("C7", 0), _column("AA1", 0), _column(None, 4)
    (2, 26, 4)
    """
    if not reference:
        return following
    found = 0
    for sign in reference:
        if not sign.isalpha():
            break
        found = found * 26 + ord(sign.upper()) - 64
    return found - 1


def _cell(cell: Any, book: _Book) -> str:
    """What a cell shows; an error of a formula (#N/A) as it stands, so that it is refused."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find("{*}is")
        return "" if inline is None else _text(inline)
    text = cell.findtext("{*}v") or ""
    if kind == "s":
        return book.strings[int(text)] if text.isdigit() and int(text) < len(book.strings) else ""
    if kind == "b":
        return "TRUE" if text == "1" else "FALSE"
    if kind != "n" or not text:
        return text
    style = int(cell.get("s") or 0)
    form = book.formats[style] if style < len(book.formats) else PLAIN
    try:
        return shown_number(text, form, since_1904=book.since_1904)
    except ValueError:
        return text
