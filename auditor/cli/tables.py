"""Findings and tasks as tables for people."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from auditor.cli.output import one_line
from auditor.cli.words import STATES, STYLES, age, count, day, fact, value, why

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from auditor.model import Finding
    from auditor.tasks import Task


def findings_table(found: Sequence[Finding], now: datetime) -> Table:
    """What each page says beside what is true; days as in the time zone of ``now``."""
    zone = now.tzinfo or UTC
    made = _table()
    made.add_column("", justify="right", no_wrap=True)
    made.add_column("Finding", no_wrap=True)
    made.add_column("What", overflow="fold", ratio=4)
    made.add_column("The page says", overflow="fold", ratio=3)
    made.add_column("True is", overflow="fold", ratio=3)
    made.add_column("State, owner", overflow="fold", ratio=3)
    for finding in found:
        j = finding.judgement
        says = Text(value(j.claimed), style="red")
        says.append(f"\n{one_line(why(j, zone))}", style="dim")
        true = Text(value(j.expected, "–"), style="green")
        if j.truth and j.truth.valid_from:
            true.append(f"\nsince {day(j.truth.valid_from, zone)}", style="dim")
        state = Text(STATES[finding.state], style=STYLES[finding.state])
        state.append(f" {age(finding.first_seen, now)}", style="dim")
        state.append(f"\n{one_line(finding.owner) or 'nobody'}", style="dim")
        what = Text(fact(j), style="bold")
        what.append(f"\n{one_line(place(j.source, j.url))}", style="dim")
        made.add_row(
            _bar(finding.priority), Text(finding.id, style="cyan"), what, says, true, state
        )
    return made


def tasks_table(found: Sequence[Task]) -> Table:
    """Pieces of work, each with the finding to start at."""
    made = _table()
    made.add_column("", justify="right", no_wrap=True)
    made.add_column("Piece of work", overflow="fold", ratio=5)
    made.add_column("Start at", no_wrap=True)
    made.add_column("which says", overflow="fold", ratio=3)
    made.add_column("and should say", overflow="fold", ratio=3)
    made.add_column("Owner", overflow="fold", ratio=3)
    for task in found:
        first = task.findings[0]
        single = len(task.products) == 1
        what = Text(fact(first.judgement) if single else one_line(task.name), style="bold")
        size = [count(len(task.findings), "finding"), count(len(task.pages), "page")]
        if len(task.products) > 1:
            size.append(count(len(task.products), "product"))
        elif task.name != fact(first.judgement).replace(" ", ": ", 1):
            size.append(one_line(task.name))
        what.append(f"\n{' · '.join(size)}", style="dim")
        owners = one_line(task.owners[0]) if task.owners else "nobody"
        more = f" +{len(task.owners) - 1}" if len(task.owners) > 1 else ""
        made.add_row(
            _bar(task.priority),
            what,
            Text(first.id, style="cyan"),
            Text(value(first.judgement.claimed), style="red"),
            Text(value(first.judgement.expected, "–"), style="green"),
            Text(owners + more, style="dim"),
        )
    return made


def place(source: str, url: str) -> str:
    """The page as short as it stays clear: source and path.

    >>> place("web", "https://www.example.com/p/a?b=1")
    'web /p/a?b=1'
    """
    rest = url.split("://", 1)[-1]
    _, slash, path = rest.partition("/")
    return f"{source} {slash}{path}"


def _table() -> Table:
    return Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, 1))


def _bar(priority: float) -> Text:
    """The priority as a number that glows the more it matters."""
    style = "bold red" if priority >= 70 else "yellow" if priority >= 40 else "dim"
    return Text(f"{priority:.0f}", style=style)
