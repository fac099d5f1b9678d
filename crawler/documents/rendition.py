"""What a document was turned into, or why it could not be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.config import Limits as SourceLimits


class Trouble(StrEnum):
    """Why a document cannot be read."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    NO_TEXT = "no_text"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    NO_READER = "no_reader"


@dataclass(frozen=True, slots=True)
class Rendition:
    """The HTML of a document; "" with the trouble and one sentence where it cannot be read.

    ``notes`` say what was left out of a document that was read ("pages 501 to 5,000").
    """

    html: str = ""
    trouble: Trouble | None = None
    detail: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one document is read, and what reading it may cost.

    ``pages`` of a PDF, ``rows`` of a workbook; ``characters`` of HTML; ``seconds`` of wall-clock
    time and ``memory_bytes`` of address space for the process that reads it; ``unpacked_bytes``
    of a zipped document.
    """

    pages: int = 500
    rows: int = 100_000
    characters: int = 15_000_000
    seconds: float = 120.0
    memory_bytes: int = 2 * 1024**3
    unpacked_bytes: int = 500_000_000


def limits_of(limits: SourceLimits) -> Limits:
    """What reading one document of a source may cost, as its configuration says."""
    return Limits(pages=limits.max_document_pages, seconds=limits.max_document_seconds)


class CannotRead(Exception):  # a finding about a document, raised inside its reader
    """A reader gives a document up: ``trouble`` and one sentence."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail
