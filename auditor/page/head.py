"""What stands outside the visible text: scripts, meta and link elements, title, style rules."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_STRUCK_RULES = 200
"""Style rules looked at for struck-out classes."""

_CLASS = re.compile(r"\.([A-Za-z_][\w-]{0,80})\Z")


@dataclass(frozen=True, slots=True)
class Script:
    """A script element with its text."""

    attrs: dict[str, str]
    text: str
    path: str


@dataclass(slots=True)
class Head:
    """Elements that no reader sees, in document order."""

    root: dict[str, str]
    title: str = ""
    metas: list[dict[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    struck_classes: set[str] = field(default_factory=set)


def read_head(root: _Element) -> Head:
    """Collect them from the whole tree: real pages put them anywhere."""
    head = Head(_attributes(root))
    for element in root.iter("meta", "script", "link", "title", "base", "style"):
        tag = element.tag
        if tag == "meta":
            head.metas.append(_attributes(element))
        elif tag == "script":
            path = f"(//script)[{len(head.scripts) + 1}]"
            head.scripts.append(Script(_attributes(element), element.text or "", path))
        elif tag == "style":
            _add_struck(head.struck_classes, element.text or "")
        elif tag == "title":
            parent = element.getparent()
            if not head.title and (parent is None or parent.tag != "svg"):
                head.title = " ".join((element.text or "").split())
        else:
            head.links.append(_attributes(element))
    return head


def _attributes(element: _Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.items()}


def _add_struck(found: set[str], css: str) -> None:
    """Classes that a style sheet strikes out."""
    at = css.find("line-through")
    for _ in range(MAX_STRUCK_RULES):
        if at < 0:
            return
        opening = css.rfind("{", max(0, at - 2000), at)
        if opening > 0:
            begin = max(css.rfind(mark, max(0, opening - 300), opening) for mark in "{}")
            for selector in css[begin + 1 : opening].split(","):
                name = _CLASS.search(selector.strip())
                if name:
                    found.add(name[1])
        at = css.find("line-through", at + 12)
