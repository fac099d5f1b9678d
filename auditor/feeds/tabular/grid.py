"""The rows of a sheet: which one is the header, and what stands under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from auditor.errors import FeedError
from auditor.feeds.table import RAGGED, Row, known_header, lacking, shown
from auditor.model import RejectedRow

if TYPE_CHECKING:
    from auditor.feeds.config import FeedConfig

Line = tuple[int, Sequence[str]]
"""A sheet's row: its 1-based number, and its cells from column A on."""


def grid_rows(
    file: str, lines: Iterable[Line], config: FeedConfig, required: Sequence[str]
) -> Iterator[Row | RejectedRow]:
    """The rows under the header, by column name; blank rows are passed over.

    The header is row ``header_row``, else the first row that has all ``required`` columns among
    the first 20 (titles and notes stand above it in many price lists), else the first not blank.
    Raises FeedError where columns are missing.
    """
    rest = iter(lines)
    header, above = _header(file, rest, config, required)
    yield from _body(file, above, header)
    yield from _body(file, rest, header)


HEADER_WITHIN = 20


def _header(
    file: str, lines: Iterator[Line], config: FeedConfig, required: Sequence[str]
) -> tuple[list[str], list[Line]]:
    """The header, and rows under it that were looked at already."""
    looked: list[Line] = []
    for number, cells in lines:
        if config.header_row is not None and number != config.header_row:
            if number > config.header_row:
                break
            continue
        if any(cells):
            looked.append((number, cells))
        if config.header_row is not None or len(looked) >= HEADER_WITHIN:
            break
    if not looked:
        where = f"row {config.header_row}" if config.header_row else "it"
        raise FeedError(f"{file} has no header row: {where} is empty")
    folded = {name.casefold() for name in required}
    fits = [
        index
        for index, (_number, cells) in enumerate(looked)
        if required and folded <= {name.casefold() for name in _names(cells)}
    ]
    at = fits[0] if fits else 0
    header = known_header(file, _names(looked[at][1]), required)
    if missing := [name for name in required if name not in header]:
        raise FeedError(lacking(file, [name for name in header if name], missing))
    while header and not header[-1]:
        header.pop()
    return header, looked[at + 1 :]


def _names(cells: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()) for cell in cells]


def _body(file: str, lines: Iterable[Line], header: list[str]) -> Iterator[Row | RejectedRow]:
    width = len(header)
    padding = [""] * width
    for number, cells in lines:
        if not any(cells):
            continue
        text = shown("\t".join(cells))
        if any(cells[width:]):
            used = max(index for index, cell in enumerate(cells, 1) if cell)
            reason = f"{used} {RAGGED} {width}; what stands beside the table?"
            yield RejectedRow(file, number, reason, text)
            continue
        yield Row(number, dict(zip(header, [*cells, *padding], strict=False)), text)
