"""What does a start tag alone say of its element? Asked once per distinct tag, as pages repeat."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.page.hints import hinted_region, names_label, names_value

if TYPE_CHECKING:
    from auditor.page.model import Region

INLINE = frozenset(
    (
        "a", "abbr", "b", "bdi", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins",
        "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
        "sup", "time", "tt", "u", "var", "wbr",
    )
)  # fmt: skip
"""Elements that join with their neighbours without a blank."""

UNSEEN = frozenset(
    (
        "script", "style", "template", "noscript", "head", "title", "meta", "select", "textarea",
        "option",
    )
)  # fmt: skip
"""Elements whose text no reader sees."""

_VOID = frozenset(
    ("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_MARKED = frozenset(
    ("b", "del", "em", "font", "label", "s", "small", "span", "strike", "strong", "sub", "sup", "u")
)
_STRUCK = frozenset(("s", "del", "strike"))
_TAGGING = frozenset(("itemprop", "itemscope", "property", "typeof"))
_OPENING = frozenset(("itemscope", "typeof"))
_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_TABLE_PARTS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"))
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
_ATTRIBUTE = re.compile(r'([^\s=]+)="([^"]*)"')
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|quot|amp));")
_NAMED = {"lt": "<", "gt": ">", "quot": '"', "amp": "&"}

MAX_KNOWN = 400
"""Characters; a longer tag (an image inside its own address) is not kept for the next page."""


class Kind(IntEnum):
    """How the walk treats an element."""

    PLAIN = 0
    MARKED = 1
    LINK = 2
    BLOCK = 3
    UNSEEN = 4


class Shape:
    """Everything a start tag says by itself."""

    __slots__ = (
        "attrs", "group", "has_time", "is_empty", "is_noted", "is_struck", "is_twin", "is_void",
        "kind", "level", "names", "opens_thing", "part", "region", "tag", "tags",
    )  # fmt: skip

    def __init__(self, tag: str, attrs: dict[str, str], is_empty: bool) -> None:
        style, role = attrs.get("style", ""), attrs.get("role", "")
        self.tag = tag
        self.attrs = attrs
        self.is_empty = is_empty
        self.is_void = is_empty and tag in _VOID
        self.names = attrs.get("class", "")
        self.group = "" if tag in ("li", "article") else self.names.partition(" ")[0]
        self.tags = not _TAGGING.isdisjoint(attrs)
        self.opens_thing = self.tags and not _OPENING.isdisjoint(attrs)
        self.is_struck = tag in _STRUCK or (style != "" and "line-through" in style.lower())
        self.is_twin = attrs.get("aria-hidden") == "true"
        self.is_noted = self.tags or self.is_struck or self.is_twin
        self.has_time = tag == "time" and "datetime" in attrs
        self.kind = kind = _kind(self, style, role)
        self.level = _level(attrs) if role == "heading" else _LEVELS.get(tag, 0)
        self.part = _TABLE_ROLES.get(role, tag if tag in _TABLE_PARTS else "")
        self.region: Region | None = hinted_region(tag, attrs) if kind is Kind.BLOCK else None

    @property
    def is_label(self) -> bool:
        """Whether its class says that it holds a label."""
        return names_label(self.names)

    @property
    def is_value(self) -> bool:
        """Whether its class says that it holds a value."""
        return names_value(self.names)


def _kind(shape: Shape, style: str, role: str) -> Kind:
    tag = shape.tag
    if tag in UNSEEN or "hidden" in shape.attrs or (style and _hides(style)):
        return Kind.UNSEEN
    if tag not in INLINE or role in _TABLE_ROLES:
        return Kind.BLOCK
    if shape.tags or shape.is_struck or shape.is_twin or shape.has_time:
        return Kind.MARKED
    if tag == "a" and shape.attrs.get("href"):
        return Kind.LINK
    return Kind.MARKED if tag in _MARKED else Kind.PLAIN


def _hides(style: str) -> bool:
    style = "".join(style.split()).lower()
    return "display:none" in style or "visibility:hidden" in style


def _level(attrs: dict[str, str]) -> int:
    stated = attrs.get("aria-level", "2")
    return int(stated) if stated in ("1", "2", "3", "4", "5", "6") else 2


def shape_of(tag: str) -> Shape:
    """The shape of a start tag as lxml serialises it, without its angle brackets.

    >>> shape = shape_of('td class="x y" colspan="2"')
    >>> shape.tag, shape.attrs, shape.kind.name
    ('td', {'class': 'x y', 'colspan': '2'}, 'BLOCK')
    """
    return _known_shape(tag) if len(tag) <= MAX_KNOWN else _shape(tag)


@lru_cache(maxsize=8192)
def _known_shape(tag: str) -> Shape:
    return _shape(tag)


def _shape(tag: str) -> Shape:
    is_empty = tag[-1:] == "/"
    name, blank, rest = (tag[:-1] if is_empty else tag).partition(" ")
    if not blank:
        return Shape(name, {}, is_empty)
    attrs = dict(_ATTRIBUTE.findall(rest))
    if "&" in rest:
        attrs = {k: unescaped(value) if "&" in value else value for k, value in attrs.items()}
    return Shape(name, attrs, is_empty)


def unescaped(text: str) -> str:
    """Text as it was before lxml serialised it: each reference decoded once."""
    return _REFERENCE.sub(_referred, text) if "&" in text else text


def _referred(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    number = int(match[1]) if match[1] else int(match[2], 16)
    return chr(number) if number < 0x110000 else match[0]
