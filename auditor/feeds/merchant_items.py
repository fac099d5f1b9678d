"""The items of a Google Merchant feed, in XML (RSS 2.0 or Atom) or as tab-separated text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lxml import etree

from auditor.errors import FeedError
from auditor.feeds.table import Row, read_rows
from auditor.feeds.xml_items import xml_items

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.model import RejectedRow

_GOOGLE = "http://base.google.com/ns/1.0"
_SHOWN = ("id", "price", "sale_price", "sale_price_effective_date", "availability")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00")


def merchant_items(path: Path, config: FeedConfig) -> Iterator[Row | RejectedRow]:
    """Each item's fields by their names in the specification ("sale_price").

    Raises FeedError where the file is neither form.
    """
    found = False
    for row in _xml(path) if _is_xml(path) else _text(path, config):
        found = True
        yield row
    if not found:
        raise FeedError(
            f"{path.name} holds no <item> and no <entry>; is it a Google Merchant feed?"
        )


def _is_xml(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(200)
    except OSError as error:
        raise FeedError(f"{path.name} cannot be read: {error.strerror}") from error
    for mark in _MARKS:
        head = head.replace(mark, b"")
    return head.lstrip().startswith(b"<") or not head.strip()


def _xml(path: Path) -> Iterator[Row]:
    for line, node in xml_items(path, ("{*}item", "{*}entry")):
        item = _children(node)
        yield Row(line, item, _shown(item))


def _text(path: Path, config: FeedConfig) -> Iterator[Row | RejectedRow]:
    """Tab-separated text; its header may say ``sale price`` or ``g:sale_price``."""
    for row in read_rows(path, config.encoding, "\t", ("id",), config.header_row):
        if isinstance(row, Row):
            cells = {
                name.strip().lower().removeprefix("g:").replace(" ", "_"): " ".join(cell.split())
                for name, cell in row.cells.items()
            }
            row = Row(row.line, cells, row.text)
        yield row


def _children(node: Any) -> dict[str, str]:
    """The item's own fields by local name; g: elements win over RSS or Atom ones.

    Only direct children count: ``g:shipping`` holds a ``g:price`` of its own.
    """
    found: dict[str, str] = {}
    for child in node.iterchildren(tag=etree.Element):
        name = etree.QName(child)
        text = " ".join((child.text or "").split())
        if not text and name.localname == "link" and child.get("rel", "alternate") == "alternate":
            text = (child.get("href") or "").strip()
        if text and (name.namespace == _GOOGLE or name.localname not in found):
            if name.namespace == _GOOGLE and f"g:{name.localname}" in found:
                continue
            found[name.localname] = text
            if name.namespace == _GOOGLE:
                found[f"g:{name.localname}"] = text
    return found


def _shown(item: dict[str, str]) -> str:
    return " ".join(f"{name}={item[name]}" for name in _SHOWN if name in item)[:300]
