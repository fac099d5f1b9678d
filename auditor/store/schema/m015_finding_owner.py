"""Somebody's list without reading everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m015_finding_owner(db: Database) -> None:
    """Index the findings by their owner."""
    db.execute("create index finding_owner on finding (owner collate nocase, state, priority desc)")
