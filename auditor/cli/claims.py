"""``sellby claims``: what the extractors read on one page, and what they skipped and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.output import Format, format_option, one_line, print_csv, print_json, print_table
from auditor.cli.session import Session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from auditor.catalogue import Catalogue
    from auditor.extract.interface import Context
    from auditor.judging import Reading
    from auditor.model import Claim

COLUMNS = (
    "sku", "attribute", "key", "role", "value", "unit", "basis", "quote", "start", "end",
    "method", "confidence", "visible", "binding", "path",
)  # fmt: skip


@click.command("claims")
@click.argument("page", metavar="URL|FILE")
@click.option(
    "--feed",
    "feeds",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A products.csv, truths.csv or Merchant XML to look products up in; more than once.",
)
@click.option("--url", help="The URL that FILE stands for.")
@click.option("--source", "source_name", help="Read it as a page of this source.")
@click.option("--language", help="BCP 47, like de-DE; decides how numbers are read.")
@click.option("--currency", help="ISO 4217, for prices that name none.")
@click.option("--market", help="Like DE.")
@click.option(
    "--tax", type=click.Choice(["excl", "incl", "unknown"]), help="For unlabelled prices."
)
@click.option("--fetch", is_flag=True, help="Fetch URL even if a snapshot of it is stored.")
@format_option
@click.pass_obj
def command(session: Session, /, page: str, output: str, **options: Any) -> None:
    """Show what is read on one page, and what is skipped and why.

    URL|FILE is a page on the web, or a saved one. Needs neither configuration nor database: say
    with --feed which products there are. With a configuration, its sources and feeds are used.
    """
    from auditor.cli.onepage import catalogue_for, context_for, snapshot_of, source_of
    from auditor.judging import read_claims
    from auditor.profile import points

    name, source = source_of(session, options["source_name"], options["url"] or page)
    catalogue, spec_names = catalogue_for(session, options["feeds"])
    context = context_for(session, source, spec_names, options)
    snapshot = snapshot_of(
        session, page, url=options["url"], source=name, config=source, fetch=options["fetch"]
    )
    profile = points(source.profile) if source is not None else ()
    reading = read_claims(snapshot, catalogue, context, profile=profile)
    _print(session, snapshot.url, reading, output, (catalogue, context))


def _print(
    session: Session,
    url: str,
    reading: Reading,
    output: str,
    used: tuple[Catalogue, Context],
) -> None:
    rows = [_row(claim) for claim in reading.claims]
    if output == Format.JSON:
        skipped = [
            {
                "reason": str(skip.reason),
                "quote": skip.quote,
                "attribute": str(skip.attribute or ""),
                "sku": skip.sku,
                "start": skip.locator.start,
                "end": skip.locator.end,
                "note": skip.note,
            }
            for skip in reading.skipped
        ]
        print_json({"url": url, "claims": rows, "skipped": skipped})
    elif output == Format.CSV:
        print_csv(COLUMNS, rows)
    else:
        print_table(*_tables(url, reading), color=session.color)
        if not used[0].by_sku:
            session.talk.hint(
                "No products are known, so nothing can be read: say --feed products.csv, "
                "or run it beside a config.yaml."
            )
        elif not used[1].language:
            session.talk.hint("No language is known: --language de-DE settles what 1.299 is.")


def _row(claim: Claim) -> dict[str, object]:
    """A claim as data; the first twelve keys are a public contract."""
    from auditor.model import Attribute
    from auditor.values.text import amount_text, unit_text

    basis = claim.basis
    return {
        "sku": claim.sku,
        "attribute": str(claim.attribute),
        "key": claim.key,
        "role": str(claim.role),
        "value": amount_text(claim.value, basis if claim.attribute is Attribute.PRICE else None),
        "unit": unit_text(claim.value),
        "basis": {
            "price_per": basis.price_per,
            "price_unit": basis.price_unit,
            "min_qty": basis.min_qty,
            "max_qty": basis.max_qty,
            "pack_size": basis.pack_size,
            "tax": str(basis.tax),
            "market": basis.market,
            "unit_stated": basis.unit_stated,
        },
        "quote": claim.quote,
        "start": claim.locator.start,
        "end": claim.locator.end,
        "method": str(claim.method),
        "confidence": claim.confidence,
        "visible": claim.visible,
        "binding": claim.binding,
        "path": claim.locator.path,
    }


def _tables(url: str, reading: Reading) -> list[RenderableType]:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from auditor.cli.words import count
    from auditor.values.text import canonical

    title = Text(f"{one_line(reading.page.title) or 'untitled'}\n", style="bold")
    title.append(f"{one_line(url)}\n", style="blue")
    claims = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in ("Product", "Fact", "Value", "Quote", "Read from"):
        claims.add_column(name, overflow="fold")
    for claim in reading.claims:
        fact = " ".join(p for p in (str(claim.attribute), claim.key, str(claim.role)) if p)
        price = claim.basis if claim.attribute == "price" else None
        claims.add_row(
            one_line(claim.sku),
            one_line(fact),
            Text(one_line(canonical(claim.value, price)), style="green"),
            Text(one_line(claim.quote, 70)),
            Text(f"{claim.method.replace('_', ' ')} {claim.confidence:.2f}", style="dim"),
        )
    skipped = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in ("Skipped because", "Quote", "Note"):
        skipped.add_column(name, overflow="fold")
    for skip in reading.skipped:
        skipped.add_row(
            Text(skip.reason.replace("_", " "), style="yellow"),
            Text(one_line(skip.quote, 70)),
            Text(one_line(skip.note), style="dim"),
        )
    parts: list[RenderableType] = [title, Text(count(len(reading.claims), "claim"), style="bold")]
    parts += [claims] if reading.claims else []
    parts += [Text(f"{len(reading.skipped):,} skipped", style="bold")]
    return parts + ([skipped] if reading.skipped else [])
