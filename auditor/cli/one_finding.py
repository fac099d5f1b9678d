"""The parts that one finding is shown in: both sides, the proof, the priority, its history."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from auditor.cli.output import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from rich.console import RenderableType
    from rich.text import Text

    from auditor.findings import StateChange
    from auditor.model import Decision, Finding


def head_part(finding: Finding, now: datetime) -> Text:
    """What it is, whose it is and how it stands."""
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
    text.append(
        f" · first seen {age(finding.first_seen, now)} ago".replace("just now ago", "just now")
    )
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


def beside_part(beside: Mapping[str, Any]) -> Text:
    """What website, knowledge base and feed say together, of a record's ``three_way``."""
    from rich.text import Text

    text = Text()
    text.append("\nWebsite, knowledge base and feed\n", style="bold")
    text.append(f"  {one_line(beside['note'])}\n")
    for name, url in (("website", beside["website_url"]), ("knowledge base", beside["kms_url"])):
        text.append(f"  {name}: {one_line(url)}\n", style="dim")
    return text


def cost_part(
    formulas: Mapping[str, str], toll: Mapping[str, Any], popularity: str
) -> RenderableType:
    """What it exposed customers to and which contacts it stands behind, every formula with it.

    ``formulas`` and ``toll`` are a record's exposure and contacts.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from auditor.cli.words import count
    from auditor.popularity import FORMULA

    names = {
        "days": "days wrong", "views": "views served wrong",
        "order_lines": "order lines meanwhile", "error": "size of the error",
    }  # fmt: skip
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, words in formulas.items():
        grid.add_row(f"  {names.get(name, name)}", one_line(words))
    if toll["count"]:
        grid.add_row(
            "  contacts",
            f"{count(toll['count'], 'ticket or call', 'tickets or calls')} about it since, "
            f"{count(toll['repeats'], 'repeat')}, {toll['minutes']:,.0f} minutes"
            + (f" ({toll['unmeasured']} not measured)" if toll["unmeasured"] else ""),
        )
    grid.add_row("  popularity", one_line(popularity))
    if " = " in popularity:
        grid.add_row("", Text(FORMULA, style="dim"))
    return Group(Text("\nCost so far", style="bold"), grid)


def sides_part(finding: Finding, zone: tzinfo) -> RenderableType:
    """What the page says beside what is true."""
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


def proof_part(finding: Finding, around: tuple[str, str], zone: tzinfo) -> RenderableType:
    """The quote in its words, and where that was read."""
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


def priority_part(finding: Finding) -> RenderableType:
    """Every factor of the priority."""
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


def life_part(decisions: list[Decision], history: list[StateChange], zone: tzinfo) -> Text:
    """What happened to it so far."""
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
