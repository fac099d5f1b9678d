"""Any CSV file through the column mapping of config.yaml: a closed set of steps, no code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from auditor.feeds import canonical, fields
from auditor.feeds.records import read_records

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import Column, FeedConfig
    from auditor.feeds.interface import Record, Signal
    from auditor.model import Product, Truth

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MappedCsv:
    """A CSV file whose columns ``columns`` and ``facts`` of the feed turn into canonical fields."""

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "csv"

    def read(self, path: Path) -> Iterator[Record]:
        """Yield the records of ``path``."""
        rules = [self.config.columns, *self.config.facts]
        named = [rule.column for mapping in rules for rule in mapping.values() if rule.column]
        required = tuple(dict.fromkeys(named))
        return read_records(path, self.config, required, self._build())

    def _build(self) -> Callable[[Cells, str], Iterator[Product | Truth | Signal]]:
        defaults = canonical.Defaults.of(self.feed, self.config)
        facts = [{**self.config.columns, **fact} for fact in self.config.facts or ({},)]
        wide = bool(self.config.facts)
        kind = self.config.records

        def build(cells: Cells, row: str) -> Iterator[Product | Truth | Signal]:
            for rules in facts:
                if wide and not _raw(rules["value"], cells):
                    continue
                mapped = {name: apply(rule, cells, defaults.zone) for name, rule in rules.items()}
                if kind == "products":
                    yield canonical.product(mapped, defaults)
                elif kind == "popularity":
                    yield canonical.signal(mapped)
                else:
                    yield canonical.truth(mapped, defaults, row)

        return build


def apply(rule: Column, cells: Cells, zone: str) -> str:
    """The canonical text of one field. Raises ValueError with the column's name and the reason."""
    text = _raw(rule, cells)
    if not text:
        return ""
    if rule.strip_leading:
        text = text.lstrip(rule.strip_leading) or rule.strip_leading
    if rule.lookup is not None:
        if text not in rule.lookup:
            known = ", ".join(list(rule.lookup)[:8])
            raise ValueError(f"{_name(rule)}: {text[:40]!r} is not in its lookup ({known})")
        text = rule.lookup[text]
    try:
        if rule.decimal is not None:
            return format(fields.grouped(text, rule.decimal, rule.thousands), "f")
        if rule.date is not None:
            read = fields.day_after if rule.inclusive else fields.instant
            found = read(text, zone, rule.date)
            return found.isoformat() if found else ""
    except ValueError as error:
        raise ValueError(f"{_name(rule)}: {error}") from None
    return text


def _raw(rule: Column, cells: Cells) -> str:
    text = (rule.constant if rule.column is None else cells[rule.column]) or ""
    text = text.strip()
    if text in rule.open:
        text = ""
    return text or rule.default or ""


def _name(rule: Column) -> str:
    return f"column {rule.column}" if rule.column else "constant"
