"""``sellby findings --late``: what is past its service level."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.cli.filters import wanted
from auditor.cli.output import Format, print_list, print_table
from auditor.lists import LATE_COLUMNS, late_list

if TYPE_CHECKING:
    from auditor.cli.session import Session


def list_late(session: Session, options: dict[str, Any], output: str) -> None:
    """Print every finding whose clock ran out; ``--mine`` also where it is my turn by now."""
    where, mine = wanted(session, options), options["mine"]
    if session.is_remote:
        with session.server() as there:
            found = there.late(where, mine=mine)
    else:
        with session.audit_store() as store:
            found = late_list(
                store,
                session.reading_config,
                where,
                session.now(),
                mine=where.owner if mine else "",
            )
    rows = found["late"]
    shown = rows[: options["limit"] or None]
    if output == Format.TABLE:
        _table(session, shown, len(rows), has_levels=found["has_levels"])
    else:
        print_list(output, "late", LATE_COLUMNS, shown)


def _table(session: Session, rows: list[dict[str, Any]], n_late: int, *, has_levels: bool) -> None:
    from rich.text import Text

    from auditor.cli.tables import glowing, person, place, stacked, table
    from auditor.cli.words import count, fact_named

    made = table("", "Finding", "What", "Late", "Was due", "Owner", "Now also with")
    for row in rows:
        due = min(datetime.fromisoformat(at) for at in (row["acknowledge_by"], row["fix_by"]) if at)
        name = fact_named(row["sku"], row["attribute"], row["key"])
        made.add_row(
            glowing(row["priority"]),
            Text(row["id"], style="cyan"),
            stacked(name, "bold", place(row["source"], row["url"])),
            Text(" and ".join(row["late"]), style="red"),
            Text(f"{due.astimezone(session.zone):%Y-%m-%d %H:%M}"),
            Text(person(row["owner"])),
            Text(", ".join(map(person, row["escalated_to"])) or "nobody"),
        )
    if rows:
        print_table(made, color=session.color)
        more = f", {len(rows)} shown" if len(rows) < n_late else ""
        session.talk.hint(f"{count(n_late, 'finding')} past the service level{more}.")
    elif not has_levels:
        session.talk.line("No service level is configured: see `service` in docs/configuration.md.")
    else:
        session.talk.line("Nothing is late.")
