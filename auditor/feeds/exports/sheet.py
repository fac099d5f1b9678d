"""A tool's CSV export as tables: comment lines, then a header, then rows.

Such files are not written for machines: Google Analytics puts comments above, and several tables
below each other; Matomo writes UTF-16; separators go with the language of whoever exported it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.errors import FeedError
from auditor.feeds.files import open_text, wrong_bytes

if TYPE_CHECKING:
    from pathlib import Path

_SEPARATORS = ",;\t"
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its 1-based line, its cells by folded column name, and ``whole`` where it has as
    many cells as the header."""

    number: int
    cells: dict[str, str]
    whole: bool
    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a table: the comments before it, and its folded column names."""

    comments: tuple[str, ...]
    columns: tuple[str, ...]


def rows(path: Path, encoding: str) -> Iterator[tuple[Head, Line | None]]:
    """Every row of every table of the export, in order, streaming; each head once without a row.

    A line that begins with ``#`` is a comment and ends a table, as an empty line does; the next
    line is a header. The separator is the one of comma, semicolon and tab that a header has most
    of. UTF-16 is known by its byte order mark. Raises FeedError for what is no text.
    """
    comments: list[str] = []
    head: Head | None = None
    separator = ","
    for number, text in _texts(path, _encoding(path, encoding)):
        if not text.strip(' ,;\t"') or text.startswith("#"):
            if text.startswith("#"):
                comments = [] if head is not None else comments
                comments.append(text.lstrip("# ").strip())
            head = None
            continue
        if head is None:
            separator = max(_SEPARATORS, key=text.count)
        cells = next(csv.reader([text], delimiter=separator))
        if head is None:
            head = Head(tuple(comments), tuple(folded(cell) for cell in cells))
            yield head, None
            continue
        named = dict(zip(head.columns, (cell.strip() for cell in cells), strict=False))
        yield head, Line(number, named, len(cells) == len(head.columns), text[:300])


def folded(name: str) -> str:
    """A column name as it is looked for.

    >>> folded(" Page path  and Screen_class ")
    'page path and screen class'
    """
    return " ".join(name.replace("_", " ").casefold().split())


def _encoding(path: Path, encoding: str) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise FeedError(f"{path.name} cannot be read: {error.strerror or error}") from error
    return next((name for mark, name in _MARKS if head.startswith(mark)), encoding)


def _texts(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """Records as text, with the line each begins at; a quoted field may run over lines."""
    number, record, start = 0, "", 1
    with open_text(path, encoding) as file:
        try:
            for number, line in enumerate(file, 1):
                record += line.replace("\0", "")
                if record.count('"') % 2 and len(record) < 100_000:
                    continue
                yield start, record.rstrip("\r\n")
                record, start = "", number + 1
        except UnicodeError as error:
            raise wrong_bytes(path.name, encoding, number + 1) from error
    if record:
        yield start, record.rstrip("\r\n")
