"""A tool's export of counts to popularity signals, summed by subject and day."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from auditor.errors import FeedError
from auditor.feeds import fields
from auditor.feeds.exports.presets import PRESETS, Preset, Reading
from auditor.feeds.exports.sheet import Head, Line, rows
from auditor.feeds.interface import Signal
from auditor.model import RejectedRow

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record

_TOTALS = frozenset({"", "total", "totals", "grand total", "sum"})
_LUMPED = frozenset({"(other)", "(not set)", "(data not available)", "others", "-"})
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+")
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_SPAN = re.compile(r"(\d{8})\s*[-–]\s*(\d{8})")
_DAY_FORMS = ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y")

Key = tuple[str, str, str, date | None]
"""About, subject, signal, day."""


@dataclass(frozen=True, slots=True)
class CountExport:
    """An export that one of the presets knows; the feed's ``format`` names it."""

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "export"

    def read(self, path: Path) -> Iterator[Record]:
        """Yield one signal for every subject, signal and day of ``path``, then bad rows.

        Raises FeedError where no table of the file has the columns of the preset.
        """
        preset = PRESETS[self.config.format]
        sums: dict[Key, Decimal] = defaultdict(Decimal)
        windows: dict[date | None, int] = {}
        rejected: list[RejectedRow] = []
        seen: list[str] = []
        table: _Table | None = None
        known = False
        for head, line in rows(path, self.config.encoding):
            if line is None:
                seen = seen or list(head.columns)
                table = _Table.of(preset, head)
                known = known or table is not None
            elif table is not None:
                try:
                    day = table.day(line)
                    for key, count in table.counts(line, day):
                        sums[key] += count
                    windows[day] = table.window_days or self._window(preset)
                except ValueError as error:
                    if str(error):
                        rejected.append(RejectedRow(path.name, line.number, str(error), line.text))
        if not known:
            raise FeedError(_unknown(path.name, preset, seen))
        for (about, subject, signal, day), count in sums.items():
            yield Signal(subject, signal, count, windows[day], about, day)
        yield from rejected

    def _window(self, preset: Preset) -> int:
        given = self.config.options.get("window_days", preset.window_days)
        return int(given) if isinstance(given, int | str) and str(given).isdigit() else 30


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of an export, and what can be read from it."""

    preset: Preset
    head: Head
    readings: tuple[Reading, ...]
    dated: str
    last_day: date | None
    window_days: int | None

    @classmethod
    def of(cls, preset: Preset, head: Head) -> _Table | None:
        """The table under ``head``; None where the preset does not know its columns."""
        readings = tuple(r for r in preset.readings if _fits(r, head.columns))
        if not readings:
            return None
        dated = _first(preset.date, head.columns)
        end, window = (None, 1) if dated else _span(head.comments)
        return cls(preset, head, readings, dated, end, window)

    def day(self, line: Line) -> date | None:
        """The day a row counts, or the last one of those it counts."""
        return _day(line.cells.get(self.dated, "")) if self.dated else self.last_day

    def counts(self, line: Line, day: date | None) -> Iterator[tuple[Key, Decimal]]:
        """What one row counts. Raises ValueError with why not; without words for a total."""
        columns = self.head.columns
        if not line.whole:
            raise ValueError(f"{len(line.cells)} fields where the header has {len(columns)}")
        host = line.cells.get(_first(self.preset.host, columns), "")
        for reading in self.readings:
            subject = self._subject(line.cells[_first(reading.subject, columns)])
            column = _first(reading.count, columns)
            count = whole_number(line.cells[column]) if column else Decimal(1)
            if reading.about == "sku":
                subject = fields.key(subject)
            elif reading.about == "url" and host and subject.startswith("/"):
                subject = f"{host}{subject}"
            yield (reading.about, subject[:2000], reading.signal, day), count

    def _subject(self, text: str) -> str:
        if text.casefold() in _TOTALS:
            raise ValueError
        if text.casefold() in _LUMPED:
            raise ValueError(
                f"{text!r} is what {self.preset.tool} lumps together or could not name: it is of "
                "no one page or product"
            )
        return text


def _fits(reading: Reading, columns: Sequence[str]) -> bool:
    return (
        _first(reading.subject, columns) != ""
        and (_first(reading.count, columns) != "" or reading.counts_rows)
        and not any(name in columns for name in reading.alone)
    )


def whole_number(text: str) -> Decimal:
    """A count as people's tools print it; in a count every separator before three digits groups.

    >>> whole_number("12,480"), whole_number("1.234"), whole_number("7"), whole_number("")
    (Decimal('12480'), Decimal('1234'), Decimal('7'), Decimal('0'))
    >>> whole_number("3.3%")
    Traceback (most recent call last):
    ValueError: '3.3%' is no count
    """
    stripped = text.strip()
    if not stripped:
        return Decimal(0)
    if _GROUPED.fullmatch(stripped):
        return Decimal(re.sub(r"\D", "", stripped))
    if not _PLAIN.fullmatch(stripped) or len(stripped) > 30:
        raise ValueError(f"{stripped[:40]!r} is no count")
    return Decimal(stripped)


def _day(text: str) -> date:
    stripped = text.strip()
    for form in _DAY_FORMS:
        for piece in (stripped, stripped[:10]):
            try:
                return datetime.strptime(piece, form).date()  # noqa: DTZ007 - a day, no instant
            except ValueError:
                continue
    raise ValueError(f"{stripped[:40]!r} is no date such as 2026-11-30 or 20261130")


def _span(comments: Sequence[str]) -> tuple[date | None, int | None]:
    """The last day and the length of the time that comments say an export covers."""
    found: dict[str, date] = {}
    for comment in comments:
        name, _, value = comment.partition(":")
        if name.strip().casefold() in ("start date", "end date"):
            found[name.strip().casefold()] = _day(value)
        elif match := _SPAN.search(comment):
            found = {"start date": _day(match[1]), "end date": _day(match[2])}
    start, end = found.get("start date"), found.get("end date")
    if start is None or end is None or end < start:
        return None, None
    return end, (end - start).days + 1


def _first(names: Sequence[str], header: Sequence[str]) -> str:
    return next((name for name in names if name in header), "")


def _unknown(file: str, preset: Preset, header: Sequence[str]) -> str:
    known = "; ".join(
        f"{reading.subject[0]!r} with {reading.count[0]!r}" if reading.count else reading.subject[0]
        for reading in preset.readings
    )
    shown = ", ".join(name[:40] for name in header[:8]) or "nothing"
    return (
        f"{file} is no export of {preset.tool} that is known here: it has {shown}, wanted is one "
        f"of {known}. Export it in English, or map its columns with `format: csv`"
    )
