"""Tables of any kind as rows of text cells: one file per format, one mapping for all of them."""

from __future__ import annotations

from auditor.feeds.tabular.feed import READERS, Reader, Tabular

__all__ = ["READERS", "Reader", "Tabular"]
