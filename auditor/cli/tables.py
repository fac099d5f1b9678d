"""Findings and tasks as tables for people."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from auditor.cli.output import is_narrow, one_line
from auditor.cli.words import STATES, STYLES, age, day, diagnosis, fact, value
from auditor.compare.words import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from auditor.model import Finding, Judgement
    from auditor.tasks import Task


def findings_table(found: Sequence[Finding], now: datetime) -> Table:
    """What each page says beside what is true; days as in the time zone of ``now``."""
    zone = now.tzinfo or UTC
    if is_narrow():
        return _narrow_findings(found)
    made = table("", "Finding", "What", "The page says", "True is", "State, owner")
    for finding in found:
        j = finding.judgement
        since = f"since {day(j.truth.valid_from, zone)}" if j.truth and j.truth.valid_from else ""
        made.add_row(
            glowing(finding.priority),
            Text(finding.id, style="cyan"),
            stacked(fact(j), "bold", place(j.source, j.url)),
            stacked(claimed(j), "red", diagnosis(j)),
            stacked(expected(j), "green", since),
            stacked(
                STATES[finding.state],
                STYLES[finding.state],
                f"{person(finding.owner)}, {age(finding.first_seen, now)}",
            ),
        )
    return made


def _narrow_findings(found: Sequence[Finding]) -> Table:
    """The same in fewer columns: both sides one above the other."""
    made = table("", "Finding", "What", "The page says, true is", "State, owner")
    for finding in found:
        j = finding.judgement
        made.add_row(
            glowing(finding.priority),
            Text(finding.id, style="cyan"),
            stacked(fact(j), "bold", place(j.source, j.url)),
            _both_sides(j).append(f"\n{diagnosis(j)}", style="dim"),
            stacked(STATES[finding.state], STYLES[finding.state], person(finding.owner)),
        )
    return made


def _both_sides(judgement: Judgement) -> Text:
    said = Text(claimed(judgement), style="red")
    return Text.assemble(said, "\n", (expected(judgement), "green"))


def tasks_table(found: Sequence[Task]) -> Table:
    """Tasks, each with how much one fix clears and what its first finding says."""
    if is_narrow():
        return _narrow_tasks(found)
    made = table("", "Task", "What", "The page says", "True is", "Owner")
    for task in found:
        first = task.findings[0].judgement
        more = f" +{len(task.owners) - 1}" if len(task.owners) > 1 else ""
        made.add_row(
            glowing(task.priority),
            Text(task.id, style="cyan"),
            stacked(*_work(task)),
            Text(claimed(first), style="red"),
            Text(expected(first), style="green"),
            Text(person(task.findings[0].owner) + more, style="dim"),
        )
    return made


def _narrow_tasks(found: Sequence[Task]) -> Table:
    """The same in fewer columns: both sides one above the other."""
    made = table("", "Task", "What", "The page says, true is", "Owner")
    for task in found:
        more = f" +{len(task.owners) - 1}" if len(task.owners) > 1 else ""
        made.add_row(
            glowing(task.priority),
            Text(task.id, style="cyan"),
            stacked(*_work(task)),
            _both_sides(task.findings[0].judgement),
            Text(person(task.findings[0].owner) + more, style="dim"),
        )
    return made


def _work(task: Task) -> tuple[str, str, str]:
    """What a task is called, how that is printed, and how much it clears."""
    first = task.findings[0].judgement
    if len(task.findings) == 1:
        return fact(first), "bold", place(first.source, first.url)
    return task.name, "bold", task.clears


def claimed(judgement: Judgement) -> str:
    """What the page says, as it is said in a sentence."""
    return value(spoken(judgement.claimed, judgement.attribute))


def expected(judgement: Judgement) -> str:
    """What is true, as it is said in a sentence."""
    return value(spoken(judgement.expected, judgement.attribute), "–")


def place(source: str, url: str) -> str:
    """The page as short as it stays clear: source and path.

    >>> place("web", "https://www.example.com/p/a?b=1")
    'web:/p/a?b=1'
    """
    rest = url.split("://", 1)[-1]
    _, slash, path = rest.partition("/")
    return f"{source}:{slash}{path}"


def person(owner: str) -> str:
    """An owner as short as it stays clear: the name in front of a mail address.

    >>> person("tom.adeyemi@acme.example"), person("Team Fasteners"), person("")
    ('tom.adeyemi', 'Team Fasteners', 'nobody')
    """
    return one_line(owner).split("@")[0] or "nobody"


def table(*columns: str) -> Table:
    """An empty table in the house's style; a column without a name holds numbers."""
    made = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, 1))
    for name in columns:
        short = name in ("", "Finding", "Task")
        made.add_column(name, justify="left" if name else "right", no_wrap=short, overflow="fold")
    return made


def stacked(first: str, style: str, second: str) -> Text:
    """Two lines of a cell: what counts, and in small what goes with it."""
    text = Text()
    text.append(one_line(first), style=style)
    if second:
        text.append(f"\n{one_line(second)}", style="dim")
    return text


def glowing(priority: float) -> Text:
    """The priority as a number that glows the more it matters."""
    style = "bold red" if priority >= 70 else "yellow" if priority >= 40 else "dim"
    return Text(f"{priority:.0f}", style=style)
