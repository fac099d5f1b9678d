"""Many rows of a CSV file at once, where each of its lines is a row by itself.

Most exports have no line end inside a field. There a whole block of lines goes through the csv
module in one call, and the rows of the export before are passed over by their lines' marks. A block
in which something is odd (a field over several lines, a stray quote, a row too short, NUL bytes) is
read line by line instead: what comes out is the same.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from auditor.feeds.drift import sample
from auditor.store.standing import mark_of

if TYPE_CHECKING:
    from typing import TextIO

    from auditor.store.standing import Standing

BLOCK_CHARACTERS = 100_000
"""A block ends with the line that goes beyond; more gains no speed and costs memory."""

MAX_RECORD_LINES = 50
"""Lines one quoted field may run over; more is a quote that was never closed. Longest seen in real
exports: descriptions of some 20 lines."""

MAX_LINE_CHARACTERS = 1_000_000
"""A longer line is no row; the guard keeps a file without line ends out of memory."""

KNOWN = b"known"
"""The mark of a row of the export before that is only shown as a sample."""


class Block(NamedTuple):
    """Usable rows as they stand, side by side: 1-based first line, cells, text and mark of each.

    A mark stands for a row's text where rows are told apart by it: ``UNMARKED`` for one that must
    be read every time, empty where marks are of no use, ``KNOWN``.
    """

    numbers: Sequence[int]
    cells: list[list[str]]
    texts: list[str]
    marks: list[bytes]


class OpenQuote(Exception):
    """A record has run over too many lines."""


class LongLine(Exception):
    """A line is too long to be a row."""


class Lines:
    """Lines of a file for csv.reader, of which all but the first of a record can be given back."""

    def __init__(self, file: TextIO) -> None:
        self.number = 0
        """The line that was taken last."""
        self.taken: list[str] = []
        """The lines of the record that is being read."""
        self._next_line = iter(partial(file.readline, MAX_LINE_CHARACTERS), "")
        self._waiting: list[str] = []
        self._failed: Exception | None = None

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        taken = self.taken
        if len(taken) >= MAX_RECORD_LINES:
            raise OpenQuote
        if not self._waiting:
            if self._failed:
                raise self._failed
            line = next(self._next_line)
            if len(line) == MAX_LINE_CHARACTERS:
                raise LongLine
        else:
            line = self._waiting.pop()
        self.number += 1
        taken.append(line)
        return line

    @property
    def is_waiting(self) -> bool:
        """Whether lines that were read were given back."""
        return bool(self._waiting)

    def text(self) -> str:
        """The text of the record that is being read."""
        return self.taken[0] if len(self.taken) == 1 else "".join(self.taken)

    def keep_only_first(self) -> None:
        """Give back all lines of the record but its first."""
        rest = self.taken[1:]
        self._waiting.extend(reversed(rest))
        self.number -= len(rest)
        del self.taken[1:]

    def block(self) -> list[str]:
        """The next lines, none at the end; what is wrong with a line is raised where it is next."""
        if self._failed:
            raise self._failed
        texts, size = [], 0
        try:
            for text in self._next_line:
                texts.append(text)
                size += len(text)
                if size > BLOCK_CHARACTERS:
                    break
        except UnicodeError as error:
            self._failed = error
        if texts and len(texts[-1]) == MAX_LINE_CHARACTERS:
            texts.pop()
            self._failed = LongLine()
        if self._failed and not texts:
            raise self._failed
        self.number += len(texts)
        return texts

    def give_back(self, texts: list[str]) -> None:
        """Let the lines of a block be taken one by one."""
        self._waiting.extend(reversed(texts))
        self.number -= len(texts)

    def pass_known(self, standing: Standing) -> bytes:
        """Pass over given back rows of the export before; ``KNOWN`` where the next is a sample.

        Raises Clash where a row stands there twice.
        """
        while self._waiting:
            place = standing.places.get(mark_of(self._waiting[-1]))
            if place is None:
                break
            standing.meet(place, self.number + 1)
            if sample(self.number + 1, 1):
                return KNOWN
            self.number += 1
            self._waiting.pop()
        return b""


def whole_rows(lines: Lines, texts: list[str], delimiter: str, width: int) -> Block | None:
    """The rows of a block, None where one has to be looked at by itself."""
    cells = _cells(texts, delimiter, width)
    if cells is None:
        return None
    first = lines.number - len(texts) + 1
    return Block(range(first, first + len(texts)), cells, texts, [b""] * len(texts))


def unknown_rows(
    lines: Lines, texts: list[str], delimiter: str, width: int, standing: Standing
) -> Block | None:
    """As ``whole_rows``, of the rows that are not those of the export before, with their marks.

    Raises Clash where a row of the export before stands there twice.
    """
    marks = [mark_of(text) for text in texts]
    first = lines.number - len(texts) + 1
    numbers: Sequence[int] = range(first, first + len(texts))
    places: list[int | None] = []
    if standing.places:
        places = list(map(standing.places.get, marks))
        sampled = {number - first for number in sample(first, len(texts))}
        picked = [at for at, place in enumerate(places) if place is None or at in sampled]
        marks = [marks[at] if places[at] is None else KNOWN for at in picked]
        texts = [texts[at] for at in picked]
        numbers = [first + at for at in picked]
    cells = _cells(texts, delimiter, width)
    if cells is None:
        return None
    standing.meet_lines(places, first)
    return Block(numbers, cells, texts, marks)


def _cells(texts: list[str], delimiter: str, width: int) -> list[list[str]] | None:
    """The cells of each line; None where they are not as many as the header has in every one."""
    if not texts:
        return []
    try:
        rows = list(csv.reader(texts, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    fits = len(rows) == len(texts) and set(map(len, rows)) == {width} and all(map(any, rows))
    return rows if fits and "\0" not in "".join(texts) else None
