"""Markdown → HTML, with the line each block starts in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import yaml
from markdown_it import MarkdownIt

from crawler.content import decode
from crawler.documents.markup import PLACE, Writer
from crawler.documents.rendition import Limits, Rendition

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PLACED = frozenset(
    ("heading_open", "paragraph_open", "tr_open", "list_item_open", "blockquote_open", "fence")
)


def read(body: bytes, limits: Limits) -> Rendition:
    """The HTML of a Markdown text, tables and strike-through of GitHub's kind included."""
    source = decode(body, None, "text/markdown").replace("\r\n", "\n")
    front = _FRONT.match(source)
    first_line = source.count("\n", 0, front.end()) if front else 0
    writer = Writer(limits)
    if front:
        _settle(writer, front[1])
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(source[front.end() :] if front else source)
    for index, token in enumerate(tokens):
        if token.type in _PLACED and token.map is not None:
            token.attrSet(PLACE, f"line {token.map[0] + first_line + 1}")
        if token.type == "heading_open" and token.tag == "h1" and not writer.title:
            writer.title = _said(tokens[index + 1])
    writer.add(parser.renderer.render(tokens, parser.options, {}))
    return Rendition(writer.html())


def _settle(writer: Writer, front: str) -> None:
    """Take title and date from the front matter, where they are such."""
    try:
        data = yaml.safe_load(front)
    except yaml.YAMLError:
        return
    if not isinstance(data, dict):
        return
    if isinstance(data.get("title"), str):
        writer.title = data["title"]
    for key in ("last_reviewed", "lastmod", "updated", "date"):
        match data.get(key):
            case datetime() as at:
                writer.modified = at if at.tzinfo else at.replace(tzinfo=UTC)
                return
            case date() as day:
                writer.modified = datetime(day.year, day.month, day.day, tzinfo=UTC)
                return


def _said(token: Token) -> str:
    return "".join(
        child.content for child in token.children or () if child.type in ("text", "code_inline")
    )
