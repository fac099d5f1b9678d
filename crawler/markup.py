"""Markup built to exhaust a parser: found before an HTML5 parser is started on it.

Three constructions make every HTML5 tree builder (lexbor, html5lib) slow or huge by the standard's
own rules: elements nested tens of thousands deep (each start tag walks the stack of open
elements: 250 KB take 4 s), formatting elements that are never closed (each new paragraph opens
all of them again: 40 KB of ``<font>`` and ``<p>`` become 1.8 GB), and elements with 100,000
attributes (each is compared with all before it: 23 s).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Tags up to which no nesting can cost more than about 60 ms.
HARMLESS_TAGS = 6_000
# Tags × depth that a tree builder walks in about 0.1 s.
WALKED_LIMIT = 50_000_000
# Tags × unclosed formatting elements: nodes made, at about 400 bytes each.
REOPENED_LIMIT = 300_000

# Bytes, lower-cased: four times as fast on the hot path as IGNORECASE over text. Without <a>:
# by the standard a second one closes the first, so they never pile up.
_FORMATTING = re.compile(rb"</?(?:[bisu]|big|code|em|font|nobr|small|strike|strong|tt)(?=[\s/>])")
_TAG = re.compile(rb"</?[a-z][^\s/>]{0,40}")
# A start tag this long is looked into; each attribute is compared with all before it.
LONG_TAG_BYTES = 10_000
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
ATTRIBUTES_LIMIT = 1_000
# Void elements, and those that their like or their parent's end closes.
_NEVER_OPEN = frozenset(
    b"area base br col embed hr img input link meta source track wbr "
    b"li p option td th tr dt dd".split()
)


def is_tangled(html: str) -> bool:
    """Whether an HTML5 parser must not be started on this page.

    Linear in the page's length and no more than a fraction of the parsing it guards.

    >>> is_tangled("<p>" * 5000 + "<b>x</b>" * 5000)
    False
    >>> is_tangled("<div>" * 50_000), is_tangled("<font c=1>" * 2000 + "<p>x" * 2000)
    (True, True)
    """
    raw = html.encode("utf-8", "replace").lower()
    tags = raw.count(b"<")
    if tags > HARMLESS_TAGS and tags * _most_open(_TAG.findall(raw)) > WALKED_LIMIT:
        return True
    if any(map(_is_overloaded, _long_pieces(raw))):
        return True
    formatting = _FORMATTING.findall(raw)
    # Never more open than there are: most pages need no count of how many really are.
    return tags * len(formatting) > REOPENED_LIMIT < tags * _most_open(formatting)


def _is_overloaded(piece: bytes) -> bool:
    """Whether what follows a ``<`` is a tag with too many attributes."""
    return len(_QUOTED.sub(b"", piece.partition(b">")[0]).split()) > ATTRIBUTES_LIMIT


def _long_pieces(raw: bytes) -> Iterator[bytes]:
    """What stands between two ``<`` further apart than LONG_TAG_BYTES, found in long jumps."""
    at = 0
    while at + LONG_TAG_BYTES < len(raw):
        following = raw.rfind(b"<", at + 1, at + LONG_TAG_BYTES + 2)
        if following < 0:
            end = raw.find(b"<", at + LONG_TAG_BYTES)
            following = end if end >= 0 else len(raw)
            yield raw[at:following]
        at = following


def _most_open(tags: list[bytes]) -> int:
    """The most elements open at once; a closing tag closes one of its own name only."""
    open_by_name: dict[bytes, int] = {}
    now = most = 0
    for tag in tags:
        closing = tag.startswith(b"</")
        name = tag[2:] if closing else tag[1:]
        count = open_by_name.get(name, 0)
        if closing:
            if count:
                open_by_name[name] = count - 1
                now -= 1
        elif name not in _NEVER_OPEN:
            open_by_name[name] = count + 1
            now += 1
            if now > most:  # not max(): this loop is the cost of the guard
                most = now
    return most
