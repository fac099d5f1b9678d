"""Specifications in tables with min / typ / max columns: one range or point a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditor.extract.cues import Span
from auditor.extract.reading import Reading
from auditor.extract.spec_names import SpecNames, unit_in
from auditor.extract.statement import candidate
from auditor.model import Attribute, Candidate
from auditor.page.model import Cell
from auditor.values.types import Amount, Interval, Quantity
from auditor.values.units import canonical_unit

_EXTREMES = {
    "min": "min", "min.": "min", "minimum": "min", "mindest": "min", "mini": "min", "mín.": "min",
    "max": "max", "max.": "max", "maximum": "max", "maxi": "max", "máx.": "max",
    "typ": "typ", "typ.": "typ", "typical": "typ", "typisch": "typ", "nom": "typ", "nom.": "typ",
    "nominal": "typ", "nenn": "typ", "typique": "typ", "minimal": "min", "maximal": "max",
    "minimo": "min", "massimo": "max", "mínimo": "min", "máximo": "max", "minimaal": "min",
    "maximaal": "max", "mín": "min", "máx": "max", "típico": "typ", "tipico": "typ", "tip.": "typ",
    "nominaal": "typ", "nominale": "typ",
}  # fmt: skip


def extremes(reading: Reading, names: SpecNames) -> Iterator[Candidate]:
    """Rows of tables with min / typ / max columns: one range or point a row."""
    for number, table in enumerate(reading.page.tables):
        columns = extreme_columns(reading, number)
        if len(columns) < 2:
            continue
        for row in range(table.n_rows):
            yield from _extreme_row(reading, number, row, columns, names)


def extreme_columns(reading: Reading, number: int) -> dict[str, int]:
    """Which columns are "min", "typ", "max" and "unit"; empty for any other table."""
    found: dict[str, int] = {}
    for cell in reading.page.tables[number].cells[:64]:
        if cell.row > 1:
            break
        word = reading.plain(cell.start, cell.end)
        kind = _EXTREMES.get(word) or (
            "unit" if word in {"unit", "units", "einheit", "unité"} else None
        )
        if kind:
            found.setdefault(kind, cell.column)
    return found if {"min", "max", "typ"} & found.keys() else {}


def _extreme_row(
    reading: Reading, number: int, row: int, columns: dict[str, int], names: SpecNames
) -> Iterator[Candidate]:
    cells = reading.cells(number)
    head = cells.get((row, 0))
    keys = names.keys(reading.page.text[head.start : head.end]) if head else ()
    if head is None or not keys:
        return
    ends: dict[str, Quantity] = {}
    spans: list[Span] = []
    for kind, column in columns.items():
        cell = cells.get((row, column))
        if cell is None or kind == "unit":
            continue
        tokens = [
            t for t in reading.tokens_in(cell.start, cell.end) if isinstance(t.value, Quantity)
        ]
        if tokens and isinstance(tokens[0].value, Quantity):
            ends[kind] = tokens[0].value
            spans.append((cell.start, cell.end))
    place = reading.place(spans[0][0]) if spans else None
    if place is None or not ends:
        return
    beside = [cell for cell in reading.row(number, row) if (cell.start, cell.end) not in spans]
    unit = _row_unit(reading, beside, ends, reading.page.text[head.start : head.end])
    value = _range_of(ends, unit)
    quote = min(s for s, _ in spans), max(e for _, e in spans)
    for key in keys:
        yield candidate(
            reading, place, Attribute.SPEC, value, quote, key=key, label=(head.start, head.end)
        )


def _row_unit(reading: Reading, beside: list[Cell], ends: dict[str, Quantity], label: str) -> str:
    """The unit of a row: of its numbers, of a cell that is nothing but a unit, or of its label."""
    for quantity in ends.values():
        if quantity.unit:
            return quantity.unit
    for text in [reading.page.text[cell.start : cell.end] for cell in beside] + [unit_in(label)]:
        unit = canonical_unit(text.strip()) if text.strip() else None
        if unit:
            return unit
    return ""


def _range_of(ends: dict[str, Quantity], unit: str) -> Quantity:
    if "min" in ends and "max" in ends:
        low, high = ends["min"].amount, ends["max"].amount
        interval = Interval(low.readings[0].low, high.readings[0].high)
        text = f"{low.text}..{high.text}"
        return Quantity(Amount(text, (interval,), max(low.half_step, high.half_step)), unit)
    if "typ" in ends:
        return replace(ends["typ"], unit=unit)
    kind, only = next(iter(ends.items()))
    point = only.amount.readings[0]
    interval = Interval(point.low, None) if kind == "min" else Interval(None, point.high)
    return Quantity(Amount(only.amount.text, (interval,), only.amount.half_step), unit)
