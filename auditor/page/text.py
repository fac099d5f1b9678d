"""What does a reader see, and where does each piece of it stand?

The tree is serialised once more, so that markup is well-formed, and cut at its tags; one loop over
the tags, without recursion, gives the folded text as runs (text between two block boundaries) and
remembers every element that later questions need. This is the hot path of an audit: start tags
are understood once per distinct tag (``shape_of``), plain inline elements cost almost nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from auditor.page.breaks import MAX_COLUMNS
from auditor.page.folding import fold_marked
from auditor.page.frames import Frame, Link, Mark, RawCell, RawTable, Run, Tagged, Walked
from auditor.page.model import Region
from auditor.page.shapes import Kind, Shape, shape_of, unescaped

if TYPE_CHECKING:
    from lxml.etree import _Element

_TAG = re.compile("<([^>]*)>")
# Most of what nobody sees carries no structured data.
_MAY_TAG = re.compile("item|property|typeof")
_SCOPES = frozenset(("section", "article", "aside", "nav", "footer", "li"))
_CONTENT = frozenset(("main", "article", "section", "li", "td"))
_CARDS = frozenset(("div", "li", "article", "section", "a", "dl", "figure"))
_ROWS = frozenset(("div", "li", "p", "dl", "section"))
_AROUND = frozenset((Region.NAV, Region.HEADER, Region.FOOTER))
_ROOT = Shape("#document", {}, is_empty=False)

Open = Frame | Mark | Link | None


def walk(root: _Element, struck_classes: frozenset[str] = frozenset()) -> Walked:
    """Read the tree below ``root`` once; ``struck_classes`` are struck out by a style sheet.

    Empties the text of script and style elements: read them before.
    """
    for element in root.iter("script", "style"):
        element.text = None
    markup: str = etree.tostring(root, encoding="unicode", with_tail=False)
    return _Walk(_TAG.split(markup), struck_classes).walked


class _Walk:
    """The state of one walk over ``text, tag, text, tag, …``."""

    __slots__ = (
        "block", "chunks", "document", "heading", "href", "items", "links", "marks", "n_links",
        "number", "pos", "runs", "skip", "stack", "struck_classes", "tables", "tokens", "walked",
    )  # fmt: skip

    def __init__(self, tokens: list[str], struck_classes: frozenset[str]) -> None:
        self.walked = Walked()
        self.runs = self.walked.runs
        self.struck_classes = struck_classes
        self.tokens = tokens
        self.stack: list[Open] = []
        self.chunks: list[str] = []
        self.marks: list[tuple[int, Mark, bool]] = []
        self.links: list[str] = []
        self.tables: list[RawTable] = []
        self.items: list[Tagged] = []
        self.href = ""
        self.pos = self.n_links = self.number = self.skip = 0
        self.heading = -1
        self.document = self.block = Frame(_ROOT, None, 0, 0)
        self.document.region = Region.MAIN
        self.document.heading = -1
        self.document.in_content = False
        self._run()
        self._flush()
        self.document.last = len(self.runs)
        self._keep_children(self.document)
        self.walked.text = " ".join([run.text for run in self.runs])

    def _run(self) -> None:  # noqa: C901 - the hot loop: a call a branch would cost a third
        tokens = self.tokens
        stack = self.stack
        chunks = self.chunks
        for at in range(1, len(tokens), 2):
            tag = tokens[at]
            if tag[:1] != "/":
                self.number += 1
                if self.skip:
                    self._pass_over(tag, at)
                    continue
                shape = shape_of(tag)
                kind = shape.kind
                if kind is Kind.PLAIN:
                    if self.struck_classes and shape.names:
                        self._open_inline(shape)
                    elif not shape.is_empty:
                        stack.append(None)
                elif kind is Kind.BLOCK:
                    self._open_block(shape)
                    chunks = self.chunks
                elif kind is Kind.UNSEEN:
                    if self._open_unseen(shape, at):
                        continue
                else:
                    self._open_inline(shape)
            elif self.skip:
                self._leave_unseen(at)
                if self.skip:
                    continue
            else:
                top = stack.pop()
                if top is not None:
                    if isinstance(top, Frame):
                        self._close_block(top)
                        chunks = self.chunks
                    else:
                        self._close_inline(top)
            text = tokens[at + 1]
            if text:
                if text.isspace():
                    if chunks:
                        chunks.append(" ")
                else:
                    chunks.append(unescaped(text) if "&" in text else text)

    # -- what nobody sees

    def _open_unseen(self, shape: Shape, at: int) -> bool:
        """Begin to skip; whether there is anything to skip."""
        self.block.count(shape.tag)
        if not shape.is_empty:
            self.skip = 1
        if shape.tags:
            self._tag_unseen(shape, at)
        return not shape.is_empty

    def _pass_over(self, tag: str, at: int) -> None:
        if tag[-1:] != "/":
            self.skip += 1
        if _MAY_TAG.search(tag) and (shape := shape_of(tag)).tags:
            self._tag_unseen(shape, at)

    def _tag_unseen(self, shape: Shape, at: int) -> None:
        tagged = Tagged(shape, self.items[-1] if self.items else None, self.block)
        self.walked.tagged.append(tagged)
        if not shape.is_empty:
            tagged.depth = self.skip
            tagged.from_token = at + 1
            self.items.append(tagged)

    def _leave_unseen(self, at: int) -> None:
        items = self.items
        while items and items[-1].depth == self.skip:
            tagged = items.pop()
            pieces = self.tokens[tagged.from_token : at : 2]
            tagged.text = " ".join(unescaped("".join(pieces)).split())[:2000]
        self.skip -= 1

    # -- inline elements

    def _open_inline(self, shape: Shape) -> None:
        if shape.kind is Kind.LINK:
            href = shape.attrs["href"]
            self.links.append(href)
            self.n_links += 1
            link = Link(shape, self.href, len(self.runs), self.n_links, self.number)
            self.href = href
            if not shape.is_empty:
                self.stack.append(link)
            else:
                self.href = link.outer
            return
        if self.block.region in _AROUND and not (shape.is_struck or shape.tags):
            if not shape.is_empty:
                self.stack.append(None)
            return
        mark = Mark(shape, self.block, len(self.runs))
        if shape.tag == "a" and shape.attrs.get("href"):
            self.links.append(shape.attrs["href"])
            self.n_links += 1
        self.marks.append((len(self.chunks), mark, False))
        self._note(shape, mark)
        if shape.is_empty:
            self._close_mark(mark)
            if shape.attrs:
                self.walked.empty.append(shape)
        else:
            self.stack.append(mark)

    def _note(self, shape: Shape, where: Frame | Mark) -> None:
        walked = self.walked
        if isinstance(where, Mark):
            walked.inlines.append(where)
            if shape.has_time:
                walked.times.append(where)
        if shape.is_struck or (
            self.struck_classes and not self.struck_classes.isdisjoint(shape.names.split())
        ):
            walked.struck.append(where)
        if shape.is_twin:
            walked.twins.append(where)
        if shape.tags:
            tagged = Tagged(shape, self.items[-1] if self.items else None, self.block)
            tagged.where = where
            where.tagged = tagged
            walked.tagged.append(tagged)
            if shape.opens_thing:
                self.items.append(tagged)

    def _close_inline(self, top: Mark | Link) -> None:
        if isinstance(top, Mark):
            self._close_mark(top)
            return
        self.href = top.outer
        if len(self.runs) > top.first:
            if not self.chunks:
                self.links = []
            card = Frame(top.shape, self.block, top.number, top.first)
            card.last = len(self.runs)
            card.loose = True
            card.n_links = self.n_links - top.n_links + 1
            self._add_child(card)

    def _close_mark(self, mark: Mark) -> None:
        mark.last = len(self.runs)
        self.marks.append((len(self.chunks), mark, True))
        if mark.tagged is not None and mark.tagged in self.items[-1:]:
            self.items.pop()

    # -- blocks

    def _open_block(self, shape: Shape) -> None:
        if self.chunks or self.marks:
            self._flush()
        outer = self.block
        if shape.is_void:
            outer.count(shape.tag)
            if shape.tags:
                self._tag_unseen(shape, 0)
            return
        stack = self.stack
        frame = Frame(shape, outer, self.number, len(self.runs))
        if stack and stack[-1] is not outer:
            frame.loose = True
        frame.heading = self.heading
        frame.n_links = self.n_links
        frame.in_content = outer.in_content or shape.tag in _CONTENT
        region = outer.region
        if shape.region is not None and region is Region.MAIN and self._opens_region(shape):
            region = shape.region
        elif shape.region is Region.MAIN and region is Region.ASIDE:
            region = Region.MAIN  # a layout is called "left-sidebar" and holds everything
        frame.region = region
        self.block = frame
        if shape.region is Region.MAIN:
            self.walked.mains.append(frame)
        if region is not outer.region:
            self.walked.regions.append(frame)
        if shape.is_noted or self.struck_classes:
            self._note(shape, frame)
        if shape.part:
            self._open_part(frame, shape.part)
        if shape.is_empty:
            self._close_block(frame)
        else:
            stack.append(frame)

    def _opens_region(self, shape: Shape) -> bool:
        """A header or footer inside the content is part of it."""
        if shape.tag not in ("header", "footer") or "role" in shape.attrs:
            return True
        return not self.block.in_content

    def _open_part(self, frame: Frame, part: str) -> None:
        tables = self.tables
        if part == "table":
            table = RawTable(frame, tables[-1] if tables else None)
            tables.append(table)
            self.walked.tables.append(table)
        elif not tables:
            return
        elif part == "tr":
            tables[-1].rows.append([])
        elif part in ("td", "th"):
            frame.is_cell = True
            tables[-1].add(RawCell(frame, part == "th", tables[-1].section))
        elif part == "caption":
            tables[-1].caption = frame
        else:
            tables[-1].section = part

    def _close_block(self, frame: Frame) -> None:
        if self.chunks or self.marks:
            self._flush()
        shape = frame.shape
        frame.last = last = len(self.runs)
        parent = self.block = frame.parent
        if frame.tagged is not None and frame.tagged in self.items[-1:]:
            self.items.pop()
        if last == frame.first:
            if shape.attrs:
                self.walked.empty.append(shape)
        else:
            self._close_full(frame, shape, last - frame.first)
        is_section = frame.region is not parent.region or shape.tag in _SCOPES
        if is_section and not self._holds_only_heading(frame):
            self.heading = frame.heading
        if shape.part and self.tables:
            if shape.part == "table":
                self.tables.pop()
            elif shape.part in ("thead", "tbody", "tfoot"):
                self.tables[-1].section = ""

    def _close_full(self, frame: Frame, shape: Shape, size: int) -> None:
        tag = shape.tag
        if shape.level:
            self._add_heading(frame, shape.level)
        elif tag in ("dt", "dd"):
            self.walked.terms.append(frame)
        elif 2 <= size <= MAX_COLUMNS and tag in _ROWS:
            self.walked.rows.append(frame)
        if tag in _CARDS:
            frame.n_links = self.n_links - frame.n_links
            self._add_child(frame)
        self._keep_children(frame)

    def _add_child(self, frame: Frame) -> None:
        parent = frame.parent
        if parent.children is None:
            parent.children = [frame]
        else:
            parent.children.append(frame)

    def _keep_children(self, frame: Frame) -> None:
        if frame.children is not None and len(frame.children) > 1:
            self.walked.parents.append(frame)

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

    # -- text

    def _flush(self) -> None:
        """End the open run."""
        if self.marks:
            text = fold_marked(self.chunks, self.marks, self.pos)
            self.marks = []
        else:
            text = " ".join("".join(self.chunks).split())
        self.chunks = []
        if text:
            self.runs.append(Run(text, self.pos, self.block, self.heading, self.links))
            self.pos += len(text) + 1
            self.links = [self.href] if self.href else []
