"""``sellby show``: one finding with all its evidence, or one task with its findings."""

from __future__ import annotations

from datetime import UTC
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
    from datetime import datetime, tzinfo
    from pathlib import Path

    from rich.console import RenderableType
    from rich.text import Text

    from auditor.costs import Cost
    from auditor.findings import StateChange
    from auditor.model import Decision, Finding, Popularity
    from auditor.store.overview import Beside

# Characters of the page shown on either side of the quote.
AROUND = 110


@click.command("show")
@click.argument("finding", metavar="FINDING|TASK")
@format_option
@click.pass_obj
def command(session: Session, finding: str, output: str) -> None:
    """Show one finding or task: both sides, the proof, its history, its priority.

    FINDING is an id from `sellby findings`, TASK one from `sellby findings --tasks`; their first
    letters are enough.
    """
    from auditor.cli.findings import costs_of
    from auditor.cli.words import record
    from auditor.popularity import explain
    from auditor.tasks import ID_MARK

    if finding.strip().lower().startswith(ID_MARK):
        from auditor.cli.show_task import show_task

        show_task(session, finding, output)
        return

    with session.audit_store() as store:
        found = store.findings.by_id(finding)
        decisions = store.findings.decisions([found.fingerprint]).get(found.fingerprint, [])
        history = store.findings.history(found.fingerprint)
        beside = store.overview.beside(found)
        cost = costs_of(session, store, [found])[found.id]
        popularity = store.catalogue.popularity().get(found.judgement.sku)
    before, after = _context(session.database, found)
    if output == Format.TABLE:
        print_table(
            *_parts(
                found, (before, after), decisions, history, session.now().astimezone(session.zone)
            ),
            *([_beside(beside)] if beside is not None else []),
            _cost(cost, popularity),
            color=session.color,
        )
        session.talk.hint(_next(found))
        return
    row = record(found, beside, cost) | {
        "before": before,
        "after": after,
        "snapshot": found.snapshot,
        "priority_parts": [
            {"factor": name, "shown": shown, "value": value}
            for name, shown, value in found.priority_parts
        ],
        "popularity": explain(popularity) if popularity else "no popularity signal",
        "history": [_step(step) for step in history],
        "decisions": [_decided(decision) for decision in decisions],
    }
    if output == Format.JSON:
        print_json(row)
    else:
        print_csv(tuple(row), [row])


def _context(database: Path, finding: Finding) -> tuple[str, str]:
    """What stands before and after the quote on the stored page, "" where it is not visible."""
    from crawler.errors import CrawlerError
    from crawler.store import SnapshotStore

    j = finding.judgement
    if not finding.snapshot or j.locator.start < 0:
        return "", ""
    try:
        with SnapshotStore(database) as snapshots:
            snapshot = snapshots.snapshot_at(j.source, j.url, finding.last_seen)
    except CrawlerError:
        return "", ""
    if snapshot is None:
        return "", ""
    from auditor.page.read import read_page

    text = read_page(snapshot).text
    start, end = j.locator.start, j.locator.end
    if text[start:end] != j.quote:
        start = text.find(j.quote)
        end = start + len(j.quote)
        if start < 0:
            return "", ""
    before = text[max(0, start - AROUND) : start]
    after = text[end : end + AROUND]
    if start > AROUND:
        before = "…" + before.split(" ", 1)[-1]
    if end + AROUND < len(text):
        after = after.rsplit(" ", 1)[0] + " …"
    return before, after


def _parts(
    finding: Finding,
    around: tuple[str, str],
    decisions: list[Decision],
    history: list[StateChange],
    now: datetime,
) -> list[RenderableType]:
    zone = now.tzinfo or UTC
    return [
        _head(finding, now),
        _sides(finding, zone),
        _proof(finding, around, zone),
        _priority(finding),
        _life(decisions, history, zone),
    ]


def _head(finding: Finding, now: datetime) -> Text:
    from rich.text import Text

    from auditor.cli.words import STATES, STYLES, age, day, fact

    j = finding.judgement
    text = Text()
    text.append(f"{finding.id}  ", style="bold cyan")
    text.append(fact(j), style="bold")
    if finding.product:
        text.append(f"  {one_line(finding.product)}")
    text.append("\n")
    text.append(STATES[finding.state], style=STYLES[finding.state])
    text.append(f" · first seen {age(finding.first_seen, now)} ago".replace("just now ago", "now"))
    if finding.waived_until:
        text.append(f" · until {day(finding.waived_until, now.tzinfo or UTC)}")
    text.append(f" · owner {one_line(finding.owner) or 'nobody'}")
    if finding.observed_at and finding.observed_at > finding.last_seen and not finding.closed_at:
        text.append(" · looked at again since, without a verdict", style="yellow")
    if finding.group:
        text.append(f" · {one_line(finding.group)}")
    text.append(f"\n{one_line(j.url)}\n", style="blue")
    if j.note:
        text.append(f"\n{one_line(j.note)}\n")
    return text


def _beside(beside: Beside) -> Text:
    """What website, knowledge base and feed say together."""
    from rich.text import Text

    text = Text()
    text.append("\nWebsite, knowledge base and feed\n", style="bold")
    text.append(f"  {one_line(beside.note)}\n")
    for name, url in (("website", beside.website_url), ("knowledge base", beside.kms_url)):
        text.append(f"  {name}: {one_line(url)}\n", style="dim")
    return text


def _cost(cost: Cost, popularity: Popularity | None) -> RenderableType:
    """What it exposed customers to and which contacts it stands behind, every formula with it."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from auditor.cli.words import count
    from auditor.popularity import explain

    names = {
        "days": "days wrong", "views": "views served wrong",
        "order_lines": "order lines meanwhile", "error": "size of the error",
    }  # fmt: skip
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, words in cost.exposure.formulas:
        grid.add_row(f"  {names[name]}", one_line(words))
    toll = cost.toll
    if toll.contacts:
        grid.add_row(
            "  contacts",
            f"{count(toll.contacts, 'ticket or call', 'tickets or calls')} about it since, "
            f"{count(toll.repeats, 'repeat')}, {toll.minutes:,.0f} minutes"
            + (f" ({toll.unmeasured} not measured)" if toll.unmeasured else ""),
        )
    if popularity is not None:
        grid.add_row("  popularity", Text(explain(popularity), style="dim"))
    return Group(Text("\nCost so far", style="bold"), grid)


def _sides(finding: Finding, zone: tzinfo) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    from auditor.cli.words import day, value, why
    from auditor.model import Verdict
    from auditor.tasks import task_id

    j = finding.judgement
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold", style="dim")
    grid.add_row("The page says", Text(value(j.claimed), style="red"), one_line(why(j, zone)))
    origin = ""
    if j.truth is not None:
        origin = one_line(f"{j.truth.feed} {j.truth.row}".strip())
        if j.truth.valid_from:
            origin += f", since {day(j.truth.valid_from, zone)}"
    truth = "Against it" if j.verdict is Verdict.CONTRADICTION else "True is"
    grid.add_row(truth, Text(value(j.expected, "–"), style="green"), origin)
    if j.versions_behind:
        grid.add_row("Behind", f"{j.versions_behind} change{'s' * (j.versions_behind != 1)}", "")
    if finding.task:
        grid.add_row("Task", one_line(finding.task), task_id(finding.task))
    if j.replacement:
        grid.add_row("Replace by", Text(one_line(j.replacement), style="bold green"), "")
    return grid


def _proof(finding: Finding, around: tuple[str, str], zone: tzinfo) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    j = finding.judgement
    place = [f"seen {finding.last_seen.astimezone(zone):%Y-%m-%d %H:%M}"]
    if j.claim is not None:
        place.append(f"read from {j.claim.method.replace('_', ' ')}")
        place.append(f"confidence {j.claim.confidence:.2f}")
    if finding.snapshot:
        place.append(f"snapshot {finding.snapshot[:12]}")
    if j.locator.path:
        place.append(one_line(j.locator.path, 60))
    below = Text()
    if j.quote:
        below.append(one_line(around[0]) + (" " if around[0].endswith(" ") else ""), "dim")
        below.append(one_line(j.quote), style="reverse")
        below.append((" " if around[1].startswith(" ") else "") + one_line(around[1]), "dim")
        below.append("\n")
    below.append(f"{' · '.join(place)}\n", style="dim")
    return Group(Text("\nProof", style="bold"), Padding(below, (0, 0, 0, 2)))


def _priority(finding: Finding) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", style="bold", no_wrap=True)
    grid.add_column(overflow="fold", style="dim")
    for name, shown, value in finding.priority_parts:
        grid.add_row(f"  {one_line(name)}", f"{value:g}", one_line(shown))
    head = Text()
    head.append("Priority ", style="bold")
    head.append(f"{finding.priority:.1f}", style="bold cyan")
    factors = " × ".join(f"{value:g}" for _, _, value in finding.priority_parts)
    head.append(f" = 100 × {factors}" if factors else "", style="dim")
    return Group(head, grid) if finding.priority_parts else Group(head)


def _life(decisions: list[Decision], history: list[StateChange], zone: tzinfo) -> Text:
    from rich.text import Text

    from auditor.cli.words import day

    text = Text()
    text.append("\nHistory\n", style="bold")
    events = [(step.at, f"{step.new.replace('_', ' ')}: {step.why}") for step in history]
    for decision in decisions:
        extra = ", ".join(
            part
            for part in (
                decision.reason.replace("_", " "),
                f"to {decision.assignee}" if decision.assignee else "",
                f"until {day(decision.until, zone)}" if decision.until else "",
                f"“{decision.note}”" if decision.note else "",
            )
            if part
        )
        events.append((decision.at, f"{decision.who}: {decision.kind}{' ' * bool(extra)}{extra}"))
    for at, what in sorted(events, key=lambda event: event[0]):
        text.append(f"  {at.astimezone(zone):%Y-%m-%d %H:%M}  ", style="dim")
        text.append(f"{one_line(what)}\n")
    return text


def _next(finding: Finding) -> str:
    from auditor.model import State

    if finding.state in (State.VERIFIED, State.REJECTED, State.WAIVED):
        return f"`sellby reopen {finding.id}` puts it back on the list."
    if finding.state is State.CLAIMED_FIXED:
        return f"`sellby confirm {finding.id} --recheck` fetches just that page now."
    return (
        f"Fixed? `sellby confirm {finding.id} --recheck` looks at the page at once. "
        f"Not an error? `sellby reject {finding.id} --reason …`"
    )


def _step(step: StateChange) -> dict[str, object]:
    return {"at": instant(step.at), "old": step.old, "new": step.new, "why": step.why}


def _decided(decision: Decision) -> dict[str, object]:
    return {
        "at": instant(decision.at),
        "kind": str(decision.kind),
        "who": decision.who,
        "reason": decision.reason,
        "note": decision.note,
        "until": instant(decision.until),
        "assignee": decision.assignee,
        "claimed": decision.claimed,
        "expected": decision.expected,
    }
