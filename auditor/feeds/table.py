"""The rows of a CSV file as text, one by one, with every bad row said and none shifted."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.errors import FeedError
from auditor.feeds.blocks import (
    KNOWN,
    MAX_LINE_CHARACTERS,
    MAX_RECORD_LINES,
    Block,
    Lines,
    LongLine,
    OpenQuote,
    unknown_rows,
    whole_rows,
)
from auditor.feeds.files import first_wrong_line, open_text, wrong_bytes
from auditor.model import RejectedRow
from auditor.store.standing import UNMARKED, mark_of

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.store.standing import Standing

SHOWN_CHARACTERS = 300
"""How much of a rejected row is kept."""

CUT_OFF = "the file ends inside this row"
RAGGED = "fields where the header has"
"""How these reasons can be told again in a list of rejected rows."""

_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "tab", "|": "a bar"}


class Row(NamedTuple):
    """One usable row: its 1-based first line and its cells by column name."""

    line: int
    cells: dict[str, str]
    text: str


def read_rows(
    path: Path,
    encoding: str,
    delimiter: str,
    required: Sequence[str],
    header_row: int | None = None,
) -> Iterator[Row | RejectedRow]:
    """Yield the rows of ``path`` in file order, streaming; bad ones as RejectedRow.

    The header is line ``header_row``, else the first that is not blank. Column names match
    regardless of case and outer blanks. Blank rows are passed over. A row with
    more or fewer cells than the header is rejected: filling up or cutting off would shift values
    into other columns. A quote that is never closed costs its own row only.

    Raises FeedError where the file is no such table: wrong delimiter, encoding or columns.
    """
    blocks = read_blocks(path, encoding, delimiter, required, header_row)
    header = next(blocks)
    for block in blocks:
        if isinstance(block, RejectedRow):
            yield block
        else:
            for line, cells, text in zip(block.numbers, block.cells, block.texts, strict=True):
                yield Row(line, dict(zip(header, cells, strict=True)), text)


def read_blocks(  # noqa: PLR0913 - as read_rows, and what is known
    path: Path,
    encoding: str,
    delimiter: str,
    required: Sequence[str],
    header_row: int | None = None,
    standing: Standing | None = None,
) -> Iterator[Any]:
    """The rows in blocks, their cells in the order of the header, which comes first.

    As ``read_rows`` otherwise; for those who cannot afford a dictionary a row. Rows that
    ``standing`` knows are passed over, but for a sample.
    """
    with open_text(path, encoding) as file:
        lines = Lines(file)
        try:
            for _ in range((header_row or 1) - 1):
                lines.taken.clear()
                next(lines, "")
            header = _header(path, lines, delimiter, required)
            yield header
            if standing is not None:
                standing.begin(path.name, header)
            yield from _body(path, lines, delimiter, len(header), standing)
        except UnicodeError as error:
            line = first_wrong_line(path, encoding) or lines.number + 1
            raise wrong_bytes(path.name, encoding, line) from error
        except LongLine as error:
            raise FeedError(
                f"{path.name}: line {lines.number + 1} is longer than {MAX_LINE_CHARACTERS:,} "
                "characters: no table with one row a line; export it with line ends"
            ) from error


def _body(
    path: Path, lines: Lines, delimiter: str, width: int, standing: Standing | None
) -> Iterator[Block | RejectedRow]:
    while texts := lines.block():
        if standing is None:
            block = whole_rows(lines, texts, delimiter, width)
        else:
            block = unknown_rows(lines, texts, delimiter, width, standing)
        if block is not None:
            yield block
            continue
        lines.give_back(texts)
        yield from _gathered(_one_by_one(path, lines, delimiter, width, standing))


_Line = tuple[int, list[str], str, bytes]


def _one_by_one(
    path: Path, lines: Lines, delimiter: str, width: int, standing: Standing | None
) -> Iterator[_Line | RejectedRow]:
    """The rows of the lines that were given back, each looked at by itself."""
    reader, taken = csv.reader(lines, delimiter=delimiter, strict=True), lines.taken
    while True:
        taken.clear()
        mark = lines.pass_known(standing) if standing is not None else b""
        if not lines.is_waiting:
            return
        line = lines.number + 1
        reason = ""
        cells: list[str] = []
        try:
            cells = next(reader)
        except OpenQuote:
            reason = f"a quote that opens here is not closed within {MAX_RECORD_LINES} lines"
        except csv.Error as error:
            reason = _quote_trouble(str(error))
        text = lines.text()
        if reason:
            lines.keep_only_first()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            yield _rejected(path, line, reason, lines.text())
        elif not any(cells):
            continue
        elif "\0" in text:
            yield _rejected(path, line, "holds NUL bytes; was the file written halfway?", text)
        elif len(cells) != width:
            yield _rejected(path, line, _ragged(len(cells), width, text), text)
        else:
            if standing is not None and mark != KNOWN:
                mark = mark_of(text) if len(taken) == 1 else UNMARKED
            yield line, cells, text, mark


def _gathered(rows: Iterator[_Line | RejectedRow]) -> Iterator[Block | RejectedRow]:
    """The rows in blocks, rejected ones in their place between them."""
    good: list[_Line] = []
    for row in rows:
        if not isinstance(row, RejectedRow):
            good.append(row)
            continue
        if good:
            yield Block(*map(list, zip(*good, strict=True)))
            good = []
        yield row
    if good:
        yield Block(*map(list, zip(*good, strict=True)))


def _header(path: Path, lines: Lines, delimiter: str, required: Sequence[str]) -> list[str]:
    cells: list[str] = []
    while not any(cells):
        lines.taken.clear()
        start = lines.number + 1
        try:
            cells = [cell.strip() for cell in next(csv.reader(lines, delimiter=delimiter))]
        except StopIteration:
            raise FeedError(f"{path.name} has no header row") from None
        except (csv.Error, OpenQuote):
            raise FeedError(f"{path.name}: line {start} is no header row of a CSV file") from None
    header = known_header(path.name, cells, required)
    missing = [name for name in required if name not in header]
    if missing:
        raise FeedError(_missing(path, header, missing, lines.text(), delimiter))
    return header


def known_header(file: str, cells: Sequence[str], required: Sequence[str]) -> list[str]:
    """The header as its names are asked for: case is of no account.

    Raises FeedError where a name stands twice.
    """
    wanted = {name.casefold(): name for name in required}
    header = [name if name in required else wanted.get(name.casefold(), name) for name in cells]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise FeedError(f"{file} has the column {twice[0]} twice; rename or drop one")
    return header


def _missing(path: Path, header: list[str], missing: list[str], line: str, delimiter: str) -> str:
    for other, name in _DELIMITERS.items():
        if other != delimiter and other in line:
            cells = {cell.strip().strip('"').casefold() for cell in line.split(other)}
            if all(column.casefold() in cells for column in missing):
                sign = "tab" if other == "\t" else f'"{other}"'
                return (
                    f"{path.name} is not separated by {_DELIMITERS.get(delimiter, delimiter)} "
                    f"but by {name}; set `delimiter: {sign}`"
                )
    return lacking(path.name, header, missing)


def lacking(file: str, header: Sequence[str], missing: Sequence[str]) -> str:
    """What to say where ``header`` lacks columns: with the nearest it has."""
    hints = []
    for column in missing:
        close = get_close_matches(column.casefold(), [n.casefold() for n in header], 1, 0.6)
        named = next((n for n in header if close and n.casefold() == close[0]), "")
        hints.append(f"{column} (did you mean {named}?)" if named else column)
    shown = ", ".join(name[:40] for name in header[:12] if name)
    text = f"{file} lacks the column {', '.join(hints)}; its header is {shown}"
    if len(missing) > 1 and hints == list(missing):
        text += (
            ". Is the header another row (`header_row`), or do its columns have other names "
            "(`columns`)? `sellby init NEW_FOLDER --feed FILE` drafts both"
        )
    return text


def _ragged(found: int, width: int, text: str) -> str:
    if found < width and not text.endswith(("\n", "\r")):
        return f"{CUT_OFF} ({found} of {width} fields); was it cut off?"
    if found > width:
        return f"{found} {RAGGED} {width}; is a separator not quoted?"
    return f"{found} {RAGGED} {width}"


def _quote_trouble(message: str) -> str:
    if "field larger" in message:
        return "a field is longer than 131,072 characters"
    if "end of data" in message:
        return "a quote that opens here is never closed"
    return "a quote inside a quoted field is not doubled"


def _rejected(path: Path, line: int, reason: str, text: str) -> RejectedRow:
    return RejectedRow(path.name, line, reason, shown(text))


def shown(text: str) -> str:
    """The start of a rejected row as it is kept: one line, NUL made visible.

    >>> shown("TK-1;7\\x00\\r\\n")
    'TK-1;7␀'
    """
    return text.rstrip("\r\n")[:SHOWN_CHARACTERS].replace("\0", "␀")
