"""docs/database.md, from the migrations."""

from __future__ import annotations

from sqlite_utils import Database

from auditor.store.schema import migrations as auditor_migrations
from crawler.store.schema import migrations as crawler_migrations

DATABASE = """\
# The database

One SQLite file (default `sellby.db`), WAL, foreign keys on, strict tables, written through
sqlite-utils. Instants are ISO 8601 text in UTC with `Z`, so they sort; decimals are text. The
schema only ever grows, by numbered migrations; a file from a newer version is refused, not
changed. It opens as it is in [Datasette](https://datasette.io): `datasette sellby.db`.

Good to start from: the view `open_findings` (the work list), `latest_page` (what every page showed
last), `decision` (append-only: who decided what, on which evidence), `audit` (one row a night).

This page is generated from the migrations by `docs/generate.py`.
"""


def database() -> str:
    """docs/database.md as it should be."""
    db = Database(memory=True)
    crawler_migrations.apply(db)
    auditor_migrations.apply(db)
    parts = [DATABASE]
    for title, migrations in (
        ("The crawler's tables", crawler_migrations),
        ("The auditor's tables", auditor_migrations),
    ):
        own = Database(memory=True)
        migrations.apply(own)
        parts.append(f"## {title}\n")
        parts += [_table(own, name) for name in own.table_names() if not name.startswith("_")]
        parts += [_view(own, name) for name in own.view_names()]
    return "\n".join(parts)


def _table(db: Database, name: str) -> str:
    table = db[name]
    rows = "\n".join(
        f"| `{column.name}` | {column.type.lower()} | "
        f"{'' if column.notnull or column.is_pk else 'may be null'} |"
        for column in table.columns
    )
    keys = ", ".join(f"`{key}`" for key in table.pks)
    links = ", ".join(
        f"`{key.column}` → `{key.other_table}.{key.other_column}`" for key in table.foreign_keys
    )
    notes = [f"key {keys}"] * (keys != "`rowid`") + [f"refers {links}"] * bool(links)
    head = f"### `{name}`\n\n" + (f"{'; '.join(notes)}\n\n" if notes else "")
    return f"{head}| column | type | |\n|---|---|---|\n{rows}\n"


def _view(db: Database, name: str) -> str:
    columns = ", ".join(f"`{column.name}`" for column in db[name].columns)
    return f"### `{name}` (view)\n\n{columns}\n"
