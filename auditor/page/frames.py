"""The records of one walk over a tree; mutable, private to ``auditor.page``, gone after reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.page.model import Region

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_PATH_DEPTH = 100
"""Deeper elements are given the path of their ancestor at this depth: paths stay short."""


class Frame:
    """One element on the way: what it inherits and which runs stand inside it.

    ``first``/``last`` are indices into ``Walked.runs`` (last exclusive), ``start``/``end``
    offsets of the folded text, set only where ``marked``.
    """

    __slots__ = (
        "attrs", "cell", "children", "element", "end", "first", "heading", "href", "index", "last",
        "level", "marked", "n_children", "n_links", "owner", "parent",
        "parent_index", "path_text", "region", "start", "table_role", "tag", "visible",
    )  # fmt: skip

    def __init__(self, element: Any, tag: str, attrs: dict[str, str], parent: Frame | None) -> None:
        self.element = element
        self.tag = tag
        self.attrs = attrs
        self.children: list[Frame] | None = None
        self.marked = False
        self.path_text: str | None = None
        self.table_role = ""
        self.cell: RawCell | None = None
        self.n_children = 0
        self.first = self.last = 0
        if parent is None:
            self.parent: Frame = self
            self.owner: Frame = self
            self.visible = True
            self.region = Region.MAIN
            self.href = ""
            self.index = 0
        else:
            self.parent = parent
            self.owner = parent.owner
            self.visible = parent.visible
            self.region = parent.region
            self.href = parent.href
            parent.n_children = self.index = parent.n_children + 1

    def path(self) -> str:
        """An XPath of the element, or of an ancestor where it lies very deep."""
        chain: list[Frame] = []
        frame = self
        while frame.path_text is None and frame.parent is not frame:
            chain.append(frame)
            frame = frame.parent
        path = frame.path_text or ""
        depth = path.count("/")
        for frame in reversed(chain):
            if depth < MAX_PATH_DEPTH:
                depth += 1
                place = frame.tag if frame.tag in ("html", "head", "body") else f"*[{frame.index}]"
                path = f"{path}/{place}"
            frame.path_text = path
        return path


class Run:
    """Text between two block boundaries, folded; ``start`` is its offset in the page's text."""

    __slots__ = ("heading", "links", "owner", "region", "start", "targets", "text")

    def __init__(self, text: str, start: int, owner: Frame, heading: int, links: list[str]) -> None:
        self.text = text
        self.start = start
        self.owner = owner
        self.heading = heading
        self.links = links
        self.region = owner.region
        self.targets: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.start + len(self.text)


class RawCell:
    """A table cell as it stood in the markup."""

    __slots__ = ("frame", "is_th", "section")

    def __init__(self, frame: Frame, is_th: bool) -> None:
        self.frame = frame
        self.is_th = is_th
        self.section = ""

    def span(self, name: str, limit: int) -> int:
        """``rowspan`` or ``colspan``, at least 1, at most ``limit``; 0 means "to the end"."""
        text = self.frame.attrs.get(name, "")
        if not text:
            text = self.frame.attrs.get("aria-" + name, "")
        if not (text.isascii() and text.isdigit()):
            return 1
        number = int(text[:6])
        return min(number or limit, limit)


class RawTable:
    """A table element or ARIA table with its rows as they stood in the markup."""

    __slots__ = ("caption", "frame", "outer", "rows", "section")

    def __init__(self, frame: Frame, outer: RawTable | None) -> None:
        self.frame = frame
        self.outer = outer
        self.rows: list[list[RawCell]] = []
        self.section = ""
        self.caption: Frame | None = None

    def start_row(self) -> None:
        """Begin a row."""
        self.rows.append([])

    def add(self, cell: RawCell) -> None:
        """Add a cell to the open row."""
        if not self.rows:
            self.rows.append([])
        cell.section = self.section
        self.rows[-1].append(cell)


class Walked:
    """Everything one walk found, in document order."""

    __slots__ = (
        "empty", "headings", "inlines", "parents", "regions", "rows", "runs", "struck", "tables",
        "tagged", "terms", "text", "times", "twins", "unseen",
    )  # fmt: skip

    def __init__(self) -> None:
        self.text = ""
        self.rows: list[Frame] = []
        self.runs: list[Run] = []
        self.empty: list[Frame] = []
        self.headings: list[Frame] = []
        self.inlines: list[Frame] = []
        self.parents: list[Frame] = []
        self.regions: list[Frame] = []
        self.struck: list[Frame] = []
        self.tables: list[RawTable] = []
        self.tagged: list[Frame] = []
        self.terms: list[Frame] = []
        self.times: list[Frame] = []
        self.twins: list[Frame] = []
        self.unseen: list[Frame] = []

    def span(self, frame: Frame) -> tuple[int, int] | None:
        """Where a frame's text stands; None where it has no visible text."""
        if frame.marked:
            start, end = trim(self.text, frame.start, frame.end)
            return (start, end) if start < end else None
        return self.runs_span(frame.first, frame.last)

    def runs_span(self, first: int, last: int) -> tuple[int, int] | None:
        """The span from run ``first`` to before run ``last``; None where there is none."""
        if last <= first:
            return None
        return self.runs[first].start, self.runs[last - 1].end

    def spans(self, frames: Sequence[Frame]) -> tuple[tuple[int, int], ...]:
        """The non-empty spans of frames, sorted, without duplicates."""
        found = {span for frame in frames if (span := self.span(frame))}
        return tuple(sorted(found))


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the blanks at its ends, never outside the text."""
    end = min(end, len(text))
    start = min(start, end)
    if text[start : start + 1] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return start, max(start, end)
