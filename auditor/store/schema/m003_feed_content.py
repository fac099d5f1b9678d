"""What a feed run read, so that the same again need not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m003_feed_content(db: Database) -> None:
    """Add the digest of what a feed run read."""
    db.execute("alter table feed_run add column content text not null default ''")
