"""What the selectors of site profiles matched when they last worked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m005_profile_selectors(db: Database) -> None:
    """Create the table of profile selectors."""
    db.execute(
        """
        create table profile_selector (
          source text not null,
          attribute text not null,
          key text not null,
          selector text not null,
          pages integer not null,
          matched integer not null,
          is_dead integer not null,
          seen_at text not null,
          primary key (source, attribute, key)
        ) strict, without rowid
        """
    )
