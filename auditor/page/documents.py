"""What is different on a page that was made from a document: places, numbers, what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.page.model import Unread
from auditor.values.locale import locale_for
from crawler.documents.markup import NUMBER, PLACE

if TYPE_CHECKING:
    from lxml.etree import _Element

    from auditor.page.frames import Frame
    from crawler.snapshot import Document

PARTIAL = "partial"
"""What ``Unread`` calls a part of a document that was left out."""


def localise(root: _Element, language: str) -> None:
    """Write the numbers that a workbook stores as its readers see them: with their decimal sign.

    "12.83" becomes "12,83" where the source's language has a decimal comma.
    """
    if locale_for(language).decimal != ",":
        return
    for number in root.iter(NUMBER):
        if number.text:
            number.text = number.text.replace(".", ",")


def place_of(frame: Frame) -> str:
    """Where in its document a block stands ("page 3"); an XPath where that is not said."""
    at = frame
    while True:
        if place := at.shape.attrs.get(PLACE):
            return place
        if at.parent is at:
            return frame.path()
        at = at.parent


def left_out(document: Document) -> list[Unread]:
    """What of a document could not be read, or was left out on purpose."""
    if document.trouble:
        return [Unread(document.trouble, document.detail, "")]
    return [Unread(PARTIAL, note, "") for note in document.notes]
