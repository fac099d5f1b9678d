"""Quantity breaks printed as rows of blocks ("10+ | $4.00"), read as the tables they are."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from auditor.page.frames import Frame, RawCell, RawTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.page.frames import Run, Walked

MAX_COLUMNS = 5
"""Quantity, price, total, saving, button: a wider row is something else."""

BREAK = re.compile(
    r"(?:ab|from|over|à partir de|dès|da|vanaf|desde|[≥>+])?\s?\d[\d.,’']{0,9}"
    r"\s?(?:\+|[-–]\s?\d[\d.,’']{0,9}|(?:to|bis|à|a|tot)\s\d[\d.,’']{0,9})?\s?[^\W\d]{0,8}\.?"
)
"""A quantity break in lower case: "1", "10+", "1 - 9", "ab 100", "1–9 pcs"."""

_MONEY = re.compile(r"[.,]\d{2,4}\b|[$€£¥₹]")


def looks_money(text: str) -> bool:
    """Whether a text may be a price: a currency sign or decimals."""
    return _MONEY.search(text) is not None


def break_tables(walked: Walked) -> list[RawTable]:
    """A table for each list of at least two like rows of break and price, a header row included."""
    found = []
    for rows in _groups(walked):
        lines = [walked.runs[row.first : row.last] for row in rows]
        begin = 1 if _is_header(lines[0]) else 0
        if len(lines) - begin < 2 or not all(_is_break(line) for line in lines[begin:]):
            continue
        found.append(_table(rows[0].parent, lines, begin))
    found.extend(_definitions(walked))
    return found


def _groups(walked: Walked) -> Iterator[list[Frame]]:
    """Rows that follow each other below one parent and hold equally many blocks."""
    for _, group in groupby(walked.rows, key=lambda f: (id(f.parent), f.tag, f.last - f.first)):
        rows = list(group)
        size = rows[0].last - rows[0].first
        if len(rows) > 1 and 2 <= size <= MAX_COLUMNS and not rows[0].parent.is_cell:
            yield rows


def _is_header(line: list[Run]) -> bool:
    return not any(c.isdigit() for run in line for c in run.text)


def _is_break(line: list[Run]) -> bool:
    owners = {id(run.owner) for run in line}
    if len(owners) < len(line) or any(run.owner.is_cell for run in line):
        return False
    return bool(BREAK.fullmatch(line[0].text.lower())) and looks_money(line[1].text)


def _definitions(walked: Walked) -> Iterator[RawTable]:
    """Definition lists whose every term is a break."""
    by_list: dict[int, list[Frame]] = {}
    for term in walked.terms:
        holder = term.parent if term.parent.tag == "dl" else term.parent.parent
        by_list.setdefault(id(holder), []).append(term)
    for terms in by_list.values():
        if len(terms) < 4 or [t.tag for t in terms] != ["dt", "dd"] * (len(terms) // 2):
            continue
        if any(term.last - term.first != 1 for term in terms):
            continue
        runs = [walked.runs[term.first] for term in terms]
        lines = [list(pair) for pair in zip(runs[::2], runs[1::2], strict=True)]
        if all(_is_break(line) for line in lines):
            yield _table(terms[0].parent, lines, 0)


def _table(parent: Frame, lines: list[list[Run]], begin: int) -> RawTable:
    frame = Frame(parent.shape, None, parent.number, lines[0][0].owner.first)
    frame.path_text = parent.path()
    frame.last = lines[-1][-1].owner.last
    table = RawTable(frame, None)
    for number, line in enumerate(lines):
        is_th = number < begin
        table.rows.append([RawCell(run.owner, is_th, "thead" if is_th else "") for run in line])
    return table
