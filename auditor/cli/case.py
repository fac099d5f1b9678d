"""``sellby case``: what stale facts cost, who is at risk, and what the work has gained."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from auditor.cli.output import Format, format_option, one_line, print_csv, print_json, print_table
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from auditor.case import Case, Figure
    from auditor.case.months import Month

MONTH_COLUMNS = (
    "month", "whole", "contacts", "explained", "repeats", "flags", "minutes", "assumed", "opened",
    "fixed", "days_to_fix", "views_wrong",
)  # fmt: skip


@click.command("case")
@click.option(
    "--months", type=click.IntRange(1, 60), default=12, show_default=True, help="So many months."
)
@click.option(
    "--started",
    metavar="DATE",
    help="Day the work on stale facts began; else case.started, else the first audit.",
)
@format_option
@click.pass_obj
def command(session: Session, months: int, started: str | None, output: str) -> None:
    """Make the case for the work from the company's own data, every formula printed.

    Staff hours lost (contacts with a stale fact behind them, flags), customers and revenue at risk
    (two small surveys), before and after, and the contacts that fixes have spared. CSV is the
    table of months.
    """
    from auditor.case import build_case

    begun = _day(started)
    with session.audit_store() as store:
        case = build_case(store, session.reading_config, session.now(), last=months, started=begun)
    if output == Format.JSON:
        print_json(as_data(case))
    elif output == Format.CSV:
        print_csv(MONTH_COLUMNS, [month_row(month) for month in case.months])
    else:
        print_table(*_parts(case), color=session.color)
        for line in case.unusable:
            session.talk.warn(line)
        for line in case.missing:
            session.talk.hint(f"Not said yet: {line}")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no day like 2026-09-01", param_hint="--started"
        ) from error


def as_data(case: Case) -> dict[str, object]:
    """The case as JSON data; every figure with its formula."""
    return {
        "started": case.started,
        "headline": [_figure(figure) for figure in case.headline],
        "pains": [
            {
                "topic": pain.topic,
                "shared": pain.shared,
                "customers_say": list(pain.problems),
                "staff_say": list(pain.frustrations),
                "customers_at_risk": _rounded(pain.customers_at_risk),
                "revenue_at_risk": _rounded(pain.revenue_at_risk),
                "staff_cost": _rounded(pain.staff_cost),
                "open_findings": pain.open,
                "figures": [_figure(figure) for figure in pain.figures],
            }
            for pain in case.pains
        ],
        "months": [month_row(month) for month in case.months],
        "comparisons": [
            {"name": c.name, "before": c.before, "since": c.since, "formula": c.formula}
            for c in case.comparisons
        ],
        "avoided": [
            {
                "fingerprint": each.fingerprint,
                "contacts": round(each.contacts, 2),
                "formula": each.formula,
            }
            for each in case.avoided
        ],
        "gains": [_figure(figure) for figure in case.gains],
        "missing": list(case.missing),
        "unusable": list(case.unusable),
    }


def month_row(month: Month) -> dict[str, object]:
    """One month as data: the keys are ``MONTH_COLUMNS``."""
    return {
        "month": month.name,
        "whole": month.whole,
        "contacts": month.contacts,
        "explained": month.explained,
        "repeats": month.repeats,
        "flags": month.flags,
        "minutes": _rounded(month.minutes),
        "assumed": month.assumed,
        "opened": month.opened,
        "fixed": month.fixed,
        "days_to_fix": None if month.days_to_fix is None else round(month.days_to_fix, 1),
        "views_wrong": None if month.views_wrong is None else round(month.views_wrong),
    }


def _figure(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "value": figure.value,
        "formula": figure.formula,
        "number": figure.number,
    }


def _rounded(number: object) -> float | None:
    return None if number is None else round(float(str(number)), 2)


def _parts(case: Case) -> list[RenderableType]:
    from rich.text import Text

    parts: list[RenderableType] = [
        Text("What stale facts cost", style="bold"), _figures(case.headline)
    ]  # fmt: skip
    if case.pains:
        parts += [Text("Points of pain, shared ones first", style="bold"), _pains(case)]
    parts += [Text("Month by month", style="bold"), _months(case.months)]
    parts += [Text(f"Before and since {case.started}", style="bold"), _comparisons(case)]
    if case.gains:
        parts += [Text("What fixing has spared", style="bold"), _figures(case.gains)]
    return parts


def _figures(figures: Sequence[Figure]) -> Table:
    from rich.text import Text

    from auditor.cli.tables import table

    made = table("Figure", "", "How it comes about")
    for figure in figures:
        made.add_row(
            figure.name,
            Text(figure.value, style="bold cyan"),
            Text(one_line(figure.formula), style="dim"),
        )
    return made


def _pains(case: Case) -> Table:
    from rich.text import Text

    from auditor.cli.tables import stacked, table

    made = table("Topic", "Customers say", "Staff says", "At risk and lost", "Open findings")
    for pain in case.pains:
        formulas = "\n".join(f"{f.name} {f.value} = {f.formula}" for f in pain.figures)
        name = pain.topic.replace("_", " ")
        made.add_row(
            stacked(one_line(name, 50), "bold", "customers and staff" if pain.shared else ""),
            one_line("; ".join(pain.problems)) or "–",
            one_line("; ".join(pain.frustrations)) or "–",
            Text(formulas, style="dim"),
            str(pain.open),
        )
    return made


def _months(months: Sequence[Month]) -> Table:
    from auditor.cli.tables import table

    made = table(
        "Month", "Contacts", "Stale fact behind", "Repeats", "Flags", "Hours lost", "Opened",
        "Fixed", "Days to fix", "Views of wrong pages",
    )  # fmt: skip
    for month in months:
        made.add_row(
            month.name + ("" if month.whole else " (in part)"),
            str(month.contacts),
            str(month.explained),
            str(month.repeats),
            str(month.flags),
            f"{month.hours:.1f}",
            str(month.opened),
            str(month.fixed),
            "–" if month.days_to_fix is None else f"{month.days_to_fix:.1f}",
            "–" if month.views_wrong is None else f"{month.views_wrong:,.0f}",
        )
    return made


def _comparisons(case: Case) -> Table:
    from rich.text import Text

    from auditor.cli.tables import table

    def shown(number: float | None) -> str:
        return "–" if number is None else f"{number:,.1f}"

    made = table("Measure", "Before", "Since", "How it comes about")
    for each in case.comparisons:
        made.add_row(
            each.name, shown(each.before), shown(each.since), Text(each.formula, style="dim")
        )
    return made
