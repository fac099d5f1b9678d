"""A schema.org thing: a dict as in JSON-LD, whatever syntax it came in.

``@type``, ``@id`` and properties whose values are texts, things or lists of both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.page.model import Json

MAX_THINGS = 5_000
"""Things read on one page; a listing has a few hundred."""

MAX_DEPTH = 24

Thing = dict[str, "Json"]


def things_by_id(roots: list[Json]) -> dict[str, Thing]:
    """Full things by their @id."""
    found: dict[str, Thing] = {}
    stack: list[tuple[Json, int]] = [(root, 0) for root in reversed(roots)]
    budget = MAX_THINGS * 4
    while stack and budget:
        budget -= 1
        value, depth = stack.pop()
        if depth > MAX_DEPTH:
            continue
        if isinstance(value, list):
            stack.extend((item, depth + 1) for item in reversed(value))
        elif isinstance(value, dict):
            name = value.get("@id")
            if isinstance(name, str) and len(value) > 1:
                found.setdefault(name, value)
            stack.extend((item, depth + 1) for item in value.values() if is_nested(item))
    return found


def top_things(roots: Iterable[Json]) -> list[Thing]:
    """The things at the top of JSON-LD blocks, arrays and ``@graph`` opened."""
    found: list[Thing] = []
    for root in roots:
        for value in root[:200] if isinstance(root, list) else [root]:
            if isinstance(value, dict):
                graph = value.get("@graph")
                inner = graph[:200] if isinstance(graph, list) else []
                found.extend(v for v in (value, *inner) if isinstance(v, dict))
    return found


def is_nested(value: Json) -> bool:
    """Whether a value may hold things."""
    return isinstance(value, (dict, list))


def types(thing: Thing) -> set[str]:
    """Local names of a thing's types.

    >>> sorted(types({"@type": ["http://schema.org/Product", "schema:Vehicle"]}))
    ['Product', 'Vehicle']
    """
    value = thing.get("@type")
    values = value if isinstance(value, list) else [value]
    return {local_name(v) for v in values[:20] if isinstance(v, str)}


def local_name(name: str) -> str:
    """A name without its vocabulary.

    >>> local_name("https://schema.org/InStock"), local_name("//schema.org/InStock/")
    ('InStock', 'InStock')
    >>> local_name("schema:Offer"), local_name("in stock / on order")
    ('Offer', 'in stock / on order')
    """
    name = name.strip()
    if "//" in name or name.startswith("schema.org/"):
        return re.split("[/#]", name.rstrip("/#"))[-1]
    prefix, colon, rest = name.partition(":")
    return rest if colon and prefix in ("schema", "s", "gr", "og", "product") else name


def value_of(thing: Thing, key: str) -> Json:
    """A property under its plain name or with schema.org's prefix; None where absent."""
    if key in thing:
        return thing[key]
    for prefix in ("schema:", "http://schema.org/", "https://schema.org/"):
        if prefix + key in thing:
            return thing[prefix + key]
    return None


def text_of(thing: Thing, key: str) -> str:
    """A property as text: the first one of several, a thing's value or name, "" where absent."""
    value = value_of(thing, key)
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = next(
                (value[k] for k in ("@value", "value", "name", "@id", "url") if k in value), None
            )
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(str(value).split())
