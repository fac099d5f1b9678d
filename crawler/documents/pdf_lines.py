"""A page of a PDF as lines of words, and the tables that rules are drawn around."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from pdfplumber.utils.text import extract_words

from crawler.documents.markup import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in points from the upper left corner."""

# A gap of so many times the letters' size ends a segment: words of a sentence stand closer.
SEGMENT_GAP = 1.0
# Segments of one line in a ruled cell that are columns of their own, not words.
MANY_SEGMENTS = 3
# Letters beside a ruled table that may be further cells of its row.
CELL_LETTERS = 45
# Rules on a page from which it is a drawing, and looking for tables among them takes for ever.
MAX_RULES = 6_000
# A rule through words strikes them out where it is thin and in the middle of their height.
STRIKE_THICKNESS = 2.0


@dataclass(frozen=True, slots=True)
class Word:
    """Signs without a gap between them."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    is_bold: bool
    is_struck: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one line that stand together; ``words`` is never empty."""

    words: tuple[Word, ...]

    @property
    def x0(self) -> float:
        """Where it starts."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Where it ends."""
        return self.words[-1].x1

    @property
    def plain(self) -> str:
        """Its text."""
        return " ".join([word.text for word in self.words])

    @property
    def html(self) -> str:
        """Its text as markup, struck words marked."""
        return html_of(self.words)


@dataclass(frozen=True, slots=True)
class Line:
    """Segments at one height, from left to right; never empty."""

    segments: tuple[Segment, ...]
    top: float
    bottom: float

    @property
    def words(self) -> list[Word]:
        """All its words."""
        return [word for segment in self.segments for word in segment.words]

    @property
    def plain(self) -> str:
        """Its text."""
        return " ".join([segment.plain for segment in self.segments])

    @property
    def size(self) -> float:
        """The size of its letters in points."""
        return median(word.size for word in self.words)

    @property
    def is_bold(self) -> bool:
        """Whether all of it is bold."""
        return all(word.is_bold for word in self.words)

    @property
    def height(self) -> float:
        """In points."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A cell of a ruled table: where in the grid, how far it reaches, and its lines."""

    row: int
    column: int
    rows: int
    columns: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table with rules around its cells."""

    box: Box
    cells: tuple[RuledCell, ...]
    edges: tuple[float, ...]

    @property
    def lines(self) -> list[Line]:
        """Every line in it."""
        return [line for cell in self.cells for line in cell.lines]


@dataclass(frozen=True, slots=True)
class PageText:
    """What stands on one page. ``lines`` are those outside of the ruled tables.

    ``signs`` counts its letters, ``unknown`` those whose font does not say what they are.
    """

    width: float
    height: float
    lines: tuple[Line, ...]
    ruled: tuple[RuledTable, ...]
    signs: int
    unknown: int
    has_picture: bool

    @property
    def is_picture(self) -> bool:
        """Whether the page is a picture without text behind it."""
        return self.has_picture and self.signs < 10


def page_text(page: Any) -> PageText:
    """Read one page of pdfplumber."""
    chars = _once(page.chars)
    turned = 2 * sum(not char["upright"] for char in chars) > len(chars)
    width, height = float(page.width), float(page.height)
    tables: list[RuledTable] = []
    if turned:
        # Written sideways: read as its reader turns it, by its columns alone.
        chars = [_turned(char, width, height) for char in chars]
        width, height = height, width
    words = _words(chars, {} if turned else _strikes(page.edges))
    if not turned and 4 <= len(page.edges) <= MAX_RULES:
        rows = _Rows(words)
        tables = [table for found in page.find_tables() if (table := _ruled(found, rows))]
        tables = [table for table in tables if not _is_part(table, _outside(words, tables))]
    return PageText(
        width=width,
        height=height,
        lines=tuple(lines_of(_outside(words, tables))),
        ruled=tuple(tables),
        signs=len(chars),
        unknown=sum(char["text"].startswith("(cid:") for char in chars),
        has_picture=bool(page.images),
    )


def _outside(words: Iterable[Word], tables: Sequence[RuledTable]) -> list[Word]:
    return [word for word in words if not any(_inside(word, table.box) for table in tables)]


def _is_part(table: RuledTable, outside: Iterable[Word]) -> bool:
    """Whether most rows go on beside the rules: these are the middle of a larger table.

    Sentences beside a table, in the other column of the page, are no cells of it.
    """
    rows = {round(line.top + line.bottom): line for line in table.lines}
    beside = lines_of(w for w in outside if table.box[1] < _middle(w) < table.box[3])
    cells = [line for line in beside if sum(map(str.isalpha, line.plain)) < CELL_LETTERS]
    continued = sum(
        any(cell.top < (row.top + row.bottom) / 2 < cell.bottom for cell in cells)
        for row in rows.values()
    )
    return 2 * continued > len(rows)


def html_of(words: Iterable[Word]) -> str:
    """Words as markup; what a rule goes through is struck."""
    pieces: list[str] = []
    struck = False
    for word in words:
        if word.is_struck != struck:
            pieces.append("<s>" if word.is_struck else "</s>")
            struck = word.is_struck
        pieces.append(text(word.text) + " ")
    return ("".join(pieces) + ("</s>" if struck else "")).strip().replace(" </s>", "</s> ").strip()


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Words as lines from top to bottom; words at about one height are one line."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom, w.x0)):
        middle = (word.top + word.bottom) / 2
        for row in rows[-3:]:
            if row[0].top <= middle <= row[0].bottom or (
                word.top <= (row[0].top + row[0].bottom) / 2 <= word.bottom
            ):
                row.append(word)
                break
        else:
            rows.append([word])
    found = [_line(row) for row in rows]
    return sorted(found, key=lambda line: (line.top, line.segments[0].x0))


def _line(row: list[Word]) -> Line:
    row.sort(key=lambda word: word.x0)
    segments: list[Segment] = []
    words = [row[0]]
    for word in row[1:]:
        if word.x0 - words[-1].x1 > SEGMENT_GAP * max(word.size, words[-1].size):
            segments.append(Segment(tuple(words)))
            words = []
        words.append(word)
    segments.append(Segment(tuple(words)))
    return Line(tuple(segments), min(w.top for w in row), max(w.bottom for w in row))


def _once(chars: Sequence[Any]) -> list[Any]:
    """Signs without those printed twice at one place, as some programs make letters bold."""
    seen: set[tuple[str, int, int]] = set()
    kept = []
    for char in chars:
        key = (char["text"], round(char["x0"]), round(char["top"]))
        if key not in seen:
            seen.add(key)
            kept.append(char)
    return kept


def _turned(char: Any, width: float, height: float) -> Any:
    """A sign of a page that is written sideways, as it stands when the page is turned."""
    x0, x1, top, bottom = char["x0"], char["x1"], char["top"], char["bottom"]
    if char["matrix"][1] > 0:  # it runs upwards
        box = (height - bottom, height - top, x0, x1)
    else:
        box = (top, bottom, width - x1, width - x0)
    turned = dict(zip(("x0", "x1", "top", "bottom"), box, strict=True))
    return {**char, **turned, "doctop": box[2], "upright": not char["upright"]}


def _words(chars: list[Any], strikes: Mapping[int, list[Box]]) -> list[Word]:
    found = extract_words(chars, x_tolerance_ratio=0.18, return_chars=True)
    return [
        Word(
            word["text"],
            float(word["x0"]),
            float(word["x1"]),
            float(word["top"]),
            float(word["bottom"]),
            float(median(char["size"] for char in word["chars"])),
            "bold" in word["chars"][0]["fontname"].lower(),
            _is_struck(word, strikes),
        )
        for word in found
        if word["upright"] and word["text"].strip()
    ]


def _strikes(edges: Iterable[Any]) -> dict[int, list[Box]]:
    """Thin level rules, by the whole points of their height."""
    found: dict[int, list[Box]] = {}
    for edge in edges:
        box = (float(edge["x0"]), float(edge["top"]), float(edge["x1"]), float(edge["bottom"]))
        if edge["orientation"] == "h" and box[3] - box[1] <= STRIKE_THICKNESS:
            found.setdefault(int((box[1] + box[3]) / 2), []).append(box)
    return found


def _is_struck(word: Any, strikes: Mapping[int, list[Box]]) -> bool:
    """Whether a rule goes through a word, at mid-height and hardly longer than the words are."""
    size, wide = word["bottom"] - word["top"], word["x1"] - word["x0"]
    low, high = word["top"] + 0.3 * size, word["bottom"] - 0.3 * size
    for point in range(int(low), int(high) + 1):
        for x0, top, x1, bottom in strikes.get(point, ()):
            covered = min(x1, word["x1"]) - max(x0, word["x0"])
            if (
                low <= (top + bottom) / 2 <= high
                and covered > 0.7 * wide
                and x1 - x0 < 3 * wide + 40
            ):
                return True
    return False


class _Rows:
    """Words by height, so that those in a box are found without looking at all of them."""

    def __init__(self, words: Iterable[Word]) -> None:
        self._words = sorted(words, key=_middle)
        self._middles = [_middle(word) for word in self._words]

    def inside(self, box: Box) -> list[Word]:
        """The words whose middle lies in a box."""
        first, last = bisect_left(self._middles, box[1]), bisect_right(self._middles, box[3])
        return [word for word in self._words[first:last] if _inside(word, box)]


def _middle(word: Word) -> float:
    return (word.top + word.bottom) / 2


def _inside(word: Word, box: Box) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _ruled(table: Any, words: _Rows) -> RuledTable | None:
    """A table with at least two rows and columns and text in it; None for a mere box."""
    boxes: list[Box] = [tuple(map(float, cell)) for cell in table.cells]  # type: ignore[misc]
    xs, ys = (
        _edges(b[i] for b in boxes for i in (0, 2)),
        _edges(b[i] for b in boxes for i in (1, 3)),
    )
    if len(xs) < 3 or len(ys) < 2 or len(boxes) < 4:
        return None
    cells = []
    for box in sorted(boxes, key=lambda b: (b[1], b[0])):
        column, row = _at(xs, box[0]), _at(ys, box[1])
        spans = max(1, _at(ys, box[3]) - row), max(1, _at(xs, box[2]) - column)
        inside = lines_of(words.inside(box))
        cells.append(RuledCell(row, column, *spans, tuple(inside)))
    filled = {cell.column for cell in cells if cell.lines}
    if len(filled) < 2 or _is_frame(cells):
        return None
    return RuledTable(tuple(map(float, table.bbox)), tuple(cells), tuple(xs))  # type: ignore[arg-type]


def _is_frame(cells: Sequence[RuledCell]) -> bool:
    """Whether the rules merely frame columns that the gaps between words make."""
    rows = {cell.row for cell in cells if cell.lines}
    wide = {
        cell.row
        for cell in cells
        if any(len(line.segments) >= MANY_SEGMENTS for line in cell.lines)
    }
    return 2 * len(wide) > len(rows)


def _edges(values: Iterable[float]) -> list[float]:
    """Different positions, those within three points taken as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > 3:
            found.append(value)
    return found


def _at(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - value))
