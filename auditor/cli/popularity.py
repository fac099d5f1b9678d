"""``sellby popularity``: what customers care about, and how the score comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.cli.output import (
    Format,
    format_option,
    one_line,
    print_csv,
    print_json,
    print_table,
)
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from auditor.demand import Laid
    from auditor.model import Popularity
    from auditor.ranking import Ranked

ROWS_SHOWN = 40
COLUMNS = ("name", "class", "score", "products", "open", "parts", "explained")


@click.command("popularity")
@click.option(
    "--by",
    type=click.Choice(["group", "product"]),
    default="group",
    show_default=True,
    help="Rank product groups, or single products.",
)
@click.option("-n", "--limit", type=click.IntRange(min=0), default=None, help="At most so many.")
@format_option
@click.pass_obj
def command(session: Session, by: str, limit: int | None, output: str) -> None:
    """Rank what customers view, order, search for and ask about: start at the top.

    Products without any signal are counted and listed last, their popularity is not known.
    """
    from auditor.demand import laid_out, sources_of, weights_of
    from auditor.ranking import rank_groups, rank_products

    sources = sources_of(session.reading_config)
    rank = rank_groups if by == "group" else rank_products
    with session.audit_store() as store:
        rows = rank(store, weights_of(session.reading_config))
        laid = laid_out(store.catalogue, sources) if output == Format.TABLE else None
    if limit is None:
        limit = ROWS_SHOWN if output == Format.TABLE else 0
    shown = rows[:limit] if limit else rows
    if output == Format.JSON:
        print_json([row(each) for each in shown])
    elif output == Format.CSV:
        print_csv(COLUMNS, map(row, shown))
    else:
        _print(session, by, shown, rows, laid)


def row(ranked: Ranked) -> dict[str, object]:
    """A group or product as data: the keys are ``COLUMNS``."""
    from auditor.popularity import explain

    return {
        "name": ranked.name,
        "class": ranked.abc,
        "score": ranked.popularity.score,
        "products": ranked.products,
        "open": ranked.open,
        "parts": [
            {"signal": signal, "per_30_days": count, "points": points}
            for signal, count, points in ranked.popularity.parts
        ],
        "explained": explain(ranked.popularity),
    }


def _print(
    session: Session, by: str, shown: Sequence[Ranked], rows: Sequence[Ranked], laid: Laid | None
) -> None:
    from auditor.cli.words import count
    from auditor.popularity import FORMULA

    print_table(_table(by, shown), color=session.color)
    talk = session.talk
    silent = sum(each.silent for each in rows)
    if silent:
        talk.warn(
            f"{count(silent, 'product')} without any signal: how popular they are is not known"
        )
    for line in _strays(laid) if laid is not None else ():
        talk.warn(line)
    talk.hint(FORMULA)


def _table(by: str, shown: Sequence[Ranked]) -> Table:
    from rich.text import Text

    from auditor.cli.tables import table

    made = table(by.capitalize(), "", "Class", "Open", "How it comes about")
    for each in shown:
        score = each.popularity.score
        made.add_row(
            one_line(each.name) or "(no group)",
            Text("–" if score is None else f"{score:.0f}", style="bold"),
            each.abc or "–",
            str(each.open),
            Text(_parts(each.popularity), style="dim"),
        )
    return made


def _parts(popularity: Popularity) -> str:
    from auditor.popularity import signal_name

    if popularity.score is None:
        return "no signal"
    return " + ".join(
        f"{points:g} {signal_name(signal)} ({count:,.0f})"
        for signal, count, points in popularity.parts
    )


def _strays(laid: Laid) -> list[str]:
    """What was counted and belongs to no product, with the largest of it."""
    from auditor.popularity import signal_name

    lines = []
    for (signal, about), rate in sorted(laid.unmatched.items()):
        what = {"url": "pages without a product", "term": "terms that name no product"}[about]
        largest = sorted(laid.examples[signal, about], key=lambda pair: (-pair[0], pair[1]))[:3]
        share = 100 * rate / laid.totals[signal] if laid.totals[signal] else 0.0
        names = ", ".join(one_line(subject, 60) for _rate, subject in largest)
        lines.append(f"{share:.0f} % of {signal_name(signal)} are of {what}: {names}")
    return lines
