"""Texts with {names} in a declaration, filled; no expressions, nothing is ever evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from crawler.kms.api import at

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"\{([\w.*@$-]+)(:int)?\}")


def path_of(data: Any, path: str) -> Any:
    """What stands under the first path (of several, joined by ``|``) that leads anywhere.

    >>> path_of({"a": None, "b": {"c": 2}}, "a|b.c")
    2
    """
    for each in path.split("|"):
        found = at(data, each.strip())
        if found is not None:
            return found
    return None


def text_of(data: Any, path: str) -> str | None:
    """The same as text: numbers written out, objects by their name, nothing for empty ones."""
    found = path_of(data, path)
    if isinstance(found, dict):
        found = found.get("rendered", found.get("name"))
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, int | float):
        return str(found)
    return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True)
class Names:
    """What {names} mean: ``known`` ones first, then paths of the item at hand.

    ``parts`` are those of an id that has several: {id.0}, {id.1}.
    """

    known: Mapping[str, Any]
    parts: tuple[str, ...] = ()
    item: Any = None

    def within(self, item: Any) -> Names:
        """The same with an item whose paths may be named; its own id is the item's."""
        known = {name: value for name, value in self.known.items() if name != "id"}
        return replace(self, known=known, item=item)

    def text(self, path: str, *, is_url: bool = False) -> str | None:
        """A field: a path, or a text with {paths}; None where one of them leads nowhere.

        >>> names = Names({"base": "https://w.example"}).within({"slug": "a b", "n": 1})
        >>> names.text("slug"), names.text("{base}/p/{slug}", is_url=True), names.text("{x}")
        ('a b', 'https://w.example/p/a%20b', None)
        """
        if "{" not in path:
            return text_of(self.item, path)
        if any(self._found(match[1]) in (None, "") for match in _NAME.finditer(path)):
            return None
        return self.fill(path, quoting=is_url)

    def fill(self, template: str, *, quoting: bool = False) -> str:
        """A text with its names filled in; what is no name of ours stays as it is."""

        def value(match: re.Match[str]) -> str:
            found = self._found(match[1])
            if found is None:
                return match[0]
            if quoting and match[1] != "base":
                safe = "/:" if self.item is not None else ":"
                return quote(found, safe=safe, errors="replace")
            return found

        return _NAME.sub(value, template)

    def _found(self, name: str) -> str | None:
        head, _, rest = name.partition(".")
        if head == "id" and rest.isdigit() and int(rest) < len(self.parts):
            return self.parts[int(rest)]
        if head in self.known:
            return text_of(self.known, name)
        return text_of(self.item, name)


def filled(value: Any, names: Names) -> Any:
    """A JSON value with the names in its texts filled in.

    >>> filled({"n": "{id:int}", "q": ["a {id}", "{ title }"]}, Names({"id": "7"}))
    {'n': 7, 'q': ['a 7', '{ title }']}
    """
    if isinstance(value, dict):
        return {key: filled(each, names) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, names) for each in value]
    if not isinstance(value, str):
        return value
    whole = _NAME.fullmatch(value)
    if whole and whole[2]:
        text = names.fill("{" + whole[1] + "}")
        return int(text) if text.lstrip("-").isdigit() else text
    return names.fill(value)
