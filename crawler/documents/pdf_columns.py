"""Tables without rules: lines whose words stand under each other in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.pdf_lines import Line, Segment, Word

# Rows of a table stand no further apart than this many line heights.
ROW_GAP = 2.5
# Share of its cells that a table must fill at least.
FILLED_SHARE = 0.4
# Words of one segment belong to two columns where the gap between them is this wide (in sizes).
SPLIT_GAP = 0.5

Row = list[tuple[list["Word"], int]]
"""Cells from left to right: the words, and how many columns they take."""


def table_run(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines from the first on that may be rows of one table; empty where the first is none.

    A line with one segment may stand between rows: a group's name, or a cell that was wrapped.
    """
    end = 0
    for index, line in enumerate(lines):
        if index and line.top - lines[index - 1].bottom > ROW_GAP * line.height:
            break
        if len(line.segments) > 1:
            end = index + 1
        elif index == 0 or index >= end + 1:
            break
    return lines[:end]


def column_rows(run: Sequence[Line]) -> tuple[list[Row], list[float]] | None:
    """The rows of a table and where its columns start; None where no columns are to be seen."""
    columns = _columns(run)
    if len(columns) < 2:
        return None
    rows: list[Row] = []
    above: Line | None = None
    for line in run:
        placed = _placed(line, columns)
        if above is not None and _is_wrapped(line, above, placed):
            _append(rows[-1], placed)
        else:
            rows.append(_filled(placed, len(columns)))
        above = line
    cells = sum(bool(words) for row in rows for words, _span in row)
    if len(rows) < 2 or cells < FILLED_SHARE * len(rows) * len(columns):
        return None
    return rows, [x0 for x0, _x1 in columns]


def _columns(run: Sequence[Line]) -> list[tuple[float, float]]:
    """Where words stand in nearly all rows, between where they stand in nearly none."""
    rows = [line for line in run if len(line.segments) > 1]
    allowed = len(rows) // 10
    steps: list[tuple[float, int]] = []
    for line in rows:
        for segment in line.segments:
            steps += [(segment.x0, 1), (segment.x1, -1)]
    steps.sort()
    columns: list[tuple[float, float]] = []
    covered = 0
    start: float | None = None
    for x, step in steps:
        covered += step
        if start is None and covered > allowed:
            start = x
        elif start is not None and covered <= allowed:
            columns.append((start, x))
            start = None
    return columns


Placed = list[tuple[int, int, list["Word"]]]
"""(first column, last column, words) from left to right."""


def _placed(line: Line, columns: Sequence[tuple[float, float]]) -> Placed:
    placed: Placed = []
    for segment in line.segments:
        for words in _split(segment, columns):
            first, last = _column(columns, words[0]), _column(columns, words[-1])
            if placed and placed[-1][1] >= first:
                before, _last, others = placed[-1]
                placed[-1] = (before, max(last, _last), [*others, *words])
            else:
                placed.append((first, max(first, last), words))
    return placed


def _split(segment: Segment, columns: Sequence[tuple[float, float]]) -> list[list[Word]]:
    """A segment's words, parted where a wide gap lies between two columns."""
    parts = [[segment.words[0]]]
    for word in segment.words[1:]:
        before = parts[-1][-1]
        apart = _column(columns, before) != _column(columns, word)
        if apart and word.x0 - before.x1 >= SPLIT_GAP * word.size:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _column(columns: Sequence[tuple[float, float]], word: Word) -> int:
    middle = (word.x0 + word.x1) / 2

    def distance(index: int) -> float:
        x0, x1 = columns[index]
        return max(x0 - middle, middle - x1, 0.0)

    return min(range(len(columns)), key=distance)


def _is_wrapped(line: Line, above: Line, placed: Placed) -> bool:
    """Whether a line goes on with the row above: close to it, and nothing in the first column."""
    return placed[0][0] > 0 and line.top - above.bottom < 0.25 * line.height and len(placed) == 1


def _append(row: Row, placed: Placed) -> None:
    at = 0
    for index, (words, span) in enumerate(row):
        for first, _last, more in placed:
            if at <= first < at + span:
                row[index] = ([*words, *more], span)
        at += span


def _filled(placed: Placed, count: int) -> Row:
    row: Row = []
    at = 0
    for first, last, words in placed:
        row += [([], 1)] * (first - at)
        row.append((words, last - first + 1))
        at = last + 1
    return row + [([], 1)] * (count - at)
