"""Writing the HTML of a document: text escaped, tables with spans, places named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from crawler.documents.rendition import CannotRead, Limits, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PLACE = "data-place"
"""The attribute that says where in a document an element stands ("page 3")."""

NUMBER = "var"
"""The element around a number that a workbook stores, written with a decimal point."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: its HTML and how many rows and columns it spans."""

    html: str
    rows: int = 1
    columns: int = 1
    is_header: bool = False


@dataclass(slots=True)
class Writer:
    """Collects the pieces of one document. Raises CannotRead where they grow too many."""

    limits: Limits
    title: str = ""
    modified: datetime | None = None
    notes: list[str] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _size: int = 0

    def add(self, html: str) -> None:
        """Append markup."""
        self._size += len(html)
        if self._size > self.limits.characters:
            raise CannotRead(
                Trouble.TOO_LARGE,
                f"it holds more than {self.limits.characters:,} characters of text",
            )
        self._pieces.append(html)

    def open(self, tag: str, place: str = "") -> None:
        """Open an element, with the place it stands in."""
        self.add(f'<{tag} {PLACE}="{attribute(place)}">' if place else f"<{tag}>")

    def close(self, tag: str) -> None:
        """Close an element."""
        self.add(f"</{tag}>\n")

    def row(self, cells: Iterable[Cell], place: str = "") -> None:
        """Append a table row."""
        self.open("tr", place)
        for cell in cells:
            self.add(_cell(cell))
        self.close("tr")

    def html(self) -> str:
        """The whole document."""
        head = f"<title>{text(self.title)}</title>" if self.title else ""
        if self.modified is not None:
            stamp = self.modified.isoformat()
            head += f'<meta property="article:modified_time" content="{attribute(stamp)}">'
        body = "".join(self._pieces)
        return (
            f'<!doctype html>\n<html><head><meta charset="utf-8">{head}</head>\n'
            f"<body>{body}</body></html>\n"
        )


def text(plain: str) -> str:
    """Plain text as markup; characters that no document should hold are left out.

    >>> text("5 < 6 & \\x007")
    '5 &lt; 6 &amp; 7'
    """
    return escape(_CONTROL.sub("", plain), quote=False)


def attribute(plain: str) -> str:
    """Plain text as the value of an attribute, on one line."""
    return escape(" ".join(_CONTROL.sub("", plain).split()))


def header_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many rows on top of a table are its header; ``rows`` are plain texts.

    The first row is, where all it says are words and there are numbers under it. Where it leaves
    columns open, so are the rows of words below it, down to one that names nearly all columns.

    >>> header_rows([["Article", "Price"], ["A-1", "9.50"]])
    1
    >>> header_rows([["", "Price", ""], ["Article", "EUR", "MOQ"], ["A-1", "9.50", "25"]])
    2
    >>> header_rows([["A-1", "9.50"], ["A-2", "8.50"]]), header_rows([["Article", "Price"]])
    (0, 0)
    """
    width = max((len(row) for row in rows), default=0)
    for number, row in enumerate(rows[:MAX_HEADER_ROWS]):
        said = [text.strip() for text in row if text.strip()]
        if any(_VALUE.fullmatch(text) for text in said):
            break
        if len(said) >= max(2, NAMED_SHARE * width):
            return number + 1 if _has_numbers(rows[number + 1 : number + 6]) else 0
    first = [text.strip() for text in rows[0] if text.strip()] if rows else []
    only_words = len(first) > 1 and not any(_VALUE.fullmatch(text) for text in first)
    return int(only_words and _has_numbers(rows[1:6]))


# Rows of a header at most, and the share of the columns that its last one names.
MAX_HEADER_ROWS = 5
NAMED_SHARE = 0.8


def _has_numbers(rows: Sequence[Sequence[str]]) -> bool:
    return any(any(sign.isdigit() for sign in text) for row in rows for text in row)


_VALUE = re.compile(r"[\s€$£¥+\-–±~<>]*\d[\d.,\s'’]*\s*(?:€|\$|£|¥|[A-Za-z]{3}|%)?[\s\-–.,]*")


def _cell(cell: Cell) -> str:
    tag = "th" if cell.is_header else "td"
    spans = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    spans += f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    return f"<{tag}{spans}>{cell.html}</{tag}>"
