"""What does a reader see, and where does each piece of it stand?

One walk over the tree, without recursion, gives the folded text as a list of runs (text between
two block boundaries) and remembers every element that later questions need: headings, tables,
links, struck text, tagged elements, scripts. Offsets are characters of the folded text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.page.frames import Frame, RawCell, RawTable, Run, Walked
from auditor.page.regions import region_of

if TYPE_CHECKING:
    from lxml.etree import _Element

INLINE = frozenset(
    "a abbr b bdi big cite code del dfn em font i ins kbd label mark q s samp small span strike"
    " strong sub sup time tt u var wbr".split()
)
"""Elements that join with their neighbours without a blank."""

UNSEEN = frozenset("script style template noscript head title meta select textarea option".split())
"""Elements whose text no reader sees."""

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_SPANNED = frozenset("b del em font label s small span strike strong sub sup u".split())
_STRUCK = frozenset(("s", "del", "strike"))
_SCOPES = frozenset(("section", "article", "aside", "nav", "footer", "li"))
_CARDS = frozenset(("div", "li", "article", "section", "a", "dl", "figure"))
_ROWS = frozenset(("div", "li", "p", "dl", "section"))
_VOID = frozenset("area br col embed hr img input link meta source track wbr".split())
_TERMS = frozenset(("dt", "dd"))
_TABLE_TAGS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"))
_TABLE_ROLES = {
    "table": "table",
    "grid": "table",
    "treegrid": "table",
    "row": "tr",
    "cell": "td",
    "gridcell": "td",
    "columnheader": "th",
    "rowheader": "th",
}
_TAGGING = frozenset(("itemprop", "itemscope", "property", "typeof"))
_NONE: dict[str, str] = {}


def walk(root: _Element, struck_classes: frozenset[str] = frozenset()) -> Walked:
    """Read the tree below ``root`` once; ``struck_classes`` are struck out by a style sheet."""
    return _Walk(root, struck_classes).walked


class _Walk:
    """The state of one walk."""

    def __init__(self, root: _Element, struck_classes: frozenset[str]) -> None:
        self.walked = Walked()
        self.runs = self.walked.runs
        self.struck_classes = struck_classes
        self.chunks: list[str] = []
        self.marks: list[tuple[int, Frame, bool]] = []
        self.links: list[str] = []
        self.tables: list[RawTable] = []
        self.pos = 0
        self.heading = -1
        self.n_links = 0
        self._run(root)
        self.walked.text = " ".join([run.text for run in self.runs])

    def _run(self, root: _Element) -> None:
        top = outer = Frame(None, "", _NONE, None)
        for element in root.iter():
            tag = element.tag
            if not isinstance(tag, str):
                continue
            parent = element.getparent()
            while top.element is not parent and top is not outer:
                self._close(top)
                top = top.parent
            items = element.items()
            top = Frame(element, tag, dict(items) if items else _NONE, top)
            self._open(top)
        while top is not outer:
            self._close(top)
            top = top.parent
        self._flush(outer)
        outer.last = len(self.runs)
        if outer.children is not None and len(outer.children) > 1:
            self.walked.parents.append(outer)

    def _open(self, frame: Frame) -> None:
        tag = frame.tag
        attrs = frame.attrs
        frame.first = len(self.runs)
        frame.n_links = self.n_links
        if tag in UNSEEN:
            frame.visible = False
            if tag in ("script", "meta", "title", "style", "template"):
                self.walked.unseen.append(frame)
        if attrs is not _NONE and self._hidden(attrs):
            frame.visible = False
        if not frame.visible:
            if attrs is not _NONE and not _TAGGING.isdisjoint(attrs):
                self.walked.tagged.append(frame)
            return
        if tag in INLINE:
            self._open_inline(frame)
        else:
            self._open_block(frame)
        if attrs is not _NONE and not _TAGGING.isdisjoint(attrs):
            self._mark(frame)
            self.walked.tagged.append(frame)
        text = frame.element.text
        if text:
            self.chunks.append(text)

    @staticmethod
    def _hidden(attrs: dict[str, str]) -> bool:
        if "hidden" in attrs:
            return True
        style = attrs.get("style")
        if not style:
            return False
        style = "".join(style.split()).lower()
        return "display:none" in style or "visibility:hidden" in style

    def _open_inline(self, frame: Frame) -> None:
        tag, attrs = frame.tag, frame.attrs
        if tag == "a":
            href = attrs.get("href", "")
            if href:
                frame.href = href
                self.links.append(href)
                self.n_links += 1
        elif tag in _SPANNED:
            self._mark(frame)
            self.walked.inlines.append(frame)
        if tag == "time":
            self.walked.times.append(frame)
        self._note(frame)

    def _open_block(self, frame: Frame) -> None:
        self._flush(frame.parent)
        frame.owner = frame
        frame.heading = self.heading
        attrs = frame.attrs
        parent = frame.parent
        inherited = parent.region
        frame.region = region = region_of(frame, inherited)
        if region is not inherited:
            self.walked.regions.append(frame)
        role = frame.tag
        if attrs is not _NONE:
            role = _TABLE_ROLES.get(attrs.get("role", ""), role)
            self._note(frame)
        if role in _TABLE_TAGS:
            self._open_table(frame, role)

    def _note(self, frame: Frame) -> None:
        attrs = frame.attrs
        if frame.tag in _STRUCK or (attrs is not _NONE and self._is_struck(attrs)):
            self._mark(frame)
            self.walked.struck.append(frame)
        if attrs is not _NONE and attrs.get("aria-hidden") == "true":
            self._mark(frame)
            self.walked.twins.append(frame)

    def _is_struck(self, attrs: dict[str, str]) -> bool:
        if "line-through" in attrs.get("style", "").lower():
            return True
        known = self.struck_classes
        return bool(known) and not known.isdisjoint(attrs.get("class", "").split())

    def _mark(self, frame: Frame) -> None:
        if not frame.marked:
            frame.marked = True
            self.marks.append((len(self.chunks), frame, False))

    def _open_table(self, frame: Frame, role: str) -> None:
        tables = self.tables
        frame.table_role = role
        if role == "table":
            table = RawTable(frame, tables[-1] if tables else None)
            tables.append(table)
            self.walked.tables.append(table)
        elif not tables:
            frame.table_role = ""
        elif role in ("thead", "tbody", "tfoot"):
            tables[-1].section = role
        elif role == "tr":
            tables[-1].start_row()
        elif role in ("td", "th"):
            frame.cell = RawCell(frame, role == "th")
            tables[-1].add(frame.cell)
        elif role == "caption":
            tables[-1].caption = frame

    def _close(self, frame: Frame) -> None:
        if frame.visible:
            if frame.owner is frame:
                self._flush(frame)
                frame.last = len(self.runs)
                self._close_block(frame)
            else:
                frame.last = len(self.runs)
                if not frame.n_children and frame.attrs is not _NONE and not frame.element.text:
                    self.walked.empty.append(frame)
                if frame.href and not self.chunks and frame.last > frame.first:
                    self.links = []
            if frame.marked:
                self.marks.append((len(self.chunks), frame, True))
        parent = frame.parent
        if parent.visible:
            tail = frame.element.tail
            if tail:
                self.chunks.append(tail)
        if frame.tag in _CARDS and frame.last > frame.first:
            if parent.children is None:
                parent.children = []
            parent.children.append(frame)
            frame.n_links = self.n_links - frame.n_links
        if frame.children is not None and len(frame.children) > 1:
            self.walked.parents.append(frame)

    def _close_block(self, frame: Frame) -> None:
        tag = frame.tag
        level = _HEADINGS.get(tag, 0)
        if not level and frame.attrs is not _NONE and frame.attrs.get("role") == "heading":
            level = _level(frame.attrs.get("aria-level", "2"))
        if level and frame.last > frame.first:
            self._add_heading(frame, level)
        elif tag in _SCOPES or frame.region is not frame.parent.region:
            if not self._holds_only_heading(frame):
                self.heading = frame.heading
        if frame.table_role:
            self._close_table(frame)
        elif frame.last == frame.first:
            if frame.attrs is not _NONE and tag not in _VOID:
                self.walked.empty.append(frame)
        elif tag in _TERMS:
            self.walked.terms.append(frame)
        elif frame.last - frame.first == 2 and tag in _ROWS:
            self.walked.rows.append(frame)

    def _add_heading(self, frame: Frame, level: int) -> None:
        headings = self.walked.headings
        parent = self.heading
        while parent >= 0 and headings[parent].level >= level:
            parent = headings[parent].parent_index
        frame.level = level
        frame.parent_index = parent
        self.heading = len(headings)
        headings.append(frame)
        for run in self.runs[frame.first : frame.last]:
            run.heading = self.heading

    def _holds_only_heading(self, frame: Frame) -> bool:
        if self.heading < 0 or frame.tag == "li":
            return False
        heading = self.walked.headings[self.heading]
        return heading.first >= frame.first and heading.last == frame.last

    def _close_table(self, frame: Frame) -> None:
        tables = self.tables
        if not tables:
            return
        if frame.table_role == "table":
            tables.pop()
        elif frame.table_role in ("thead", "tbody", "tfoot"):
            tables[-1].section = ""

    def _flush(self, owner: Frame) -> None:
        chunks = self.chunks
        if not chunks and not self.marks:
            return
        text = self._resolve() if self.marks else " ".join("".join(chunks).split())
        if chunks:
            self.chunks = []
        if text:
            owner = owner.owner
            run = Run(text, self.pos, owner, self.heading, self.links)
            self.runs.append(run)
            self.pos += len(text) + 1
            self.links = [owner.href] if owner.href else []

    def _resolve(self) -> str:
        """Fold the open run piece by piece, giving every mark in it its offset."""
        out: list[str] = []
        length = 0
        pending = False
        done = 0
        base = self.pos
        for at, frame, is_end in self.marks:
            for chunk in self.chunks[done:at]:
                words = chunk.split()
                if not words:
                    pending = pending or bool(chunk)
                    continue
                if (pending or chunk[0].isspace()) and length:
                    out.append(" ")
                    length += 1
                folded = " ".join(words)
                out.append(folded)
                length += len(folded)
                pending = chunk[-1].isspace()
            done = at
            if is_end:
                frame.end = base + length
            else:
                frame.start = base + length
        self.marks = []
        for chunk in self.chunks[done:]:
            words = chunk.split()
            if not words:
                pending = pending or bool(chunk)
                continue
            if (pending or chunk[0].isspace()) and length:
                out.append(" ")
            out.append(" ".join(words))
            length += 1
            pending = chunk[-1].isspace()
        return "".join(out)


def _level(text: str) -> int:
    return int(text) if text in ("1", "2", "3", "4", "5", "6") else 2
