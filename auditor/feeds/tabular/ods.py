"""Rows of an OpenDocument spreadsheet (LibreOffice), streaming, as they are shown.

Source: OpenDocument 1.3 part 3, 9.1 and 19.385; cells hold the stored value and the shown text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from lxml import etree

from auditor.errors import FeedError
from auditor.feeds.cells import Exact, as_shown, number
from auditor.feeds.tabular.archive import open_archive
from auditor.feeds.tabular.grid import Line, grid_rows

if TYPE_CHECKING:
    from pathlib import Path
    from zipfile import ZipFile

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.table import Row
    from auditor.model import RejectedRow

MAX_REPEATED = 16_384
"""Cells or rows that one element may stand for; a sheet's empty rest is one element, too."""

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_NUMBERS = frozenset({"float", "currency", "percentage"})


def ods_rows(
    path: Path, config: FeedConfig, required: Sequence[str]
) -> Iterator[Row | RejectedRow]:
    """The rows of a spreadsheet's table; raises FeedError where it is none or too large."""
    with open_archive(path, "ODS") as archive:
        yield from grid_rows(path.name, _lines(path.name, archive, config.sheet), config, required)


def _lines(file: str, archive: ZipFile, wanted: str) -> Iterator[Line]:
    """The rows of the sheet called ``wanted``, or of the first one."""
    names: list[str] = []
    inside = False
    number_ = 0
    with archive.open("content.xml") as part:
        events = etree.iterparse(
            part, events=("start", "end"), tag=(f"{_TABLE}table", f"{_TABLE}table-row"),
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        )  # fmt: skip
        try:
            for event, node in events:
                if node.tag == f"{_TABLE}table":
                    if event == "start":
                        names.append(node.get(f"{_TABLE}name", ""))
                        inside = wanted in ("", names[-1])
                    elif inside:
                        return
                elif event == "end":
                    if inside:
                        times = _times(node, "number-rows-repeated")
                        cells = _cells(node)
                        for step in range(1, min(times, MAX_REPEATED if any(cells) else 1) + 1):
                            yield number_ + step, cells
                        number_ += times
                    _forget(node)
        except etree.XMLSyntaxError as error:
            raise FeedError(f"{file}: content.xml is broken: {error.msg}") from error
    raise FeedError(f"{file} has no sheet {wanted!r}; it has {', '.join(names[:12])}; set `sheet`")


def _forget(node: Any) -> None:
    node.clear()
    while (before := node.getprevious()) is not None and before.tag == node.tag:
        before.getparent().remove(before)


def _times(node: Any, name: str) -> int:
    text = node.get(f"{_TABLE}{name}", "1")
    return int(text) if text.isdigit() else 1


def _cells(row: Any) -> list[str]:
    found: list[str] = []
    for cell in row:
        if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            times = min(_times(cell, "number-columns-repeated"), MAX_REPEATED - len(found))
            found += [_cell(cell)] * times
    while found and not found[-1]:
        found.pop()
    return found


def _cell(cell: Any) -> str:
    kind = cell.get(f"{_OFFICE}value-type", "")
    lines = ("".join(line.itertext()) for line in cell.iterchildren(f"{_TEXT}p"))
    text = "\n".join(lines)
    if kind in _NUMBERS:
        return _number(str(cell.get(f"{_OFFICE}value", "")), text, percent=kind == "percentage")
    if kind == "date":
        stored = str(cell.get(f"{_OFFICE}date-value", ""))
        return Exact(stored.removesuffix("T00:00:00"))
    return text


def _number(stored: str, text: str, *, percent: bool) -> str:
    """The stored number with as many digits as are shown.

    >>> _number("12.827124999999999", "12,83 €", percent=False)
    '12.83'
    >>> _number("71", "000071", percent=False)
    '000071'
    """
    try:
        value = as_shown(stored)
        value = value * 100 if percent else value
        digits = "".join(sign for sign in text if sign.isdigit())
        if digits.startswith("0") and len(digits) > 1 and digits == text.strip():
            return digits
        for decimals in range(8):
            step = Decimal(1).scaleb(-decimals)
            rounded = value.quantize(step, ROUND_HALF_UP)
            if format(abs(rounded), "f").replace(".", "") == digits:
                value = rounded
                break
        return f"{number(value)}%" if percent else number(value)
    except (ArithmeticError, ValueError):
        return text
