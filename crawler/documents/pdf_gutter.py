"""Pages set in two columns, like datasheets: each column is read down to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.documents.pdf_lines import Line, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.pdf_lines import Word

# Where the gutter may lie, as shares of the page's width, and how finely it is looked for.
BETWEEN = (0.38, 0.62)
STEPS = 25
# Lines that a part in two columns has at least.
LEAST_LINES = 6
# Letters on one side of a line from which it is a sentence: the cells of a table hold fewer.
LETTERS = 20
# Short lines (ends of paragraphs, headings) that may follow each other within such a part.
SHORT_LINES = 3


@dataclass(frozen=True, slots=True)
class _Cut:
    """A line's words on both sides of the gutter."""

    line: Line
    left: list[Word]
    right: list[Word]

    @property
    def says(self) -> bool:
        """Whether it is sentences: on both sides, or on the one that has words."""
        return all(_letters(side) >= LETTERS for side in (self.left, self.right) if side)


def parts(lines: Sequence[Line], width: float) -> Iterator[list[list[Line]]]:
    """The lines of a page from top to bottom, in parts: one column or two, left one first."""
    gutter = _gutter(lines, width)
    cuts = [_cut(line, gutter) for line in lines]
    whole: list[Line] = []
    at = 0
    while at < len(lines):
        run = _run(cuts[at:])
        if not run:
            whole.append(lines[at])
            at += 1
            continue
        if whole:
            yield [whole]
            whole = []
        sides = ([cut.left for cut in run], [cut.right for cut in run])
        yield [[_line(words) for words in side if words] for side in sides]
        at += len(run)
    if whole:
        yield [whole]


def _run(cuts: Sequence[_Cut | None]) -> list[_Cut]:
    """The lines from the first on that are set in two columns; empty where it is none."""
    run: list[_Cut] = []
    end = short = 0
    for cut in cuts:
        if cut is None or short > SHORT_LINES:
            break
        run.append(cut)
        short = 0 if cut.says else short + 1
        if cut.says:
            end = len(run)
        elif end == 0:
            break
    run = run[:end]
    both = sum(bool(cut.left and cut.right and cut.says) for cut in run)
    return run if len(run) >= LEAST_LINES and both >= LEAST_LINES // 2 else []


def _gutter(lines: Sequence[Line], width: float) -> float:
    """The position in the middle of a page that fewest words cross."""
    words = [word for line in lines for word in line.words]
    low, high = BETWEEN[0] * width, BETWEEN[1] * width
    places = [low + (high - low) * step / STEPS for step in range(STEPS + 1)]

    def crossing(x: float) -> tuple[int, float]:
        return sum(word.x0 - 2 < x < word.x1 + 2 for word in words), abs(x - width / 2)

    return min(places, key=crossing)


def _cut(line: Line, gutter: float) -> _Cut | None:
    """The words on both sides of the gutter; None where the line runs through it."""
    left = [word for word in line.words if word.x1 <= gutter]
    right = [word for word in line.words if word.x0 >= gutter]
    if len(left) + len(right) < len(line.words):
        return None
    if left and right and right[0].x0 - left[-1].x1 < line.size * 0.8:
        return None
    return _Cut(line, left, right)


def _letters(words: Sequence[Word]) -> int:
    return sum(sign.isalpha() for word in words for sign in word.text)


def _line(words: list[Word]) -> Line:
    """Words of one side as a line of its own."""
    segments = [segment for line in lines_of(words) for segment in line.segments]
    segments.sort(key=lambda segment: segment.x0)
    return Line(tuple(segments), min(w.top for w in words), max(w.bottom for w in words))
