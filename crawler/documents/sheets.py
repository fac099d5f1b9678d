"""XLSX → HTML: a section and a table a visible sheet, as it is shown.

Read here and not by a library: which rows, columns and sheets are hidden, and what currency and
decimals a cell shows, is what the fast readers pass over. Source: ECMA-376 part 1, 18.3 to 18.8.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from crawler.documents.grids import SheetCell, SheetGrid, write_sheet
from crawler.documents.markup import Writer, text
from crawler.documents.rendition import CannotRead, Limits, Rendition, Trouble
from crawler.documents.shown import PLAIN, Format, cell_format, shown
from crawler.documents.zipped import opened

_BOOK = "xl/workbook.xml"
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")


@dataclass(frozen=True, slots=True)
class _Book:
    strings: Sequence[str]
    formats: Sequence[Format]
    since_1904: bool


def read(body: bytes, limits: Limits) -> Rendition:
    """The HTML of a workbook. Raises CannotRead."""
    with opened(body, limits, "XLSX") as archive:
        try:
            root = _part(archive, _BOOK)
            settings = root.find("{*}workbookPr")
            since_1904 = settings is not None and settings.get("date1904") in ("1", "true")
            book = _Book(_strings(archive), _formats(archive), since_1904)
            writer = Writer(limits)
            hidden = []
            for name, state, path in _sheets(archive, root):
                if state != "visible":
                    hidden.append(name)
                    continue
                write_sheet(writer, name, _grid(archive, path, book, limits))
        except KeyError as error:
            raise CannotRead(Trouble.DAMAGED, f"it is no workbook: it has no {error}") from error
        except (etree.XMLSyntaxError, zipfile.BadZipFile) as error:
            raise CannotRead(Trouble.DAMAGED, f"a part of it is broken ({error})") from error
    if hidden:
        writer.notes.append(f"hidden sheets were not read: {', '.join(hidden[:10])}")
    return Rendition(writer.html(), notes=tuple(writer.notes))


def _part(archive: zipfile.ZipFile, name: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(archive.read(name), parser)


def _each(archive: zipfile.ZipFile, name: str, *tags: str) -> Iterator[Any]:
    """Elements of a part, one after the other; each is gone after its turn."""
    with archive.open(name) as file:
        events = etree.iterparse(
            file, events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False
        )
        for _event, node in events:
            yield node
            if node.getparent() is not None and not node.tag.endswith("}col"):
                node.clear()


def _sheets(archive: zipfile.ZipFile, book: Any) -> Iterator[tuple[str, str, str]]:
    """(name, state, part) of each sheet in order; chart sheets have no rows and are left out."""
    targets = {}
    for link in _part(archive, "xl/_rels/workbook.xml.rels"):
        target = str(link.get("Target", ""))
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        if str(link.get("Type", "")).endswith("/worksheet"):
            targets[link.get("Id")] = posixpath.normpath(path)
    for sheet in book.findall("{*}sheets/{*}sheet"):
        id_ = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        if id_ in targets:
            yield str(sheet.get("name", "")), str(sheet.get("state", "visible")), targets[id_]


def _strings(archive: zipfile.ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return []
    return [_rich(item) for item in _each(archive, name, "{*}si")]


def _rich(item: Any) -> str:
    """The markup of a string item: its runs, struck ones marked; not what is only read aloud."""
    runs = item.findall("{*}r")
    if not runs:
        return "<br>".join(text(line) for line in (item.findtext("{*}t") or "").split("\n"))
    pieces = []
    for run in runs:
        said = text(run.findtext("{*}t") or "").replace("\n", "<br>")
        strike = run.find("{*}rPr/{*}strike")
        struck = strike is not None and strike.get("val", "1") not in ("0", "false")
        pieces.append(f"<s>{said}</s>" if struck else said)
    return "".join(pieces)


@dataclass(frozen=True, slots=True)
class _Struck(Format):
    """The format of a cell whose font is struck through."""


def _formats(archive: zipfile.ZipFile) -> list[Format]:
    """The format of each cell style, by its number."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    root = _part(archive, "xl/styles.xml")
    codes = {
        entry.get("numFmtId"): str(entry.get("formatCode", ""))
        for entry in root.findall("{*}numFmts/{*}numFmt")
    }
    struck = {
        str(number)
        for number, font in enumerate(root.findall("{*}fonts/{*}font"))
        if (strike := font.find("{*}strike")) is not None
        and strike.get("val", "1") not in ("0", "false")
    }
    found = []
    for style in root.findall("{*}cellXfs/{*}xf"):
        id_ = str(style.get("numFmtId", "0"))
        form = cell_format(codes.get(id_, ""), int(id_) if id_.isdigit() else 0)
        if style.get("fontId") in struck:
            form = _Struck(form.before, form.after, form.decimals, form.digits, form.percent,
                           form.is_date)  # fmt: skip
        found.append(form)
    return found


def _grid(archive: zipfile.ZipFile, path: str, book: _Book, limits: Limits) -> SheetGrid:
    """The visible cells of a sheet, with what is merged."""
    grid = SheetGrid()
    hidden: set[int] = set()
    number = 0
    for node in _each(archive, path, "{*}col", "{*}row", "{*}mergeCell"):
        if node.tag.endswith("}col"):
            if node.get("hidden") in ("1", "true"):
                hidden.update(range(_int(node.get("min")) - 1, min(_int(node.get("max")), 16_384)))
        elif node.tag.endswith("}mergeCell"):
            if found := _range(str(node.get("ref", ""))):
                grid.merge(*found)
        else:
            number = _int(node.get("r")) or number + 1
            if node.get("hidden") in ("1", "true"):
                grid.hidden_rows.add(number)
                continue
            if len(grid.rows) >= limits.rows:
                grid.is_cut = True
                break
            cells = [cell for cell in _cells(node, book) if cell.column not in hidden]
            if cells:
                grid.rows.append((number, cells))
    grid.hidden_columns = hidden
    return grid


def _cells(row: Any, book: _Book) -> Iterator[SheetCell]:
    at = -1
    for cell in row:
        found = _RANGE.fullmatch(str(cell.get("r") or ""))
        at = _column(found[1]) if found else at + 1
        style = _int(cell.get("s"))
        form = book.formats[style] if style < len(book.formats) else PLAIN
        html = _cell(cell, form, book)
        if html:
            yield SheetCell(at, f"<s>{html}</s>" if isinstance(form, _Struck) else html)


def _cell(cell: Any, form: Format, book: _Book) -> str:
    """The markup of what a cell shows; a formula that failed shows its error (#N/A)."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find("{*}is")
        return "" if inline is None else _rich(inline)
    stored = cell.findtext("{*}v") or ""
    if kind == "s":
        index = _int(stored)
        return book.strings[index] if stored.isdigit() and index < len(book.strings) else ""
    if kind == "b":
        return "TRUE" if stored == "1" else "FALSE"
    if kind != "n" or not stored:
        return text(stored).replace("\n", "<br>")
    return shown(stored, form, since_1904=book.since_1904)


def _range(reference: str) -> tuple[int, int, int, int] | None:
    """(first row, first column, last row, last column) of "B2:C9"; rows from 1, columns from 0."""
    found = _RANGE.fullmatch(reference)
    if found is None or found[3] is None:
        return None
    return int(found[2]), _column(found[1]), int(found[4]), _column(found[3])


def _column(letters: str) -> int:
    """The 0-based column of its letters.

    >>> _column("A"), _column("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _int(value: str | None) -> int:
    return int(value) if value and value.isdigit() and len(value) < 9 else 0
