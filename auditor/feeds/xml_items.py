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

    Raises FeedError where the file is no whole XML, or defines entities: their text would be
    missing from values, or unfold to gigabytes.
    """
    refuse_other_kinds(path, "utf-8 or utf-16", "XML")
    checked = False
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
                if not checked:
                    _refuse_entities(path, node)
                    checked = True
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


def _refuse_entities(path: Path, node: Any) -> None:
    dtd = node.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _entity in dtd.iterentities()):
        raise FeedError(
            f"{path.name} defines XML entities, which are not expanded; export it without them"
        )
