"""A feed whose file is a table: its rows, whatever the format, through the mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

from auditor.errors import FeedError
from auditor.feeds.canonical import Defaults
from auditor.feeds.config import NEEDED
from auditor.feeds.mapping import RowMapping, build
from auditor.feeds.ready import mapped_of
from auditor.feeds.records import records_of
from auditor.feeds.stating import Stating
from auditor.feeds.table import Row, read_rows
from auditor.feeds.tabular.json_rows import json_rows, jsonl_rows
from auditor.feeds.tabular.ods import ods_rows
from auditor.feeds.tabular.sql_rows import sql_rows
from auditor.feeds.tabular.xlsx import xlsx_rows
from auditor.feeds.tabular.xml_rows import xml_rows

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record
    from auditor.model import RejectedRow
    from auditor.store.standing import Standing

Reader = Callable[["Path", "FeedConfig", Sequence[str]], Iterator["Row | RejectedRow"]]
"""The rows of a file, streaming; the last argument names the columns a header must have.

Cells are text; one that is known to be a number or an instant already is ``Exact``. A row that
cannot be used is a RejectedRow; a file that is no such table raises FeedError.
"""


def _csv_rows(
    path: Path, config: FeedConfig, required: Sequence[str]
) -> Iterator[Row | RejectedRow]:
    return read_rows(path, config.encoding, config.delimiter, required, config.header_row)


def _tsv_rows(
    path: Path, config: FeedConfig, required: Sequence[str]
) -> Iterator[Row | RejectedRow]:
    return read_rows(path, config.encoding, "\t", required, config.header_row)


READERS: dict[str, Reader] = {
    "csv": _csv_rows,
    "json": json_rows,
    "jsonl": jsonl_rows,
    "ods": ods_rows,
    "sql": sql_rows,
    "tsv": _tsv_rows,
    "xlsx": xlsx_rows,
    "xml": xml_rows,
}
"""What reads the rows of each tabular format."""

_OPEN = frozenset({"json", "jsonl", "xml"})
"""Formats without a header: a row has the columns it has."""


@dataclass(frozen=True, slots=True)
class Tabular:
    """A table whose columns ``columns`` and ``facts`` of the feed turn into canonical fields."""

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "tabular"

    def read(self, path: Path) -> Iterator[Record]:
        """Yield the records of ``path``, streaming."""
        mapping, records = build(self.feed, self.config)
        rows = self._rows(path, mapping)
        yield from records_of(rows, path.name, records, mapping.required)
        self._refuse_unpivoted(path, mapping)

    def read_stated(self, path: Path, standing: Standing | None = None) -> Iterator[Record]:
        """Yield the records of ``path``, truths ready to be stored; rows ``standing`` knows left
        out."""
        if self.config.records != "truths":
            yield from self.read(path)
            return
        mapping = RowMapping(self.config)
        stating = Stating(Defaults.of(self.feed, self.config))
        rows = self._rows(path, mapping)
        yield from mapped_of(rows, path.name, stating, mapping, standing)
        self._refuse_unpivoted(path, mapping)

    @property
    def passes_over(self) -> bool:
        """Whether known rows may be passed over: a row of several truths may lose one of them
        while its text stays."""
        config = self.config
        return config.records == "truths" and not config.unpivot and len(config.facts) < 2

    def _rows(self, path: Path, mapping: RowMapping) -> Iterator[Row | RejectedRow]:
        config = self.config
        if config.format not in _OPEN:
            return READERS[config.format](path, config, mapping.required)
        return _with_needed(READERS[config.format](path, config, ()), config, path.name)

    def _refuse_unpivoted(self, path: Path, mapping: RowMapping) -> None:
        if not mapping.unpivoted:
            raise FeedError(
                f"{path.name}: no column fits `unpivot` {self.config.unpivot}; look at its header"
            )


def _with_needed(
    rows: Iterator[Row | RejectedRow], config: FeedConfig, file: str
) -> Iterator[Row | RejectedRow]:
    """The rows; told at their end are columns that a record cannot do without and no row has."""
    wanted = _needed(config)
    blank = dict.fromkeys(NEEDED[config.records], "") if not config.columns else {}
    missing, seen = set(wanted), {}
    for row in rows:
        if isinstance(row, Row):
            missing -= row.cells.keys()
            if missing:
                seen.update(dict.fromkeys(row.cells))
            if blank:
                row = row._replace(cells={**blank, **row.cells})
        yield row
    if missing and seen:
        raise FeedError(f"{file}: no row has {', '.join(_near(sorted(missing), list(seen)))}")


def _needed(config: FeedConfig) -> list[str]:
    needed = NEEDED[config.records]
    if not config.columns and not config.facts:
        return list(needed)
    rules = [{**config.columns, **fact} for fact in config.facts or ({},)]
    found = (mapping.get(name) for mapping in rules[:1] for name in needed)
    return [
        rule.column
        for rule in found
        if rule is not None and rule.column and not rule.takes_slot and rule.default is None
    ]


def _near(missing: Sequence[str], seen: Sequence[str]) -> Iterator[str]:
    for name in missing:
        close = get_close_matches(name, seen, n=1, cutoff=0.6)
        hint = f"did you mean {close[0]}?" if close else f"the first has {', '.join(seen[:8])}"
        yield f"{name} ({hint})"
