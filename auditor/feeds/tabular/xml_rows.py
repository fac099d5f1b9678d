"""Rows of any XML file: each element of one name is a row, what is in it are its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from auditor.errors import FeedError
from auditor.feeds.table import Row, shown
from auditor.feeds.tabular.json_rows import MAX_CELLS, MAX_DEPTH
from auditor.feeds.xml_items import xml_items
from auditor.model import RejectedRow

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig


def xml_rows(
    path: Path, config: FeedConfig, _required: Sequence[str]
) -> Iterator[Row | RejectedRow]:
    """The elements ``rows``; raises FeedError where there is none or the file is no XML."""
    found = False
    for line, node in xml_items(path, (f"{{*}}{config.rows}",)):
        found = True
        try:
            yield Row(line, flatten(node), "")
        except ValueError as error:
            yield RejectedRow(path.name, line, str(error), shown(" ".join(node.itertext())))
    if not found:
        raise FeedError(f"{path.name} has no element <{config.rows}>; set `rows` to a row's name")


def flatten(node: Any) -> dict[str, str]:
    """The cells of an element: paths of names, attributes with ``@``, namespaces left out.

    A name that stands several times in one parent is there with its number too, ``price[2]``;
    without a number it is the first. Raises ValueError for what is too deep or too large.

    >>> from lxml import etree
    >>> flatten(etree.fromstring('<a id="7"><p c="EUR">1</p><p>2</p><n><m>x</m></n></a>'))
    {'@id': '7', 'p': '1', 'p/@c': 'EUR', 'p[1]': '1', 'p[1]/@c': 'EUR', 'p[2]': '2', 'n/m': 'x'}
    """
    cells: dict[str, str] = {}
    _flatten(node, "", cells, 0)
    return cells


def _flatten(node: Any, path: str, cells: dict[str, str], depth: int) -> None:
    if depth > MAX_DEPTH or len(cells) > MAX_CELLS:
        raise ValueError(f"nested deeper than {MAX_DEPTH} or more than {MAX_CELLS:,} values")
    start = f"{path}/" if path else ""
    for name, value in node.attrib.items():
        cells.setdefault(f"{start}@{_local(name)}", value.strip())
    children = [child for child in node if isinstance(child.tag, str)]
    if not children:
        return
    names = [_local(child.tag) for child in children]
    times, seen = Counter(names), Counter[str]()
    for name, child in zip(names, children, strict=True):
        text = " ".join((child.text or "").split())
        first = f"{start}{name}"
        here = [first]
        if times[name] > 1:
            seen[name] += 1
            numbered = f"{first}[{seen[name]}]"
            here = [first, numbered] if seen[name] == 1 else [numbered]
        is_leaf = len(child) == 0
        for place in here:
            if text or is_leaf:
                cells[place] = text
            if child.attrib or not is_leaf:
                _flatten(child, place, cells, depth + 1)


def _local(name: str) -> str:
    """A name without its namespace.

    >>> _local("{http://base.google.com/ns/1.0}price")
    'price'
    """
    return name.rpartition("}")[2]
