"""What the first rows of a feed came to: the table and the data of ``ingest --dry-run``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from auditor.cli.output import instant, one_line, print_table
from auditor.model import Product, RejectedRow, Truth
from auditor.store.stated import Stated, StatedBlock
from auditor.values.text import amount_text, canonical, unit_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from rich.table import Table

    from auditor.feeds.interface import Record
    from auditor.feeds.preview import Preview

_CELL = 60


def preview_data(preview: Preview) -> dict[str, Any]:
    """The first records and rejected rows as data."""
    return {
        "first_records": [_data(record) for record in preview.records],
        "first_rejected": [asdict(row) for row in preview.rejected],
    }


def print_preview(feed: str, preview: Preview, zone: tzinfo, *, color: bool) -> None:
    """The first records as they would be stored, and what was rejected, with file and row."""
    from rich.text import Text

    parts: list[Any] = []
    truths = [record for record in preview.records if isinstance(record, Truth)]
    others = [record for record in preview.records if not isinstance(record, Truth)]
    if truths:
        parts += [Text(f"{feed}: first truths", style="bold"), _truths(truths, zone)]
    if others:
        kind = "products" if isinstance(others[0], Product) else "signals"
        parts += [Text(f"{feed}: first {kind}", style="bold"), _records(others)]
    if preview.rejected:
        parts += [Text(f"{feed}: rejected rows", style="bold"), _rejected(preview.rejected)]
    if parts:
        print_table(*parts, color=color)


def _truths(truths: Sequence[Truth], zone: tzinfo) -> Table:
    from auditor.cli.tables import table

    made = table("Row", "SKU", "Fact", "Value", "Holds for", "From", "Until")
    for truth in truths:
        fact = f"{truth.attribute} {truth.key}".strip()
        cells = (truth.row, truth.sku, fact, canonical(truth.value, _priced(truth)), _scope(truth),
                 _day(truth.valid_from, zone), _day(truth.valid_to, zone))  # fmt: skip
        made.add_row(*(one_line(cell, _CELL) for cell in cells))
    return made


def _scope(truth: Truth) -> str:
    """Tax, market, channel and customer group, as far as they are stated."""
    basis = truth.basis
    tax = f"tax {basis.tax}" if _priced(truth) is not None else ""
    parts = (tax, basis.market, basis.channel, basis.customer_group)
    return ", ".join(part for part in parts if part)


def _day(at: datetime | None, zone: tzinfo) -> str:
    """An instant in ``zone``; only the day where it is the day's start."""
    if at is None:
        return ""
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


def _records(records: Sequence[Record]) -> Table:
    """Other records: the fields that any of them has."""
    from auditor.cli.tables import table

    rows = [_data(record) for record in records]
    names = [name for name in rows[0] if any(row.get(name) for row in rows)]
    made = table(*(name.replace("_", " ") for name in names))
    for row in rows:
        made.add_row(*(one_line(_text(row.get(name)), _CELL) for name in names))
    return made


def _rejected(rows: Sequence[RejectedRow]) -> Table:
    from auditor.cli.tables import table

    made = table("Row", "Why", "It says")
    for row in rows:
        cells = (f"{row.file}:{row.line}", row.reason, one_line(row.text, _CELL))
        made.add_row(*(one_line(cell) for cell in cells))
    return made


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return " | ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _priced(truth: Truth) -> Any:
    return truth.basis if truth.attribute in ("price", "min_order_value") else None


def _data(record: Record) -> dict[str, Any]:
    """One record as plain data; of a truth the fields of truths.csv."""
    if isinstance(record, Stated | StatedBlock | list):
        raise TypeError("these come where an export is stored, never where it is shown")
    if not isinstance(record, Truth):
        return asdict(record)
    basis = record.basis
    return {
        "sku": record.sku,
        "attribute": record.attribute,
        "key": record.key,
        "value": amount_text(record.value, _priced(record)),
        "unit": unit_text(record.value),
        "price_per": basis.price_per,
        "price_unit": basis.price_unit,
        "min_qty": basis.min_qty,
        "max_qty": basis.max_qty,
        "pack_size": basis.pack_size,
        "tax": basis.tax,
        "market": basis.market,
        "channel": basis.channel,
        "customer_group": basis.customer_group,
        "valid_from": instant(record.valid_from),
        "valid_to": instant(record.valid_to),
        "row": record.row,
    }
