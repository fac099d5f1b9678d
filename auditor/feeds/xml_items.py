"""The repeated elements of an XML feed, streaming, entities and network off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lxml import etree

from auditor.errors import FeedError
from auditor.feeds.files import refuse_other_kinds

if TYPE_CHECKING:
    from pathlib import Path


def xml_items(path: Path, tags: Sequence[str]) -> Iterator[tuple[int, Any]]:
    """Each element of ``tags`` ("{*}item") with its line; it is gone after its turn.

    Raises FeedError where the file is no whole XML, or an element uses an entity that the file
    defines: its text would be missing from the value, or unfold to gigabytes.
    """
    refuse_other_kinds(path, "utf-8 or utf-16", "XML")
    defines: bool | None = None
    try:
        with path.open("rb") as file:
            events = etree.iterparse(
                file,
                events=("end",),
                tag=tuple(tags),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            )
            for _event, node in events:
                if defines is None:
                    defines = _defines_entities(node)
                if defines:
                    _refuse_entities(path, node)
                yield node.sourceline or 0, node
                node.clear()
                while (before := node.getprevious()) is not None:
                    before.getparent().remove(before)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise FeedError(
            f"{path.name}:{line}: this is no whole XML file ({error.msg}); was the export cut off "
            "or an error page saved instead?"
        ) from error


def _defines_entities(node: Any) -> bool:
    """Whether the file has a DTD of its own with entities; harmless while nothing uses them."""
    dtd = node.getroottree().docinfo.internalDTD
    return dtd is not None and any(True for _entity in dtd.iterentities())


def _refuse_entities(path: Path, node: Any) -> None:
    for entity in node.iter(etree.Entity):
        line = entity.getparent().sourceline
        raise FeedError(
            f"{path.name}:{line}: {entity.text[:40]} is an entity that the file defines itself; "
            "those are not expanded: export it without them"
        )
