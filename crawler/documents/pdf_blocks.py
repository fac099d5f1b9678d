"""Lines of a PDF's page → headings, paragraphs and tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.documents.markup import Cell, header_rows
from crawler.documents.pdf_columns import column_rows, table_run
from crawler.documents.pdf_gutter import parts
from crawler.documents.pdf_lines import html_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.pdf_lines import Line, PageText, RuledTable

# A line is a heading where its letters are so much larger than the text's.
HEADING_SIZE = 1.15
MAX_HEADING = 120
# Lines further apart than this many line heights do not belong to one paragraph.
PARAGRAPH_GAP = 0.7
# A line that ends so far before its neighbours do (share of the page) was ended on purpose.
SHORT_LINE = 0.12


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph (``level`` 0) or heading."""

    html: str
    plain: str
    level: int
    top: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's rows. ``edges`` are where its columns start, in points."""

    rows: tuple[tuple[Cell, ...], ...]
    edges: tuple[float, ...]
    has_header: bool
    top: float

    def continues(self, other: Grid) -> bool:
        """Whether this is what a page break cut off another table: the same columns, no header."""
        if self.has_header or len(self.edges) != len(other.edges):
            return False
        return all(abs(a - b) < 12 for a, b in zip(self.edges, other.edges, strict=True))


Block = Text | Grid


def blocks_of(page: PageText, lines: Sequence[Line], body_size: float) -> list[Block]:
    """What stands on a page, from top to bottom; ``lines`` are those outside of ruled tables."""
    found: list[Block] = [_ruled_grid(table) for table in page.ruled]
    found += _outside(page, lines, body_size)
    return sorted(found, key=lambda block: block.top)


def _outside(page: PageText, lines: Sequence[Line], body_size: float) -> list[Block]:
    found: list[Block] = []
    for columns in parts(lines, page.width):
        if len(columns) == 1:
            found += _column(page, columns[0], body_size)
            continue
        # One column after the other: all of it is sorted in where the first line stands.
        top = min(line.top for column in columns for line in column)
        for column in columns:
            found += [replace(block, top=top) for block in _column(page, column, body_size)]
    return found


def _column(page: PageText, lines: Sequence[Line], body_size: float) -> list[Block]:
    found: list[Block] = []
    at = 0
    while at < len(lines):
        run = _without_ruled_between(page, table_run(lines[at:]))
        if len(run) > 1 and (grid := _grid(run)):
            found.append(grid)
            at += len(run)
        else:
            end = at + max(1, len(run))
            while end < len(lines) and not _starts_table(page, lines[end:]):
                end += 1
            found += _paragraphs(page, lines[at:end], body_size)
            at = end
    return found


def _starts_table(page: PageText, lines: Sequence[Line]) -> bool:
    return len(_without_ruled_between(page, table_run(lines))) > 1


def _without_ruled_between(page: PageText, run: Sequence[Line]) -> Sequence[Line]:
    """A run of lines up to the first ruled table that stands between two of them."""
    for index in range(1, len(run)):
        above, below = run[index - 1].top, run[index].top
        if any(above < table.box[1] < below for table in page.ruled):
            return run[:index]
    return run


def _grid(run: Sequence[Line]) -> Grid | None:
    found = column_rows(run)
    if found is None:
        return None
    rows, edges = found
    plain = [[" ".join(w.text for w in words) for words, _span in row] for row in rows]
    header = header_rows(plain)
    cells = [
        tuple(Cell(html_of(words), 1, span, r < header) for words, span in row)
        for r, row in enumerate(rows)
    ]
    return Grid(tuple(cells), tuple(edges), bool(header), run[0].top)


def _ruled_grid(table: RuledTable) -> Grid:
    """A ruled table; a row that holds several lines of a list is as many rows."""
    rows: dict[int, list[tuple[int, list[Line], int, int]]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(
            (cell.column, list(cell.lines), cell.rows, cell.columns)
        )
    drawn: list[list[tuple[str, str, int, int]]] = []
    for number in sorted(rows):
        row = sorted(rows[number], key=lambda cell: cell[0])
        drawn += [
            [
                (
                    "<br>".join(html_of(line.words) for line in each),
                    " ".join(line.plain for line in each),
                    high,
                    wide,
                )
                for each, (_column, _all, high, wide) in zip(lines, row, strict=True)
            ]
            for lines in _listed(row)
        ]
    header = header_rows([[plain for _html, plain, _high, _wide in row] for row in drawn])
    cells = [
        tuple(Cell(html, high, wide, r < header) for html, _plain, high, wide in row)
        for r, row in enumerate(drawn)
    ]
    return Grid(tuple(cells), table.edges, bool(header), table.box[1])


def _listed(row: Sequence[tuple[int, list[Line], int, int]]) -> list[list[list[Line]]]:
    """The rows that a ruled row is: several where all its cells list equally many lines."""
    counts = {len(lines) for _column, lines, _high, _wide in row if lines}
    is_one_high = all(high == 1 for _column, _lines, high, _wide in row)
    if len(counts) == 1 and is_one_high and (count := counts.pop()) > 1 and _is_level(row, count):
        return [[lines[n : n + 1] for _c, lines, _h, _w in row] for n in range(count)]
    return [[lines for _column, lines, _high, _wide in row]]


def _is_level(row: Sequence[tuple[int, list[Line], int, int]], count: int) -> bool:
    """Whether the n-th lines of all cells stand at one height."""
    cells = [lines for _column, lines, _high, _wide in row if lines]
    return len(cells) > 1 and all(
        max(lines[n].top for lines in cells) - min(lines[n].top for lines in cells) < 2
        for n in range(count)
    )


def _paragraphs(page: PageText, lines: Sequence[Line], body_size: float) -> list[Block]:
    """Headings, and lines joined to paragraphs."""
    right = max((line.segments[-1].x1 for line in lines), default=0.0)
    found: list[Block] = []
    open_lines: list[Line] = []

    def end() -> None:
        if open_lines:
            found.append(_joined(page, open_lines, right, open_lines[0].top))
            open_lines.clear()

    for line in lines:
        if level := _level(line, body_size, open_lines[-1] if open_lines else None):
            end()
            previous = found[-1] if found else None
            if isinstance(previous, Text) and _goes_on(previous, level, line, lines):
                html, plain = html_of(line.words), line.plain
                found[-1] = Text(
                    f"{previous.html} {html}", f"{previous.plain} {plain}", level, previous.top
                )
                continue
            found.append(Text(html_of(line.words), line.plain, level, line.top))
            continue
        if open_lines and line.top - open_lines[-1].bottom > PARAGRAPH_GAP * line.height:
            end()
        open_lines.append(line)
    end()
    return found


def _goes_on(heading: Text, level: int, line: Line, lines: Sequence[Line]) -> bool:
    """Whether a line is the second one of a heading that did not fit on one."""
    above = lines[lines.index(line) - 1]
    close = line.top - above.bottom < PARAGRAPH_GAP * line.height
    return heading.level == level and close and heading.plain.endswith(above.plain)


def _joined(page: PageText, lines: Sequence[Line], right: float, top: float) -> Text:
    pieces = []
    for number, line in enumerate(lines):
        pieces.append(html_of(line.words))
        if number + 1 < len(lines):
            ended = right - line.segments[-1].x1 > SHORT_LINE * page.width
            pieces.append("<br>" if ended or len(line.segments) > 1 else " ")
    return Text("".join(pieces), " ".join(line.plain for line in lines), 0, top)


def _level(line: Line, body_size: float, above: Line | None) -> int:
    """The level of a heading, 0 where it is none."""
    if len(line.plain) > MAX_HEADING or not any(sign.isalpha() for sign in line.plain):
        return 0
    ratio = line.size / body_size if body_size else 1.0
    if ratio >= HEADING_SIZE and len(line.segments) == 1:
        return 1 if ratio >= 1.6 else 2 if ratio >= 1.3 else 3
    stands_alone = above is None or line.top - above.bottom > PARAGRAPH_GAP * line.height
    plain = line.plain
    short = len(plain) <= 60 and len(line.segments) == 1 and plain[-1] not in ".:,;"
    return 4 if line.is_bold and stands_alone and short and ":" not in plain else 0
