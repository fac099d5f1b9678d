"""Truths are looked up by their product; by feed they are only walked through."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m012_truth_feed(db: Database) -> None:
    """Replace the index over facts, which took half of the time of a first load."""
    db.execute("drop index truth_live")
    db.execute("create index truth_feed on truth (feed) where removed_at is null")
