"""``sellby findings``: the work list."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.output import Format, format_option, one_line, print_csv, print_json, print_table
from auditor.cli.session import Session

if TYPE_CHECKING:
    from datetime import datetime

    from rich.table import Table

    from auditor.model import Finding

STATES = (
    "open", "acknowledged", "claimed_fixed", "verified", "not_observed", "reopened", "waived",
    "rejected",
)  # fmt: skip


@click.command("findings")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="In this state.")
@click.option("--all", "every_state", is_flag=True, help="In every state, closed ones too.")
@click.option("--mine", is_flag=True, help="Owned by me (--as, identity.as or the login name).")
@click.option("--as", "who", metavar="WHO", help="Who I am, for --mine.")
@click.option("--owner", default="", help="Owned by.")
@click.option("--source", default="", help="On pages of this source.")
@click.option("--group", default="", help="About products of this group.")
@click.option("--sku", default="", help="About this product.")
@click.option("--attribute", default="", help="About this kind of fact: price, moq, spec …")
@click.option("--diagnosis", default="", help="With this diagnosis: outdated, basis, slip …")
@click.option("--task", default="", help="Of this piece of work.")
@click.option("--url", default="", help="On this page.")
@click.option("--search", default="", metavar="TEXT", help="With this in product, SKU, URL, quote.")
@click.option("-n", "--limit", type=click.IntRange(min=0), default=None, help="At most so many.")
@format_option
@click.pass_obj
def command(session: Session, /, output: str, **options: Any) -> None:
    """List what is wrong, most urgent first."""
    from auditor.store import Filter

    if options["mine"]:
        options["owner"] = session.who(options["who"])
    limit = options["limit"]
    if limit is None:
        limit = 40 if output == Format.TABLE else 0
    wanted = Filter(
        states=options["states"],
        every_state=options["every_state"],
        owner=options["owner"],
        source=options["source"],
        group=options["group"],
        sku=options["sku"],
        attribute=options["attribute"],
        diagnosis=options["diagnosis"],
        task=options["task"],
        url=options["url"],
        text=options["search"],
        limit=limit + 1 if limit else 0,
    )
    with session.audit_store() as store:
        found = store.findings.matching(wanted)
        audited = store.audits.latest() is not None
    more = bool(limit) and len(found) > limit
    _print(session, found[:limit] if limit else found, output)
    if output == Format.TABLE:
        _close(session, shown=min(len(found), limit or len(found)), more=more, audited=audited)


def _print(session: Session, found: list[Finding], output: str) -> None:
    from auditor.cli.words import COLUMNS, record

    if output == Format.JSON:
        print_json([record(finding) for finding in found])
    elif output == Format.CSV:
        columns = (*(name for name in COLUMNS if name != "truth"), *_TRUTH)
        print_csv(columns, (_flat(record(finding)) for finding in found))
    elif found:
        now = session.now().astimezone(session.zone)
        print_table(table(found, now), color=session.color)


_TRUTH = ("truth_feed", "truth_row", "truth_valid_from")


def _flat(row: dict[str, Any]) -> dict[str, object]:
    truth = row.pop("truth")
    return {**row, **{f"truth_{key}": value for key, value in truth.items()}}


def table(found: list[Finding], now: datetime) -> Table:
    """Findings as a table: what the page says beside what is true."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from auditor.cli.words import STATES as STATE_WORDS
    from auditor.cli.words import STYLES, age, day, fact, value, why

    made = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, 1))
    made.add_column("", justify="right", no_wrap=True)
    made.add_column("Finding", no_wrap=True)
    made.add_column("What", overflow="fold", ratio=4)
    made.add_column("The page says", overflow="fold", ratio=3)
    made.add_column("True is", overflow="fold", ratio=3)
    made.add_column("State, owner", overflow="fold", ratio=2)
    for finding in found:
        j = finding.judgement
        says = Text(value(j.claimed), style="red")
        says.append(f"\n{one_line(why(j, now.tzinfo or UTC))}", style="dim")
        true = Text(value(j.expected, "–"), style="green")
        if j.truth and j.truth.valid_from:
            true.append(f"\nsince {day(j.truth.valid_from, now.tzinfo or UTC)}", style="dim")
        state = Text(STATE_WORDS[finding.state], style=STYLES[finding.state])
        state.append(f" {age(finding.first_seen, now)}", style="dim")
        state.append(f"\n{one_line(finding.owner) or 'nobody'}", style="dim")
        what = Text(fact(j), style="bold")
        what.append(f"\n{one_line(_place(j.source, j.url))}", style="dim")
        made.add_row(f"{finding.priority:.0f}", finding.id, what, says, true, state)
    return made


def _place(source: str, url: str) -> str:
    """The page as short as it stays clear: source and path.

    >>> _place("web", "https://www.example.com/p/a?b=1")
    'web /p/a?b=1'
    """
    rest = url.split("://", 1)[-1]
    _, slash, path = rest.partition("/")
    return f"{source} {slash}{path}"


def _close(session: Session, *, shown: int, more: bool, audited: bool) -> None:
    from auditor.cli.words import count

    talk = session.talk
    if not shown:
        talk.line(
            "Nothing on the list." if audited else "Nothing was audited yet: try `sellby run`."
        )
        return
    talk.hint(
        f"{count(shown, 'finding')}{', and more: --limit 0 shows all' if more else ''}. "
        "`sellby show ID` says why, `sellby confirm ID` says it is fixed."
    )
