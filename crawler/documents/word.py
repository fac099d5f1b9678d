"""DOCX → HTML: headings, paragraphs, lists and tables, as Word shows them without its mark-up.

Of tracked changes the outcome is read, as Word's "No Markup" view shows it: what was inserted
stands, what was deleted does not. Hidden text, comments and field codes are not shown either.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError

from crawler.documents.markup import Cell, Writer, header_rows, text
from crawler.documents.rendition import CannotRead, Limits, Rendition, Trouble
from crawler.documents.zipped import opened

if TYPE_CHECKING:
    from docx.document import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Their runs are not what a reader sees: deleted, moved away, drawn a second time for old readers.
_PASSED_OVER = frozenset(
    (f"{_W}del", f"{_W}moveFrom", f"{_MC}Fallback", f"{_W}pPr", f"{_W}sdtPr", f"{_W}instrText")
)
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop)\s*([1-9])", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def read(body: bytes, limits: Limits) -> Rendition:
    """The HTML of a Word document. Raises CannotRead."""
    opened(body, limits, "DOCX").close()
    try:
        document = docx.Document(io.BytesIO(body))
    except (PackageNotFoundError, KeyError, ValueError, BadZipFile) as error:
        said = " ".join(str(error).split())[:160]
        raise CannotRead(Trouble.DAMAGED, f"it is no Word document ({said})") from error
    writer = Writer(limits)
    with suppress(ValueError):  # a date that is none
        writer.modified = document.core_properties.modified
    _Reader(document, writer).run()
    return Rendition(writer.html(), notes=tuple(writer.notes))


class _Reader:
    def __init__(self, document: Document, writer: Writer) -> None:
        self.document = document
        self.writer = writer
        self.levels = _heading_levels(document)
        self.lists = _list_styles(document)
        self.under = ""
        self.in_list = False
        self.tables = 0

    def run(self) -> None:
        around = self._around()
        self._blocks(around[0])
        self._blocks(self.document.element.body)
        self._blocks(around[1])
        self._notes()

    def _around(self) -> tuple[list[Any], list[Any]]:
        """The blocks of page headers and footers, each said once."""
        found: tuple[list[Any], list[Any]] = ([], [])
        said: set[str] = set()
        for section in self.document.sections:
            for part, blocks in ((section.header, found[0]), (section.footer, found[1])):
                if part.is_linked_to_previous:
                    continue
                for block in part._element:
                    shown = " ".join(_html(block).split())
                    if shown and shown not in said:
                        said.add(shown)
                        blocks.append(block)
        return found

    def _notes(self) -> None:
        """Footnotes: conditions of prices like to stand there."""
        for relation in self.document.part.rels.values():
            if relation.is_external or not relation.reltype.endswith("/footnotes"):
                continue
            from lxml import etree

            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            with suppress(etree.XMLSyntaxError):
                root = etree.fromstring(relation.target_part.blob, parser)
                for note in root.findall(f"{_W}footnote"):
                    if note.get(f"{_W}type") is None:
                        self._blocks(note)

    def _blocks(self, parent: Any) -> None:
        for block in _children(parent):
            if block.tag == f"{_W}p":
                self._paragraph(block)
            elif block.tag == f"{_W}tbl":
                self._list(False)
                self._table(block)
        self._list(False)

    def _paragraph(self, block: Any) -> None:
        html = _html(block).strip()
        for box in block.iter(f"{_W}txbxContent"):
            if not any(parent.tag in _PASSED_OVER for parent in box.iterancestors()):
                self._list(False)
                self._blocks(box)
        if not html:
            return
        level = self._level(block)
        is_item = not level and self._is_item(block)
        self._list(is_item)
        tag = f"h{level}" if level else "li" if is_item else "p"
        if level == 1 and not self.writer.title:
            self.writer.title = _plain(html)
        if level:
            self.under = f"under “{_plain(html)[:80]}”"
        self.writer.open(tag, self.under)
        self.writer.add(html)
        self.writer.close(tag)

    def _list(self, wanted: bool) -> None:
        if wanted != self.in_list:
            self.writer.add("<ul>\n" if wanted else "</ul>\n")
            self.in_list = wanted

    def _level(self, block: Any) -> int:
        outline = block.find(f"{_W}pPr/{_W}outlineLvl")
        if outline is not None and (value := outline.get(f"{_W}val", "")).isdigit():
            return min(int(value) + 1, 6) if int(value) < 9 else 0
        style = block.find(f"{_W}pPr/{_W}pStyle")
        return self.levels.get(style.get(f"{_W}val", ""), 0) if style is not None else 0

    def _is_item(self, block: Any) -> bool:
        if block.find(f"{_W}pPr/{_W}numPr") is not None:
            return True
        style = block.find(f"{_W}pPr/{_W}pStyle")
        return style is not None and style.get(f"{_W}val", "") in self.lists

    def _table(self, table: Any) -> None:
        self.tables += 1
        place = f"table {self.tables}"
        rows = list(_grid(table))
        header = header_rows([[_plain(cell.html) for cell in row] for row in rows])
        header = max(header, _repeated_rows(table))
        self.writer.add("<table>\n")
        for number, row in enumerate(rows, 1):
            cells = [Cell(c.html, c.rows, c.columns, number <= header) for c in row]
            self.writer.row(cells, f"{place}, row {number}")
        self.writer.close("table")


def _children(parent: Any) -> Iterator[Any]:
    """Block elements, out of what merely wraps them: content controls, insertions."""
    for child in parent:
        if child.tag == f"{_W}sdt":
            content = child.find(f"{_W}sdtContent")
            if content is not None:
                yield from _children(content)
        elif child.tag in (f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"):
            yield from _children(child)
        elif child.tag not in _PASSED_OVER:
            yield child


def _heading_levels(document: Document) -> dict[str, int]:
    """Style id → level of the styles that are headings, by outline level or name."""
    levels: dict[str, int] = {}
    for style in document.styles.element.findall(f"{_W}style"):
        name = style.find(f"{_W}name")
        shown = name.get(f"{_W}val", "") if name is not None else ""
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        found = _HEADING.match(shown)
        if found:
            levels[style.get(f"{_W}styleId", "")] = min(int(found[1]), 6)
        elif shown.lower() in ("title", "titel", "titre", "título", "titolo"):
            levels[style.get(f"{_W}styleId", "")] = 1
        elif outline is not None and outline.get(f"{_W}val", "9").isdigit():
            value = int(outline.get(f"{_W}val", "9"))
            if value < 9:
                levels[style.get(f"{_W}styleId", "")] = min(value + 1, 6)
    return levels


def _list_styles(document: Document) -> frozenset[str]:
    """Ids of the styles whose paragraphs are list items."""
    return frozenset(
        style.get(f"{_W}styleId", "")
        for style in document.styles.element.findall(f"{_W}style")
        if style.find(f"{_W}pPr/{_W}numPr") is not None
    )


def _html(block: Any) -> str:
    """The text of a paragraph as markup; of a cell, its paragraphs on lines of their own."""
    pieces: list[str] = []
    for run in _runs(block):
        if run is None:
            pieces.append("<br>")
            continue
        shown = "".join(_signs(run))
        if not shown:
            continue
        properties = run.find(f"{_W}rPr")
        if properties is not None and _is_on(properties, "vanish"):
            continue
        struck = properties is not None and (
            _is_on(properties, "strike") or _is_on(properties, "dstrike")
        )
        pieces.append(f"<s>{shown}</s>" if struck else shown)
    return re.sub(r"^(?:<br>)+|(?:<br>)+$", "", "".join(pieces)).replace("</s><s>", "")


def _runs(element: Any) -> Iterator[Any]:
    """Runs in order, None between paragraphs; not those of text boxes, which are blocks."""
    for child in element:
        if child.tag in _PASSED_OVER or child.tag == f"{_W}tbl":
            continue
        if child.tag == f"{_W}r":
            yield child
        else:
            yield from _runs(child)
            if child.tag == f"{_W}p":
                yield None


def _signs(run: Any) -> Iterator[str]:
    for child in run:
        if child.tag == f"{_W}t":
            yield text(child.text or "")
        elif child.tag in (f"{_W}tab", f"{_W}ptab"):
            yield "\t"
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "<br>"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"


def _is_on(properties: Any, name: str) -> bool:
    found = properties.find(f"{_W}{name}")
    return found is not None and found.get(f"{_W}val", "1") not in ("0", "false", "off", "none")


def _plain(html: str) -> str:
    return " ".join(_TAG.sub(" ", html).split())


def _repeated_rows(table: Any) -> int:
    """Rows that Word repeats on each page: the author called them the header."""
    count = 0
    for row in table.findall(f"{_W}tr"):
        if row.find(f"{_W}trPr/{_W}tblHeader") is None:
            break
        count += 1
    return count


def _grid(table: Any) -> Iterator[list[Cell]]:
    """Rows with their cells merged as Word shows them; a table in a cell is read as lines."""
    rows = [
        [(cell, _width(cell), _merge(cell)) for cell in _cells(row)]
        for row in _children(table)
        if row.tag == f"{_W}tr" and row.find(f"{_W}trPr/{_W}del") is None
    ]
    for number, row in enumerate(rows):
        cells: list[Cell] = []
        column = 0
        for cell, width, merge in row:
            if merge != "continue":
                high = 1 + sum(1 for _ in _below(rows[number + 1 :], column)) if merge else 1
                cells.append(Cell(_cell_html(cell), high, width))
            column += width
        yield cells


def _cells(row: Any) -> Iterator[Any]:
    return (cell for cell in _children(row) if cell.tag == f"{_W}tc")


def _below(rows: list[list[tuple[Any, int, str]]], column: int) -> Iterator[None]:
    """One for each row in which the cell at a column goes on."""
    for row in rows:
        at = 0
        for _cell, width, merge in row:
            if at == column and merge == "continue":
                yield None
                break
            at += width
        else:
            return


def _width(cell: Any) -> int:
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    value = span.get(f"{_W}val", "1") if span is not None else "1"
    return max(1, min(int(value), 100)) if value.isdigit() else 1


def _merge(cell: Any) -> str:
    """ "restart" or "continue" of a cell merged over rows, else ""."""
    found = cell.find(f"{_W}tcPr/{_W}vMerge")
    if found is None:
        return ""
    return "restart" if found.get(f"{_W}val") == "restart" else "continue"


def _cell_html(cell: Any) -> str:
    inner = [_html(cell)]
    for table in cell.iter(f"{_W}tbl"):
        for row in table.iter(f"{_W}tr"):
            shown = [_html(each) for each in _cells(row)]
            inner.append("\t".join(filter(None, shown)))
    return "<br>".join(filter(None, inner))
