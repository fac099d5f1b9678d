"""Snapshot → Page: decode, parse, walk once, then answer one question a module."""

from __future__ import annotations

import html as html_text
import re
from itertools import dropwhile
from typing import TYPE_CHECKING

from lxml import etree

from auditor.page.about import about, needs_render, stated_instant, unrendered
from auditor.page.cards import containers
from auditor.page.decimals import split_decimals
from auditor.page.documents import left_out, localise, place_of
from auditor.page.frames import Frame
from auditor.page.grid import grids
from auditor.page.head import read_head
from auditor.page.links import resolve_links
from auditor.page.model import Block, Heading, Page, Unread
from auditor.page.pairs import pairs
from auditor.page.regions import settle
from auditor.page.structured import Structured, read_structured
from auditor.page.structured.things import text_of, top_things
from auditor.page.tables import tables
from auditor.page.text import walk
from auditor.values.own_words import NO_WORDS, OwnWords
from crawler.content import decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from auditor.page.frames import Walked
    from auditor.page.grid import Grid
    from crawler.snapshot import Editorial, Snapshot

MAX_CHARACTERS = 20_000_000
"""A longer document is read up to here; the rest is listed in ``Page.unread``."""

_HEADS = frozenset(
    ("title", "meta", "link", "base", "script", "style", "noscript", "template", "object")
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HTML = re.compile(
    r"<\s*(?:!doctype|html|head|body|div|p|table|ul|h[1-6]|span|a|br|article|main|section)\b", re.I
)


def read_page(snapshot: Snapshot, *, language: str = "", own: OwnWords = NO_WORDS) -> Page:
    """The page of a snapshot; an empty one, with the reason in ``unread``, where it is no text.

    Never raises, whatever the bytes. ``language`` is the source's own, used only where the page
    states none; ``own`` are a company's own words for headings.
    """
    if not snapshot.body:
        found = tuple(left_out(snapshot.document)) if snapshot.document else ()
        return Page(snapshot.source, snapshot.url, "", language=language, unread=found)
    unread: list[Unread] = left_out(snapshot.document) if snapshot.document else []
    root = _tree(snapshot, unread)
    if root is not None and snapshot.document:
        localise(root, language)
    if root is None:
        return Page(snapshot.source, snapshot.url, "", language=language, unread=tuple(unread))
    return _read(snapshot, root, language, unread, own)


def parsed(snapshot: Snapshot) -> etree._Element | None:
    """The document of a snapshot as ``read_page`` reads it; None where it is no page.

    Never raises.
    """
    return _tree(snapshot, []) if snapshot.body else None


def _tree(snapshot: Snapshot, unread: list[Unread]) -> etree._Element | None:
    kind = (snapshot.media_type or "").partition(";")[0].strip().lower()
    if kind and not kind.startswith("text/") and "html" not in kind and "xml" not in kind:
        unread.append(Unread("media_type", f"{kind} is not a page", ""))
        return None
    text = decode(snapshot.body or b"", snapshot.charset, snapshot.media_type)
    if len(text) > MAX_CHARACTERS:
        unread.append(Unread("size", f"read only {MAX_CHARACTERS} of {len(text)} characters", ""))
        text = text[:MAX_CHARACTERS]
    if kind.startswith("text/") and "html" not in kind and not _HTML.search(text[:5000]):
        text = _as_markup(text)
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, recover=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        unread.append(Unread("markup", str(error)[:200], ""))
        return None
    if root is not None:
        _free_head(root)
        _break_lines(root)
    deep = [e for e in parser.error_log if "xcessive depth" in e.message]
    if deep:
        unread.append(Unread("markup", deep[0].message[:200], f"line {deep[0].line}"))
    return root


def _break_lines(root: etree._Element) -> None:
    """A line of preformatted text is a line of the page.

    Lines are put in from the last to the first, each at the beginning: to count up to a place
    would take quadratic time.
    """
    for pre in root.iter("pre"):
        for node in list(pre.iter(etree.Element)):
            first, *rest = _lines(node.text)
            if rest:
                node.text = first
                for line in reversed(rest):
                    node.insert(0, _break(line))
            first, *rest = _lines(node.tail) if node is not pre else [""]
            if rest and node.getparent() is not None:
                node.tail = None
                for line in reversed(rest):
                    node.addnext(_break(line))
                node.tail = first


def _lines(text: str | None) -> list[str]:
    """Lines that lxml takes back: the parser lets controls through, the tree does not."""
    return _CONTROLS.sub(" ", text or "").split("\n")


def _break(line: str) -> etree._Element:
    made = etree.Element("br")
    made.tail = line
    return made


def _free_head(root: etree._Element) -> None:
    """Move content out of the head, where libxml2 leaves ``main`` if no tag opens the body.

    All that follows the first such element moves with it, as in a browser.
    """
    head = root.find("head")
    if head is None:
        return
    stray = list(dropwhile(lambda element: element.tag in _HEADS, head))
    if stray:
        body = root.find("body")
        if body is None:
            body = etree.SubElement(root, "body")
        stray[-1].tail, body.text = (stray[-1].tail or "") + (body.text or "") or None, None
        for at, element in enumerate(stray):
            body.insert(at, element)


def _as_markup(text: str) -> str:
    """Plain text as paragraphs and lines."""
    lines = html_text.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>\n")
    return f"<html><body><div>{lines}</div></body></html>"


def _read(
    snapshot: Snapshot,
    root: etree._Element,
    language: str,
    unread: list[Unread],
    own: OwnWords,
) -> Page:
    editorial = snapshot.editorial
    head = read_head(root)
    walked = walk(root, frozenset(head.struck_classes))
    numbers = containers(walked)
    settle(walked, numbers, own)
    facts = about(walked, head, snapshot.url)
    resolve_links(walked, head.links, snapshot.url)
    found = grids(walked)
    structured = read_structured(walked, head.scripts, facts.meta)
    placeholders = unrendered(walked)
    return Page(
        source=snapshot.source,
        url=snapshot.url,
        text=walked.text,
        title=facts.title or editorial.title or "",
        language=facts.language or language,
        canonical_url=facts.canonical_url,
        blocks=_blocks(walked, found, numbers, place_of if snapshot.document else Frame.path),
        headings=_headings(walked),
        tables=tables(walked, found),
        pairs=pairs(walked, found),
        struck=walked.spans(walked.struck),
        split_decimals=split_decimals(walked),
        unrendered=placeholders,
        twins=walked.spans(walked.twins),
        products=structured.products,
        embedded=structured.embedded,
        unread=(*unread, *structured.unread),
        dates=_dates(editorial, facts.dates, structured),
        needs_render=needs_render(walked, head, placeholders),
        meta=facts.meta,
    )


def _blocks(
    walked: Walked, found: list[Grid], numbers: list[int], where: Callable[[Frame], str]
) -> tuple[Block, ...]:
    cells = _cell_of_run(walked, found)
    return tuple(
        [
            Block(
                run.start,
                run.start + len(run.text),
                run.owner.tag,
                run.region,
                run.heading,
                where(run.owner),
                cells.get(index),
                numbers[index],
                run.targets,
            )
            for index, run in enumerate(walked.runs)
        ]
    )


def _cell_of_run(walked: Walked, found: list[Grid]) -> dict[int, tuple[int, int, int]]:
    """(table, row, column) of each run that stands in a data table; the inner table wins."""
    cells: dict[int, tuple[int, int, int]] = {}
    for number, grid in enumerate(grid for grid in found if grid.is_data):
        for r, row in enumerate(grid.rows):
            for c, slot in enumerate(row):
                if slot and slot.origin:
                    for run in range(slot.raw.frame.first, slot.raw.frame.last):
                        cells[run] = (number, r, c)
    return cells


def _headings(walked: Walked) -> tuple[Heading, ...]:
    found = []
    for frame in walked.headings:
        span = walked.runs_span(frame.first, frame.last) or (0, 0)
        found.append(Heading(span[0], span[1], frame.level, frame.parent_index))
    return tuple(found)


def _dates(
    editorial: Editorial, stated: tuple[tuple[str, datetime], ...], structured: Structured
) -> tuple[tuple[str, datetime], ...]:
    """What the KMS says, then the page's markup, then its JSON-LD; each once."""
    found: list[tuple[str, datetime]] = []
    if editorial.updated_at:
        found.append(("modified", editorial.updated_at))
    if editorial.reviewed_at:
        found.append(("reviewed", editorial.reviewed_at))
    found.extend(stated)
    for thing in top_things(structured.things):
        for key, what in (("dateModified", "modified"), ("datePublished", "published")):
            instant = stated_instant(text_of(thing, key))
            if instant:
                found.append((what, instant))
    return tuple(dict.fromkeys(found))
