"""The records of one walk over a page; mutable, private to ``auditor.page``, gone after reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.page.model import Region
    from auditor.page.shapes import Shape

MAX_PATH_DEPTH = 60
"""Deeper elements are named by their number in the document: paths stay short."""

Span = tuple[int, int]


class Frame:
    """A block element: ``first``/``last`` are indices of the runs inside it (last exclusive).

    ``loose``: an inline element stands between it and ``parent``. ``number`` counts elements in
    document order from 1. ``place`` counts like-named elements of its parent from 1.
    """

    __slots__ = (
        "children", "counts", "first", "heading", "in_content", "is_cell", "last", "level",
        "loose", "n_links", "number", "parent", "parent_index", "path_text", "place", "region",
        "shape", "tag", "tagged",
    )  # fmt: skip

    heading: int
    in_content: bool
    level: int
    n_links: int
    parent_index: int
    region: Region

    def __init__(self, shape: Shape, parent: Frame | None, number: int, first: int) -> None:
        self.shape = shape
        self.tag = tag = shape.tag
        self.number = number
        self.first = self.last = first
        self.counts: dict[str, int] | None = None
        self.children: list[Frame] | None = None
        self.path_text: str | None = None
        self.is_cell = False
        self.tagged: Tagged | None = None
        self.loose = False
        if parent is None:
            self.parent: Frame = self
            self.place = 1
        else:
            self.parent = parent
            self.place = parent.count(tag)

    def count(self, tag: str) -> int:
        """Counts one more element of that name below it: its place among them."""
        counts = self.counts
        if counts is None:
            self.counts = {tag: 1}
            return 1
        counts[tag] = place = counts.get(tag, 0) + 1
        return place

    @property
    def names(self) -> str:
        """Its class attribute."""
        return self.shape.names

    def path(self) -> str:
        """An XPath of the element."""
        chain: list[Frame] = []
        frame = self
        while frame.path_text is None and frame.parent is not frame:
            chain.append(frame)
            frame = frame.parent
        path = frame.path_text or ""
        depth = path.count("/")
        for frame in reversed(chain):
            if frame.loose or depth > MAX_PATH_DEPTH or ":" in frame.tag:
                path, depth = f"(//*)[{frame.number}]", 2
            elif frame.tag in ("html", "body"):
                path = f"{path}/{frame.tag}"
            else:
                path = f"{path}/{frame.tag}[{frame.place}]"
            depth += 1
            frame.path_text = path
        return path


class Mark:
    """An inline element that later questions ask about; offsets of the folded text."""

    __slots__ = ("block", "end", "first", "last", "shape", "start", "tag", "tagged")

    def __init__(self, shape: Shape, block: Frame, first: int) -> None:
        self.shape = shape
        self.tag = shape.tag
        self.block = block
        self.first = self.last = first
        self.start = self.end = 0
        self.tagged: Tagged | None = None

    @property
    def names(self) -> str:
        """Its class attribute."""
        return self.shape.names

    def path(self) -> str:
        """An XPath of the block it stands in."""
        return self.block.path()


class Link:
    """An open ``a`` element."""

    __slots__ = ("first", "n_links", "number", "outer", "shape")

    def __init__(self, shape: Shape, outer: str, first: int, n_links: int, number: int) -> None:
        self.shape = shape
        self.outer = outer
        self.first = first
        self.n_links = n_links
        self.number = number


class Tagged:
    """An element of structured data: ``where`` is its frame or mark, None where it is hidden.

    ``outer`` is the innermost element around it that opens a thing in any syntax. ``text`` is the
    text of a hidden one. ``block`` is the frame it stands in.
    """

    __slots__ = ("attrs", "block", "depth", "from_token", "outer", "tag", "text", "where")

    def __init__(self, shape: Shape, outer: Tagged | None, block: Frame) -> None:
        self.tag = shape.tag
        self.attrs = shape.attrs
        self.outer = outer
        self.block = block
        self.where: Frame | Mark | None = None
        self.text = ""
        self.depth = 0
        self.from_token = 0

    def path(self) -> str:
        """An XPath of its block."""
        return self.block.path()


class Run:
    """Text between two block boundaries, folded; ``start`` is its offset in the page's text."""

    __slots__ = ("heading", "links", "owner", "region", "start", "targets", "text")

    def __init__(self, text: str, start: int, owner: Frame, heading: int, links: list[str]) -> None:
        self.text = text
        self.start = start
        self.owner = owner
        self.heading = heading
        self.links = links
        self.region: Region = owner.region
        self.targets: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.start + len(self.text)


class RawCell:
    """A table cell as it stood in the markup."""

    __slots__ = ("attrs", "frame", "is_th", "section")

    def __init__(self, frame: Frame, is_th: bool, section: str) -> None:
        self.frame = frame
        self.attrs = frame.shape.attrs
        self.is_th = is_th
        self.section = section

    def span(self, name: str, limit: int) -> int:
        """``rowspan`` or ``colspan``, at least 1, at most ``limit``; 0 means "to the end"."""
        text = self.attrs.get(name, "") or self.attrs.get("aria-" + name, "")
        if not (text.isascii() and text.isdigit()):
            return 1
        number = int(text[:6])
        return max(1, min(number or limit, limit))


class RawTable:
    """A table element or ARIA table with its rows as they stood in the markup."""

    __slots__ = ("caption", "frame", "outer", "rows", "section")

    def __init__(self, frame: Frame, outer: RawTable | None) -> None:
        self.frame = frame
        self.outer = outer
        self.rows: list[list[RawCell]] = []
        self.section = ""
        self.caption: Frame | None = None

    def add(self, cell: RawCell) -> None:
        """Add a cell to the open row."""
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append(cell)


class Walked:
    """Everything one walk found, in document order."""

    __slots__ = (
        "empty", "headings", "inlines", "mains", "parents", "regions", "rows", "runs", "struck",
        "tables", "tagged", "terms", "text", "times", "twins",
    )  # fmt: skip

    def __init__(self) -> None:
        self.text = ""
        self.empty: list[Shape] = []
        self.headings: list[Frame] = []
        self.inlines: list[Mark] = []
        self.mains: list[Frame] = []
        self.parents: list[Frame] = []
        self.regions: list[Frame] = []
        self.rows: list[Frame] = []
        self.runs: list[Run] = []
        self.struck: list[Frame | Mark] = []
        self.tables: list[RawTable] = []
        self.tagged: list[Tagged] = []
        self.terms: list[Frame] = []
        self.times: list[Mark] = []
        self.twins: list[Frame | Mark] = []

    def span(self, where: Frame | Mark | None) -> Span | None:
        """Where an element's text stands; None where it has no visible text."""
        if isinstance(where, Mark):
            start, end = trim(self.text, where.start, where.end)
            return (start, end) if start < end else None
        return self.runs_span(where.first, where.last) if where else None

    def runs_span(self, first: int, last: int) -> Span | None:
        """The span from run ``first`` to before run ``last``; None where there is none."""
        if last <= first:
            return None
        return self.runs[first].start, self.runs[last - 1].end

    def spans(self, places: Iterable[Frame | Mark]) -> tuple[Span, ...]:
        """The non-empty spans of elements, sorted, without duplicates."""
        found = {span for where in places if (span := self.span(where))}
        return tuple(sorted(found))

    def heading_text(self, heading: Frame) -> str:
        """The text of a heading."""
        return " ".join([run.text for run in self.runs[heading.first : heading.last]])


def trim(text: str, start: int, end: int) -> Span:
    """A span without the blanks at its ends, never outside the text."""
    end = min(end, len(text))
    start = min(start, end)
    if text[start : start + 1] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return start, max(start, end)
