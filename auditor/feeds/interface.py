"""The feed seam: a file in, products, truths, popularity signals and rejected rows out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Protocol

from auditor.feeds.drift import Columns
from auditor.model import Contact, Product, RejectedRow, Truth
from auditor.store.stated import Stated, StatedBlock


@dataclass(frozen=True, slots=True)
class Signal:
    """One popularity figure.

    ``subject`` is a sku, the URL (or path) of a page, or a search term, as ``about`` says
    ("sku", "url", "term"); ``signal`` is one of ``auditor.popularity.WEIGHTS``. ``value`` is the
    count of ``window_days`` days that end with ``day``; without a day they are the newest.
    """

    subject: str
    signal: str
    value: Decimal
    window_days: int
    about: str = "sku"
    day: date | None = None


Ready = Stated | list[Stated] | StatedBlock
"""Truths ready to be stored: from ``read_stated`` alone, many at once where that is quicker."""

Record = Product | Truth | Ready | Signal | Contact | RejectedRow | Columns


class FeedFormat(Protocol):
    """Reads one feed format.

    Contract: keys stay text; numbers become Decimal; a bad row becomes a RejectedRow with file,
    line and reason and the rest is used; a file that cannot be read at all raises FeedError.
    Where it has a ``read_stated``, that is ``read`` with truths that are ready to be stored; with
    ``passes_over = True`` it also takes a Standing and leaves out the rows that are known.
    A table also yields its Columns once, at its end, so that their drift is told.
    A format may also have ``whole_items = True``: a product that is present states all its facts
    (after its own Product record), and what it lacks ends at once. Its ``is_partial(path)``, where
    it has one, says whether a file states changes alone: what it lacks is then never missing.
    """

    name: ClassVar[str]

    def read(self, path: Path) -> Iterator[Record]:
        """Yield the records of ``path`` in file order, streaming."""
        ...
