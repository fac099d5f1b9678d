"""BMEcat elements under one name: 1.2 says ARTICLE and AID where 2005 says PRODUCT and PID."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

_RENAMED = {
    "ART_ID": "PROD_ID",
    "ART_ID_TO": "PROD_ID_TO",
    "ARTICLE_TO_CATALOGGROUP_MAP": "PRODUCT_TO_CATALOGGROUP_MAP",
    "EAN": "INTERNATIONAL_PID",
}


def name_of(node: Any) -> str:
    """The element's name as BMEcat 2005 has it, without its namespace.

    >>> name_of(etree.fromstring("<SUPPLIER_AID/>")), name_of(etree.fromstring("<ARTICLE/>"))
    ('SUPPLIER_PID', 'PRODUCT')
    """
    name = etree.QName(node).localname
    if name in _RENAMED:
        return _RENAMED[name]
    if name.startswith("ARTICLE"):
        return f"PRODUCT{name[7:]}"
    return f"{name[:-4]}_PID" if name.endswith("_AID") else name


class Element:
    """An element whose children are looked up by their BMEcat 2005 names."""

    __slots__ = ("_children", "line", "node")

    def __init__(self, node: Any) -> None:
        self.node = node
        self.line: int = node.sourceline or 0
        self._children: dict[str, list[Any]] = {}
        for child in node.iterchildren(tag=etree.Element):
            self._children.setdefault(name_of(child), []).append(child)

    def __contains__(self, name: str) -> bool:
        return name in self._children

    def text(self, *names: str) -> str:
        """The text of the first child of one of these names that has any; "" where none has."""
        return next((text for name in names for text in self.texts(name) if text), "")

    def texts(self, name: str) -> list[str]:
        """The texts of all children ``name``, blanks squeezed."""
        return [" ".join((child.text or "").split()) for child in self._children.get(name, ())]

    def all(self, name: str) -> Iterator[Element]:
        """The children ``name``."""
        for child in self._children.get(name, ()):
            yield Element(child)

    def first(self, *names: str) -> Element:
        """The first child of one of these names, else an empty element."""
        for name in names:
            for child in self._children.get(name, ()):
                return Element(child)
        return Element(etree.Element("NONE"))

    def kind(self, attribute: str = "type") -> str:
        """The element's attribute, "" where it has none."""
        return str(self.node.get(attribute, ""))
