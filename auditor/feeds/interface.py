"""The feed seam: a file in, products, truths, popularity signals and rejected rows out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Protocol

from auditor.model import Product, RejectedRow, Truth


@dataclass(frozen=True, slots=True)
class Signal:
    """One popularity figure: ``signal`` is pageviews, orders, searches or tickets."""

    sku: str
    signal: str
    value: Decimal
    window_days: int


Record = Product | Truth | Signal | RejectedRow


class FeedFormat(Protocol):
    """Reads one feed format.

    Contract: keys stay text; numbers become Decimal; a bad row becomes a RejectedRow with file,
    line and reason and the rest is used; a file that cannot be read at all raises FeedError.
    A format may also have ``whole_items = True``: a product that is present states all its facts
    (after its own Product record), and what it lacks ends at once.
    """

    name: ClassVar[str]

    def read(self, path: Path) -> Iterator[Record]:
        """Yield the records of ``path`` in file order, streaming."""
        ...
