"""What will become wrong, as tables for people."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from auditor.cli.output import one_line
from auditor.cli.tables import glowing, person, place, stacked, table
from auditor.cli.words import count, day, diagnosis, fact, value
from auditor.impact import Effect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from auditor.impact import Coming, Notice

_WORDS = {Effect.BREAKS: "", Effect.WORSENS: "wrong already", Effect.HEALS: "becomes right"}


def summary(found: Sequence[Coming], at: datetime) -> str:
    """The preview in one sentence; ``at`` in the reader's time zone."""
    breaks = [c for c in found if c.effect is Effect.BREAKS]
    pages = {(c.finding.judgement.source, c.finding.judgement.url) for c in breaks}
    text = (
        f"By {at:%Y-%m-%d %H:%M} {count(len(breaks), 'statement')} on "
        f"{count(len(pages), 'page')} will have become wrong"
    )
    worse = sum(c.effect is Effect.WORSENS for c in found)
    heals = sum(c.effect is Effect.HEALS for c in found)
    more = [f"{worse} wrong already get another right value"] if worse else []
    more += [f"{heals} wrong today will be right"] if heals else []
    return "; ".join([text, *more]) + "."


def owners_table(owners: Sequence[Notice], now: datetime) -> Table:
    """Who has how much to prepare, and how long they have for it."""
    made = table("Owner", "First on", "Lead time", "Statements", "Pages")
    for notice in owners:
        made.add_row(
            Text(person(notice.owner)),
            day(notice.first, now.tzinfo or UTC),
            _lead(notice.items[0], now),
            str(len(notice.items)),
            str(notice.pages),
        )
    return made


def coming_table(found: Sequence[Coming], now: datetime) -> Table:
    """What each page says today beside what will be true."""
    made = table("", "When", "What", "The page says", "True will be", "Owner")
    for one in found:
        j = one.finding.judgement
        made.add_row(
            glowing(one.finding.priority),
            stacked(day(one.wrong_from, now.tzinfo or UTC), "bold", _lead(one, now)),
            stacked(fact(j), "bold", f"{one.kind} {place(j.source, j.url)}"),
            stacked(value(j.claimed), "yellow", _WORDS[one.effect] or diagnosis(j)),
            Text(value(j.expected, "–"), style="green"),
            Text(person(one.finding.owner), style="dim"),
        )
    return made


def notice_parts(owners: Sequence[Notice], now: datetime) -> list[Text]:
    """The advance notice of each owner, as it may be read out or pasted into a mail."""
    made = []
    for notice in owners:
        text = Text()
        text.append(f"\n{one_line(notice.owner) or 'Nobody owns these'}\n", style="bold cyan")
        for one in notice.items:
            j = one.finding.judgement
            text.append(f"  {day(one.wrong_from, now.tzinfo or UTC)} ({_lead(one, now)})  ")
            text.append(fact(j), style="bold")
            text.append(f": {value(j.claimed)} → {value(j.expected, 'no longer stated')}\n")
            text.append(f"      {one.kind} {one_line(j.url)}\n", style="dim")
        made.append(text)
    return made


def _lead(one: Coming, now: datetime) -> str:
    days = one.lead_days(now)
    return f"in {count(days, 'day')}" if days else "now"
