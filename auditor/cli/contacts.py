"""``sellby contacts``: which stale facts stand behind which tickets and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.cli.output import (
    Format,
    format_option,
    instant,
    one_line,
    print_csv,
    print_json,
    print_table,
)
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.table import Table

    from auditor.contacts import Behind, Toll
    from auditor.model import Finding

ROWS_SHOWN = 30
FINDING_COLUMNS = (
    "id", "state", "sku", "product", "group", "owner", "attribute", "url", "claimed", "expected",
    "contacts", "repeats", "minutes", "unmeasured",
)  # fmt: skip
CONTACT_COLUMNS = (
    "feed_id", "at", "sku", "attribute", "reason", "minutes", "repeat", "findings",
)  # fmt: skip


@click.command("contacts")
@click.option(
    "--by",
    type=click.Choice(["finding", "contact"]),
    default="finding",
    show_default=True,
    help="Findings with their contacts, or contacts with their findings.",
)
@click.option("--repeats", is_flag=True, help="Repeat contacts only.")
@click.option("--open", "only_open", is_flag=True, help="Findings on the work list only.")
@click.option("-n", "--limit", type=click.IntRange(min=0), default=None, help="At most so many.")
@format_option
@click.pass_obj
def command(  # noqa: PLR0913 - one argument an option
    session: Session, by: str, repeats: bool, only_open: bool, limit: int | None, output: str
) -> None:
    """Show which findings stand behind which tickets and calls.

    A finding stands behind a contact about its product that came while it was wrong, where the
    contact's reason is about that kind of fact or does not say.
    """
    from auditor.placing import contacts_behind
    from auditor.store import Filter

    with session.audit_store() as store:
        found = contacts_behind(store, session.reading_config)
        findings = store.findings.matching(Filter(every_state=not only_open))
    if repeats:
        found = [one for one in found if one.told.repeat]
    if limit is None:
        limit = ROWS_SHOWN if output == Format.TABLE else 0
    if by == "contact":
        _by_contact(session, found, findings, limit, output)
    else:
        _by_finding(session, found, findings, limit, output)


def _by_finding(
    session: Session,
    found: Sequence[Behind],
    findings: Sequence[Finding],
    limit: int,
    output: str,
) -> None:
    from auditor.contacts import by_finding

    tolls = by_finding(found)
    rows = sorted(
        ((f, tolls[f.fingerprint]) for f in findings if f.fingerprint in tolls),
        key=lambda pair: (-pair[1].contacts, -pair[1].minutes, -pair[0].priority, pair[0].id),
    )
    shown = rows[:limit] if limit else rows
    data = [_finding_row(finding, toll) for finding, toll in shown]
    if output == Format.JSON:
        print_json(data)
    elif output == Format.CSV:
        print_csv(FINDING_COLUMNS, data)
    else:
        if shown:
            print_table(_table(shown), color=session.color)
        _close(session, found)


def _by_contact(
    session: Session,
    found: Sequence[Behind],
    findings: Iterable[Finding],
    limit: int,
    output: str,
) -> None:
    ids = {finding.fingerprint: finding.id for finding in findings}
    newest = list(reversed(found))
    shown = newest[:limit] if limit else newest
    data = [_contact_row(one, ids) for one in shown]
    if output == Format.JSON:
        print_json(data)
    elif output == Format.CSV:
        print_csv(CONTACT_COLUMNS, data)
    else:
        from auditor.cli.tables import table

        made = table("When", "Product", "Reason", "Minutes", "Repeat", "Findings behind it")
        for one in data:
            made.add_row(
                str(one["at"])[:10],
                one_line(str(one["sku"])) or "–",
                one_line(str(one["reason"]), 40) or "–",
                "–" if one["minutes"] is None else f"{one['minutes']}",
                "yes" if one["repeat"] else "",
                ", ".join(f["id"] for f in _listed(one["findings"])[:6]) or "none",
            )
        print_table(made, color=session.color)
        _close(session, found)


def _listed(value: object) -> list[dict[str, str]]:
    return value if isinstance(value, list) else []


def _finding_row(finding: Finding, toll: Toll) -> dict[str, object]:
    j = finding.judgement
    return {
        "id": finding.id,
        "state": str(finding.state),
        "sku": j.sku,
        "product": finding.product,
        "group": finding.group,
        "owner": finding.owner,
        "attribute": str(j.attribute),
        "url": j.url,
        "claimed": j.claimed,
        "expected": j.expected,
        "contacts": toll.contacts,
        "repeats": toll.repeats,
        "minutes": round(float(toll.minutes), 1),
        "unmeasured": toll.unmeasured,
    }


def _contact_row(one: Behind, ids: dict[str, str]) -> dict[str, object]:
    contact = one.told.contact
    return {
        "feed_id": contact.id,
        "at": instant(contact.at),
        "sku": one.told.sku,
        "attribute": str(one.told.attribute or ""),
        "reason": contact.reason,
        "minutes": contact.minutes,
        "repeat": one.told.repeat,
        "findings": [
            {"id": ids[fingerprint], "link": str(link)}
            for fingerprint, link in one.findings
            if fingerprint in ids
        ],
    }


def _table(shown: Sequence[tuple[Finding, Toll]]) -> Table:
    from rich.text import Text

    from auditor.cli.tables import claimed, expected, person, place, stacked, table
    from auditor.cli.words import fact

    made = table("", "Finding", "What", "The page says", "Repeats", "Minutes", "Owner")
    for finding, toll in shown:
        j = finding.judgement
        made.add_row(
            Text(str(toll.contacts), style="bold"),
            Text(finding.id, style="cyan"),
            stacked(fact(j), "bold", place(j.source, j.url)),
            stacked(claimed(j), "red", f"true: {expected(j)}"),
            str(toll.repeats),
            f"{toll.minutes:,.0f}",
            Text(person(finding.owner), style="dim"),
        )
    return made


def _close(session: Session, found: Sequence[Behind]) -> None:
    """How much of all contacts stale facts explain, and what could not be told."""
    from auditor.cli.words import count
    from auditor.contacts import toll

    talk = session.talk
    if not found:
        talk.line(
            "No contacts yet: give a feed of tickets or calls (contacts_csv, zendesk, freshdesk)."
        )
        return
    every, explained = toll(found, explained=False), toll(found)
    lost = sum(not one.told.sku for one in found)
    talk.good(
        f"{explained.contacts:,} of {count(every.contacts, 'contact')} "
        f"({100 * explained.contacts / every.contacts:.0f} %) have a stale fact behind them: "
        f"{explained.minutes:,.0f} of {every.minutes:,.0f} minutes, {explained.repeats:,} of "
        f"{every.repeats:,} repeats. Each contact counts once here, and once per finding above."
    )
    if lost:
        talk.warn(
            f"{count(lost, 'contact')} could not be laid at any product's door: no number or name "
            "of the catalogue stands in them"
        )
