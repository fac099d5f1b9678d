"""Why findings are there together, and the paragraphs that their quotes stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m010_tasks(db: Database) -> None:
    """Add the cause and the id of a finding's task, and the passage of its quote."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    "alter table finding add column cause text not null default 'fact'",
    "alter table finding add column task_id text not null default ''",
    "create index finding_task on finding (task_id)",
    "alter table quote_context add column passage text not null default ''",
)
